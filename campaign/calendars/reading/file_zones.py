"""Time zones that a file describes itself, worked out for the dates that are asked for.

A zone is a list of observances (RFC 5545 3.6.5): onsets in local time, each with the offsets
before and after it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from itertools import islice
from typing import Final

from campaign.calendars.reading.components import Component
from campaign.calendars.reading.moments import Written, as_utc, read_moment, read_offset
from campaign.calendars.reading.refusals import MOST_VALUES, ZonesTooIntricate
from campaign.calendars.reading.repeating import days_of_year
from campaign.calendars.reading.rules import Frequency, Rule, UnreadableRule, read_rule

_MOST_OBSERVANCES: Final = 500  # of one zone; one with more is not read
# Onsets given, and rules followed a year, in one file; five zones in fifty years need 1,000.
_MOST_STEPS: Final = 25_000


@dataclass(slots=True)
class Effort:
    """How many steps the zones of a file took so far."""

    spent: int = 0

    def spend(self, steps: int) -> None:
        """Count some more. Raises ZonesTooIntricate."""
        self.spent += steps
        if self.spent > _MOST_STEPS:
            raise ZonesTooIntricate


@dataclass(frozen=True, slots=True)
class _Observance:
    """When one offset gives way to another, on given dates or by a yearly rule."""

    onsets: tuple[datetime, ...]  # naive, by the clocks before the change
    before: timedelta
    after: timedelta
    rule: Rule | None

    @property
    def delay(self) -> timedelta:
        """Answer what lies between an onset and the wall time from which the change holds.

        Times that clocks skip, or show the first time, belong to the offset before (RFC 5545
        3.3.5).
        """
        return max(self.after - self.before, timedelta())

    def latest_by_rule(self, year: int) -> Iterator[datetime]:
        """Answer the onsets by its rule in the last three of its years, up to a year."""
        first, rule = self.onsets[0], self.rule
        if rule is None or year < first.year:
            return
        last = min(year, rule.until.local.year) if rule.until else year
        last -= (last - first.year) % rule.interval
        if rule.count is not None:
            last = min(last, first.year + (rule.count - 1) * rule.interval)
        earliest = max(last - 2 * rule.interval, first.year)
        for named in range(last, earliest - 1, -rule.interval):
            for day in days_of_year(rule, first.date(), named):
                onset = datetime.combine(day, first.time())
                if onset >= first and not self._is_over(onset):
                    yield onset

    def _is_over(self, onset: datetime) -> bool:
        until = self.rule.until if self.rule else None
        if until is None:
            return False
        if until.is_day:
            return onset.date() > until.local.date()
        if until.offset is None:
            return onset > until.local
        return as_utc(onset, self.before) > as_utc(until.local, until.offset)


@dataclass(slots=True)
class FileZone:
    """A time zone by its VTIMEZONE."""

    observances: tuple[_Observance, ...]
    effort: Effort
    # Wall times from which an offset holds, in order: those on given dates, and by year by rule.
    _given: list[tuple[datetime, timedelta]] = field(default_factory=list)
    _ruled: dict[int, list[tuple[datetime, timedelta]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the given onsets in order."""
        self._given = sorted(
            (onset + observance.delay, observance.after)
            for observance in self.observances
            for onset in observance.onsets
        )

    def offset(self, local: datetime) -> timedelta:
        """Answer the offset at a wall time. Raises ZonesTooIntricate."""
        year = local.year
        if year not in self._ruled:
            self._ruled[year] = self._by_rule(year)
        found = [_latest(self._given, local), _latest(self._ruled[year], local)]
        changes = [change for change in found if change]
        if changes:
            return max(changes)[1]
        return min(self.observances, key=lambda observance: observance.onsets[0]).before

    def _by_rule(self, year: int) -> list[tuple[datetime, timedelta]]:
        self.effort.spend(len(self.observances))
        return sorted(
            (onset + observance.delay, observance.after)
            for observance in self.observances
            for onset in observance.latest_by_rule(year)
        )


def read_zone(component: Component, effort: Effort) -> FileZone | None:
    """Read a VTIMEZONE; None where it is not to be understood. Raises ZonesTooIntricate."""
    if not component.parts or len(component.parts) > _MOST_OBSERVANCES:
        return None
    observances = []
    for part in component.parts:
        observance = _read_observance(part)
        if observance is None:
            return None
        effort.spend(len(observance.onsets))
        observances.append(observance)
    return FileZone(tuple(observances), effort)


def _read_observance(part: Component) -> _Observance | None:
    start = read_moment(part.value("DTSTART"))
    before, after = (read_offset(part.value(f"TZOFFSET{end}")) for end in ("FROM", "TO"))
    if start is None or before is None or after is None:
        return None
    moments = [start, *islice(_given_onsets(part), MOST_VALUES)]
    if not all(MINYEAR + 1 < moment.local.year < MAXYEAR - 1 for moment in moments):
        return None  # the clock arithmetic would leave the calendar
    try:
        rule = _yearly(part.value("RRULE"))
    except UnreadableRule:
        return None
    onsets = (_by_clocks_before(moment, before) for moment in moments)
    return _Observance(tuple(onsets), before, after, rule)


def _given_onsets(part: Component) -> Iterator[Written]:
    for given in part.properties.get("RDATE", ()):
        for value in given.value.split(",", MOST_VALUES):
            moment = read_moment(value)
            if moment is not None:
                yield moment


def _by_clocks_before(moment: Written, before: timedelta) -> datetime:
    return moment.local if moment.offset is None else moment.local - moment.offset + before


def _yearly(value: str) -> Rule | None:
    """Read the rule of an observance. Raises UnreadableRule unless its onsets come yearly."""
    if not value:
        return None
    rule = read_rule(value)
    if rule.frequency is not Frequency.YEARLY:
        raise UnreadableRule("an observance that does not begin yearly")
    return rule


def _latest(
    changes: list[tuple[datetime, timedelta]], local: datetime
) -> tuple[datetime, timedelta] | None:
    place = bisect_right(changes, local, key=lambda change: change[0])
    return changes[place - 1] if place else None
