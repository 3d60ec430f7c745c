"""What comes back by mail is taken in once, deleted, and leaves no address behind."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from campaign.database import db
from campaign.emails.inbound.bounds import LARGEST_MAIL
from campaign.emails.jobs import send_due
from campaign.models import Email, EmailState, SignupStatus
from campaign.signups.jobs import Taken, inbound, take_in_mail
from tests.signups.letters_in import (
    MAILBOX,
    REPORTS,
    answer,
    come_in,
    invite,
    kari,
    report,
    set_state,
)
from tests.signups.making import acting, sign_up, signups

OTHER_REPORTS = sorted(path.stem for path in (REPORTS / "other").glob("*.eml"))
FINAL_REPORTS = sorted(path.stem for path in (REPORTS / "final").glob("*.eml"))


@pytest.fixture
def inbox(app, tmp_path, monkeypatch) -> Path:
    """Give the folder where a mail server drops what came."""
    folder = tmp_path / "inbound"
    (folder / "new").mkdir(parents=True)
    monkeypatch.setitem(app.config, "INBOUND_FOLDER", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _asked(app, monkeypatch):
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", MAILBOX)


def sweep(app) -> list[dict[str, object]]:
    """Let a worker look into the folder; return what it logged."""
    with app.app_context(), capture_logs() as said:
        take_in_mail()
    return said


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def sent(app) -> Email:
    """Send the first mail to Kari, and return it as it stands."""
    sign_up(app)
    with app.app_context():
        send_due()
    return email(app)


def email(app) -> Email:
    with acting(app):
        found = db.session.scalars(sa.select(Email).order_by(Email.id)).first()
        db.session.expunge_all()
        return found


# --- Mails that were not delivered -----------------------------------------------------------


@pytest.mark.parametrize("name", FINAL_REPORTS)
def test_a_mail_that_came_back_is_known_to_have(app, name):
    made = sent(app)

    assert come_in(app, report(app, made.id, f"final/{name}")) is Taken.BOUNCED

    assert email(app).state is EmailState.BOUNCED
    assert email(app).last_answer[:2] in {"4.", "5."}


@pytest.mark.parametrize("name", OTHER_REPORTS)
def test_delays_and_answers_of_machines_change_no_mail(app, name):
    made = sent(app)

    assert come_in(app, report(app, made.id, f"other/{name}")) is Taken.UNREADABLE

    assert (email(app).state, email(app).last_answer) == (EmailState.SENT, "file")


def test_a_report_that_comes_twice_changes_nothing(app, clock):
    made = sent(app)
    come_in(app, report(app, made.id))
    finished_at = email(app).finished_at
    clock.advance(timedelta(hours=1))

    assert come_in(app, report(app, made.id, "final/exchange")) is Taken.NOTHING

    assert (email(app).last_answer, email(app).finished_at) == ("5.1.1", finished_at)


@pytest.mark.parametrize("state", [EmailState.FAILED, EmailState.STALE])
def test_what_ended_otherwise_stays_so(app, state):
    made = sent(app)
    set_state(app, made.id, state)

    assert come_in(app, report(app, made.id)) is Taken.NOTHING

    assert email(app).state is state


def test_a_mail_whose_sender_died_before_saying_so_is_not_sent_again(app):
    sign_up(app)
    made = email(app)

    assert come_in(app, report(app, made.id)) is Taken.BOUNCED

    bounced = email(app)
    assert (bounced.state, bounced.contents) == (EmailState.BOUNCED, None)
    with app.app_context():
        assert send_due() == 0


def test_a_report_without_our_address_is_about_nothing(app):
    sent(app)
    forged = (REPORTS / "final" / "postfix.eml").read_bytes()
    forged = forged.replace(b"RETURN_ADDRESS", b"reply+b-" + b"a" * 39 + b"@example.org")

    assert come_in(app, forged) is Taken.UNREADABLE

    assert email(app).state is EmailState.SENT


def test_a_report_about_a_mail_that_is_gone_changes_nothing(app):
    made = sent(app)
    mail = report(app, made.id)
    with acting(app):
        db.session.execute(sa.delete(Email))

    assert come_in(app, mail) is Taken.NOTHING


def test_a_no_to_the_address_of_a_mail_is_a_no_all_the_same(app):
    invite(app)
    to_its_return_address = answer().replace(b"To: ", b"X-To: ")
    delivered_to = report(app, email(app).id).splitlines()[2]

    assert come_in(app, delivered_to + b"\r\n" + to_its_return_address) is Taken.DECLINED


# --- The folder ------------------------------------------------------------------------------


def test_each_mail_is_taken_in_and_deleted(app, inbox):
    invite(app)
    with app.app_context():
        send_due()
    (inbox / "new" / "1114074002.M1P2.mail").write_bytes(answer())
    (inbox / "bounce.eml").write_bytes(report(app, email(app).id))
    (inbox / "words.eml").write_bytes(b"Subject: hello\n\nI cannot come. kari@example.org")

    said = sweep(app)

    assert files(inbox) == []
    assert kari(app).status is SignupStatus.CANCELLED
    numbers = {"declined": 1, "bounced": 1, "unreadable": 1}
    assert said[-1] == {"event": "mails taken in", "log_level": "info", **numbers}
    assert {type(name) for name in said[-1]} == {str}


def test_what_is_no_mail_that_came_is_left_alone(app, inbox):
    others = [inbox / "tmp", inbox / "cur"]
    for folder in others:
        folder.mkdir()
        (folder / "1").write_bytes(answer())
    (inbox / "README").write_text("This folder belongs to the mail server.")
    (inbox / ".hidden.eml").write_bytes(answer())
    (inbox / "folder.eml").mkdir()
    outside = inbox.parent / "outside"
    outside.write_bytes(answer())
    (inbox / "new" / "link").symlink_to(outside)
    (inbox / "link.eml").symlink_to(outside)
    os.mkfifo(inbox / "pipe.eml")
    before = files(inbox)

    assert sweep(app) == []

    assert files(inbox) == before
    assert outside.exists()


def test_without_a_folder_there_is_nothing_to_take_in(app, inbox, monkeypatch):
    for folder in (inbox / "none", inbox / "new" / "file" / "deeper"):
        (inbox / "new" / "file").touch()
        monkeypatch.setitem(app.config, "INBOUND_FOLDER", str(folder))
        assert sweep(app) == []


def test_without_a_mailbox_nothing_is_read(app, inbox, monkeypatch):
    (inbox / "new" / "1").write_bytes(answer())
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", "")

    assert sweep(app) == []

    assert files(inbox) == ["new/1"]


def test_a_huge_mail_is_deleted_and_never_read_whole(app, inbox, monkeypatch):
    read: list[int] = []
    with (inbox / "new" / "1").open("wb") as file:
        file.truncate(10 * LARGEST_MAIL)
    take_in = inbound.take_in
    monkeypatch.setattr(inbound, "take_in", lambda mail: read.append(len(mail)) or take_in(mail))

    said = sweep(app)

    assert read == [LARGEST_MAIL + 1]
    assert files(inbox) == []
    assert said[-1]["unreadable"] == 1


def test_mails_are_taken_in_in_the_order_they_came(app, inbox, monkeypatch):
    seen = []
    monkeypatch.setattr(inbound, "take_in", lambda mail: seen.append(mail) or Taken.NOTHING)
    for age, path in enumerate([inbox / "a.eml", inbox / "new" / "b", inbox / "0.eml"]):
        path.write_bytes(path.name.encode())
        os.utime(path, (1000 - age, 1000 - age))

    sweep(app)

    assert seen == [b"0.eml", b"b", b"a.eml"]


def test_many_mails_leave_other_sweeps_their_turn(app, inbox, monkeypatch):
    monkeypatch.setattr(inbound, "SECONDS_AT_ONCE", -1)
    for number in range(3):
        (inbox / "new" / str(number)).write_bytes(b"words")

    left = [sweep(app) and len(files(inbox)) for _time in range(3)]

    assert left == [2, 1, 0]


def test_a_mail_whose_reader_died_is_read_again_and_does_nothing(app, inbox, monkeypatch):
    class Killed(BaseException):
        """A worker dies: nothing of it goes on."""

    def die(_path):
        raise Killed

    invite(app)
    (inbox / "new" / "1").write_bytes(answer())
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(inbound, "_delete", die)
        sweep(app)
    assert files(inbox) == ["new/1"]

    assert sweep(app)[-1]["nothing"] == 1

    assert files(inbox) == []
    assert kari(app).status is SignupStatus.CANCELLED


def test_two_workers_at_one_folder_take_each_mail_in_once(app, inbox):
    for number in range(20):
        sign_up(app, f"v{number}@example.org")
    with acting(app):
        made = list(db.session.scalars(sa.select(Email.id).order_by(Email.id)))
    for number in made:
        (inbox / "new" / str(number)).write_bytes(report(app, number))

    def work(_worker):
        with app.app_context():
            take_in_mail()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    assert files(inbox) == []
    with acting(app):
        assert set(db.session.scalars(sa.select(Email.state))) == {EmailState.BOUNCED}


def test_a_mail_that_fails_by_our_fault_delays_no_other_and_is_tried_for_a_day(
    app, inbox, monkeypatch, clock
):
    def fail(mail):
        if mail == b"poison":
            raise RuntimeError("kari@example.org")
        return Taken.NOTHING

    monkeypatch.setattr(inbound, "take_in", fail)
    for name, content in (("1", b"poison"), ("2", b"words")):
        (inbox / "new" / name).write_bytes(content)
        os.utime(inbox / "new" / name, (clock.moment.timestamp(),) * 2)

    said = sweep(app)

    assert files(inbox) == ["new/1"]
    assert "kari" not in str(said)
    assert said[-1] == {
        "event": "mails taken in", "log_level": "info", "failed": 1, "nothing": 1
    }  # fmt: skip
    clock.advance(timedelta(hours=24))
    sweep(app)
    assert files(inbox) == ["new/1"]
    clock.advance(timedelta(seconds=1))
    sweep(app)
    assert files(inbox) == []


def test_while_the_database_is_away_no_mail_is_lost(app, inbox, monkeypatch):
    def fail(_mail):
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(inbound, "take_in", fail)
    (inbox / "new" / "1").write_bytes(answer())
    os.utime(inbox / "new" / "1", (0, 0))

    with pytest.raises(OperationalError):
        sweep(app)

    assert files(inbox) == ["new/1"]


def test_a_mail_that_cannot_be_deleted_is_told_without_its_name(app, inbox, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "no", "kari@example.org")

    (inbox / "kari@example.org.eml").write_bytes(b"words")
    monkeypatch.setattr(Path, "unlink", refuse)

    said = sweep(app)

    assert {
        "event": "mail cannot be deleted", "log_level": "error", "error": "PermissionError"
    } in said  # fmt: skip
    assert "kari" not in str(said)


def test_logs_name_mails_by_number_only(app, inbox):
    invite(app)
    made = email(app)
    (inbox / "kari@example.org.eml").write_bytes(report(app, made.id))
    (inbox / "new" / "1").write_bytes(answer())

    said = sweep(app)

    assert {
        "event": "mail came back", "log_level": "info", "email": made.id, "status": "5.1.1"
    } in said  # fmt: skip
    assert not [word for word in ("kari", "example", kari(app).id) if word in str(said)]
    assert len(signups(app)) == 1
