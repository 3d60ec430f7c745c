"""Events of one UID: their versions, their occurrences, and occurrences that were changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from campaign.calendars.reading.answers import Note, ReadEntry, ReadProblem, Reason
from campaign.calendars.reading.clocks import Start
from campaign.calendars.reading.content_lines import Property
from campaign.calendars.reading.events import FileEvent, derived_uid, read_entry
from campaign.calendars.reading.moments import (
    Length,
    Written,
    as_utc,
    is_in_range,
    read_duration,
    read_moment,
)
from campaign.calendars.reading.refusals import (
    MOST_OCCURRENCES,
    MOST_REPEATS,
    MOST_SERIES,
    MOST_VALUES,
)
from campaign.calendars.reading.repeating import repeat, window_end
from campaign.calendars.reading.rules import UnreadableRule, read_rule
from campaign.calendars.reading.timing import at_day, doubts, length_between, when_at


@dataclass(slots=True)
class Allowance:
    """How much more may come of repeating events in one file."""

    series: int = MOST_SERIES
    repeats: int = MOST_REPEATS


@dataclass(frozen=True, slots=True)
class _Occurrence:
    start: Start
    length: Length | None


@dataclass(slots=True)
class Series:
    """The events of one UID: the newest version of each, and the versions that are left out."""

    itself: FileEvent | None = None
    changed: dict[str, FileEvent] = field(default_factory=dict)  # by the key of the occurrence
    problems: list[ReadProblem] = field(default_factory=list)

    def add(self, event: FileEvent) -> None:
        """Take an event, unless a newer version of it is here; of equal ones the later."""
        key = event.occurrence.key if event.occurrence else ""
        other = self.changed.get(key) if key else self.itself
        newer = event if other is None or event.version >= other.version else other
        if other is not None:
            older = other if newer is event else event
            self.problems.append(older.problem(Reason.OTHER_VERSION))
        if key:
            self.changed[key] = newer
        else:
            self.itself = newer

    def entries(self, allowance: Allowance) -> Iterator[ReadEntry]:
        """Answer an entry for each occurrence. Raises ZonesTooIntricate."""
        changed = dict(self.changed)
        if self.itself is not None:
            yield from _unfold(self.itself, changed, allowance)
        for key, event in changed.items():  # of occurrences that are not in the file, or too late
            yield _changed_entry(event, self._uid(event, key))

    def _uid(self, event: FileEvent, key: str) -> str:
        is_first = self.itself is not None and self.itself.start.key == key
        return event.uid if is_first else derived_uid(event.uid, key)


def _unfold(
    event: FileEvent, changed: dict[str, FileEvent], allowance: Allowance
) -> Iterator[ReadEntry]:
    """Answer the occurrences of an event; those that were changed are taken out of `changed`."""
    occurrences, notes = _occurrences(event, allowance)
    first = read_entry(event, event.uid)
    if len(occurrences) == 1 and not changed and not notes and occurrences[0].start is event.start:
        yield first
        return
    common = tuple(note for note in first.notes if note not in set(doubts(event.start)))
    for occurrence in occurrences:
        key = occurrence.start.key
        uid = event.uid if key == event.start.key else derived_uid(event.uid, key)
        change = _take(changed, occurrence.start)
        if change is not None:
            yield _changed_entry(change, uid, notes)
        else:
            when = when_at(occurrence.start, occurrence.length)
            said = (*doubts(occurrence.start), *common, *notes)
            yield replace(first, uid=uid, when=when, notes=said)
        notes = ()  # of the series, so with the first of it


def _changed_entry(event: FileEvent, uid: str, notes: tuple[Note, ...] = ()) -> ReadEntry:
    entry = read_entry(event, uid)
    given = event.component.first("RECURRENCE-ID")
    if given and given.parameter("RANGE").upper() == "THISANDFUTURE":
        notes = (*notes, Note.LATER_CHANGES)
    return replace(entry, notes=(*entry.notes, *notes))


def _occurrences(
    event: FileEvent, allowance: Allowance
) -> tuple[list[_Occurrence], tuple[Note, ...]]:
    """Answer when an event occurs, in order, and what of that had to be left out."""
    itself = _Occurrence(event.start, event.length)
    given = event.component.properties
    if not ("RRULE" in given or "RDATE" in given):
        return [itself], ()
    if not allowance.series or not allowance.repeats:
        return [itself], (Note.REPEATS_CUT,)
    allowance.series -= 1
    try:
        found, is_cut = _by_rule(event)
    except UnreadableRule:
        return [itself], (Note.REPEATS_UNKNOWN,)
    last = window_end(event.start.local.date())
    for occurrence in _by_date(event):
        is_late = occurrence.start.local.date() > last
        is_cut = is_cut or is_late
        if not is_late:
            found.setdefault(occurrence.start.key, occurrence)
    excluded = _excluded(event)
    kept = [each for each in found.values() if not excluded & _names(each.start)]
    kept.sort(key=lambda each: (each.start.instant or each.start.local).replace(tzinfo=None))
    most = min(MOST_OCCURRENCES, allowance.repeats + 1)
    allowance.repeats -= max(min(len(kept), most) - 1, 0)
    return kept[:most], (Note.REPEATS_CUT,) if is_cut or len(kept) > most else ()


def _by_rule(event: FileEvent) -> tuple[dict[str, _Occurrence], bool]:
    """Answer the occurrences by RRULE, or the event alone. Raises UnreadableRule."""
    start, rules = event.start, event.component.properties.get("RRULE", [])
    if len(rules) > 1 or event.component.first("EXRULE"):
        raise UnreadableRule("several rules")
    if not rules:
        return {start.key: _Occurrence(start, event.length)}, False
    rule = read_rule(rules[0].value)
    repetition = repeat(rule, start.local.date(), lambda day: _is_past(start, day, rule.until))
    starts = (at_day(start, day) for day in repetition.days)
    return {each.key: _Occurrence(each, event.length) for each in starts}, repetition.is_cut


def _is_past(start: Start, day: date, until: Written | None) -> bool:
    """Tell whether an occurrence would begin after the UNTIL of its rule."""
    if until is None:
        return False
    if start.is_day or until.is_day:
        return day > until.local.date()
    begins = at_day(start, day)
    if start.clock is None or until.offset is None:
        return begins.local > until.local
    return start.clock.instant(begins.local) > as_utc(until.local, until.offset)


def _by_date(event: FileEvent) -> Iterator[_Occurrence]:
    """Answer the occurrences by RDATE, some with a length of their own (RFC 5545 3.3.9)."""
    for given, value in _values(event, "RDATE"):
        begin, _, end = value.partition("/")
        start = _start(event, given, begin)
        if start is None or start.is_day != event.start.is_day:
            continue
        length = read_duration(end) if end else event.length
        until = _start(event, given, end) if end and length is None else None
        yield _Occurrence(start, length_between(start, until) if until else length)


def _excluded(event: FileEvent) -> set[str]:
    starts = (_start(event, given, value) for given, value in _values(event, "EXDATE"))
    return {start.key for start in starts if start}


def _values(event: FileEvent, name: str) -> Iterator[tuple[Property, str]]:
    """Answer the dates of all properties of a name, no more than we look at."""
    every = (
        (given, value)
        for given in event.component.properties.get(name, ())
        for value in given.value.split(",", MOST_VALUES)
    )
    return islice(every, MOST_VALUES)


def _start(event: FileEvent, given: Property, value: str) -> Start | None:
    written = read_moment(value, given.parameter("TZID") if given.parameters else "")
    return event.clocks.start(written) if written and is_in_range(written.local) else None


def _names(start: Start) -> set[str]:
    """Answer all by which an occurrence may be named: its moment, its wall time, its day."""
    return {start.key, start.local.isoformat(), start.day_key}


def _take(changed: dict[str, FileEvent], start: Start) -> FileEvent | None:
    name = next((name for name in _names(start) if name in changed), None) if changed else None
    return changed.pop(name) if name else None
