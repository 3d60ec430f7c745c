"""What is published of the observations: lowest low, highest high, never extrapolated."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from statistics import fmean

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from campaign import clock
from campaign.database import db
from campaign.models import Campaign, City, Event, EventStatus, TurnoutReport
from campaign.models.events import PUBLIC_STATUSES


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
    sources: int
    size_class: SizeClass


@dataclass(frozen=True, slots=True)
class EventTurnout:
    """An event and its turnout; None = not reported."""

    event: Event
    turnout: Turnout | None


@dataclass(frozen=True, slots=True)
class CountryTurnout:
    """A country's sums over the cities that reported."""

    country: str  # ISO 3166-1 alpha-2
    events: tuple[EventTurnout, ...]
    low: int | None  # None = nothing reported
    high: int | None
    cities: int
    cities_reported: int


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a campaign so far."""

    countries: tuple[CountryTurnout, ...]
    low: int | None  # None = nothing reported
    high: int | None
    cities: int  # with an event that has begun
    cities_reported: int


def turnout_of(reports: Iterable[TurnoutReport]) -> Turnout | None:
    """Return what observations of one crowd say together, or None without any."""
    reports = list(reports)
    if not reports:
        return None
    low, high = min(one.low for one in reports), max(one.high for one in reports)
    midpoint = (low + high) / 2
    mean = fmean((one.low + one.high) / 2 for one in reports)
    return Turnout(low, high, midpoint, mean, len(reports), size_class(midpoint))


def size_class(midpoint: float) -> SizeClass:
    """Return the class of a midpoint; an observed 0 is in the smallest."""
    limits = ((100, SizeClass.UNDER_100), (1000, SizeClass.UNDER_1000), (10000, SizeClass.UNDER_10000))
    return next((kind for limit, kind in limits if midpoint < limit), SizeClass.FROM_10000)


def reports_of(event: Event) -> list[TurnoutReport]:
    """Return the observations of an event, oldest first."""
    query = sa.select(TurnoutReport).where(TurnoutReport.event_id == event.id)
    return list(db.session.scalars(query.order_by(TurnoutReport.id)))


def results(campaign: Campaign) -> Results:
    """Return the turnout of a campaign's events that have begun, by country and city."""
    turnouts = _event_turnouts(campaign)
    by_country: dict[str, list[EventTurnout]] = {}
    for one in turnouts:
        by_country.setdefault(one.event.city.country, []).append(one)
    countries = tuple(_country(code, found) for code, found in sorted(by_country.items()))
    low, high = _sums(turnouts)
    return Results(countries, low, high, _cities(turnouts), _cities_reported(turnouts))


def _event_turnouts(campaign: Campaign) -> list[EventTurnout]:
    events = db.session.scalars(
        sa.select(Event)
        .join(Event.city)
        .options(contains_eager(Event.city))
        .where(Event.campaign_id == campaign.id, Event.status.in_(PUBLIC_STATUSES))
        .where(Event.status != EventStatus.CANCELLED, Event.starts_at <= clock.now())
        .order_by(City.country, City.name, Event.starts_at)
    ).all()
    query = sa.select(TurnoutReport).join(Event).where(Event.campaign_id == campaign.id)
    reports: dict[int, list[TurnoutReport]] = {}
    for report in db.session.scalars(query):
        reports.setdefault(report.event_id, []).append(report)
    return [EventTurnout(event, turnout_of(reports.get(event.id, ()))) for event in events]


def _country(code: str, turnouts: list[EventTurnout]) -> CountryTurnout:
    low, high = _sums(turnouts)
    return CountryTurnout(
        code, tuple(turnouts), low, high, _cities(turnouts), _cities_reported(turnouts)
    )


def _sums(turnouts: list[EventTurnout]) -> tuple[int | None, int | None]:
    known = [one.turnout for one in turnouts if one.turnout]
    if not known:
        return None, None
    return sum(one.low for one in known), sum(one.high for one in known)


def _cities(turnouts: list[EventTurnout]) -> int:
    return len({one.event.city_id for one in turnouts})


def _cities_reported(turnouts: list[EventTurnout]) -> int:
    return len({one.event.city_id for one in turnouts if one.turnout})
