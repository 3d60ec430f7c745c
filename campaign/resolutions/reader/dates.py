"""Dates in a text: in figures and in words, with and without a year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from campaign.resolutions.reader.calendars import Calendar, calendar_of
from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import Token, is_capital

_ISO = re.compile(r"(\d{4})[-‐‑](\d{1,2})[-‐‑](\d{1,2})$")
_NUMERIC = re.compile(r"(\d{1,2})([./\-‐‑])(\d{1,2})[./\-‐‑](\d{4})$")
_DAYS = re.compile(r"(\d{1,2})[\-‐‑](\d{1,2})$")
_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d$")
_LONGEST_RANGE = 14  # days; of a longer one only the first and the last are given
_REACH = 6  # words between a date without a year and the one that lends it


@dataclass(frozen=True, slots=True)
class FoundDate:
    """Hold the days that a stretch of text names, or the reason why it names none."""

    start: int
    end: int
    days: tuple[date, ...]
    problem: str | None = None  # nonexistent-date, ambiguous-date, date-without-year


@dataclass(slots=True)
class _Partial:
    """Hold a date as written: days of one month, the year maybe missing."""

    first: int  # token indexes
    after: int
    days: list[int]
    month: int
    year: int | None
    is_range: bool
    problem: str | None = None


def find_dates(
    text: str, tokens: Sequence[Token], language: Language, adopted_on: date | None
) -> list[FoundDate]:
    """Find the dates in a paragraph.

    A day without a year is the first such day on or after the text's own date.
    """
    calendar = calendar_of(language)
    partials: list[_Partial] = []
    after = 0
    for index, token in enumerate(tokens):
        if index < after:
            continue
        partial = _figures(token, index, calendar) or _month_here(
            text, (tokens, index, after), calendar
        )
        if partial:
            partials.append(partial)
            after = partial.after
    for before, following in pairwise(partials):
        if before.year is None and following.first - before.after < _REACH:
            before.year = following.year
    return [_resolved(partial, tokens, adopted_on) for partial in partials]


def _figures(token: Token, index: int, calendar: Calendar) -> _Partial | None:
    """Read 2005-04-28, 28.4.2005 and 28/4/2005."""
    iso = _ISO.match(token.word)
    if iso:
        year, month, day = map(int, iso.groups())
        return _Partial(index, index + 1, [day], month, year, is_range=False)
    numeric = _NUMERIC.match(token.word)
    if not numeric:
        return None
    first, second, year = int(numeric[1]), int(numeric[3]), int(numeric[4])
    found = _Partial(index, index + 1, [first], second, year, is_range=False)
    if numeric[2] in calendar.words["day_first"] or first > 12 or first == second:
        return found
    if second > 12:
        found.days, found.month = [second], first
        return found
    found.problem = "ambiguous-date"
    return found


def _month_here(
    text: str, place: tuple[Sequence[Token], int, int], calendar: Calendar
) -> _Partial | None:
    """Read a date around the name of a month."""
    tokens, index, free = place
    month = calendar.months.get(tokens[index].word)
    if month is None or (calendar.capitalised and not is_capital(text, tokens[index])):
        return None
    after_month = index + 1
    if after_month < len(tokens) and tokens[after_month].word == ".":
        after_month += 1
    before = _days_before(tokens, index, free, calendar)
    if before:
        first, days, is_range = before
        after = after_month
    else:
        found = _days_after(tokens, after_month, calendar)
        if not found:
            return None
        after, days, is_range = found
        first = index
    year, after = _year(tokens, after, calendar)
    if year is None and after == after_month:
        after = index + 1  # the full stop was the sentence's own
    return _Partial(first, after, days, month, year, is_range)


def _days_before(
    tokens: Sequence[Token], index: int, free: int, calendar: Calendar
) -> tuple[int, list[int], bool] | None:
    """Read "28", "the 28th day of" or "1 and 2" before a month."""
    at = index - 1
    while at >= free and tokens[at].word in calendar.words["of"] | calendar.words["day_words"]:
        at -= 1
    days: list[int] = []
    is_range = False
    first = None
    while at >= free:
        both = _DAYS.match(tokens[at].word)
        day = calendar.day(tokens[at].word)
        if both:
            days[:0] = [int(both[1]), int(both[2])]
            return at, days, True
        if day is None:
            break
        days.insert(0, day)
        first = at
        link = _link_before(tokens, (at, free), calendar, is_list=len(days) > 1)
        if link is None:
            break
        is_range = is_range or tokens[link].word in calendar.words["ranges"]
        at = link - 1
    return None if first is None else (first, days, is_range and len(days) == 2)


def _link_before(
    tokens: Sequence[Token], place: tuple[int, int], calendar: Calendar, *, is_list: bool
) -> int | None:
    """Find the "and" or "to" that joins a day to one before it; in a list, a comma."""
    at, free = place
    link = at - 1
    if link - 1 < free:
        return None
    if tokens[link].word not in calendar.words["between"] and not (
        is_list and tokens[link].word == ","
    ):
        return None
    return link if calendar.day(tokens[link - 1].word) is not None else None


def _days_after(
    tokens: Sequence[Token], index: int, calendar: Calendar
) -> tuple[int, list[int], bool] | None:
    """Read "28", "the twenty-eighth" or "28 and 29" after a month."""
    at = index
    while at < len(tokens) and tokens[at].word in calendar.words["after_month"]:
        at += 1
    if at >= len(tokens):
        return None
    both = _DAYS.match(tokens[at].word)
    if both:
        return at + 1, [int(both[1]), int(both[2])], True
    first = calendar.day(tokens[at].word)
    if first is None:
        return None
    days, is_range = [first], False
    at += 1
    while at + 1 < len(tokens) and tokens[at].word in calendar.words["between"]:
        day = calendar.day(tokens[at + 1].word)
        follows = tokens[at + 2].word if at + 2 < len(tokens) else ""
        if day is None or follows in calendar.months:
            break
        is_range = tokens[at].word in calendar.words["ranges"]
        days.append(day)
        at += 2
    return at, days, is_range and len(days) == 2


def _year(tokens: Sequence[Token], at: int, calendar: Calendar) -> tuple[int | None, int]:
    """Read the year after day and month, in figures or in words."""
    index = at
    while index < len(tokens) and index < at + 2 and tokens[index].word in {",", "of"}:
        index += 1
    if index < len(tokens) and _YEAR.match(tokens[index].word):
        return int(tokens[index].word), index + 1
    total, after = 0, index
    for token in tokens[index : index + 5]:
        value = sum(calendar.numbers.get(part, 0) for part in token.word.split("-"))
        if not value and token.word not in calendar.words["between"]:
            break
        after += 1
        scale = value in {100, 1000}
        total = (total * value) if scale and total else _with_number(total, value)
    return (total, after) if 1500 <= total <= 2199 else (None, at)


def _with_number(total: int, value: int) -> int:
    """Add a number word: "nineteen forty-nine" is 1949, "two thousand five" is 2005."""
    return total * 100 + value if 15 <= total <= 21 and value else total + value


def _resolved(partial: _Partial, tokens: Sequence[Token], adopted_on: date | None) -> FoundDate:
    start, end = tokens[partial.first].start, tokens[partial.after - 1].end
    if partial.problem:
        return FoundDate(start, end, (), partial.problem)
    if partial.year is None and adopted_on is None:
        known = all(_day(2000, partial.month, day) for day in partial.days)
        return FoundDate(start, end, (), "date-without-year" if known else "nonexistent-date")
    days = [_day_of(partial, day, adopted_on) for day in partial.days]
    real = [day for day in days if day is not None]
    if len(real) < len(days):
        return FoundDate(start, end, (), "nonexistent-date")
    if partial.is_range and real[0] < real[-1]:
        real = _between(real[0], real[-1])
    return FoundDate(start, end, tuple(real))


def _between(first: date, last: date) -> list[date]:
    length = (last - first).days
    if length > _LONGEST_RANGE:
        return [first, last]
    return [first + timedelta(days=number) for number in range(length + 1)]


def _day_of(partial: _Partial, day: int, adopted_on: date | None) -> date | None:
    if partial.year is not None:
        return _day(partial.year, partial.month, day)
    if adopted_on is None:
        return None
    for year in range(adopted_on.year, adopted_on.year + 9):
        found = _day(year, partial.month, day)
        if found and found >= adopted_on:
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
