"""What readers of iCalendar see in an event, in the same words for all of them."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

Moment = datetime | date  # an aware moment in UTC, or a whole day


class MissingReader(Exception):
    """A reader cannot be had on this machine; says why."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An event as a reader gives it; what the file does not say is empty."""

    uid: str | None
    starts: Moment | None
    ends: Moment | None  # as it starts where the file names no end
    title: str | None
    sequence: int | None
    status: str | None
    location: str | None
    description: str | None
    url: str | None
    point: tuple[float, float] | None  # degrees north and east
    categories: frozenset[str] | None
    parent: str | None  # UID

    def without(self, names: Iterable[str]) -> "Seen":
        """Leave out what a reader does not give."""
        return replace(self, **dict.fromkeys(names))


@dataclass(frozen=True)
class Reader:
    """A program that reads iCalendar."""

    name: str
    read: Callable[[bytes], list[Seen]]
    hides: frozenset[str] = frozenset()  # fields that it does not give
    own_ways: frozenset[str] = frozenset()  # in what it does as it likes, whatever we write

    def as_it_would(self, wanted: Iterable[Seen]) -> list[Seen]:
        """Return events as far as this reader gives them, in the order of their UIDs."""
        return in_order(event.without(self.hides) for event in wanted)

    def sees(self, content: bytes) -> list[Seen]:
        """Read a file; return its events in the order of their UIDs."""
        return self.as_it_would(self.read(content))


def in_order(events: Iterable[Seen]) -> list[Seen]:
    """Return events in the order of their UIDs."""
    return sorted(events, key=lambda event: event.uid or "")


def in_utc(moment: Moment) -> Moment:
    """Return an aware moment in UTC, or a day as it is. A floating time has no place here."""
    if not isinstance(moment, datetime):
        return moment
    assert moment.tzinfo, f"{moment} is floating"
    return moment.astimezone(UTC)


def point(latitude: float | str, longitude: float | str) -> tuple[float, float]:
    """Return a point, to the millionth of a degree."""
    return round(float(latitude), 6), round(float(longitude), 6)


def do_without(missing: MissingReader) -> None:
    """Skip a test whose reader is missing; where readers are required, fail it."""
    if os.environ.get("CAMPAIGN_REQUIRE_READERS", "") not in ("", "0"):
        pytest.fail(f"CAMPAIGN_REQUIRE_READERS is set, but {missing}", pytrace=False)
    pytest.skip(str(missing))
