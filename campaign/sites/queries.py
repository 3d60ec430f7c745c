"""Which cities and sites there are, and which of them existed on a day."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign, City, Role, RoleName, Site, SiteList, SiteListEntry
from campaign.sites.gazetteer.naming import name_in_language

PRESENT_FROM = date(2020, 1, 1)  # From here on `exists_now` speaks for a day.


class Existence(StrEnum):
    """Whether a site was there on a day."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def find_city(slug: str) -> City:
    """Return a city by its slug. Raises NotFoundError."""
    city = db.session.scalar(sa.select(City).where(City.slug == slug))
    if city is None:
        raise NotFoundError(_("We know no city at this address."))
    return city


def has_coordinator(campaign: Campaign, city: City) -> bool:
    """Tell whether somebody coordinates a city, or its whole country, in a campaign."""
    in_campaign = sa.or_(Role.campaign_id == campaign.id, Role.campaign_id.is_(None))
    of_country = sa.and_(Role.country == city.country, Role.city_id.is_(None))
    query = sa.select(Role.id).where(
        Role.name == RoleName.COORDINATOR,
        in_campaign,
        Role.event_id.is_(None),
        sa.or_(Role.city_id == city.id, of_country),
    )
    return db.session.scalar(query.limit(1)) is not None


def has_cities_in(country: str) -> bool:
    """Tell whether we know any city in a country (ISO 3166-1 alpha-2)."""
    query = sa.select(City.id).where(City.country == country).limit(1)
    return db.session.scalar(query) is not None


def name_of(city: City, language: str) -> str:
    """Return a city's name in a language, else its own in Latin letters."""
    return name_in_language(city.name, city.timezone, tuple(city.other_names), language=language)


def sites_on(list_name: str) -> list[Site]:
    """Return the sites of a list, by id. Raises NotFoundError."""
    list_id = db.session.scalar(sa.select(SiteList.id).where(SiteList.name == list_name))
    if list_id is None:
        raise NotFoundError(_("There is no site list called “%(name)s”.", name=list_name))
    query = (
        sa.select(Site)
        .join(SiteListEntry, SiteListEntry.site_id == Site.id)
        .where(SiteListEntry.list_id == list_id)
        .options(sa.orm.joinedload(Site.city))
        .order_by(Site.id)
    )
    return list(db.session.scalars(query))


def existence(site: Site, day: date) -> Existence:
    """Tell whether a site was there on a day.

    What the list says of that very day decides; then the years, from the year of opening up to
    the year of closing, which no longer counts; from 2020 on, whether it is there now.
    """
    said = site.existed_on.get(day.isoformat())
    if said is not None:
        return Existence(said)
    if site.opened is not None and day.year < site.opened:
        return Existence.NO
    if site.closed is not None and day.year >= site.closed:
        return Existence.NO
    if _spans(site):
        return Existence.YES
    return Existence(site.exists_now) if day >= PRESENT_FROM else Existence.UNKNOWN


def _spans(site: Site) -> bool:
    """Tell whether a site is known to have been there from its opening to its closing or now."""
    is_end_known = site.closed is not None or site.exists_now == Existence.YES
    return site.opened is not None and is_end_known
