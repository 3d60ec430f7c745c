"""Mails that are of no use after a moment: never sent late, and gone as soon as others are."""

from datetime import datetime, timedelta

import pytest

from campaign.emails import jobs
from campaign.emails.jobs import LEASE
from campaign.emails.transport import Courier
from campaign.models import Email, EmailState
from tests.emails.outbox import outbox, post, sweep

NOWHERE = "smtp://127.0.0.1:9"  # Nobody listens there.
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def server(app, smtp_server, monkeypatch):
    """Send by a mail server instead of writing files."""
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)
    return smtp_server


def delivered(server) -> list[str]:
    return [delivery.recipients[0].partition("@")[0] for delivery in server.deliveries]


def end_of(email: Email) -> tuple[EmailState, bytes | None, datetime | None, datetime | None]:
    return email.state, email.contents, email.finished_at, email.leased_until


def sweep_all(app) -> None:
    while sweep(app):
        pass


def test_a_mail_is_sent_until_the_moment_at_which_it_is_stale(app, server, clock):
    post(app, "in-time", stale_at=clock.moment + timedelta(microseconds=1))
    post(app, "late", stale_at=clock.moment)

    assert sweep(app) == 1

    assert delivered(server) == ["in-time"]
    late = outbox(app)["late"]
    assert end_of(late) == (EmailState.STALE, None, clock.moment, None)
    assert (late.attempts, late.last_answer) == (0, None)


def test_after_hours_without_a_server_each_mail_goes_out_once_and_no_stale_reminder_does(
    app, server, clock, monkeypatch
):
    names = [f"v{number}" for number in range(30)]
    reminders = [f"reminder{number}" for number in range(30)]
    post(app, *reminders, stale_at=clock.moment + 3 * HOUR)
    post(app, *names, stale_at=clock.moment + 5 * HOUR)
    post(app, "without-an-end")
    monkeypatch.setitem(app.config, "SMTP_URL", NOWHERE)
    for _look in range(40):
        assert sweep(app) == 0
        clock.advance(6 * MINUTE)
    monkeypatch.setitem(app.config, "SMTP_URL", server.url)

    sweep_all(app)
    clock.advance(timedelta(seconds=30))
    sweep_all(app)

    assert sorted(delivered(server)) == sorted([*names, "without-an-end"])
    found = outbox(app)
    assert {found[name].state for name in names} == {EmailState.SENT}
    assert {(found[name].state, found[name].contents) for name in reminders} == {
        (EmailState.STALE, None)
    }


def test_many_stale_mails_do_not_hide_the_one_behind_them(app, server, clock):
    post(app, *(f"s{number}" for number in range(2 * jobs.BATCH + 1)), stale_at=clock.moment)
    post(app, "kari")

    assert sweep(app) == 1

    assert delivered(server) == ["kari"]
    assert [email.state for email in outbox(app).values()].count(EmailState.STALE) == 41


def test_a_mail_that_becomes_stale_behind_a_slow_one_is_not_sent(app, server, clock, monkeypatch):
    post(app, "slow")
    post(app, "kari", stale_at=clock.moment + timedelta(seconds=30))
    deliver = Courier.deliver

    def take_long(courier, message, name, **options):
        clock.advance(timedelta(seconds=30))
        return deliver(courier, message, name, **options)

    monkeypatch.setattr(Courier, "deliver", take_long)

    assert sweep(app) == 2

    assert delivered(server) == ["slow"]
    kari = outbox(app)["kari"]
    assert end_of(kari) == (EmailState.STALE, None, clock.moment, None)


def test_a_mail_that_waits_for_its_next_try_ends_when_it_becomes_stale(app, server, clock):
    server.answer(451)
    stale_at = clock.moment + 10 * MINUTE
    post(app, "kari", stale_at=stale_at)
    sweep(app)
    assert outbox(app)["kari"].due_at == clock.moment + MINUTE
    clock.advance(MINUTE)
    sweep(app)
    clock.advance(5 * MINUTE)
    sweep(app)

    assert outbox(app)["kari"].due_at == stale_at
    clock.advance(4 * MINUTE)
    assert sweep(app) == 0
    assert outbox(app)["kari"].state is EmailState.STALE
    assert len(server.attempts) == 3


def test_a_stale_mail_that_another_worker_is_sending_is_left_to_that_worker(app, clock):
    post(app, "kari", stale_at=clock.moment + timedelta(seconds=1))
    with app.app_context():
        jobs._lease()
    clock.advance(timedelta(seconds=2))

    sweep(app)
    assert outbox(app)["kari"].state is EmailState.DUE

    clock.advance(LEASE)
    sweep(app)
    assert outbox(app)["kari"].state is EmailState.STALE


def test_a_mail_whose_receipt_came_after_its_end_was_sent(app, server, clock, monkeypatch):
    post(app, "kari", stale_at=clock.moment + timedelta(seconds=1))
    deliver = Courier.deliver

    def take_long(courier, message, name, **options):
        answer = deliver(courier, message, name, **options)
        clock.advance(timedelta(seconds=5))
        return answer

    monkeypatch.setattr(Courier, "deliver", take_long)

    sweep(app)

    assert outbox(app)["kari"].state is EmailState.SENT
