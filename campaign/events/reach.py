"""Which events lie within the scopes of somebody signed in; every question takes the actor."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from campaign.accounts.queries import reaches_event
from campaign.database import db
from campaign.events.queries import within_reach
from campaign.models import Actor, Campaign, City, Event, EventStatus, Site
from campaign.sites.gazetteer.spelling import fold

PAGE_SIZE = 100
WORDS_READ = 8  # Longer questions are cut, so that no question is costly.
LONGEST = 200  # characters read of any field


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What is looked for in a table of events; None and empty mean: anything."""

    words: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    status: EventStatus | None = None
    page: int = 1

    @property
    def is_narrowing(self) -> bool:
        """Tell whether the filter leaves anything out."""
        return bool(self.words or self.country or self.status)


@dataclass(frozen=True, slots=True)
class EventTablePage:
    """A page of a table of events."""

    events: tuple[Event, ...]
    total: int
    number: int  # of this page, from 1
    pages: int

    @property
    def has_previous(self) -> bool:
        """Tell whether there is a page before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Tell whether there is a page after."""
        return self.number < self.pages


@dataclass(frozen=True, slots=True)
class EventTotals:
    """How many events there are, drafts too, and where."""

    events: int
    cities: int
    countries: int


def read_filter(given: Mapping[str, str]) -> EventFilter:
    """Read a filter from an address: q, country, status, page. What cannot be read is left out."""
    texts = {name: value.replace("\0", "").strip()[:LONGEST] for name, value in given.items()}
    status, page = texts.get("status", ""), texts.get("page", "")
    return EventFilter(
        words=texts.get("q", ""),
        country=texts.get("country", "").upper(),
        status=EventStatus(status) if status in set(EventStatus) else None,
        page=int(page) if re.fullmatch("[0-9]{1,6}", page) else 1,
    )


def event_table(actor: Actor, campaign: Campaign, chosen: EventFilter) -> EventTablePage:
    """Return a page of a campaign's events in the actor's scopes, by city."""
    query = within_reach(actor, campaign).join(Event.site).where(*_conditions(chosen))
    counted = query.with_only_columns(sa.func.count(Event.id)).order_by(None)
    total = db.session.scalar(counted) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, chosen.page), pages)
    query = query.order_by(None).order_by(City.name, Event.starts_at, Event.id)
    query = query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return EventTablePage(tuple(db.session.scalars(query)), total, number, pages)


def countries_within_reach(actor: Actor, campaign: Campaign) -> list[str]:
    """Return the countries of a campaign's events in the actor's scopes, by code."""
    query = within_reach(actor, campaign).with_only_columns(City.country)
    return list(db.session.scalars(query.order_by(None).distinct().order_by(City.country)))


def totals(actor: Actor) -> dict[int, EventTotals]:
    """Return how many events are in the actor's scopes, by the campaign's id."""
    query = (
        sa.select(
            Event.campaign_id,
            sa.func.count(Event.id),
            sa.func.count(Event.city_id.distinct()),
            sa.func.count(City.country.distinct()),
        )
        .join(Event.city)
        .where(reaches_event(actor))
        .group_by(Event.campaign_id)
    )
    return {campaign: EventTotals(*numbers) for campaign, *numbers in db.session.execute(query)}


def _conditions(chosen: EventFilter) -> list[ColumnElement[bool]]:
    conditions = [_mentions(word) for word in chosen.words.split()[:WORDS_READ]]
    if chosen.country:
        conditions.append(City.country == chosen.country)
    if chosen.status:
        conditions.append(Event.status == chosen.status)
    return conditions


def _mentions(word: str) -> ColumnElement[bool]:
    folded, plain = fold(word), word.casefold()
    return sa.or_(
        # Of a word of signs alone nothing is left, and that would stand in every text.
        City.search_text.contains(folded, autoescape=True) if folded else sa.false(),
        City.search_text.contains(plain, autoescape=True),
        sa.func.lower(Site.name).contains(plain, autoescape=True),
        sa.func.lower(Event.title_override).contains(plain, autoescape=True),
        Event.slug.contains(plain, autoescape=True),
    )
