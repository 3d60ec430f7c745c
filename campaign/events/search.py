"""Find events as people look for them: by words, place, day, demand, language and access."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import acos

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from campaign.database import db
from campaign.errors import InvalidError
from campaign.events.queries import of_call, of_demand, published, whole
from campaign.languages import lazy_gettext as _
from campaign.models import CallToAction, Campaign, City, Demand, Event, Site
from campaign.resolutions.queries import find_call, find_demand
from campaign.sites.gazetteer import Place, Point, find_places, parse_point
from campaign.sites.gazetteer.places import unit_vector
from campaign.sites.gazetteer.spelling import fold
from campaign.sites.queries import find_city

PAGE_SIZE = 20
WORDS_READ = 8  # Longer questions are cut, so that no question is costly.
LONGEST = 200  # characters read of any field
EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; None and empty mean: anything."""

    words: str = ""
    near: str = ""  # a place's name in any script, or "latitude,longitude"
    country: str = ""  # ISO 3166-1 alpha-2
    city: City | None = None
    demand: Demand | None = None
    call: CallToAction | None = None
    on: date | None = None  # local day
    language: str = ""  # spoken there, BCP 47
    access: str = ""  # such as wheelchair
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """An event, and how far it is from where one looks."""

    event: Event
    distance_km: float | None


@dataclass(frozen=True, slots=True)
class Search:
    """A page of answers, and how the question was understood."""

    found: tuple[Found, ...]
    total: int
    number: int  # of this page, from 1
    pages: int
    here: Place | Point | None  # where "near" is; None = not asked or not understood
    other_places: tuple[Place, ...] = field(default=())  # of the same name

    @property
    def has_previous(self) -> bool:
        """Tell whether there is a page before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Tell whether there is a page after."""
        return self.number < self.pages


def read_wish(campaign: Campaign, given: Mapping[str, str]) -> Wish:
    """Read a wish from an address: q, near, country, city, demand, call, on, language, access.

    Raises NotFoundError for a city, demand or call that is not there, InvalidError for a day that
    does not exist. An unreadable page is the first.
    """
    texts = {name: value.replace("\0", "").strip()[:LONGEST] for name, value in given.items()}
    demand, call, city = texts.get("demand"), texts.get("call"), texts.get("city")
    page = texts.get("page", "")
    return Wish(
        words=texts.get("q", ""),
        near=texts.get("near", ""),
        country=texts.get("country", ""),
        city=find_city(city) if city else None,
        demand=find_demand(campaign, demand) if demand else None,
        call=find_call(campaign, call) if call else None,
        on=_day(texts.get("on", "")),
        language=texts.get("language", ""),
        access=texts.get("access", ""),
        page=int(page) if re.fullmatch("[0-9]{1,6}", page) else 1,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(_("There is no day “%(day)s”.", day=text[:20])) from error


def search(campaign: Campaign, wish: Wish) -> Search:
    """Return a page of the public events that fit, nearest first or else earliest first."""
    point = parse_point(wish.near)
    places = () if point else find_places(wish.near)
    here: Place | Point | None = point or (places[0] if places else None)
    query = matching(campaign, wish)
    counted = query.with_only_columns(sa.func.count(Event.id)).order_by(None)
    total = db.session.scalar(counted) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, wish.page), pages)
    closeness = _closeness(here) if here else sa.null()
    rows = db.session.execute(
        query.add_columns(closeness.label("closeness"))
        .options(*whole())
        .order_by(*([closeness.desc()] if here else []), Event.starts_at, Event.slug)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    found = tuple(Found(event, _distance(close)) for event, close in rows)
    return Search(found, total, number, pages, here, _others_of_the_name(places))


def _others_of_the_name(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the largest place of the first one's name in each other country."""
    found: dict[str, Place] = {}
    for place in places:
        if place.name == places[0].name:
            found.setdefault(place.country, place)
    return tuple(found.values())[1:]


def matching(campaign: Campaign, wish: Wish) -> sa.Select[Event]:
    """Return the query of the public events that fit a wish, wherever they are, unordered."""
    query = published(campaign).join(Event.site).where(*_conditions(wish))
    for word in wish.words.split()[:WORDS_READ]:
        query = query.where(_mentions(word))
    return query


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wish.country:
        conditions.append(City.country == wish.country.upper())
    if wish.city:
        conditions.append(Event.city_id == wish.city.id)
    if wish.demand:
        conditions.append(of_demand(wish.demand))
    if wish.call:
        conditions.append(of_call(wish.call))
    if wish.on:
        midnight = datetime.combine(wish.on, datetime.min.time())
        conditions.append(Event.starts_local >= midnight)
        conditions.append(Event.starts_local < midnight + timedelta(days=1))
    if wish.language:
        conditions.append(Event.languages.contains(f" {wish.language} ", autoescape=True))
    if wish.access:
        conditions.append(Event.access.contains(f" {wish.access} ", autoescape=True))
    return conditions


def _mentions(word: str) -> ColumnElement[bool]:
    plain = word.casefold()
    folded = fold(word) or plain  # A word of signs alone folds to nothing, which all names hold.
    in_site = sa.func.lower(Site.name).contains(plain, autoescape=True)
    in_title = sa.func.lower(Event.title_override).contains(plain, autoescape=True)
    return sa.or_(
        City.search_text.contains(folded, autoescape=True),
        City.search_text.contains(plain, autoescape=True),
        # Whoever asks for a site must not learn that a discreet event is there.
        sa.and_(Event.is_discreet.is_(False), sa.or_(in_site, in_title)),
    )


def _closeness(here: Place | Point) -> ColumnElement[float]:
    """Return the cosine of the angle between a city and a point: 1 = there, -1 = antipodes."""
    x, y, z = unit_vector(here.latitude, here.longitude)
    return City.x * x + City.y * y + City.z * z


def _distance(closeness: float | None) -> float | None:
    if closeness is None:
        return None
    return EARTH_RADIUS_KM * acos(max(-1.0, min(1.0, closeness)))
