"""Days, hours, zones, numbers and countries in the language spoken now."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, dates, lists, numbers

from campaign.languages import LANGUAGES, current


def local_date(day: date) -> str:
    """Return a day with its weekday, in long form: "Thursday 28 April 2005"."""
    return dates.format_date(day, "full", locale=_locale())


def short_date(day: date) -> str:
    """Return a day in medium form with its weekday: "Thu, 28 Apr 2005"."""
    return dates.format_skeleton("yMMMEd", day, locale=_locale())


def local_time(moment: datetime) -> str:
    """Return the hour and minute that a clock shows, in the language's own form: "오후 12:00"."""
    pattern = _locale().time_formats["short"].pattern
    in_words = pattern.replace("a ", "aaaa\N{NO-BREAK SPACE}")
    return dates.format_time(moment.replace(tzinfo=None), in_words, locale=_locale())


def number(value: float) -> str:
    """Return a number with the language's own separators."""
    return numbers.format_decimal(value, locale=_locale())


def country_name(code: str) -> str:
    """Return a country's name, or the code if the language has none."""
    return str(_locale().territories.get(code, code))


def list_and(words: Iterable[object]) -> str:
    """Return words as an enumeration: "a, b and c"."""
    return lists.format_list([str(word) for word in words], locale=_locale())


def zone_name(timezone: str) -> str:
    """Return a time zone in words: "Norway Time", "Seoul time"."""
    return _zone_name(timezone, current())


@lru_cache(maxsize=4096)
def _zone_name(timezone: str, language: str) -> str:
    locale = Locale.parse(LANGUAGES[language].locale)
    return dates.get_timezone_location(timezone, locale=locale)


def _locale() -> Locale:
    return _parsed(LANGUAGES[current()].forms)


@lru_cache
def _parsed(locale: str) -> Locale:
    return Locale.parse(locale, sep="_")
