"""What a calendar file says: its entries, when they are, what was guessed, what was left out."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from campaign.calendars.rendering import EntryStatus


class Note(StrEnum):
    """What had to be guessed of an entry, or was left out of it."""

    FLOATING = "floating"  # names no zone: a wall time, wherever it is read
    ZONE_FROM_FILE = "zone-from-file"  # we do not know its zone, but the file describes it
    ZONE_UNKNOWN = "zone-unknown"  # neither we nor the file know its zone: read as a wall time
    SKIPPED_TIME = "skipped-time"  # clocks jump over it; read by the offset before the jump
    DOUBLE_TIME = "double-time"  # clocks show it twice; the first is meant
    NO_END = "no-end"
    END_BEFORE_START = "end-before-start"  # its end is left out
    NO_UID = "no-uid"  # has none, or an endless one: ours is derived from what it says
    STATUS_UNKNOWN = "status-unknown"  # taken as confirmed
    TEXT_CUT = "text-cut"
    REPEATS_CUT = "repeats-cut"  # goes on after the last occurrence that was taken
    REPEATS_UNKNOWN = "repeats-unknown"  # by a rule that we do not read: only the first was taken
    LATER_CHANGES = "later-changes"  # it changes all later occurrences too; only it was changed


class Reason(StrEnum):
    """Why an entry of the file was left out."""

    NO_START = "no-start"
    START_UNREADABLE = "start-unreadable"
    CUT_OFF = "cut-off"  # the file ends in the middle of it
    OTHER_VERSION = "other-version"  # the same UID stands in the file with a newer version


@dataclass(frozen=True, slots=True)
class Moments:
    """Known moments, whatever clocks show."""

    starts_at: datetime  # aware UTC
    ends_at: datetime | None  # aware UTC; None = not said
    timezone: str | None  # IANA name by whose clocks it was set; None = UTC, or unknown to us


@dataclass(frozen=True, slots=True)
class WallTime:
    """What clocks show, by the clocks of a place that the file does not name."""

    starts_local: datetime  # naive
    ends_local: datetime | None  # naive; None = not said


@dataclass(frozen=True, slots=True)
class WholeDays:
    """Days without hours."""

    starts_on: date
    ends_on: date  # the last of the days, no later one


When = Moments | WallTime | WholeDays


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEntry:
    """One event, or one occurrence of a repeating one. All its texts are plain."""

    uid: str  # as in the file; of a later occurrence a UUID from it and its original start
    sequence: int
    status: EntryStatus
    title: str  # one line, maybe empty
    when: When
    description: str = ""  # lines parted by "\n"
    location: str = ""  # one line
    latitude: float | None = None  # degrees north
    longitude: float | None = None  # degrees east
    url: str | None = None  # http or https
    stream_url: str | None = None  # http or https: where to watch or join
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """An entry that was left out, and why."""

    line: int  # where it begins in the file, as an editor counts, from 1
    uid: str  # maybe empty
    title: str  # maybe empty
    reason: Reason


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """All that was read of a file, in its order."""

    name: str  # what the calendar calls itself, maybe empty
    entries: tuple[ReadEntry, ...]
    problems: tuple[ReadProblem, ...]
