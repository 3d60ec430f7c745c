"""Servers and senders are killed while people sign up: what was acknowledged is there, once."""

import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from campaign.database import db
from campaign.models import Email, EmailState, Signup
from tests.load.people import Person, prolong, signing_up
from tests.servers.web import ROOT, start_granian
from tests.signups.making import acting, make_events, set_up

SECONDS = 240


class Supervised:
    """A web server that is started anew at its port whenever it is killed, as systemd does."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._settings = {"env": environment, "folder": folder}
        self._granian = start_granian("wsgi:app", **self._settings)
        self.port = self._granian.port

    def kill(self) -> None:
        """Kill all its processes in the middle of what they do."""
        self._granian.kill()
        self._granian = start_granian("wsgi:app", port=self.port, **self._settings)

    def stop(self) -> None:
        """End it."""
        self._granian.stop()


@contextmanager
def sending(environment: dict[str, str]):
    """Run the worker, and give a way to kill it and start it anew; it is stopped at the end."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work"]
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        running.append(
            subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, **quiet)
        )

    def kill() -> None:
        running[-1].kill()
        running[-1].wait()
        start()

    start()
    try:
        yield kill
    finally:
        running[-1].terminate()
        running[-1].wait()


def test_no_acknowledged_sign_up_is_lost_or_doubled_while_servers_are_killed(
    own, tmp_path, smtp_server, scaled
):
    seconds, people = max(5, scaled(20)), scaled(640)
    make_events(own.app, tmp_path)
    set_up(own.app, capacity_override=people // 2)
    prolong(own.app)
    environment = own.environment | {
        "CAMPAIGN_FLOOD_CONTROL": "off",
        "CAMPAIGN_SMTP_URL": smtp_server.url,
    }
    server = Supervised(environment, tmp_path)
    everybody = [Person(server.port, f"v{number}@example.org") for number in range(people)]
    try:
        with sending(environment) as kill_sender, signing_up(everybody):
            for _second in range(seconds):
                time.sleep(1)
                server.kill()
                kill_sender()
        with sending(environment):
            wait_until_sent(own.app, people)
    finally:
        server.stop()

    assert rows_of(own.app) == {"signups": people, "mails": people, "last position": people}
    sent = Counter(delivery.recipients[0] for delivery in smtp_server.deliveries)
    assert sent.keys() == {person.email for person in everybody}
    assert sum(sent.values()) - people <= seconds  # one for each kill of the sender
    ids = {(one.recipients[0], one.content["Message-ID"]) for one in smtp_server.deliveries}
    assert len(ids) == people


def rows_of(app) -> dict[str, int]:
    with acting(app):
        return {
            "signups": db.session.scalar(sa.select(sa.func.count(Signup.id))),
            "mails": db.session.scalar(sa.select(sa.func.count(Email.id))),
            "last position": db.session.scalar(sa.select(sa.func.max(Signup.position))),
        }


def wait_until_sent(app, people: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with acting(app):
            query = sa.select(sa.func.count(Email.id)).where(Email.state == EmailState.SENT)
            if db.session.scalar(query) == people:
                return
        time.sleep(0.5)
