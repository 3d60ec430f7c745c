"""How large a calendar file may be, and how one is refused as a whole."""

from typing import Final

from campaign.errors import InvalidError
from campaign.languages import lazy_gettext as _

LARGEST_FILE: Final = 16 * 1024 * 1024  # bytes
MOST_LINES: Final = 500_000  # as folded; 10,000 events as we write them have 300,000
MOST_EVENTS: Final = 10_000
DEEPEST: Final = 16  # components within components; RFC 5545 and its extensions need five
MOST_OCCURRENCES: Final = 100  # of one repeating event
MOST_SERIES: Final = 1_000  # repeating events of a file; of each further one only the first is read
MOST_REPEATS: Final = 10_000  # later occurrences in a file, of all its repeating events
MOST_VALUES: Final = 1_000  # further or excluded dates of one event, or onsets of one observance
LONGEST_TEXT: Final = 100_000  # characters


class CalendarRefused(InvalidError):
    """A file or an address from which no calendar can be taken."""


class NotACalendar(CalendarRefused):
    """A file that is something else."""

    def __init__(self) -> None:
        """Say what we looked for."""
        super().__init__(_("This is not a calendar file: it holds no iCalendar (.ics) calendar."))


class CalendarTooLarge(CalendarRefused):
    """A file of more bytes or lines than we read."""

    def __init__(self) -> None:
        """Say how much is read."""
        megabytes = LARGEST_FILE // 1024 // 1024
        super().__init__(
            _(
                "This calendar is too large: a file may have %(megabytes)s MB in %(lines)s lines.",
                megabytes=megabytes,
                lines=f"{MOST_LINES:,}",
            )
        )


class TooManyEvents(CalendarRefused):
    """A file of more events than we read."""

    def __init__(self) -> None:
        """Say how many are read."""
        super().__init__(
            _(
                "This calendar has too many events: a file may have %(number)s. Export it by year.",
                number=f"{MOST_EVENTS:,}",
            )
        )


class NestedTooDeep(CalendarRefused):
    """A file whose components hold each other without end."""

    def __init__(self) -> None:
        """Say what is wrong with it."""
        super().__init__(_("This calendar is damaged: its parts are nested too deep."))


class ZonesTooIntricate(CalendarRefused):
    """A file whose own time zones would take too long to work out."""

    def __init__(self) -> None:
        """Say what is wrong with it."""
        super().__init__(_("The time zones that this calendar describes are too intricate."))
