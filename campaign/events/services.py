"""Open events: one call, one event per site."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import InvalidError
from campaign.events.planning import FanOutOrder, Plan, PlannedEvent, ends_at, plan_fan_out
from campaign.languages import lazy_gettext as _
from campaign.models import (
    CallToAction,
    Event,
    EventDemand,
    EventStatus,
    LinkOrigin,
)
from campaign.resolutions.queries import purposes_of


@dataclass(frozen=True, slots=True)
class FanOut:
    """What a fan-out did."""

    plan: Plan
    made: int  # events
    there: int  # events that an earlier run had made


def fan_out(
    order: FanOutOrder, *, publish: bool = False, progress: Callable[[], None] = lambda: None
) -> FanOut:
    """Open one event per site of the list; a second run adds only what is missing.

    The events inherit text, length and capacity from the call and support the demands it is aimed
    at. Raises what `plan_fan_out` raises, and InvalidError for a call without a purpose.
    """
    plan = plan_fan_out(order)
    _settle_call(order)
    purposes = purposes_of(order.call)
    if not purposes:
        raise InvalidError(_("This call is aimed at no demand yet: link one first."))
    slugs = _slugs(order.call.campaign_id)
    missing = [planned for planned in plan.events if not planned.is_there]
    for planned in missing:
        event = _open(order, planned, slugs, publish=publish)
        event.supports = [
            EventDemand(
                demand_id=purpose.demand_id,
                origin=LinkOrigin.STATED if purpose.is_stated else LinkOrigin.ADDED,
            )
            for purpose in purposes
        ]
        db.session.add(event)
        progress()
    db.session.flush()
    return FanOut(plan, len(missing), len(plan.events) - len(missing))


def _settle_call(order: FanOutOrder) -> None:
    """Let the call say what its events inherit, once; later events that differ override it."""
    call = order.call
    if call.at is None and not _has_events(call):
        call.at, call.lasting_minutes = order.at, order.lasting_minutes


def _has_events(call: CallToAction) -> bool:
    query = sa.select(Event.id).where(Event.call_id == call.id).limit(1)
    return db.session.scalar(query) is not None


def _slugs(campaign_id: int) -> set[str]:
    return set(db.session.scalars(sa.select(Event.slug).where(Event.campaign_id == campaign_id)))


def _open(order: FanOutOrder, planned: PlannedEvent, slugs: set[str], *, publish: bool) -> Event:
    site, call, moment = planned.site, order.call, clock.now()
    differs = order.lasting_minutes != call.lasting_minutes
    return Event(
        uid=str(uuid.uuid4()),
        campaign_id=call.campaign_id,
        call=call,
        site=site,
        city_id=site.city_id,
        slug=_free_slug(site.city.slug, planned.starts_local.date(), slugs),
        status=EventStatus.PUBLISHED if publish else EventStatus.DRAFT,
        fanned_out_on=order.on,
        starts_local=planned.starts_local,
        timezone=site.timezone,
        starts_at=planned.starts_at,
        ends_at=ends_at(planned.starts_at, order.lasting_minutes),
        lasting_minutes_override=order.lasting_minutes if differs else None,
        created_at=moment,
        changed_at=_whole_second(moment),
    )


def _free_slug(city: str, day: date, taken: set[str]) -> str:
    slug, number = f"{city}-{day.isoformat()}", 1
    while slug in taken:
        number += 1
        slug = f"{city}-{day.isoformat()}-{number}"
    taken.add(slug)
    return slug


def _whole_second(moment: datetime) -> datetime:
    """Return the moment as calendars and HTTP dates can say it."""
    return moment.replace(microsecond=0)
