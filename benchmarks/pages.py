"""Measure the product's pages against a bare view, under the same server, in the same run.

    python benchmarks/pages.py [--rounds 5] [--seconds 1]

Both are served as `./run` serves, on this machine alone; the product is a demonstration of its own
in a temporary folder. Each round measures every subject once, so that whatever else the machine
does falls on all of them alike.
"""

import argparse
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from statistics import median

from client import CONNECTIONS, Speed, Subject, ask, measure, request
from forms import encoded, read_form
from serving import serve_both

PAGES = "/en/north-korea-2005"
EVENT = f"{PAGES}/events/oslo-no-2005-04-28"
FEED = "/north-korea-2005/calendar.ics?lang=en"
WARMING_SECONDS = 0.5  # so that each worker has read what it reads once
BARE_PAGE, BARE_INSERT = "bare page", "bare insert and commit"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="for each measurement")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        served = serve_both(Path(folder), running)
        subjects = [*of_bare(served.bare), *of_product(served.product)]
        for subject in subjects:
            measure(subject, WARMING_SECONDS)
        speeds: dict[Subject, list[Speed]] = {subject: [] for subject in subjects}
        for number in range(given.rounds):
            for subject, measured in speeds.items():
                measured.append(measure(subject, given.seconds))
            print(f"Round {number + 1} of {given.rounds} done.", file=sys.stderr)
    print_table(speeds)


def of_bare(port: int) -> list[Subject]:
    insert = request("POST", "/rows")
    return [
        Subject(BARE_PAGE, port, repeat(request("GET", "/")), BARE_PAGE),
        Subject(BARE_INSERT, port, repeat(insert), BARE_INSERT),
    ]


def of_product(port: int) -> list[Subject]:
    def page(name: str, path: str) -> Subject:
        return Subject(name, port, repeat(request("GET", path)), BARE_PAGE)

    etag = ask(port, request("GET", FEED)).headers["etag"]
    unchanged = repeat(request("GET", FEED, {"If-None-Match": etag}))
    return [
        page("event page", EVENT),
        page("search page, nearest first", f"{PAGES}/events/?near=Oslo"),
        page("feed of 212 events", FEED),
        Subject("the same feed, unchanged (304)", port, unchanged, BARE_PAGE, status=304),
        Subject("sign-up", port, signups(port), BARE_INSERT, status=303),
    ]


def signups(port: int) -> Iterator[bytes]:
    """Yield one volunteer's form after the other, each with an address and a key of its own."""
    answer = ask(port, request("GET", EVENT))
    action, fields = read_form(answer.body.decode(), "/sign-up")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    while True:
        key = secrets.token_urlsafe(24)
        volunteer = {
            "name": "A Volunteer",
            "email": f"{key}@example.org",
            "party_size": "2",
            "consent": "y",
            "idempotency_key": key,
        }
        yield request("POST", action, headers, encoded({**fields, **volunteer}))


def print_table(speeds: dict[Subject, list[Speed]]) -> None:
    """Print medians over the rounds, and how many times slower than its floor each subject is."""
    middles = {
        subject.name: Speed(
            median(speed.milliseconds for speed in measured),
            median(speed.per_second for speed in measured),
        )
        for subject, measured in speeds.items()
    }
    print("| | ms on one connection | times bare's", end=" ")
    print(f"| a second on {CONNECTIONS} connections | bare's by this |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for subject in speeds:
        speed, floor = middles[subject.name], middles[subject.floor]
        slower = speed.milliseconds / floor.milliseconds
        fewer = floor.per_second / speed.per_second
        cells = f"{speed.milliseconds:.2f} | {slower:.1f} | {speed.per_second:.0f} | {fewer:.1f}"
        print(f"| {subject.name} | {cells} |")


if __name__ == "__main__":
    main()
