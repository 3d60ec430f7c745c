"""Count sign-ups a second against a bare insert and commit, on SQLite and on PostgreSQL.

    python benchmarks/signing_up.py [--rounds 5] [--seconds 2]

On each database the product and the bare view are served alike, in the same run, and asked turn by
turn on one connection and on sixteen. Both databases put a commit on disk before it is answered.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import repeat
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from client import CONNECTIONS, Speed, Subject, measure, request  # noqa: E402
from pages import BARE_INSERT, WARMING_SECONDS, signups  # noqa: E402
from serving import serve_both  # noqa: E402

from tests.servers import postgres  # noqa: E402

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="for each measurement")
    given = parser.parse_args()
    print(f"| | sign-ups a second, one connection | {CONNECTIONS} | times a bare insert's time |")
    print("| --- | ---: | ---: | ---: |")
    for name, databases in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with tempfile.TemporaryDirectory() as folder, databases() as urls, ExitStack() as running:
            served = serve_both(Path(folder), running, databases=urls)
            bare = Subject(BARE_INSERT, served.bare, repeat(request("POST", "/rows")), BARE_INSERT)
            ours = Subject(
                "sign-up", served.product, signups(served.product), BARE_INSERT, status=303
            )
            print(row(name, *compared(ours, bare, given.rounds, given.seconds)))


@contextmanager
def sqlite() -> Iterator[dict[str, str]]:
    yield {}


@contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    postgres.SETTINGS.update(DURABLE)
    server = postgres.OwnServer()
    try:
        databases = postgres.PostgreSQL(server.url)
        names = ("CAMPAIGN_DATABASE_URL", "CAMPAIGN_KEYSTORE_URL", "BARE_DATABASE_URL")
        yield {name: databases.database(name.lower()) for name in names}
    finally:
        server.stop()


def compared(ours: Subject, bare: Subject, rounds: int, seconds: float) -> tuple[Speed, Speed]:
    """Return the medians of both, measured turn by turn."""
    for subject in (ours, bare):
        measure(subject, WARMING_SECONDS)
    measured = [(measure(ours, seconds), measure(bare, seconds)) for _round in range(rounds)]
    return tuple(
        Speed(
            median(pair[which].milliseconds for pair in measured),
            median(pair[which].per_second for pair in measured),
        )
        for which in (0, 1)
    )


def row(name: str, ours: Speed, bare: Speed) -> str:
    alone, together = 1000 / ours.milliseconds, ours.per_second
    ratios = ours.milliseconds / bare.milliseconds, bare.per_second / ours.per_second
    return f"| {name} | {alone:.0f} | {together:.0f} | {ratios[0]:.1f} / {ratios[1]:.1f} |"


if __name__ == "__main__":
    main()
