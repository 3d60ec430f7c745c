"""One row of a file of sites, each cell read as what it must be."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, cast, get_args
from zoneinfo import available_timezones

from babel import Locale

from campaign.sites.site_file.problems import Problems, Reason, clean

DIPLOMATIC_KINDS = {"embassy", "consulate-general", "consulate", "office", "permanent-mission"}

Answer = Literal["yes", "no", "unknown"]
Precision = Literal["site", "city"]

_EXISTED = re.compile(r"existed_(\d{4})_(\d{2})_(\d{2})", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_COUNTRY = re.compile("[A-Z]{2}")
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
# Codes that CLDR names and ISO 3166-1 does not assign. XK stays: Kosovo is a host country.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as its row describes it."""

    id: str
    kind: str  # embassy, consulate-general, headquarters, …
    name: str
    organisation: str | None
    country: str  # ISO 3166-1 alpha-2 of the host country
    city: str
    address: str | None  # None = not known
    latitude: float  # degrees north
    longitude: float  # degrees east
    timezone: str  # IANA name
    opened: int | None  # year; None = not known
    closed: int | None  # year; None = open or not known
    source: str | None
    precision: Precision  # city = place to be confirmed by the local organizer
    existed_on: tuple[tuple[date, Answer], ...]
    exists_now: Answer
    name_zh: str | None
    wikidata: str | None
    notes: str | None
    owner_country: str | None  # ISO 3166-1 alpha-2; None = no state owns it


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one site, each read as what it must be; what it is not, is a problem."""

    line: int
    cells: dict[str, str]
    problems: Problems

    def refuse(self, column: str, reason: Reason) -> None:
        self.problems.add(self.line, reason, column, self.cells.get(column, ""))

    def text(self, column: str) -> str | None:
        return clean(self.cells.get(column, "")) or None

    def needed(self, column: str) -> str | None:
        if (value := self.text(column)) is None:
            self.refuse(column, Reason.BLANK)
        return value

    def slug(self, column: str) -> str:
        value = self.needed(column)
        if value and not _SLUG.fullmatch(value):
            self.refuse(column, Reason.NO_SLUG)
        return value or ""

    def degrees(self, column: str, limit: int) -> float:
        value = self.needed(column)
        if value is None:
            return 0.0
        if not _NUMBER.fullmatch(value):
            self.refuse(column, Reason.NO_NUMBER)
            return 0.0
        if abs(float(value)) > limit:
            self.refuse(column, Reason.OUT_OF_RANGE)
        return float(value)

    def timezone(self, column: str) -> str:
        value = self.needed(column)
        if value and value not in _timezones():
            self.refuse(column, Reason.UNKNOWN_TIME_ZONE)
        return value or ""

    def country(self, column: str) -> str | None:
        value = self.text(column)
        if value and value.upper() not in _countries():
            self.refuse(column, Reason.UNKNOWN_COUNTRY)
        return value and value.upper()

    def year(self, column: str) -> int | None:
        value = self.text(column)
        if value is None:
            return None
        if not _YEAR.fullmatch(value):
            self.refuse(column, Reason.NO_YEAR)
            return None
        return int(value)

    def answer(self, column: str) -> Answer:
        value = (self.text(column) or "unknown").lower()
        if value not in get_args(Answer):
            self.refuse(column, Reason.NO_ANSWER)
        return cast(Answer, value)

    def precision(self, column: str) -> Precision:
        value = (self.text(column) or "city").lower()
        if value not in get_args(Precision):
            self.refuse(column, Reason.NO_PRECISION)
        return cast(Precision, value)

    def owner(self, site_id: str, kind: str) -> str | None:
        """Return who owns a site: as its row says, else as the id of a mission begins."""
        if said := self.country("owner"):
            return said
        prefix = site_id.partition("-")[0].upper()
        return prefix if kind in DIPLOMATIC_KINDS and prefix in _countries() else None


def site_of(record: Record) -> SiteRow:
    """Read a record as a site; it may only be used where no problem was found."""
    site_id, kind = record.slug("id"), record.slug("kind")
    opened, closed = record.year("opened"), record.year("closed")
    if opened and closed and closed < opened:
        record.refuse("closed", Reason.CLOSED_BEFORE_OPENED)
    record.needed("country")
    return SiteRow(
        id=site_id,
        kind=kind,
        name=record.needed("name") or "",
        organisation=record.text("organisation"),
        country=record.country("country") or "",
        city=record.needed("city") or "",
        address=record.text("address"),
        latitude=record.degrees("latitude", 90),
        longitude=record.degrees("longitude", 180),
        timezone=record.timezone("timezone"),
        opened=opened,
        closed=closed,
        source=record.text("source"),
        precision=record.precision("precision"),
        existed_on=_existed_on(record),
        exists_now=record.answer("exists_now"),
        name_zh=record.text("name_zh"),
        wikidata=record.text("wikidata"),
        notes=record.text("notes"),
        owner_country=record.owner(site_id, kind),
    )


def _existed_on(record: Record) -> tuple[tuple[date, Answer], ...]:
    dated = sorted((day, column) for column in record.cells if (day := _day(column)))
    return tuple((day, record.answer(column)) for day, column in dated)


def _day(column: str) -> date | None:
    """Return the day of a column such as "existed_2005_04_28"."""
    named = _EXISTED.fullmatch(column)
    try:
        return date(int(named[1]), int(named[2]), int(named[3])) if named else None
    except ValueError:
        return None


def has_no_date(column: str) -> bool:
    """Tell whether a column is named for a day that is in no calendar."""
    return bool(_EXISTED.fullmatch(column)) and _day(column) is None


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory", "localtime"})


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if _COUNTRY.fullmatch(code)) - _NO_COUNTRIES
