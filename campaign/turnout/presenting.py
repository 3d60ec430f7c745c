"""Turnout as pages and files show it: words, rows, lights of the map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import cast

from flask import url_for

from campaign import clock
from campaign.addresses import absolute
from campaign.formats import country_name, number
from campaign.languages import gettext, known, lazy_gettext, ngettext, speaking
from campaign.models import (
    Campaign,
    City,
    CountMethod,
    Event,
    ObserverRole,
    SourceKind,
    TurnoutReport,
)
from campaign.sites.world_map import LightState, MapMark, cluster, light_at
from campaign.spreadsheets import csv_text
from campaign.templating import city_name
from campaign.turnout.queries import (
    CityTurnout,
    CountryTurnout,
    EventTurnout,
    SizeClass,
    Turnout,
)


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


METHODS: Mapping[CountMethod, str] = MappingProxyType(
    {
        CountMethod.HEAD_COUNT: _("Counted head by head"),
        CountMethod.GATE_COUNT: _("Counted at the way in"),
        CountMethod.CHECK_IN: _("Checked in"),
        CountMethod.AREA_DENSITY: _("Area times density"),
        CountMethod.PHOTO: _("Counted on a photo"),
        CountMethod.PRESS: _("Named by the press"),
        CountMethod.POLICE: _("Named by the police"),
    }
)
SOURCES: Mapping[SourceKind, str] = MappingProxyType(
    {
        SourceKind.ORGANIZER: _("Organizers"),
        SourceKind.POLICE: _("Police"),
        SourceKind.PRESS: _("Press"),
        SourceKind.INDEPENDENT: _("Independent observer"),
    }
)
OBSERVERS: Mapping[ObserverRole, str] = MappingProxyType(
    {
        ObserverRole.ADMINISTRATOR: _("Administrator"),
        ObserverRole.ORGANIZER: _("Organizer"),
        ObserverRole.COORDINATOR: _("Coordinator"),
        ObserverRole.HELPER: _("Helper"),
    }
)
SIZE_CLASSES: Mapping[SizeClass, str] = MappingProxyType(
    {
        SizeClass.UNKNOWN: _("unknown"),
        SizeClass.UNDER_100: _("under 100"),
        SizeClass.UNDER_1000: _("100 to 999"),
        SizeClass.UNDER_10000: _("1,000 to 9,999"),
        SizeClass.FROM_10000: _("10,000 or more"),
    }
)
CSV_HEAD = (
    "event", "event_url", "city", "city_slug", "country", "date", "timezone", "site",
    "site_owner_country", "demands", "demand_addressees", "demand_quotes", "status", "low", "high",
    "midpoint", "mean_of_sources", "size_class", "sources", "source_kinds", "methods",
    "source_links", "source_words",
)  # fmt: skip
BETWEEN = " | "  # several things in one field


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Who says so, and where to read it."""

    words: str
    url: str | None


@dataclass(frozen=True, slots=True)
class CityRow:
    """A city in the table of results."""

    name: str
    url: str
    country: str  # ISO 3166-1 alpha-2
    turnout: Turnout | None  # None = not reported
    events: int
    events_reported: int
    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class CountryRow:
    """A country in the table of results."""

    name: str
    url: str
    turnout: Turnout | None  # None = not reported
    cities: int
    cities_reported: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One observation of a crowd, as those who organize read it."""

    low: int
    high: int
    words: str | None
    method: str
    source: str
    source_url: str | None
    observer: str
    observed_local: datetime  # aware, in the event's zone


def sizes(turnout: Turnout) -> str:
    """Return how many people were seen, in words that fit behind a city's name."""
    if turnout.high == 0:
        return gettext("nobody came")
    if turnout.low == turnout.high:
        return ngettext("%(count)s person", "%(count)s people", turnout.low, count=_n(turnout.low))
    return gettext("%(low)s to %(high)s people", low=_n(turnout.low), high=_n(turnout.high))


def size_words(turnout: Turnout) -> str:
    """Return the class of a midpoint in words; who saw nobody needs no class."""
    return "–" if turnout.high == 0 else str(SIZE_CLASSES[turnout.size_class])


def country_rows(campaign: Campaign, countries: Iterable[CountryTurnout]) -> list[CountryRow]:
    """Return countries as rows, by their names in the language spoken now."""
    rows = [
        CountryRow(
            country_name(one.country),
            url_for("turnout.turnout", campaign=campaign.slug, country=one.country),
            one.turnout,
            one.cities,
            one.cities_reported,
        )
        for one in countries
    ]
    return sorted(rows, key=lambda row: row.name)


def by_name(cities: Iterable[CityTurnout]) -> list[CityTurnout]:
    """Return cities by the names of country and city, those that reported before the others."""
    return sorted(
        cities,
        key=lambda one: (
            one.turnout is None,
            country_name(one.city.country),
            city_name(one.city),
            one.city.id,
        ),
    )


def city_rows(
    campaign: Campaign,
    cities: Iterable[CityTurnout],
    reports: Mapping[int, Iterable[TurnoutReport]],
) -> list[CityRow]:
    """Return cities as rows, with their sources: observations by the city's id."""
    return [
        CityRow(
            city_name(one.city),
            _url(campaign, one),
            one.city.country,
            one.turnout,
            one.events,
            one.events_reported,
            tuple(_source_row(report) for report in reports.get(one.city.id, ())),
        )
        for one in cities
    ]


def marks(campaign: Campaign, cities: Iterable[CityTurnout]) -> tuple[MapMark, ...]:
    """Return the lights of a map: larger where more came, quiet where nobody has reported."""
    return cluster([_light(campaign, one) for one in cities])


def ledger_rows(event: Event, reports: Iterable[TurnoutReport]) -> list[LedgerRow]:
    """Return the observations of an event as rows."""
    zone = clock.zone(event.timezone)
    return [
        LedgerRow(
            report.low,
            report.high,
            report.words,
            str(METHODS[report.method]),
            str(SOURCES[report.source]),
            report.source_url,
            str(OBSERVERS[report.observer_role]),
            report.observed_at.astimezone(zone),
        )
        for report in reports
    ]


def csv_bytes(turnouts: Iterable[EventTurnout], *, language: str) -> bytes:
    """Return the turnout of events as CSV, one row per event, places named in a language."""
    with speaking(known(language)):
        return csv_text([CSV_HEAD, *(_csv_row(one) for one in turnouts)]).encode()


def _csv_row(one: EventTurnout) -> list[object]:
    event, turnout = one.event, one.turnout
    demands = sorted((link.demand for link in event.supports), key=lambda demand: demand.start)
    return [
        event.slug,
        absolute("events.event", campaign=event.campaign.slug, event=event.slug),
        city_name(event.city),
        event.city.slug,
        event.city.country,
        event.starts_local.date(),
        event.timezone,
        None if event.is_discreet else event.site.name,
        None if event.is_discreet else event.site.owner_country,
        _joined(demand.slug for demand in demands),
        _joined(demand.addressee.name for demand in demands),
        _joined(demand.exact for demand in demands),
        "reported" if turnout else "not reported",
        *_csv_numbers(turnout),
        _joined(report.source.value for report in one.reports),
        _joined(report.method.value for report in one.reports),
        _joined(report.source_url or "" for report in one.reports),
        _joined(report.words or "" for report in one.reports),
    ]


def _csv_numbers(turnout: Turnout | None) -> list[object]:
    if turnout is None:
        return [None, None, None, None, int(SizeClass.UNKNOWN), 0]
    means = (_plain(value) for value in (turnout.midpoint, turnout.mean_of_sources))
    return [turnout.low, turnout.high, *means, int(turnout.size_class), turnout.sources]


def _plain(value: float) -> str:
    """Return a number as machines read it, with two decimals where it has any."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _joined(words: Iterable[str]) -> str:
    """Return several things in one field; nothing where none says anything."""
    known = list(words)
    return BETWEEN.join(known) if any(known) else ""


def _source_row(report: TurnoutReport) -> SourceRow:
    return SourceRow(str(SOURCES[report.source]), report.source_url)


def _light(campaign: Campaign, one: CityTurnout) -> MapMark:
    city, turnout = one.city, one.turnout
    return light_at(
        city.latitude,
        city.longitude,
        label=f"{_place(city)} · {sizes(turnout) if turnout else gettext('not reported')}",
        url=_url(campaign, one),
        count=round(turnout.midpoint) if turnout else None,
        state=LightState.LIT if turnout else LightState.QUIET,
    )


def _place(city: City) -> str:
    return f"{city_name(city)}, {country_name(city.country)}"


def _url(campaign: Campaign, one: CityTurnout) -> str:
    if one.only_slug:
        return url_for("events.event", campaign=campaign.slug, event=one.only_slug)
    return url_for("sites.city", campaign=campaign.slug, city=one.city.slug)


def _n(people: int) -> str:
    return number(people)
