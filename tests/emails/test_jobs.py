"""The worker: each mail once, in spite of servers that fail and workers that die."""

import os
import smtplib
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from campaign.emails import jobs, transport
from campaign.emails.jobs import LEASE, WAITS
from campaign.emails.transport import Answer, Courier, Outcome
from campaign.models import EmailState
from campaign.vault.services import shred
from tests.emails.outbox import outbox, post, sweep

MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(app, smtp_server, monkeypatch):
    """Send by a mail server instead of writing files."""
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)
    return smtp_server


def delivered(server) -> list[str]:
    return [delivery.recipients[0].partition("@")[0] for delivery in server.deliveries]


def states(app) -> dict[str, EmailState]:
    return {name: email.state for name, email in outbox(app).items()}


# --- All is well ---------------------------------------------------------------------------


def test_a_mail_is_sent_once_and_what_it_said_is_forgotten(app, server, clock):
    post(app, "kari")

    assert [sweep(app) for _time in range(2)] == [1, 0]

    (delivery,) = server.deliveries
    email = outbox(app)["kari"]
    assert delivery.recipients == ("kari@example.org",)
    assert delivery.sender == "campaign@localhost"
    assert delivery.content["To"] == "kari@example.org"
    assert (email.state, email.contents, email.finished_at) == (
        EmailState.SENT,
        None,
        clock.moment,
    )
    assert (email.last_answer, email.attempts, email.leased_until) == ("250", 1, None)


def test_mails_go_out_in_the_order_of_their_causes(app, server):
    names = [f"v{number}" for number in range(jobs.BATCH + 5)]
    post(app, *names)

    assert [sweep(app) for _time in range(3)] == [jobs.BATCH, 5, 0]

    assert delivered(server) == names


def test_without_a_server_each_mail_is_a_file_for_its_owner_alone(app, installation, mailbox):
    post(app, "kari", "ola")

    sweep(app)

    assert [mail["To"] for mail in mailbox.mails] == ["kari@example.org", "ola@example.org"]
    files = list((installation.folder / "mail").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert {file.suffix for file in files} == {".eml"}


def test_mail_files_are_deleted_after_a_day(app, installation, clock):
    post(app, "old", "new")
    sweep(app)
    old, new = sorted((installation.folder / "mail").iterdir())
    unfinished = old.with_suffix(".part")
    unfinished.touch()
    for file, age in ((old, 86401), (unfinished, 86401), (new, 86399)):
        os.utime(file, (clock.moment.timestamp() - age,) * 2)

    with app.app_context():
        jobs.drop_old_files()

    assert [file.exists() for file in (old, unfinished, new)] == [False, False, True]


def test_logs_name_mails_by_number_only(app, server):
    post(app, "kari")

    with capture_logs() as said:
        sweep(app)

    number = outbox(app)["kari"].id
    assert said == [
        {"event": "mail tried", "log_level": "info", "email": number, "attempt": 1, "answer": "250"}
    ]


# --- The server refuses --------------------------------------------------------------------


def test_a_mail_refused_for_now_is_tried_again_after_longer_and_longer_waits(app, server, clock):
    server.answer(451)
    post(app, "kari")

    for wait in WAITS:
        assert sweep(app) == 1
        clock.advance(timedelta(minutes=wait) - timedelta(seconds=1))
        assert sweep(app) == 0
        clock.advance(timedelta(seconds=1))
    assert outbox(app)["kari"].attempts == len(WAITS)
    server.recover()
    sweep(app)

    assert delivered(server) == ["kari"]
    assert states(app) == {"kari": EmailState.SENT}


def test_a_mail_refused_for_now_once_too_often_has_failed(app, server, clock):
    server.answer(451)
    post(app, "kari")

    for wait in (*WAITS, 0):
        sweep(app)
        clock.advance(timedelta(minutes=wait))

    email = outbox(app)["kari"]
    assert (email.state, email.contents, email.last_answer) == (EmailState.FAILED, None, "451")
    assert len(server.attempts) == len(WAITS) + 1


def test_a_mail_refused_for_good_has_failed_and_is_forgotten(app, server, clock):
    server.answer(550)
    post(app, "kari")

    sweep(app)

    email = outbox(app)["kari"]
    assert (email.state, email.contents, email.last_answer) == (EmailState.FAILED, None, "550")
    clock.advance(timedelta(days=2))
    assert sweep(app) == 0


@pytest.mark.parametrize("code", [451, 550])
def test_a_mail_that_is_refused_delays_no_other(app, server, code):
    server.answer(code, to="poison@example.org")
    post(app, "poison", "kari", "ola")

    assert sweep(app) == 3

    assert delivered(server) == ["kari", "ola"]


def test_a_recipient_to_whom_the_server_always_closes_stops_nobody_else(app, server, clock):
    server.answer(421, to="poison@example.org")
    post(app, "poison", "kari", "ola")

    assert [sweep(app) for _time in range(2)] == [0, 2]

    assert delivered(server) == ["kari", "ola"]
    clock.advance(timedelta(seconds=30))
    sweep(app)
    assert states(app)["poison"] is EmailState.DUE


# --- The server is away --------------------------------------------------------------------


def test_a_server_that_is_down_for_hours_gets_each_mail_once_half_a_minute_after(
    app, server, clock, monkeypatch
):
    names = [f"v{number}" for number in range(30)]
    post(app, *names)
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:9")  # Nobody listens there.
    for _look in range(40):
        assert sweep(app) == 0
        clock.advance(6 * MINUTE)
    monkeypatch.setitem(app.config, "SMTP_URL", server.url)

    while sweep(app):
        pass
    clock.advance(timedelta(seconds=30))
    while sweep(app):
        pass

    assert sorted(delivered(server)) == sorted(names)
    assert set(states(app).values()) == {EmailState.SENT}


def test_while_the_server_is_down_one_mail_is_tried_at_a_time_and_no_try_counts(
    app, clock, monkeypatch
):
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:9")
    post(app, "kari", "ola")

    sweep(app)

    kari, ola = outbox(app).values()
    assert (kari.attempts, kari.last_answer) == (0, "ConnectionRefusedError")
    assert kari.due_at == clock.moment + timedelta(seconds=30)
    assert (ola.last_answer, ola.due_at, ola.leased_until) == (None, clock.moment, None)


def test_a_server_that_is_down_for_days_makes_mails_too_old(app, clock, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:9")
    post(app, "kari")
    sweep(app)
    clock.advance(timedelta(days=3))

    sweep(app)

    assert states(app) == {"kari": EmailState.FAILED}


def test_a_password_that_the_server_does_not_take_loses_no_mail(app, server, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", server.url.replace("//", "//user:wrong@"))
    post(app, "kari")

    sweep(app)

    assert states(app) == {"kari": EmailState.DUE}


def test_a_server_that_does_not_take_our_own_address_loses_no_mail(app, server, monkeypatch):
    def refuse(*_args, **_options):
        raise smtplib.SMTPSenderRefused(550, b"not from here", "campaign@localhost")

    monkeypatch.setattr(smtplib.SMTP, "send_message", refuse)
    post(app, "kari")

    sweep(app)

    assert states(app) == {"kari": EmailState.DUE}


def test_a_server_that_hangs_is_left_and_the_mail_tried_again(app, server, clock, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", 0.3)
    server.hang()
    post(app, "kari")
    begun = time.monotonic()

    sweep(app)

    assert time.monotonic() - begun < 5
    assert states(app) == {"kari": EmailState.DUE}
    server.recover()
    clock.advance(MINUTE)
    sweep(app)
    assert states(app) == {"kari": EmailState.SENT}


def test_a_server_that_drips_is_left_before_the_lease_ends(app, server, monkeypatch):
    monkeypatch.setattr(transport, "LONGEST", 0.3)
    server.hang()
    post(app, "kari")
    begun = time.monotonic()

    sweep(app)

    assert time.monotonic() - begun < 5
    assert states(app) == {"kari": EmailState.DUE}


def test_one_message_takes_less_long_than_a_lease():
    assert timedelta(seconds=transport.LONGEST) < LEASE


def test_a_mail_whose_receipt_was_cut_off_comes_again_as_the_same_mail(app, server, clock):
    server.cut_after_data()
    post(app, "kari")
    sweep(app)
    server.recover()
    clock.advance(MINUTE)

    sweep(app)

    first, second = (delivery.content["Message-ID"] for delivery in server.deliveries)
    assert first == second
    assert states(app) == {"kari": EmailState.SENT}


def test_a_server_that_is_gone_at_the_farewell_does_not_get_the_mail_again(
    app, server, clock, monkeypatch
):
    def fail(_server):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(smtplib.SMTP, "quit", fail)
    post(app, "kari")
    sweep(app)
    clock.advance(timedelta(days=1))

    sweep(app)

    assert delivered(server) == ["kari"]


# --- The mail itself is at fault -----------------------------------------------------------


def test_a_mail_that_cannot_be_written_delays_no_other(app, server):
    post(app, "poison", template="there is no such mail")
    post(app, "kari")

    sweep(app)

    assert states(app) == {"poison": EmailState.DUE, "kari": EmailState.SENT}


def test_a_mail_whose_key_was_destroyed_has_failed(app, server):
    post(app, "gone", scope="forgotten")
    post(app, "kari")
    with app.app_context():
        shred("forgotten")

    sweep(app)

    assert states(app) == {"gone": EmailState.FAILED, "kari": EmailState.SENT}
    assert outbox(app)["gone"].last_answer == "key gone"


def test_a_mail_whose_master_key_is_missing_for_now_waits(app, server, monkeypatch):
    post(app, "kari")
    with monkeypatch.context() as patch:
        patch.setitem(app.config, "MASTER_KEYS", "other:" + "A" * 43 + "=")
        sweep(app)

    assert states(app) == {"kari": EmailState.DUE}


# --- Several workers, and workers that die -------------------------------------------------


def test_two_workers_at_once_send_each_mail_once(app, server):
    names = [f"v{number}" for number in range(60)]
    post(app, *names)

    def work(_worker):
        while sweep(app):
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    assert sorted(delivered(server)) == sorted(names)


class Killed(BaseException):
    """A worker dies: nothing of it goes on."""


def die(*_args, **_options):
    raise Killed


def test_the_mails_of_a_worker_that_died_are_sent_by_another_within_a_minute(
    app, server, clock, monkeypatch
):
    post(app, "kari", "ola")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Courier, "deliver", die)
        sweep(app)

    assert sweep(app) == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert sweep(app) == 2
    assert sorted(delivered(server)) == ["kari", "ola"]


def test_only_the_mail_that_a_dying_worker_was_at_counts_as_tried(app, clock, monkeypatch):
    post(app, "kari", "ola")
    monkeypatch.setattr(Courier, "deliver", die)

    with pytest.raises(Killed):
        sweep(app)

    assert [email.attempts for email in outbox(app).values()] == [1, 0]


def test_a_mail_at_which_every_worker_dies_is_given_up(app, server, clock, monkeypatch):
    post(app, "deadly", "kari")
    with monkeypatch.context() as patch:
        patch.setattr(Courier, "deliver", die)
        for _time in range(len(WAITS) + 1):
            with pytest.raises(Killed):
                sweep(app)
            clock.advance(LEASE + timedelta(seconds=1))

    sweep(app)

    assert states(app) == {"deadly": EmailState.FAILED, "kari": EmailState.SENT}
    assert delivered(server) == ["kari"]


def test_a_worker_that_was_too_slow_leaves_to_another_what_it_had_leased(
    app, server, clock, monkeypatch
):
    post(app, "slow", "kari", "ola")
    deliver = Courier.deliver
    asleep = iter([True])

    def fall_asleep(courier, message, name, **options):
        answer = deliver(courier, message, name, **options)
        if next(asleep, False):
            clock.advance(LEASE + timedelta(seconds=1))
            sweep(app)  # Another worker takes over; it cannot know that the first was sent.
        return answer

    monkeypatch.setattr(Courier, "deliver", fall_asleep)

    sweep(app)

    assert delivered(server) == ["slow", "slow", "kari", "ola"]
    assert set(states(app).values()) == {EmailState.SENT}


def test_a_worker_that_was_too_slow_does_not_send_what_another_is_about_to_send(
    app, server, clock, monkeypatch
):
    post(app, "slow", "kari", "ola")
    deliver = Courier.deliver

    def fall_asleep(courier, message, name, **options):
        clock.advance(LEASE + timedelta(seconds=1))
        with app.app_context():
            jobs._lease()
        return deliver(courier, message, name, **options)

    monkeypatch.setattr(Courier, "deliver", fall_asleep)

    assert sweep(app) == 1

    assert delivered(server) == ["slow"]
    assert [email.leased_until for email in outbox(app).values()] == [
        None,
        *[clock.moment + LEASE] * 2,
    ]


def test_a_worker_that_was_too_slow_and_failed_leaves_the_mail_to_whoever_has_it(
    app, clock, monkeypatch
):
    post(app, "slow")

    def lose(*_args, **_options):
        clock.advance(LEASE + timedelta(seconds=1))
        with app.app_context():
            jobs._lease()
        return Answer(Outcome.NEVER, "550")

    monkeypatch.setattr(Courier, "deliver", lose)

    sweep(app)

    email = outbox(app)["slow"]
    assert (email.state, email.leased_until) == (EmailState.DUE, clock.moment + LEASE)


def test_looking_for_mails_takes_no_lock_while_there_are_none(app, monkeypatch):
    monkeypatch.setattr(jobs, "transaction", die)

    assert sweep(app) == 0


def test_a_full_disk_keeps_the_mail_for_later(app, monkeypatch):
    def no_space(_path, *_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_space)
    post(app, "kari")

    sweep(app)

    assert states(app) == {"kari": EmailState.DUE}
