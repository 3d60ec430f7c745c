"""Recurrence rules as they are written: an RRULE becomes a `Rule` (RFC 5545 3.3.10)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from campaign.calendars.reading.moments import Written, read_moment

_LONGEST: Final = 1_000  # characters of a rule
_MOST_IN_LIST: Final = 100
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY: Final = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,6}", re.ASCII)


class Frequency(StrEnum):
    """How often a rule's periods come; the ones shorter than a day are not read."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class UnreadableRule(ValueError):
    """A recurrence rule that is wrong, or has parts that we do not evaluate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule. Its parts are as RFC 5545 names them; empty where not given."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: Written | None = None
    by_day: tuple[tuple[int, int], ...] = ()  # ordinal (0 = each) and weekday (Monday is 0)
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_set_position: tuple[int, ...] = ()
    week_start: int = 0  # Monday is 0

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        is_longer = self.frequency in {Frequency.MONTHLY, Frequency.YEARLY}
        ordinals = [ordinal for ordinal, _ in self.by_day if ordinal]
        meanings = (
            self.interval >= 1,
            self.count is None or self.count >= 1,
            all(1 <= month <= 12 for month in self.by_month),
            all(1 <= abs(day) <= 31 for day in self.by_month_day),
            all(1 <= abs(position) <= 366 for position in self.by_set_position),
            all(abs(ordinal) <= 53 for ordinal in ordinals),
            not ordinals or (is_longer and not self.by_month_day),
            not self.by_month_day or self.frequency is not Frequency.WEEKLY,
            # A position needs a set to stand in.
            not self.by_set_position or self.by_day or self.by_month_day or self.by_month,
        )
        if not all(meanings):
            raise UnreadableRule("a part of the rule has no meaning")


def read_rule(value: str) -> Rule:
    """Read an RRULE. Raises UnreadableRule, also for parts that we do not evaluate."""
    if len(value) > _LONGEST:
        raise UnreadableRule("the rule is too long")
    parts: dict[str, Any] = {}
    for part in filter(None, value.upper().replace(" ", "").split(";")):
        name, _, content = part.partition("=")
        field, read = _FIELDS.get(name, ("", None))
        if read is None or field in parts:
            raise UnreadableRule(f"the part {name} is not evaluated, or stands there twice")
        try:
            parts[field] = read(content)
        except ValueError as reason:
            raise UnreadableRule(f"the part {name} has no meaning") from reason
    if "frequency" not in parts:
        raise UnreadableRule("the rule has no frequency")
    return Rule(**parts)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number, or a very long one")
    return int(text)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(map(_number, _items(text))))


def _weekdays(text: str) -> tuple[tuple[int, int], ...]:
    days = [_BY_DAY.fullmatch(item) for item in _items(text)]
    if any(day is None or (day[1] and not int(day[1])) for day in days):
        raise ValueError("no weekday")
    named = ((int(day[1] or 0), _WEEKDAYS.index(day[2])) for day in days if day)
    return tuple(dict.fromkeys(named))


def _moment(text: str) -> Written:
    moment = read_moment(text)
    if moment is None:
        raise ValueError("no date")
    return moment


def _items(text: str) -> list[str]:
    items = text.split(",")
    if len(items) > _MOST_IN_LIST:
        raise ValueError("the list is too long")
    return items


_FIELDS: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "FREQ": ("frequency", Frequency),
    "INTERVAL": ("interval", _number),
    "COUNT": ("count", _number),
    "UNTIL": ("until", _moment),
    "BYDAY": ("by_day", _weekdays),
    "BYMONTHDAY": ("by_month_day", _numbers),
    "BYMONTH": ("by_month", _numbers),
    "BYSETPOS": ("by_set_position", _numbers),
    "WKST": ("week_start", _WEEKDAYS.index),
}
