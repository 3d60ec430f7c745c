"""Calendar files of others, read: `read_calendar` is the one door. Pure, bounded, lenient."""

from campaign.calendars.reading.answers import (
    CalendarFile,
    Moments,
    Note,
    ReadEntry,
    ReadProblem,
    Reason,
    WallTime,
    When,
    WholeDays,
)
from campaign.calendars.reading.reading import read_calendar
from campaign.calendars.reading.refusals import (
    LARGEST_FILE,
    MOST_EVENTS,
    CalendarRefused,
    CalendarTooLarge,
    NestedTooDeep,
    NotACalendar,
    TooManyEvents,
    ZonesTooIntricate,
)
from campaign.calendars.reading.sentences import in_words

__all__ = [
    "LARGEST_FILE",
    "MOST_EVENTS",
    "CalendarFile",
    "CalendarRefused",
    "CalendarTooLarge",
    "Moments",
    "NestedTooDeep",
    "NotACalendar",
    "Note",
    "ReadEntry",
    "ReadProblem",
    "Reason",
    "TooManyEvents",
    "WallTime",
    "When",
    "WholeDays",
    "ZonesTooIntricate",
    "in_words",
    "read_calendar",
]
