"""Recurrence rules evaluated, period by period and never without end (RFC 5545 3.3.10)."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from campaign.calendars.reading.refusals import MOST_OCCURRENCES
from campaign.calendars.reading.rules import Frequency, Rule

WINDOW_YEARS: Final = 2  # from the first occurrence on; what comes later is not taken
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Repetition:
    """The days of an event that repeats."""

    days: tuple[date, ...]  # in order; the first is the day of the event itself
    is_cut: bool  # the rule goes on after them


def repeat(rule: Rule, first: date, is_over: Callable[[date], bool]) -> Repetition:
    """Follow a rule from the day of the event, which counts as the first in any case.

    `is_over` says of a day whether it lies past the rule's UNTIL. After two years, or after 100
    days, the rule is cut.
    """
    days = [first]
    for day in _days_after(rule, first):
        if len(days) == rule.count or is_over(day):
            return Repetition(tuple(days), is_cut=False)
        if len(days) == MOST_OCCURRENCES:
            return Repetition(tuple(days), is_cut=True)
        days.append(day)
    has_ended = len(days) == rule.count or is_over(window_end(first))
    return Repetition(tuple(days), is_cut=not has_ended)


def window_end(first: date) -> date:
    """Answer the last day on which an occurrence of an event is looked for."""
    year = first.year + WINDOW_YEARS
    return date(year, first.month, min(first.day, monthrange(year, first.month)[1]))


def days_of_year(rule: Rule, first: date, year: int) -> list[date]:
    """Answer the days that a yearly rule names in a year, whether or not before the first."""
    if rule.by_month or rule.by_month_day or not rule.by_day:
        months = rule.by_month or (range(1, 13) if rule.by_month_day else (first.month,))
        days = [day for month in months for day in _days_of_month(rule, first, (year, month))]
    else:
        days = _weekdays(rule, date(year, 1, 1), date(year, 12, 31))
    return _positioned(rule, days)


def _days_after(rule: Rule, first: date) -> Iterator[date]:
    """Go through the days that a rule names after the first, to the end of the window."""
    last = window_end(first)
    for days in _PERIODS[rule.frequency](rule, first, last):
        yield from (day for day in days if first < day <= last)


def _by_days(rule: Rule, first: date, last: date) -> Iterator[list[date]]:
    weekdays = {weekday for _, weekday in rule.by_day}
    for distance in range(0, (last - first).days + 1, rule.interval):
        day = first + distance * _DAY
        if (
            (not weekdays or day.weekday() in weekdays)
            and (not rule.by_month or day.month in rule.by_month)
            and (not rule.by_month_day or _is_month_day(rule, day))
        ):
            yield _positioned(rule, [day])


def _by_weeks(rule: Rule, first: date, last: date) -> Iterator[list[date]]:
    week = first - (first.weekday() - rule.week_start) % 7 * _DAY
    weekdays = {weekday for _, weekday in rule.by_day} or {first.weekday()}
    distances = sorted((weekday - rule.week_start) % 7 for weekday in weekdays)
    for weeks in range(0, (last - week).days // 7 + 1, rule.interval):
        days = [week + (7 * weeks + distance) * _DAY for distance in distances]
        if rule.by_month:
            days = [day for day in days if day.month in rule.by_month]
        yield _positioned(rule, days)


def _by_months(rule: Rule, first: date, last: date) -> Iterator[list[date]]:
    begin, end = (12 * day.year + day.month - 1 for day in (first, last))
    for number in range(begin, end + 1, rule.interval):
        year, month = number // 12, number % 12 + 1
        if not rule.by_month or month in rule.by_month:
            yield _positioned(rule, _days_of_month(rule, first, (year, month)))


def _by_years(rule: Rule, first: date, last: date) -> Iterator[list[date]]:
    for year in range(first.year, last.year + 1, rule.interval):
        yield days_of_year(rule, first, year)


_PERIODS: Final = {
    Frequency.DAILY: _by_days,
    Frequency.WEEKLY: _by_weeks,
    Frequency.MONTHLY: _by_months,
    Frequency.YEARLY: _by_years,
}


def _positioned(rule: Rule, days: list[date]) -> list[date]:
    """Answer the days of one period in order, or those at the positions of BYSETPOS."""
    ordered = sorted(set(days)) if len(days) > 1 else days
    if not rule.by_set_position:
        return ordered
    count = len(ordered)
    places = {place - 1 if place > 0 else count + place for place in rule.by_set_position}
    return [ordered[place] for place in sorted(places) if 0 <= place < count]


def _days_of_month(rule: Rule, first: date, month: tuple[int, int]) -> list[date]:
    """Answer the days that a rule names in a month: of BYMONTHDAY, of BYDAY, or of both."""
    length = monthrange(*month)[1]
    numbers = rule.by_month_day or (() if rule.by_day else (first.day,))
    placed = (number if number > 0 else length + 1 + number for number in numbers)
    days = [date(*month, number) for number in placed if 1 <= number <= length]
    if not rule.by_day:
        return days
    named = _weekdays(rule, date(*month, 1), date(*month, length))
    return [day for day in named if day in days] if rule.by_month_day else named


def _is_month_day(rule: Rule, day: date) -> bool:
    from_end = day.day - monthrange(day.year, day.month)[1] - 1
    return day.day in rule.by_month_day or from_end in rule.by_month_day


def _weekdays(rule: Rule, begin: date, end: date) -> list[date]:
    """Answer the days of BYDAY from one day to another; ordinals count within these two."""
    days = []
    for ordinal, weekday in rule.by_day:
        earliest = begin + (weekday - begin.weekday()) % 7 * _DAY
        count = (end - earliest).days // 7 + 1
        if ordinal == 0:
            days += [earliest + 7 * week * _DAY for week in range(count)]
        elif abs(ordinal) <= count:
            week = ordinal - 1 if ordinal > 0 else count + ordinal
            days.append(earliest + 7 * week * _DAY)
    return days
