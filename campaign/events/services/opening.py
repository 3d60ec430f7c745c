"""What every new event gets: an address of its own, and the demands that its call is aimed at."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from campaign.database import db
from campaign.models import CallPurpose, Event, EventDemand, LinkOrigin


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
