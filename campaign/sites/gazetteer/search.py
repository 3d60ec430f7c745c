"""Places by what a person types: a name in any of four scripts and its country, or a point."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import accumulate, islice

from babel import Locale
from babel.core import get_global

from campaign.sites.gazetteer.naming import gives_zone_its_name, zone_cities
from campaign.sites.gazetteer.places import Place, Point, places
from campaign.sites.gazetteer.spelling import fold, key_of, keys_of

LONGEST_QUERY = 200  # characters; the longest name has 70
_LANGUAGES = ("en", "ko", "ja", "zh-Hant", "zh-Hans", "fr", "nb", "pl", "ru")
_LONGEST_COUNTRY = 5  # words
_LONGEST_CODE = 3  # bytes
# Names in use that are not the ones CLDR has.
_ALSO_CALLED = {
    "KR": "Korea, Republic of Korea, ROK, 한국, 남한, 大韓民国, 大韩民国, 大韓民國, 南韓",
    "KP": "DPRK, Democratic People's Republic of Korea, 조선, 북조선",
    "CN": "PRC, People's Republic of China, 중화인민공화국",
    "TW": "Republic of China, ROC, 臺灣, 타이완",
    "US": "USA, United States of America, America, アメリカ, 米国",
    "GB": "UK, Great Britain, Britain, England, Scotland, Wales",
    "AE": "UAE, Emirates",
    "NL": "Holland",
    "TR": "Turkey",
    "MM": "Burma",
    "HK": "Hong Kong, 홍콩, 香港",
    "MO": "Macau, Macao, 마카오, 澳门, 澳門, マカオ",
}
_POINT = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,20})?)(?:\s*[,;]\s*|\s+)([+-]?\d{1,3}(?:\.\d{1,20})?)")


@dataclass(frozen=True, slots=True)
class NameTable:
    """Every key of every place in the order of its bytes, as one block; `rows` stands beside it."""

    text: bytes
    starts: array[int]
    rows: array[int]

    def key(self, number: int) -> bytes:
        """Return the key at a position."""
        return self.text[self.starts[number] : self.starts[number + 1]]

    def between(self, first: bytes, last: bytes) -> array[int]:
        """Return the rows whose keys are at least `first` and less than `last`."""
        numbers = range(len(self.rows))
        start = bisect_left(numbers, first, key=self.key)
        return self.rows[start : bisect_left(numbers, last, lo=start, key=self.key)]


def _names_of(line: list[str]) -> Iterator[str]:
    """Yield what a place is called, also by CLDR if its time zone bears its name."""
    _, name, _, _, _, _, timezone, others = line
    yield name
    yield from others.split("|")
    if gives_zone_its_name(name, timezone):
        for language in _LANGUAGES:
            yield zone_cities(language).get(timezone, "")


@lru_cache(maxsize=1)
def _names() -> NameTable:
    table = places()
    keyed: list[tuple[bytes, int]] = []
    for row in range(len(table.countries)):
        keys = {key for name in _names_of(table.line(row)) for key in keys_of(name)}
        keyed += [(key.encode(), row) for key in keys]
    keyed.sort()
    starts = array("I", accumulate((len(key) for key, _ in keyed), initial=0))
    rows = array("I", (row for _, row in keyed))
    return NameTable(b"".join(key for key, _ in keyed), starts, rows)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return the code of a country by the key of each of its names and codes."""
    codes = set(places().countries)
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language, sep="-").territories.items():
            if code in codes:
                found.setdefault(key_of(name), code)
    for code, names in _ALSO_CALLED.items():
        found.update(dict.fromkeys(map(key_of, names.split(",")), code))
    for long_code, short in get_global("territory_aliases").items():
        if len(long_code) == 3 and long_code.isalpha() and short[0] in codes:
            found.setdefault(key_of(long_code), short[0])
    return found | {code.lower(): code for code in codes}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand a query: a name, and the country that it names beside it."""

    key: str  # "" = any place of the country
    country: str | None


def _readings(query: str) -> Iterator[_Reading]:
    """Yield a country by itself, the whole as a name, and what is left beside a country.

    The short names of countries do not count by themselves: "se" is the beginning of Seoul.
    """
    words = fold(query).split()
    whole = "".join(words)
    if len(whole.encode()) > _LONGEST_CODE and (code := _countries().get(whole)):
        yield _Reading("", code)
    if whole:
        yield _Reading(whole, None)
    for count in range(1, min(_LONGEST_COUNTRY + 1, len(words))):
        for name, country in ((words[:-count], words[-count:]), (words[count:], words[:count])):
            if code := _countries().get("".join(country)):
                yield _Reading("".join(name), code)


def _rows(reading: _Reading, *, is_whole: bool) -> Iterable[int]:
    if not reading.key:
        return () if is_whole else places().by_latitude[reading.country]
    first = reading.key.encode()
    found = _names().between(first, first + (b"\x00" if is_whole else b"\xff"))
    if reading.country is None:
        return found
    countries = places().countries
    return (row for row in found if countries[row] == reading.country)


def _first(rows: Iterable[int], limit: int) -> list[int]:
    """Return the rows of the largest places, each once."""
    return nsmallest(limit, set(rows))


def _ranked(readings: list[_Reading], limit: int) -> list[int]:
    """Return rows: whole names before beginnings, in the order of the readings, then by people."""
    ranked: dict[int, None] = {}
    for is_whole in (True, False):
        for reading in readings:
            rows = _rows(reading, is_whole=is_whole)
            ranked.update(dict.fromkeys(_first(rows, limit)))
    return list(islice(ranked, limit))


def rows_named(name: str) -> set[int]:
    """Return the rows of all places that bear exactly this name."""
    return {row for key in keys_of(name) for row in _rows(_Reading(key, None), is_whole=True)}


def _in_country(readings: Iterable[_Reading], country: str | None) -> list[_Reading]:
    """Return the readings that do not name another country."""
    if country is None:
        return list(readings)
    wanted = country.upper()
    kept = (reading for reading in readings if reading.country in {None, wanted})
    return [_Reading(reading.key, wanted) for reading in kept]


def _heads(query: str) -> Iterator[_Reading]:
    """Yield ever fewer of the first words: "Washington" of "Washington, DC"."""
    words = fold(query).split()
    for count in range(len(words) - 1, 0, -1):
        yield _Reading("".join(words[:count]), None)


def find_places(query: str, *, limit: int = 8, country: str | None = None) -> tuple[Place, ...]:
    """Return at most `limit` places meant by "Oslo", "oslo, norway", "서울" or "Paris FR".

    Whole names come before beginnings, then the larger place; a country alone means its largest.
    Where all of it is no name, words at the end are passed over ("Springfield, IL", "Washington
    DC"). Nothing that can be typed is an error.
    """
    if limit < 1 or len(query) > LONGEST_QUERY:
        return ()
    rows = _ranked(_in_country(_readings(query), country), limit)
    for head in _in_country(_heads(query), country):
        rows = rows or _first(_rows(head, is_whole=True), limit)
    return tuple(map(places().place, rows))


def parse_point(text: str) -> Point | None:
    """Return the point meant by "59.9,10.7" or "59.9 10.7" (north, east), if it is on the earth."""
    typed = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    found = _POINT.fullmatch(typed)
    if not found:
        return None
    point = Point(latitude=float(found[1]), longitude=float(found[2]))
    return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None
