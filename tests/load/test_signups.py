"""Many sign up at once: as many are in as there are places, and each is answered."""

import http.client
import re
import secrets
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import Email, Signup, SignupStatus
from campaign.signups.queries import places_taken
from campaign.signups.services import signing_up
from tests.installations import reserved_port
from tests.servers.web import served_by_thread
from tests.signups.making import ALTA, SLUG, acting, event, make_events, set_up

EVENT = f"/en/{SLUG}/events/{ALTA}"
CLIENTS, PLACES = 200, 20
FILLING_IN = timedelta(seconds=40)
ROUNDS = 5
HIDDEN = re.compile(r'<input id="(csrf_token|form_token|idempotency_key)"[^>]*value="([^"]*)"')


class Client:
    """A browser of one person, who has the event's form open."""

    def __init__(self, port: int, number: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=100)
        self._connection.request("GET", EVENT)
        answer = self._connection.getresponse()
        self._cookie = answer.getheader("Set-Cookie", "").partition(";")[0]
        hidden = dict(HIDDEN.findall(answer.read().decode()))
        typed = {"name": f"Volunteer {number}", "email": f"v{number}@example.org", "consent": "y"}
        self._form = {name: unescape(value) for name, value in hidden.items()} | typed

    def send(self) -> int:
        """Send the form, and return the status of the answer."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self._cookie,
        }
        self._connection.request("POST", f"{EVENT}/sign-up", urlencode(self._form), headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        """Leave."""
        self._connection.close()


@pytest.fixture
def app(installation, tmp_path, monkeypatch):
    """Give the app with an event in Alta, on each database in turn; all clients are one network."""
    make_events(installation.app, tmp_path)
    monkeypatch.setitem(installation.app.config, "FLOOD_CONTROL", "off")
    return installation.app


@pytest.fixture
def port(app):
    """Serve the app by threads, one for each client, and give its port."""
    with reserved_port() as listening:
        number = listening.getsockname()[1]
        with served_by_thread(app, listening):
            yield number


def send_at_once(clients: list[Client], times: int = 1) -> Counter[int]:
    """Let all clients send their forms in the same moment, and count the answers."""
    start = threading.Barrier(len(clients))

    def send(client: Client) -> list[int]:
        start.wait()
        return [client.send() for _time in range(times)]

    with ThreadPoolExecutor(len(clients)) as pool:
        return Counter(status for answers in pool.map(send, clients) for status in answers)


def open_forms(port: int, count: int, *, begin: int = 0) -> list[Client]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda number: Client(port, begin + number), range(count)))


def sign_up_all(port: int, clock, count: int, *, begin: int = 0) -> Counter[int]:
    clients = open_forms(port, count, begin=begin)
    clock.advance(FILLING_IN)
    answers = send_at_once(clients)
    for client in clients:
        client.close()
    return answers


def kept(app, clock) -> dict[str, int]:
    with acting(app):
        return {
            "taken": places_taken(event().id, clock.moment),
            "signups": db.session.scalar(sa.select(sa.func.count(Signup.id))),
            "mails": db.session.scalar(sa.select(sa.func.count(Email.id))),
        }


def test_as_many_get_a_place_as_there_are_and_the_others_wait_in_line(app, port, clock):
    set_up(app, capacity_override=PLACES)

    answers = sign_up_all(port, clock, CLIENTS)

    assert answers == {303: CLIENTS}
    assert kept(app, clock) == {"taken": PLACES, "signups": CLIENTS, "mails": CLIENTS}
    with acting(app):
        query = sa.select(Signup.position, Signup.status).order_by(Signup.position)
        statuses = [SignupStatus.HELD] * PLACES + [SignupStatus.WAITING] * (CLIENTS - PLACES)
        assert db.session.execute(query).all() == list(enumerate(statuses, 1))


@pytest.fixture
def without_lock(app, monkeypatch):
    """Take the lock out: on SQLite that is beginning without it, on PostgreSQL locking no row.

    On SQLite BEGIN DEFERRED alone would not do: a snapshot that is stale may not write, so most of
    them would be answered 503, and nobody would get too much. Two would also draw one position,
    which the table refuses: here positions are drawn at random.
    """
    monkeypatch.setattr(signing_up, "lock", lambda found: db.session.refresh(found))
    monkeypatch.setattr(signing_up, "next_position", lambda _event: secrets.randbelow(2**31))
    with app.app_context():
        engine = db.engine

    def begin_without_lock(_connection, _cursor, statement, parameters, _context, _many):
        # As SQLite's own binding begins: reading needs no transaction, and the first write is one.
        return ("SELECT 1" if statement == "BEGIN IMMEDIATE" else statement), parameters

    sa.event.listen(engine, "before_cursor_execute", begin_without_lock, retval=True)
    yield
    sa.event.remove(engine, "before_cursor_execute", begin_without_lock)


def test_without_the_lock_the_same_oversells(app, port, clock, without_lock):
    set_up(app, capacity_override=PLACES)
    taken = []

    for number in range(ROUNDS):
        sign_up_all(port, clock, CLIENTS, begin=number * CLIENTS)
        taken.append(kept(app, clock)["taken"])
        if taken[-1] > PLACES:
            break
        clock.advance(signing_up.HOLD_LASTS)

    sys.stdout.write(f"taken of {PLACES} places, round by round: {taken}\n")
    assert max(taken) > PLACES


def test_one_form_sent_again_and_again_is_one_sign_up_and_one_mail(app, port, clock, scaled):
    replays, senders = scaled(1000), 10
    (client,) = open_forms(port, 1)
    clock.advance(FILLING_IN)
    others = [Client(port, 0) for _sender in range(senders - 1)]
    for other in others:
        other._form, other._cookie = client._form, client._cookie

    answers = send_at_once([client, *others], replays // senders)

    assert answers == {303: replays}
    assert kept(app, clock) == {"taken": 1, "signups": 1, "mails": 1}
