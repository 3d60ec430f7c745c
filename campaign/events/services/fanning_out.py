"""Fan a call out: one event per site."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import InvalidError
from campaign.events.planning import FanOutOrder, Plan, PlannedEvent, ends_at, plan_fan_out
from campaign.events.services.announcing import announce
from campaign.events.services.changing import publish as publish_drafts
from campaign.events.services.opening import (
    UNMARKED,
    free_slug,
    link,
    marks_of,
    protect,
    taken_slugs,
)
from campaign.languages import lazy_gettext as _
from campaign.models import CallToAction, Event, EventStatus
from campaign.resolutions.queries import purposes_of
from campaign.resolutions.services import settle_call


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
    slugs, marks = taken_slugs(order.call.campaign_id), marks_of(order.call.campaign_id)
    opened = []
    for planned in plan.missing:
        event = _open(order, planned, slugs, publish=publish)
        protect(event, marks.get(planned.site.city.country, UNMARKED))
        event.supports = link(purposes)
        opened.append(event)
        progress()
    db.session.add_all(opened)
    db.session.flush()
    if publish:
        announce(event.id for event in opened)
    made = len(plan.missing)
    return FanOut(plan, made, len(plan.events) - made, published)


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
    return publish_drafts(drafts)


def _open(order: FanOutOrder, planned: PlannedEvent, slugs: set[str], *, publish: bool) -> Event:
    site, call, moment = planned.site, order.call, clock.now()
    differs = order.lasting_minutes != call.lasting_minutes
    return Event(
        uid=str(uuid.uuid4()),
        campaign_id=call.campaign_id,
        call=call,
        site=site,
        city_id=site.city_id,
        slug=free_slug(site.city.slug, planned.starts_local.date(), slugs),
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


def _whole_second(moment: datetime) -> datetime:
    """Return the moment as calendars and HTTP dates can say it."""
    return moment.replace(microsecond=0)
