"""What every new event gets: an address, its country's mark, the demands its call is aimed at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from campaign.database import db
from campaign.models import (
    CallPurpose,
    Campaign,
    ContactRule,
    CountryMark,
    Event,
    EventDemand,
    LinkOrigin,
)


@dataclass(frozen=True, slots=True)
class PrivacyMark:
    """How an event protects its volunteers, or all those of a country do."""

    is_discreet: bool
    contact: ContactRule

    @classmethod
    def of(cls, marked: CountryMark | Event) -> "PrivacyMark":
        """Return the mark of a country, or what an event does."""
        return cls(marked.is_discreet, marked.contact)


UNMARKED = PrivacyMark(is_discreet=False, contact=ContactRule.REQUIRED)


def protect(event: Event, mark: PrivacyMark) -> None:
    """Let an event be as its country is marked."""
    event.is_discreet, event.contact = mark.is_discreet, mark.contact


def marks_of(campaign_id: int) -> dict[str, PrivacyMark]:
    """Return the marks of a campaign's countries; nobody marks another until this work is done."""
    row = sa.select(Campaign.id).where(Campaign.id == campaign_id)
    db.session.execute(row.with_for_update(read=True))
    query = sa.select(CountryMark).where(CountryMark.campaign_id == campaign_id)
    found = db.session.scalars(query, execution_options={"populate_existing": True})
    return {mark.country: PrivacyMark.of(mark) for mark in found}


def taken_slugs(campaign_id: int) -> set[str]:
    """Return the slugs that the events of a campaign have."""
    return set(db.session.scalars(sa.select(Event.slug).where(Event.campaign_id == campaign_id)))


def free_slug(city: str, day: date, taken: set[str]) -> str:
    """Return "<city>-<date>", with a number behind it where that is taken, and take it."""
    slug, number = f"{city}-{day.isoformat()}", 1
    while slug in taken:
        number += 1
        slug = f"{city}-{day.isoformat()}-{number}"
    taken.add(slug)
    return slug


def link(purposes: Iterable[CallPurpose]) -> list[EventDemand]:
    """Return the links of an event to the demands that its call is aimed at."""
    return [
        EventDemand(
            demand_id=purpose.demand_id,
            origin=LinkOrigin.STATED if purpose.is_stated else LinkOrigin.ADDED,
        )
        for purpose in purposes
    ]
