"""Open events: one call, one event per site."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import InvalidError
from campaign.events.planning import FanOutOrder, Plan, PlannedEvent, ends_at, plan_fan_out
from campaign.languages import lazy_gettext as _
from campaign.models import CallToAction, Event, EventDemand, EventStatus, LinkOrigin
from campaign.resolutions.queries import purposes_of
from campaign.resolutions.services import settle_call

BATCH = 500  # ids in one question to the database


@dataclass(frozen=True, slots=True)
class FanOut:
    """What a fan-out did."""

    plan: Plan
    made: int  # events
    there: int  # events that an earlier run had made
    published: int  # drafts of an earlier run that are public now


def fan_out(
    order: FanOutOrder,
    *,
    plan: Plan | None = None,
    publish: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> FanOut:
    """Open one event per site of the list; a second run adds only what is missing.

    The events inherit text, length and capacity from the call and support the demands it is aimed
    at. With `publish` they are public at once, and so are the drafts of an earlier run. Raises
    what `plan_fan_out` raises, whose answer may be given as `plan`, and InvalidError for a call
    without a purpose.
    """
    plan = plan or plan_fan_out(order)
    purposes = purposes_of(order.call)
    if not purposes:
        raise InvalidError(_("This call is aimed at no demand yet: link one first."))
    if order.call.at is None and not _has_events(order.call):
        settle_call(order.call, at=order.at, lasting_minutes=order.lasting_minutes)
    published = _publish_drafts(order, plan) if publish else 0
    slugs = _slugs(order.call.campaign_id)
    for planned in plan.missing:
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
    made = len(plan.missing)
    return FanOut(plan, made, len(plan.events) - made, published)


def follow_sites(site_ids: Collection[str]) -> int:
    """Let calendars know that the sites of events changed; return how many events these are.

    Where the place of an entry changes, its sequence number rises (RFC 5546 2.1.4).
    """
    ids = sorted(site_ids)
    changed = 0
    for start in range(0, len(ids), BATCH):
        at_sites = Event.site_id.in_(ids[start : start + BATCH])
        values = {"sequence": Event.sequence + 1, "changed_at": _whole_second(clock.now())}
        changed += _update(sa.update(Event).where(at_sites).values(values))
    return changed


def _has_events(call: CallToAction) -> bool:
    query = sa.select(Event.id).where(Event.call_id == call.id).limit(1)
    return db.session.scalar(query) is not None


def _publish_drafts(order: FanOutOrder, plan: Plan) -> int:
    taken = {planned.site.id for planned in plan.events if planned.is_there}
    query = sa.select(Event).where(
        Event.call_id == order.call.id,
        Event.fanned_out_on == order.on,
        Event.status == EventStatus.DRAFT,
    )
    drafts = [event for event in db.session.scalars(query) if event.site_id in taken]
    for event in drafts:
        event.status, event.changed_at = EventStatus.PUBLISHED, _whole_second(clock.now())
    return len(drafts)


def _update(statement: sa.Update) -> int:
    result = cast("sa.CursorResult[object]", db.session.execute(statement))
    return result.rowcount


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
