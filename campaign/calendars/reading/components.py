"""Calendars, events and time zones of a file, found in one pass without recursion."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from campaign.calendars.reading.content_lines import Property, split_line
from campaign.calendars.reading.refusals import (
    DEEPEST,
    MOST_EVENTS,
    NestedTooDeep,
    NotACalendar,
    TooManyEvents,
)

_ONSET: Final = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_WANTED: Final = {
    "VCALENDAR": frozenset({"NAME", "X-WR-CALNAME", "METHOD"}),
    "VTIMEZONE": frozenset({"TZID", "X-LIC-LOCATION"}),
    "STANDARD": _ONSET,
    "DAYLIGHT": _ONSET,
    "VEVENT": frozenset(
        {
            *("UID", "SEQUENCE", "STATUS", "DTSTAMP", "LAST-MODIFIED"),
            *("DTSTART", "DTEND", "DURATION", "X-MICROSOFT-CDO-ALLDAYEVENT"),
            *("RECURRENCE-ID", "RRULE", "RDATE", "EXDATE", "EXRULE"),
            *("SUMMARY", "DESCRIPTION", "STYLED-DESCRIPTION", "X-ALT-DESC"),
            *("LOCATION", "GEO", "X-APPLE-STRUCTURED-LOCATION"),
            *("URL", "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL"),
        }
    ),
}
# Some programs leave line ends in these as they are; what follows is no content line.
_TEXTS: Final = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION"})


@dataclass(slots=True)
class Component:
    """A component with the properties that we understand, each as often as it was given."""

    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    parts: list["Component"] = field(default_factory=list)  # of a zone: its observances
    is_whole: bool = True  # False = the file ends in the middle of it

    def first(self, name: str) -> Property | None:
        """Answer the first property of a name."""
        given = self.properties.get(name)
        return given[0] if given else None

    def value(self, name: str) -> str:
        """Answer the value of the first property of a name, or "" where there is none."""
        given = self.properties.get(name)
        return given[0].value if given else ""


@dataclass(slots=True)
class Calendar:
    """One VCALENDAR: what it says of itself, its zones by name, and its events."""

    itself: Component
    zones: dict[str, Component] = field(default_factory=dict)  # by `zone_key`
    events: list[Component] = field(default_factory=list)


def zone_key(tzid: str) -> str:
    """Answer a TZID without what differs between a zone and the times that name it."""
    return tzid.replace("\\", "").strip('" \t').casefold()


def find_calendars(lines: Iterable[tuple[int, str]]) -> list[Calendar]:
    """Sort the lines of a file into its calendars.

    Raises NotACalendar, TooManyEvents, NestedTooDeep.
    """
    scan = _Scan()
    for number, line in lines:
        scan.take(number, line)
    return scan.finish()


class _Scan:
    """What is open at a line of the file."""

    def __init__(self) -> None:
        self.calendars: list[Calendar] = []
        self.event_count = 0
        self.open: list[Component] = []
        self.broken: list[str] = []  # lines of a text whose line ends were left as they are
        self.text: Property | None = None

    def take(self, number: int, line: str) -> None:
        given = split_line(number, line)
        if given is None:
            if self.text is not None:
                self.broken.append(line)
            return
        self._mend_text()
        if given.name == "BEGIN":
            self._begin(given.value.strip().upper(), number)
        elif given.name == "END":
            self._end(given.value.strip().upper())
        elif self.open and given.name in _WANTED.get(self.open[-1].name, ()):
            self.open[-1].properties.setdefault(given.name, []).append(given)
            self.text = given if given.name in _TEXTS else None

    def finish(self) -> list[Calendar]:
        self._mend_text()
        for component in self.open:
            component.is_whole = False
        if not self.calendars:
            raise NotACalendar
        return self.calendars

    def _begin(self, name: str, line: int) -> None:
        if name == "VEVENT":
            self._end(name)  # no event holds another: the one before was never closed
            self.event_count += 1
            if self.event_count > MOST_EVENTS:
                raise TooManyEvents
        if len(self.open) >= DEEPEST:
            raise NestedTooDeep
        component = Component(name, line)
        self._place(component)
        self.open.append(component)

    def _place(self, component: Component) -> None:
        if component.name == "VCALENDAR":
            self.calendars.append(Calendar(component))
        elif component.name == "VEVENT" and self.calendars:
            self.calendars[-1].events.append(component)
        elif component.name in {"STANDARD", "DAYLIGHT"} and self.open:
            self.open[-1].parts.append(component)

    def _end(self, name: str) -> None:
        """Close what is open up to that name; an end of what never began says nothing."""
        if all(component.name != name for component in self.open):
            return
        while self.open:
            closed = self.open.pop()
            if closed.name == "VTIMEZONE" and self.calendars:
                self.calendars[-1].zones.setdefault(zone_key(closed.value("TZID")), closed)
            if closed.name == name:
                return

    def _mend_text(self) -> None:
        if self.broken and self.text is not None and self.open:
            same = self.open[-1].properties[self.text.name]
            whole = "\\n".join([self.text.value, *self.broken])
            same[-1] = Property(self.text.name, self.text.parameters, whole, self.text.line)
        self.broken, self.text = [], None
