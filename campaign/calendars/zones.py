"""Time zones as VTIMEZONE, right for every hour of the years they are asked for (RFC 5545 3.6.5).

Readers believe the file and not their own zone data, and of several blocks some read only the
newest. So we write what really held, out of `zoneinfo`, in the fewest blocks that are right.
"""

from __future__ import annotations

import zoneinfo
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from campaign import clock
from campaign.calendars.lines import fold, local_time, utc_time

UTC_NAMES: Final = frozenset({"UTC", "Etc/UTC"})  # whose times are written with a Z
_NOTHING: Final = timedelta()
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
# No two changes of any zone lie closer than four days (Freetown 1939; since 1970 it is a week).
_STRIDE: Final = timedelta(days=3)
# No zone's rules change beyond; a mistyped year must not cost minutes of searching.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class UnknownZone(ValueError):
    """No time zone of that name is known on this machine."""


def known_zone(tzid: str) -> ZoneInfo:
    """Load a zone by its IANA name, or raise `UnknownZone`."""
    try:
        return clock.zone(tzid)
    except (KeyError, ValueError, OSError) as reason:
        raise UnknownZone(f"no time zone is called {tzid!r}") from reason


def render_timezone(tzid: str, first: date, last: date) -> bytes:
    """Write the VTIMEZONE of a zone, right for every hour from `first` to `last`.

    It covers whole years, so that many feeds share what is kept. Raises `UnknownZone`.
    """
    first_year, last_year = (min(max(day.year, _FIRST_YEAR), _LAST_YEAR) for day in (first, last))
    return _render_years(tzid, first_year, last_year)


def render_timezones(tzids: Iterable[str], first: date, last: date) -> list[bytes]:
    """Write each zone that times may name, once, in the order of their names.

    UTC is left out, whose times end in Z instead. Raises `UnknownZone`.
    """
    return [render_timezone(tzid, first, last) for tzid in sorted(set(tzids) - UTC_NAMES)]


@lru_cache(maxsize=1)
def zone_version() -> str:
    """Answer the version of the zone data that `zoneinfo` reads here, such as "2026a"."""
    for folder in zoneinfo.TZPATH:
        for name in ("tzdata.zi", "+VERSION"):
            source = Path(folder, name)
            if source.is_file():
                with source.open(encoding="utf-8") as content:
                    return content.readline().removeprefix("# version").strip()
    return version("tzdata")


class _State(NamedTuple):
    """What a zone's clocks say about themselves at one moment."""

    offset: timedelta
    name: str
    saving: timedelta  # negative where winter is the exception, as in Dublin


class _Rule(NamedTuple):
    """A yearly onset: the first to fourth, or the last (-1), weekday of a month at a local time."""

    month: int
    ordinal: int
    weekday: int  # Monday is 0
    at: time

    def onset(self, year: int) -> datetime:
        """Answer the local moment of this rule in a year."""
        first_weekday, length = monthrange(year, self.month)
        first_day = 1 + (self.weekday - first_weekday) % 7
        weeks = self.ordinal - 1 if self.ordinal > 0 else (length - first_day) // 7
        return datetime.combine(date(year, self.month, first_day + 7 * weeks), self.at)

    def written(self) -> str:
        """Answer the rule as a recurrence (RFC 5545 3.3.10)."""
        return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={self.ordinal}{_WEEKDAYS[self.weekday]}"


@dataclass(frozen=True, slots=True)
class _Change:
    """A moment at which a zone's clocks jump."""

    at: datetime  # aware UTC: the first second of the new offset
    before: _State
    after: _State

    @property
    def onset(self) -> datetime:
        """Answer the moment in the local time that held before it."""
        return self.at.replace(tzinfo=None) + self.before.offset

    @property
    def is_daylight(self) -> bool:
        """Tell whether summer time begins.

        Clocks set forward only. A change back is always STANDARD, so that a zone which leaves
        its first offset and returns to it never has DAYLIGHT alone.
        """
        saves = self.after.saving > _NOTHING or self.before.saving < _NOTHING
        return saves and self.after.offset > self.before.offset

    @property
    def jump(self) -> tuple[timedelta, timedelta]:
        """Answer the offsets it leads from and to."""
        return self.before.offset, self.after.offset

    @property
    def likeness(self) -> tuple[tuple[timedelta, timedelta], str, bool]:
        """Answer all that changes in one block have in common but their rule."""
        return self.jump, self.after.name, self.is_daylight

    def rules(self) -> set[_Rule]:
        """Answer every rule that names this onset: two where the fourth weekday is the last."""
        onset = self.onset
        nth = (onset.day - 1) // 7 + 1
        is_last = onset.day + 7 > monthrange(onset.year, onset.month)[1]
        ordinals = [nth] * (nth < 5) + [-1] * is_last
        return {_Rule(onset.month, n, onset.weekday(), onset.time()) for n in ordinals}


class _Run:
    """Like changes of successive years that one yearly rule names: what becomes one block."""

    def __init__(self, change: _Change) -> None:
        self.changes = [change]
        self.rules = change.rules()
        self.years_earlier = 0
        self.goes_on = False

    @property
    def rule(self) -> _Rule:
        """Answer the rule: "last" where "fourth" fits too, as most laws say "last"."""
        return min(self.rules)

    @property
    def first_at(self) -> datetime:
        """Answer the moment of the first onset to write (aware UTC)."""
        return self.onset_in(-self.years_earlier)

    def take(self, change: _Change) -> bool:
        """Add a change if it is the next year's of this run; tell whether it is."""
        last, rules = self.changes[-1], self.rules & change.rules()
        follows = change.onset.year == last.onset.year + 1
        if not (rules and follows and change.likeness == last.likeness):
            return False
        self.changes.append(change)
        self.rules = rules
        return True

    def onset_in(self, years_from_first: int) -> datetime:
        """Answer the moment the rule names so many years after the run's first (aware UTC)."""
        first = self.changes[0]
        onset = self.rule.onset(first.onset.year + years_from_first) - first.before.offset
        return onset.replace(tzinfo=UTC)

    def leads_to(self, held: _State, start: datetime) -> bool:
        """Tell whether its onset of the year before can stand for what held at `start`."""
        after = self.changes[0].after
        return after[:2] == held[:2] and self.onset_in(-1) < start

    def lines(self) -> list[str]:
        """Write the block."""
        change, last_at = self.changes[0], self.changes[-1].at
        rule = self.rule.written()
        if not self.goes_on and self.first_at == last_at:
            rule = ""  # some readers miss the first onset of a rule, here the only one
        elif not self.goes_on:
            # A day to spare: some readers compare this moment in UTC with local onsets.
            rule += f";UNTIL={utc_time(last_at + _DAY)}"
        onset = self.first_at.replace(tzinfo=None) + change.before.offset
        kind = "DAYLIGHT" if change.is_daylight else "STANDARD"
        return _block(kind, onset, change.jump, change.after.name, rule=rule)


@lru_cache(maxsize=4096)
def _render_years(tzid: str, first_year: int, last_year: int) -> bytes:
    zone = known_zone(tzid)
    # A local year reaches into the UTC days on both sides of it.
    start = datetime(first_year, 1, 1, tzinfo=UTC) - _DAY
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC) + _DAY
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tzid}", *_blocks(zone, start, end), "END:VTIMEZONE"]
    return b"".join(map(fold, lines))


def _blocks(zone: ZoneInfo, start: datetime, end: datetime) -> list[str]:
    held = _state(zone, start)
    runs: list[_Run] = []
    for change in _changes(zone, start, end):
        if not any(run.take(change) for run in runs):
            runs.append(_Run(change))
    lines = []
    earlier = next((run for run in runs if run.leads_to(held, start)), None)
    if earlier:
        earlier.years_earlier = 1
    else:
        onset = datetime.combine(date(min(1970, start.year), 1, 1), time())
        lines += _block("STANDARD", onset, (held.offset, held.offset), held.name)
    _leave_open(runs, end)
    if earlier:
        _start_early(runs, earlier)
    runs.sort(key=lambda run: run.first_at)
    return lines + [line for run in runs for line in run.lines()]


def _start_early(runs: list[_Run], earlier: _Run) -> None:
    """Let each rule that `earlier` undoes before the first hour begin two years before."""
    for run in runs:
        # Some readers miss a rule's first onset; some fail on an hour before a block's first.
        if (run.goes_on or run.changes[1:]) and run.onset_in(-1) <= earlier.onset_in(-1):
            run.years_earlier = 2


def _leave_open(runs: list[_Run], end: datetime) -> None:
    """Let the newest rule of each kind go on beyond `end` where the two undo each other.

    One alone would repeat a change that nothing undoes. Takes the runs in their order.
    """
    newest = {run.changes[0].is_daylight: run for run in runs}
    jumps = {run.changes[0].jump for run in newest.values()}
    is_pair = jumps == {(after, before) for before, after in jumps}
    if is_pair and all(run.onset_in(len(run.changes)) >= end for run in newest.values()):
        for run in newest.values():
            run.goes_on = True


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[_Change]:
    """Find every change of offset from `start` to `end`; a new name alone is none."""
    moment, before = start, _state(zone, start)
    while moment < end:
        following = moment + _STRIDE
        after = _state(zone, following)
        if after.offset != before.offset:
            yield _change_between(zone, moment, following)
        moment, before = following, after


def _change_between(zone: ZoneInfo, moment: datetime, following: datetime) -> _Change:
    offset = moment.astimezone(zone).utcoffset()
    seconds = bisect_left(
        range((following - moment) // _SECOND),
        True,
        key=lambda n: (moment + n * _SECOND).astimezone(zone).utcoffset() != offset,
    )
    at = moment + seconds * _SECOND
    return _Change(at, _state(zone, at - _SECOND), _state(zone, at))


def _state(zone: ZoneInfo, moment: datetime) -> _State:
    local = moment.astimezone(zone)
    return _State(
        local.utcoffset() or _NOTHING, local.tzname() or zone.key, local.dst() or _NOTHING
    )


def _block(
    kind: str, onset: datetime, jump: tuple[timedelta, timedelta], name: str, *, rule: str = ""
) -> list[str]:
    before, after = jump
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{local_time(onset)}",
        f"TZOFFSETFROM:{_offset(before)}",
        f"TZOFFSETTO:{_offset(after)}",
        *([f"RRULE:{rule}"] if rule else []),
        f"TZNAME:{name}",
        f"END:{kind}",
    ]


def _offset(offset: timedelta) -> str:
    """Write a distance from UTC; seconds only where there are any, before 1973."""
    minutes, seconds = divmod(abs(offset) // _SECOND, 60)
    written = f"{'-' if offset < _NOTHING else '+'}{minutes // 60:02}{minutes % 60:02}"
    return f"{written}{seconds:02}" if seconds else written
