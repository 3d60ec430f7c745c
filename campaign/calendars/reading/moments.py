"""Dates, times, durations and points as calendar files write them (RFC 5545 3.3)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from campaign.calendars.reading.content_lines import Property

EARLIEST_YEAR: Final = 1900  # as far as our own calendars reach
LATEST_YEAR: Final = 2199
_LONGEST: Final = 40  # characters of a date or a duration
# Also with the hyphens and colons of ISO 8601, which some programs leave in.
_MOMENT: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?(Z|z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_DURATION: Final = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?", re.ASCII)
_GEO_URI: Final = re.compile(r"geo:([^,;]*),([^,;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A date or a time as it stands in the file."""

    local: datetime  # naive; of a date, its midnight
    is_day: bool = False
    offset: timedelta | None = None  # from UTC, where the value itself says it
    tzid: str = ""


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasts: days by the clocks on the wall, then time that really passes."""

    days: int
    time: timedelta


def read_moment(value: str, tzid: str = "") -> Written | None:
    """Read a DATE or a DATE-TIME, whichever it is; None where it is neither."""
    match = _MOMENT.fullmatch(value.strip()[:_LONGEST])
    if not match:
        return None
    year, month, day = map(int, match.group(1, 2, 3))
    try:
        if match[4] is None:
            return Written(datetime(year, month, day), is_day=True)  # noqa: DTZ001
        hour, minute = int(match[4]), int(match[5])
        second = min(int(match[6] or 0), 59)  # a leap second is read as the one before
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
    return Written(local, offset=_written_offset(match[7]), tzid=tzid)


def read_property(given: Property) -> Written | None:
    """Read the one date or time of a property."""
    return read_moment(given.value, given.parameter("TZID") if given.parameters else "")


def read_duration(value: str) -> Length | None:
    """Read a DURATION that does not go back; None where it is none."""
    match = _DURATION.fullmatch(value.strip()[:_LONGEST])
    if not match or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    return Length(7 * weeks + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))


def read_offset(value: str) -> timedelta | None:
    """Read a distance from UTC (RFC 5545 3.3.14), of less than a day."""
    match = _OFFSET.fullmatch(value.strip()[:_LONGEST])
    if not match:
        return None
    hours, minutes, seconds = (int(number or 0) for number in match.group(2, 3, 4))
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if length >= timedelta(days=1):
        return None
    return -length if match[1] == "-" else length


def read_point(geo: str, apple: str = "") -> tuple[float, float] | None:
    """Read degrees north and east of a GEO, or else of Apple's own property."""
    text = geo.replace("\\", "").strip()[:_LONGEST]
    pair = text.replace(",", ".").split(";") if ";" in text else text.split(",")
    if len(pair) != 2:
        link = _GEO_URI.search(apple[:_LONGEST])
        pair = [link[1], link[2]] if link else []
    try:
        north, east = map(float, pair)
    except ValueError:
        return None
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def is_in_range(moment: date) -> bool:
    """Tell whether our own calendars could show a date or a time."""
    return EARLIEST_YEAR <= moment.year <= LATEST_YEAR


def as_utc(local: datetime, offset: timedelta) -> datetime:
    """Answer the moment of a wall time at a distance from UTC."""
    return (local - offset).replace(tzinfo=UTC)


def _written_offset(mark: str | None) -> timedelta | None:
    if not mark:
        return None
    return timedelta() if mark in "Zz" else read_offset(mark)
