"""The command that a mail server hands mails to: it never lets a server answer anybody."""

import os

import pytest

from campaign.commands import inbound
from campaign.models import SignupStatus
from tests.signups.letters_in import MAILBOX, answer, invite, kari


@pytest.fixture(autouse=True)
def _asked(app, monkeypatch):
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", MAILBOX)


@pytest.fixture
def receive(app):
    """Run the command on files, or on what comes by standard input."""

    def receive(*files: object, piped: bytes = b""):
        args = ["receive-mail", *map(str, files)]
        return app.test_cli_runner().invoke(args=args, input=piped)

    return receive


def test_a_mail_comes_in_by_standard_input(app, receive):
    invite(app)

    done = receive(piped=answer())

    assert (done.exit_code, done.output) == (0, "1 declined\n")
    assert kari(app).status is SignupStatus.CANCELLED


def test_several_files_are_taken_in_and_kept(app, receive, tmp_path):
    invite(app)
    paths = [tmp_path / name for name in ("first", "second", "third")]
    for path, content in zip(paths, (b"\xff\x00 words", answer(), answer()), strict=True):
        path.write_bytes(content)

    done = receive(*paths)

    assert (done.exit_code, done.output) == (0, "1 declined, 1 nothing, 1 unreadable\n")
    assert all(path.exists() for path in paths)


def test_what_cannot_be_read_is_no_failure_of_which_anybody_would_hear(receive):
    done = receive(piped=b"From: kari@example.org\n\nI cannot come.")

    assert (done.exit_code, done.output) == (0, "1 unreadable\n")


def test_without_a_mailbox_the_server_keeps_its_mail(app, receive, monkeypatch):
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", "")

    done = receive(piped=answer())

    assert done.exit_code == os.EX_TEMPFAIL
    assert done.output == "Error: CAMPAIGN_REPLY_MAILBOX is not set: no mail is read.\n"


def test_whatever_fails_the_server_keeps_its_mail_and_tells_nobody_why(receive, monkeypatch):
    def fail(_mail):
        raise RuntimeError("kari@example.org")

    monkeypatch.setattr(inbound, "take_in", fail)

    done = receive(piped=answer())

    assert done.exit_code == os.EX_TEMPFAIL
    assert "kari" not in done.output
    assert done.output.endswith("Error: The mail cannot be taken in now.\n")
