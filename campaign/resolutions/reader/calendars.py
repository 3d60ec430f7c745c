"""How a language writes days, months and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import fold


@dataclass(frozen=True, slots=True)
class Calendar:
    """Hold how a language writes dates."""

    months: Mapping[str, int]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    suffixes: frozenset[str]
    words: Mapping[str, frozenset[str]]
    capitalised: bool

    def day(self, word: str) -> int | None:
        """Read "28", "28th", "28." or "twenty-eighth"."""
        figures = word.rstrip(".")
        for suffix in self.suffixes:
            figures = figures.removesuffix(suffix) if word[:1].isdigit() else figures
        if figures.isascii() and figures.isdigit() and len(figures) <= len("31"):
            return int(figures)
        tens, _, ones = word.partition("-")
        if ones and tens in self.numbers and ones in self.ordinals:
            return self.numbers[tens] + self.ordinals[ones]
        return self.ordinals.get(word)


@cache
def _months(code: str) -> Mapping[str, int]:
    months: dict[str, int] = {}
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return months
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in get_month_names(width, context, locale).items():
                months.setdefault(fold(name).rstrip("."), number)
    return months


def calendar_of(language: Language) -> Calendar:
    """Read how a language writes dates from its file, and the months from Babel."""
    table = language.tables.get("dates", {})
    names = ("day_words", "between", "ranges", "of", "after_month", "day_first", "unclear")
    return Calendar(
        months=_months(language.code),
        numbers=table.get("numbers", {}),
        ordinals=table.get("ordinals", {}),
        suffixes=frozenset(table.get("suffixes", "").split()),
        words={name: frozenset(table.get(name, "").split()) for name in names},
        capitalised=table.get("capitalised", False),
    )
