"""What is published of the observations: lowest low, highest high, never extrapolated."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from statistics import fmean

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from campaign import clock
from campaign.database import db
from campaign.events.queries import whole
from campaign.models import Campaign, City, Event, EventStatus, TurnoutReport

TAKES_PLACE = (EventStatus.PUBLISHED, EventStatus.HAPPENED)


class SizeClass(IntEnum):
    """The consortium's classes of a crowd's size, by the midpoint."""

    UNKNOWN = 0
    UNDER_100 = 1
    UNDER_1000 = 2
    UNDER_10000 = 3
    FROM_10000 = 4


@dataclass(frozen=True, slots=True)
class Turnout:
    """What was seen at one or more events, in people."""

    low: int  # lowest low
    high: int  # highest high
    midpoint: float  # of low and high: the consortium's mean
    mean_of_sources: float  # mean of the sources' own midpoints
    sources: int  # observations
    size_class: SizeClass


@dataclass(frozen=True, slots=True)
class EventTurnout:
    """An event that has begun, and its observations, oldest first; none = not reported."""

    event: Event
    reports: tuple[TurnoutReport, ...]

    @property
    def turnout(self) -> Turnout | None:
        """Return what the observations say together; None = not reported."""
        return turnout_of(self.reports)


@dataclass(frozen=True, slots=True)
class CityTurnout:
    """A city's sums over its events that reported."""

    city: City
    turnout: Turnout | None  # None = not reported
    events: int  # that have begun
    events_reported: int
    only_slug: str | None  # of its one event; None = it has several


@dataclass(frozen=True, slots=True)
class CountryTurnout:
    """A country's sums over the cities that reported."""

    country: str  # ISO 3166-1 alpha-2
    turnout: Turnout | None  # None = not reported
    cities: int  # with an event that has begun
    cities_reported: int


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a campaign so far."""

    turnout: Turnout | None  # None = nothing reported
    countries: tuple[CountryTurnout, ...]  # by code
    cities: tuple[CityTurnout, ...]  # by country, then by name

    @property
    def cities_reported(self) -> int:
        """Return how many of the cities reported."""
        return sum(one.turnout is not None for one in self.cities)


def turnout_of(reports: Iterable[TurnoutReport]) -> Turnout | None:
    """Return what observations of one crowd say together, or None without any."""
    reports = list(reports)
    if not reports:
        return None
    low, high = min(one.low for one in reports), max(one.high for one in reports)
    mean = fmean((one.low + one.high) / 2 for one in reports)
    return _turnout(low, high, mean, len(reports))


def added_up(turnouts: Iterable[Turnout]) -> Turnout | None:
    """Return the sum of what was seen in several crowds, or None without any."""
    known = list(turnouts)
    if not known:
        return None
    return _turnout(
        sum(one.low for one in known),
        sum(one.high for one in known),
        sum(one.mean_of_sources for one in known),
        sum(one.sources for one in known),
    )


def _turnout(low: int, high: int, mean_of_sources: float, sources: int) -> Turnout:
    midpoint = (low + high) / 2
    return Turnout(low, high, midpoint, mean_of_sources, sources, size_class(midpoint))


def size_class(midpoint: float) -> SizeClass:
    """Return the class of a midpoint; an observed 0 is known, and so in the smallest."""
    limits = (
        (100, SizeClass.UNDER_100),
        (1000, SizeClass.UNDER_1000),
        (10000, SizeClass.UNDER_10000),
    )
    return next((kind for limit, kind in limits if midpoint < limit), SizeClass.FROM_10000)


def reports_of(event: Event) -> list[TurnoutReport]:
    """Return the observations of an event, oldest first."""
    query = sa.select(TurnoutReport).where(TurnoutReport.event_id == event.id)
    return list(db.session.scalars(query.order_by(TurnoutReport.id)))


def turnouts_of(events: Iterable[Event]) -> dict[int, Turnout]:
    """Return the turnout of each event that has been reported, by the event's id."""
    query = (
        sa.select(TurnoutReport)
        .where(TurnoutReport.event_id.in_([event.id for event in events]))
        .order_by(TurnoutReport.event_id, TurnoutReport.id)
    )
    grouped = groupby(db.session.scalars(query), key=lambda report: report.event_id)
    found = {event_id: turnout_of(reports) for event_id, reports in grouped}
    return {event_id: turnout for event_id, turnout in found.items() if turnout}


def results(campaign: Campaign, *conditions: ColumnElement[bool]) -> Results:
    """Return the turnout of the events that have begun and meet all conditions, by place."""
    in_campaign = sa.and_(Event.campaign_id == campaign.id, has_begun(), *conditions)
    numbers = _numbers_by_city(in_campaign)
    query = (
        sa.select(City)
        .where(City.id.in_(sa.select(Event.city_id).where(in_campaign)))
        .order_by(City.country, City.name, City.id)
    )
    cities = tuple(_city(city, numbers[city.id]) for city in db.session.scalars(query))
    grouped = groupby(cities, key=lambda one: one.city.country)
    return Results(
        turnout=added_up(one.turnout for one in cities if one.turnout),
        countries=tuple(_country(code, list(group)) for code, group in grouped),
        cities=cities,
    )


def reports_in(campaign: Campaign, city_ids: Iterable[int]) -> dict[int, list[TurnoutReport]]:
    """Return the observations that count in some cities, oldest first, by the city's id."""
    query = (
        sa.select(Event.city_id, TurnoutReport)
        .join(TurnoutReport, TurnoutReport.event_id == Event.id)
        .where(Event.campaign_id == campaign.id, has_begun(), Event.city_id.in_(list(city_ids)))
        .order_by(TurnoutReport.id)
    )
    found: dict[int, list[TurnoutReport]] = {}
    for city_id, report in db.session.execute(query):
        found.setdefault(city_id, []).append(report)
    return found


def next_start(campaign: Campaign) -> Event | None:
    """Return the event that begins next, with its city, or None."""
    query = (
        sa.select(Event)
        .where(Event.campaign_id == campaign.id, Event.status == EventStatus.PUBLISHED)
        .where(Event.starts_at > clock.now())
        .options(joinedload(Event.city))
        .order_by(Event.starts_at, Event.slug)
        .limit(1)
    )
    return db.session.scalar(query)


def event_turnouts(campaign: Campaign) -> list[EventTurnout]:
    """Return a campaign's events that have begun, each with its whole, by country and city."""
    query = (
        sa.select(Event)
        .join(Event.city)
        .where(Event.campaign_id == campaign.id, has_begun())
        .options(sa.orm.contains_eager(Event.city), *whole())
        .order_by(City.country, City.name, Event.starts_at, Event.slug)
    )
    return _with_reports(list(db.session.scalars(query)), Event.campaign_id == campaign.id)


def has_begun() -> ColumnElement[bool]:
    """Return the condition that an event takes place and has begun: there is a crowd to count."""
    return sa.and_(Event.status.in_(TAKES_PLACE), Event.starts_at <= clock.now())


@dataclass(frozen=True, slots=True)
class _EventNumbers:
    slug: str
    turnout: Turnout | None


def _numbers_by_city(condition: ColumnElement[bool]) -> dict[int, list[_EventNumbers]]:
    """Return the numbers of each event that meets a condition, by the city's id."""
    query = (
        sa.select(
            Event.city_id,
            Event.slug,
            sa.func.min(TurnoutReport.low),
            sa.func.max(TurnoutReport.high),
            sa.func.avg((TurnoutReport.low + TurnoutReport.high) / 2.0),
            sa.func.count(TurnoutReport.id),
        )
        .outerjoin(TurnoutReport, TurnoutReport.event_id == Event.id)
        .where(condition)
        .group_by(Event.id, Event.city_id, Event.slug)
    )
    found: dict[int, list[_EventNumbers]] = {}
    for city_id, slug, low, high, mean, sources in db.session.execute(query):
        turnout = _turnout(low, high, float(mean), sources) if sources else None
        found.setdefault(city_id, []).append(_EventNumbers(slug, turnout))
    return found


def _city(city: City, numbers: list[_EventNumbers]) -> CityTurnout:
    known = [one.turnout for one in numbers if one.turnout]
    only_slug = numbers[0].slug if len(numbers) == 1 else None
    return CityTurnout(city, added_up(known), len(numbers), len(known), only_slug)


def _country(code: str, cities: list[CityTurnout]) -> CountryTurnout:
    known = [one.turnout for one in cities if one.turnout]
    return CountryTurnout(code, added_up(known), len(cities), len(known))


def _with_reports(events: list[Event], condition: ColumnElement[bool]) -> list[EventTurnout]:
    query = sa.select(TurnoutReport).join(TurnoutReport.event).where(condition)
    grouped: dict[int, list[TurnoutReport]] = {}
    for report in db.session.scalars(query.order_by(TurnoutReport.id)):
        grouped.setdefault(report.event_id, []).append(report)
    return [EventTurnout(event, tuple(grouped.get(event.id, ()))) for event in events]
