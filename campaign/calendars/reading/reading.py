"""A calendar file from its bytes to its entries."""

from campaign.calendars.lines import one_line
from campaign.calendars.reading.answers import CalendarFile, ReadProblem
from campaign.calendars.reading.clocks import Clocks
from campaign.calendars.reading.components import Calendar, find_calendars
from campaign.calendars.reading.content_lines import content_lines
from campaign.calendars.reading.events import FileEvent, LeftOut, problem, read_event
from campaign.calendars.reading.file_zones import Effort
from campaign.calendars.reading.refusals import LARGEST_FILE, CalendarTooLarge
from campaign.calendars.reading.series import Allowance, Series
from campaign.calendars.reading.words import unescape

_LONGEST_NAME = 500  # characters


def read_calendar(content: bytes) -> CalendarFile:
    """Read an iCalendar file as leniently as it can be understood without doubt.

    The same bytes give the same answer. What cannot be taken of it is told, entry by entry.
    Raises NotACalendar, CalendarTooLarge, TooManyEvents, NestedTooDeep, ZonesTooIntricate.
    """
    if len(content) > LARGEST_FILE:
        raise CalendarTooLarge
    calendars = find_calendars(content_lines(content))
    events, problems = _events(calendars)
    series: dict[str, Series] = {}
    for event in events:
        series.setdefault(event.uid, Series()).add(event)
    allowance = Allowance()
    entries = [entry for each in series.values() for entry in each.entries(allowance)]
    problems += [left_out for each in series.values() for left_out in each.problems]
    problems.sort(key=lambda left_out: left_out.line)
    return CalendarFile(_name(calendars), tuple(entries), tuple(problems))


def _events(calendars: list[Calendar]) -> tuple[list[FileEvent], list[ReadProblem]]:
    events: list[FileEvent] = []
    problems: list[ReadProblem] = []
    effort = Effort()
    for calendar in calendars:
        clocks = Clocks(calendar.zones, effort)
        is_withdrawn = calendar.itself.value("METHOD").strip().upper() == "CANCEL"
        for component in calendar.events:
            try:
                events.append(read_event(component, clocks, is_withdrawn=is_withdrawn))
            except LeftOut as left_out:
                problems.append(problem(component, left_out.reason))
    return events, problems


def _name(calendars: list[Calendar]) -> str:
    """Answer what the first calendar that has a name calls itself."""
    values = (
        one_line(unescape(calendar.itself.value(name)[:_LONGEST_NAME]))
        for calendar in calendars
        for name in ("X-WR-CALNAME", "NAME")
    )
    return next(filter(None, values), "")
