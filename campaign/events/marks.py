"""Which countries the events of a campaign lie in, and how each is marked."""

from dataclasses import dataclass

import sqlalchemy as sa

from campaign.database import db
from campaign.errors import NotFoundError
from campaign.events.services.marking import follows_mark
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign, City, CountryMark, Event


@dataclass(frozen=True, slots=True)
class CountryRow:
    """A country of a campaign's events."""

    country: str  # ISO 3166-1 alpha-2
    events: int  # drafts too
    following: int  # events that are as the country is marked, and change with it
    own: int  # events whose privacy was set by hand
    mark: CountryMark | None  # None = not marked


def country_rows(campaign: Campaign) -> list[CountryRow]:
    """Return every country of a campaign's events, by code."""
    query = (
        sa.select(
            City.country,
            sa.func.count(Event.id),
            sa.func.sum(sa.case((follows_mark(), 1), else_=0)),
            sa.func.sum(sa.case((Event.has_own_privacy, 1), else_=0)),
        )
        .join(Event.city)
        .where(Event.campaign_id == campaign.id)
        .group_by(City.country)
        .order_by(City.country)
    )
    of_campaign = sa.select(CountryMark).where(CountryMark.campaign_id == campaign.id)
    marks = {mark.country: mark for mark in db.session.scalars(of_campaign)}
    return [
        CountryRow(country, events, following, own, marks.get(country))
        for country, events, following, own in db.session.execute(query)
    ]


def find_country(campaign: Campaign, code: str) -> CountryRow:
    """Return a country of a campaign's events, by its code in lower case. Raises NotFoundError."""
    for row in country_rows(campaign):
        if row.country.lower() == code:
            return row
    raise NotFoundError(_("This campaign has no event in that country."))
