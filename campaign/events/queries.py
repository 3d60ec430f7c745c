"""Which events there are: of a call, demand, country or city; by words, day and place."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload
from sqlalchemy.sql.elements import ColumnElement

from campaign import clock
from campaign.accounts.queries import reaches_event
from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import (
    PUBLIC_STATUSES,
    Actor,
    CalendarMembership,
    CallToAction,
    Campaign,
    City,
    Demand,
    Event,
    EventDemand,
    EventStatus,
    SignupBand,
)


@dataclass(frozen=True, slots=True)
class CountryCount:
    """How many events a country has."""

    country: str  # ISO 3166-1 alpha-2
    events: int


@dataclass(frozen=True, slots=True)
class CityCount:
    """A city with public events."""

    city: City
    events: int
    only_slug: str | None  # of its one event; None = it has several
    signed_up: int | None  # people at least, by the published bands; None = no band yet


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a call reaches by its public events."""

    events: int
    sites: int
    cities: int
    countries: int


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """What a long list shows of a public event."""

    slug: str
    city: str  # its own name in Latin letters
    other_names: tuple[str, ...]  # of the city: Korean, Japanese, Chinese
    country: str  # ISO 3166-1 alpha-2
    timezone: str  # IANA name
    starts_local: datetime  # naive wall time there
    status: EventStatus


def find_event(campaign: Campaign, slug: str) -> Event:
    """Return a public event by its slug, with what its page shows. Raises NotFoundError."""
    query = published(campaign).where(Event.slug == slug).options(*whole())
    event = db.session.scalar(query)
    if event is None:
        raise NotFoundError(_("This campaign has no event at this address."))
    return event


def published(campaign: Campaign) -> sa.Select[Event]:
    """Return the query of a campaign's public events, joined with their cities, unordered."""
    return (
        sa.select(Event)
        .join(Event.city)
        .options(contains_eager(Event.city))
        .where(Event.campaign_id == campaign.id, Event.status.in_(PUBLIC_STATUSES))
    )


def public_events(campaign: Campaign, *conditions: ColumnElement[bool]) -> sa.Select[Event]:
    """Return the query of the public events that meet all conditions, unordered, nothing joined."""
    is_public = Event.status.in_(PUBLIC_STATUSES)
    return sa.select(Event).where(Event.campaign_id == campaign.id, is_public, *conditions)


def unannounced(limit: int) -> list[int]:
    """Return the ids of some public events that no calendar knows of yet."""
    is_known = sa.exists().where(CalendarMembership.event_id == Event.id)
    query = sa.select(Event.id).where(Event.status.in_(PUBLIC_STATUSES), ~is_known)
    return list(db.session.scalars(query.order_by(Event.id).limit(limit)))


def of_demand(demand: Demand) -> ColumnElement[bool]:
    """Return the condition that an event supports a demand or any part of it."""
    family = sa.select(Demand.id).where(Demand.id == demand.id).cte("family", recursive=True)
    parts = sa.select(Demand.id).join(family, Demand.parent_id == family.c.id)
    family = family.union(parts)
    return Event.id.in_(
        sa.select(EventDemand.event_id).where(EventDemand.demand_id.in_(sa.select(family.c.id)))
    )


def of_call(call: CallToAction) -> ColumnElement[bool]:
    """Return the condition that an event belongs to a call."""
    return Event.call_id == call.id


def in_country(country: str) -> ColumnElement[bool]:
    """Return the condition that an event happens in a country (ISO 3166-1 alpha-2)."""
    return Event.city_id.in_(sa.select(City.id).where(City.country == country.upper()))


def in_city(city: City) -> ColumnElement[bool]:
    """Return the condition that an event happens in a city."""
    return Event.city_id == city.id


def of_addressee(addressee_id: int) -> ColumnElement[bool]:
    """Return the condition that an event supports any demand on an addressee."""
    return Event.id.in_(
        sa.select(EventDemand.event_id)
        .join(Demand, Demand.id == EventDemand.demand_id)
        .where(Demand.addressee_id == addressee_id)
    )


def coming(campaign: Campaign, limit: int, *conditions: ColumnElement[bool]) -> list[Event]:
    """Return the next public events that have not ended and meet all conditions."""
    query = published(campaign).where(Event.ends_at > clock.now(), *conditions).options(*whole())
    return list(db.session.scalars(query.order_by(Event.starts_at, Event.slug).limit(limit)))


def count_events(campaign: Campaign, *conditions: ColumnElement[bool]) -> int:
    """Return how many public events meet all conditions."""
    query = published(campaign).where(*conditions).with_only_columns(sa.func.count(Event.id))
    return db.session.scalar(query.order_by(None)) or 0


def countries(campaign: Campaign, *conditions: ColumnElement[bool]) -> list[CountryCount]:
    """Return the countries with public events, by code, and how many each has."""
    query = (
        published(campaign)
        .where(*conditions)
        .with_only_columns(City.country, sa.func.count(Event.id))
        .group_by(City.country)
        .order_by(City.country)
    )
    return [CountryCount(country, number) for country, number in db.session.execute(query)]


def by_city(campaign: Campaign, *conditions: ColumnElement[bool]) -> list[CityCount]:
    """Return the cities of the public events that meet all conditions, by id."""
    shown = sa.and_(SignupBand.event_id == Event.id, sa.not_(Event.is_discreet))
    numbers = (
        published(campaign)
        .outerjoin(SignupBand, shown)
        .where(*conditions)
        .with_only_columns(
            Event.city_id,
            sa.func.count(Event.id).label("events"),
            sa.func.min(Event.slug).label("slug"),
            sa.func.sum(SignupBand.at_least).label("signed_up"),
        )
        .group_by(Event.city_id)
        .subquery()
    )
    query = sa.select(City, numbers).join(numbers, numbers.c.city_id == City.id).order_by(City.id)
    return [
        CityCount(city, number, slug if number == 1 else None, signed_up)
        for city, _id, number, slug, signed_up in db.session.execute(query)
    ]


def coverage(campaign: Campaign, *conditions: ColumnElement[bool]) -> Coverage:
    """Return at how many sites, in how many cities and countries the public events are."""
    query = (
        published(campaign)
        .where(*conditions)
        .with_only_columns(
            sa.func.count(Event.id),
            sa.func.count(Event.site_id.distinct()),
            sa.func.count(Event.city_id.distinct()),
            sa.func.count(City.country.distinct()),
        )
    )
    return Coverage(*db.session.execute(query).one())


def listed(campaign: Campaign, *conditions: ColumnElement[bool]) -> list[ListedEvent]:
    """Return the public events that meet all conditions, as a long list shows them, by city."""
    query = (
        published(campaign)
        .where(*conditions)
        .with_only_columns(
            Event.slug,
            City.name,
            City.other_names,
            City.country,
            Event.timezone,
            Event.starts_local,
            Event.status,
        )
        .order_by(City.name, Event.starts_at, Event.slug)
    )
    return [
        ListedEvent(slug, city, tuple(others), country, timezone, starts_local, status)
        for slug, city, others, country, timezone, starts_local, status in db.session.execute(query)
    ]


def spoken_at(campaign: Campaign) -> list[str]:
    """Return the languages spoken at any public event, as BCP 47 tags."""
    return _tokens(campaign, Event.languages)


def access_at(campaign: Campaign) -> list[str]:
    """Return what any public event offers for access, such as "wheelchair"."""
    return _tokens(campaign, Event.access)


def _tokens(campaign: Campaign, column: InstrumentedAttribute[str]) -> list[str]:
    query = published(campaign).with_only_columns(column).where(column != "").distinct()
    return sorted({token for words in db.session.scalars(query) for token in words.split()})


def days(campaign: Campaign) -> list[date]:
    """Return the local days on which public events happen, earliest first."""
    day = sa.func.date(Event.starts_local)
    query = published(campaign).with_only_columns(day).distinct().order_by(day)
    return [date.fromisoformat(str(one)) for one in db.session.scalars(query)]


def supporting(demand: Demand) -> int:
    """Return how many public events support a demand or one of its parts."""
    query = (
        sa.select(sa.func.count(Event.id))
        .where(Event.status.in_(PUBLIC_STATUSES))
        .where(of_demand(demand))
    )
    return db.session.scalar(query) or 0


def numbers_by_demand(campaign: Campaign) -> dict[int, int]:
    """Return how many public events support each demand or a part of it, by the demand's id."""
    family = (
        sa.select(Demand.id.label("root"), Demand.id)
        .where(Demand.campaign_id == campaign.id)
        .cte("family", recursive=True)
    )
    parts = sa.select(family.c.root, Demand.id).join(family, Demand.parent_id == family.c.id)
    family = family.union(parts)
    query = (
        sa.select(family.c.root, sa.func.count(Event.id.distinct()))
        .join(EventDemand, EventDemand.demand_id == family.c.id)
        .join(Event, Event.id == EventDemand.event_id)
        .where(Event.status.in_(PUBLIC_STATUSES))
        .group_by(family.c.root)
    )
    return {demand_id: number for demand_id, number in db.session.execute(query)}


def within_reach(actor: Actor, campaign: Campaign) -> sa.Select[Event]:
    """Return the query of a campaign's events in the actor's scopes, drafts too, with cities."""
    return (
        sa.select(Event)
        .join(Event.city)
        .options(contains_eager(Event.city), joinedload(Event.site), joinedload(Event.call))
        .where(Event.campaign_id == campaign.id, reaches_event(actor))
        .order_by(City.country, City.name, Event.starts_at, Event.id)
    )


def find_event_within_reach(actor: Actor, campaign: Campaign, slug: str) -> Event:
    """Return an event in the actor's scopes by its slug. Raises NotFoundError for any other."""
    event = db.session.scalar(within_reach(actor, campaign).where(Event.slug == slug))
    if event is None:
        raise NotFoundError(_("This campaign has no event at this address."))
    return event


def whole() -> tuple[sa.orm.interfaces.ORMOption, ...]:
    """Return the options that load an event with all that pages and calendars show of it."""
    supports = selectinload(Event.supports).joinedload(EventDemand.demand)
    return (
        joinedload(Event.site),
        joinedload(Event.call),
        supports.joinedload(Demand.addressee),
    )
