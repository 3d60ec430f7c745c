"""The worker: it does what is due, survives what fails, and stops when it is told to."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
import structlog

from campaign.database import transaction
from campaign.emails.services import Recipient, send
from campaign.operations import jobs
from campaign.vault.services import INSTALLATION
from tests.factories import command
from tests.source import ROOT

STOPPING_SECONDS = 5
SWEEPS = [
    "take_in_mail",
    "renew_entries",
    "renew_bands",
    "move_up_lines",
    "note_reminders",
    "forget_unconfirmed",
    "forget_expired_links",
    "forget_idle_feeds",
    "forget_everywhere",
    "purge",
    "sweep_keys",
    "forget_networks",
    "_forget",
    "drop_old_files",
]


def write_mail(app, number: int = 1) -> None:
    with app.app_context(), transaction():
        recipient = Recipient("somebody@example.org", "en", INSTALLATION)
        send("sign_in_unknown", f"sign-in:{number}", recipient, {"token": "x"})


def broken(name: str):
    def sweep() -> None:
        raise RuntimeError("somebody@example.org")

    sweep.__name__ = name
    return sweep


def work_until(app, is_done) -> float:
    """Let a worker run until something is done; return how long it took to stop then."""
    stop = threading.Event()

    def run() -> None:
        with app.app_context():
            jobs.work(stop)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 30
    while not is_done() and time.monotonic() < deadline:
        time.sleep(0.02)
    told = time.monotonic()
    stop.set()
    thread.join(30)

    assert not thread.is_alive()
    assert is_done()
    return time.monotonic() - told


def test_a_worker_sends_what_is_due_until_it_is_told_to_stop(app, mailbox):
    write_mail(app)
    took = work_until(app, lambda: mailbox.mails)

    assert len(mailbox.mails) == 1
    assert took < STOPPING_SECONDS


def test_a_worker_sees_mails_that_were_written_after_it_began(app, mailbox):
    threading.Timer(0.3, write_mail, (app,)).start()
    work_until(app, lambda: mailbox.mails)

    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("name", [*SWEEPS, "send_due"])
def test_a_sweep_that_fails_delays_no_other(app, monkeypatch, name):
    ran = []
    for sweep in [*SWEEPS, "send_due"]:
        monkeypatch.setattr(jobs, sweep, lambda sweep=sweep: ran.append(sweep))
    monkeypatch.setattr(jobs, name, broken(name))
    with structlog.testing.capture_logs() as lines:
        took = work_until(app, lambda: set(ran) == {*SWEEPS, "send_due"} - {name})

    assert took < STOPPING_SECONDS
    assert {"event": "sweep failed", "sweep": name, "error": "RuntimeError",
            "log_level": "error"} in lines  # fmt: skip
    assert "somebody" not in str(lines)


def test_housekeeping_is_done_once_in_a_while_however_the_clock_jumps(app, clock, monkeypatch):
    ran = []
    monkeypatch.setattr(jobs, "HOUSEKEEPING_EVERY", 0.2)
    monkeypatch.setattr(jobs, "PAUSE", 0.01)
    for sweep in [*SWEEPS, "send_due"]:
        monkeypatch.setattr(jobs, sweep, lambda sweep=sweep: ran.append(sweep))
    clock.advance(timedelta(days=-1))
    work_until(app, lambda: ran.count("purge") >= 3)

    assert ran.count("send_due") > 5 * ran.count("purge")


def test_what_is_due_is_done_once_and_counted(app, mailbox):
    write_mail(app, 1)
    write_mail(app, 2)

    assert command(app, "work", "--once") == "2 mails tried.\n"
    assert command(app, "work", "--once") == "0 mails tried.\n"
    assert len(mailbox.mails) == 2


@pytest.mark.parametrize("name", [*SWEEPS, "send_due"])
def test_a_sweep_that_fails_fails_the_command_after_all_others_ran(app, monkeypatch, mailbox, name):
    write_mail(app)
    monkeypatch.setattr(jobs, name, broken(name))
    done = app.test_cli_runner().invoke(args=["work", "--once"])

    assert done.exit_code == 1
    assert done.output.endswith("Error: Not everything could be done: the log says what failed.\n")
    assert len(mailbox.mails) == (name != "send_due")


def test_samples_alone_have_mail_files_that_are_dropped(app, monkeypatch):
    monkeypatch.setitem(app.config, "MODE", "production")
    with app.app_context():
        names = {sweep.__name__ for sweep in jobs._housekeeping()}

    assert names == set(SWEEPS) - {"drop_old_files"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_process_ends_well_within_seconds_of_a_signal(installation, mailbox, number):
    write_mail(installation.app)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "work"],
        cwd=ROOT, env={**os.environ, **installation.environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        wait_for_a_mail(mailbox, process)
        told = time.monotonic()
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0
    assert time.monotonic() - told < STOPPING_SECONDS
    assert "Traceback" not in said
    assert "somebody" not in said


def wait_for_a_mail(mailbox, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 60
    while not mailbox.mails and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)

    assert mailbox.mails
