"""When an event is: its start, how long it lasts, and what of both had to be guessed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from campaign.calendars.reading.answers import Moments, Note, WallTime, When, WholeDays
from campaign.calendars.reading.clocks import Clocks, FileClock, Start, ZoneClock
from campaign.calendars.reading.components import Component
from campaign.calendars.reading.moments import Length, is_in_range, read_duration, read_property

_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta()
_MIDNIGHT: Final = time()


def read_start(event: Component, name: str, clocks: Clocks) -> Start | None:
    """Read when an event, or the occurrence that it stands for, begins; None if unreadable."""
    given = event.first(name)
    written = read_property(given) if given else None
    if written is None or not is_in_range(written.local):
        return None
    start = clocks.start(written)
    is_day = event.value("X-MICROSOFT-CDO-ALLDAYEVENT").strip().upper() == "TRUE"
    if is_day and start.local.time() == _MIDNIGHT:
        return Start(start.local, is_day=True)
    return start


def read_length(event: Component, start: Start, clocks: Clocks) -> tuple[Length | None, list[Note]]:
    """Read how long an event lasts: its DTEND, else its DURATION, else nothing is known."""
    end = read_start(event, "DTEND", clocks)
    if end is not None:
        length = length_between(start, end)
        is_backward = length is None and end.is_day == start.is_day and end.local < start.local
        notes = [Note.END_BEFORE_START] if is_backward else []
    else:
        length, notes = read_duration(event.value("DURATION")), []
    if length == Length(0, _NOTHING):
        length = None
    if length is None and not start.is_day and not notes:
        notes = [Note.NO_END]
    return length, notes


def length_between(start: Start, end: Start) -> Length | None:
    """Answer the time that passes between two written times; None where it is none.

    An end that names no zone is by the clock of the start.
    """
    if start.is_day:
        days = (end.local.date() - start.local.date()).days
        return Length(days, _NOTHING) if days > 0 else None
    if end.is_day:
        return None
    if start.clock is None or end.clock is None:
        end = replace(end, clock=start.clock)
    begins, ends = (moment.instant or moment.local for moment in (start, end))
    return Length(0, ends - begins) if ends > begins else None


def when_at(start: Start, length: Length | None) -> When:
    """Answer when something is that begins then and lasts so long. Raises ZonesTooIntricate."""
    if start.is_day:
        first = start.local.date()
        days = length.days + length.time // _DAY if length else 1
        return WholeDays(first, first + max(days - 1, 0) * _DAY)
    if start.clock is None:
        return WallTime(start.local, start.local + _whole(length) if length else None)
    timezone = start.clock.zone.key if isinstance(start.clock, ZoneClock) else None
    begins = start.clock.instant(start.local)
    if length is None:
        return Moments(begins, None, timezone)
    # Days are days of the clock on the wall, the rest is time that passes (RFC 5545 3.3.6).
    last_day = start.clock.instant(start.local + length.days * _DAY) if length.days else begins
    return Moments(begins, last_day + length.time, timezone)


def doubts(start: Start) -> Iterator[Note]:
    """Tell what had to be guessed about a start."""
    if start.clock is None and not start.is_day:
        yield Note.ZONE_UNKNOWN if start.is_zone_unknown else Note.FLOATING
    if isinstance(start.clock, FileClock):
        yield Note.ZONE_FROM_FILE
    if isinstance(start.clock, ZoneClock) and (doubt := start.clock.doubt(start.local)):
        yield doubt


def at_day(start: Start, day: date) -> Start:
    """Answer the same start on another day."""
    return replace(start, local=datetime.combine(day, start.local.time()))


def _whole(length: Length) -> timedelta:
    return length.days * _DAY + length.time
