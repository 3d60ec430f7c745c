"""People who sign up over HTTP, and try again until they are answered."""

import http.client
import re
import threading
import time
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from html import unescape
from urllib.parse import urlencode

from tests.signups.making import ALTA, SLUG, acting, event

EVENT = f"/en/{SLUG}/events/{ALTA}"
HIDDEN = re.compile(r'<input id="(csrf_token|form_token|idempotency_key)"[^>]*value="([^"]*)"')
CLIENTS, PAUSE, SECONDS = 16, 0.2, 240


class Person:
    """Somebody who sends the same form again and again until it is acknowledged."""

    def __init__(self, port: int, email: str, name: str = "Volunteer", **typed: str) -> None:
        self._port, self.email, self._typed = port, email, {"name": name, **typed}
        self.tries = 0

    def sign_up(self) -> None:
        """Open the form once, and send it until the answer is the one of success."""
        cookie, page = self._insist("GET", EVENT, 200)
        form = {name: unescape(value) for name, value in HIDDEN.findall(page)}
        form |= {"email": self.email, "party_size": "1", "language": "en", "consent": "y"}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        self._insist("POST", f"{EVENT}/sign-up", 303, urlencode({**form, **self._typed}), headers)

    def _insist(self, method, path, status, content=None, headers=None) -> tuple[str, str]:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self.tries += 1
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
                connection.request(method, path, content, headers or {})
                answer = connection.getresponse()
                page = answer.read().decode()
                connection.close()
                cookie = answer.getheader("Set-Cookie", "").partition(";")[0]
                if answer.status == status:
                    return cookie, page
            time.sleep(PAUSE)
        raise AssertionError(f"no answer to {method} in {SECONDS} seconds")


@contextmanager
def signing_up(everybody: Iterable[Person]):
    """Let all sign up, some at a time, until each is acknowledged."""
    waiting, lock, failures = iter(everybody), threading.Lock(), []

    def client() -> None:
        while True:
            with lock:
                person = next(waiting, None)
            if person is None:
                return
            try:
                person.sign_up()
            except AssertionError as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=client) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
    assert not failures


def prolong(app) -> None:
    """Let the event lie ahead for processes whose clock runs."""
    with acting(app):
        found = event()
        found.starts_at = found.starts_at.replace(year=2035)
        found.ends_at = found.ends_at.replace(year=2035)
