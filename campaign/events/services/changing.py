"""Publish, move, postpone and cancel single events."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.events.planning import LONGEST_MINUTES, YEARS, ends_at
from campaign.events.services.announcing import announce
from campaign.events.services.corners import note_corner
from campaign.events.services.noticing import hours_of, note_change
from campaign.events.wall_time import instant
from campaign.languages import lazy_gettext as _
from campaign.models import Event, EventStatus, NoticeKind


class EventEndedError(CampaignError):
    """What has been cannot be moved or called off any more."""


class EventCancelledError(CampaignError):
    """A cancelled event stays cancelled."""


class NotPublicError(CampaignError):
    """A draft cannot be called off: nobody knows of it."""


def publish(events: Iterable[Event]) -> int:
    """Let everybody see drafts; return how many of these events were drafts."""
    drafts = [event for event in events if event.status is EventStatus.DRAFT]
    for event in drafts:
        event.status = EventStatus.PUBLISHED
        event.changed_at = max(clock.now().replace(microsecond=0), event.changed_at)
    announce(event.id for event in drafts)
    for event in drafts:
        note_corner(event)
    return len(drafts)


def move(event: Event, starts_local: datetime, *, lasting_minutes: int | None = None) -> None:
    """Let an event begin at another wall time of its zone; a postponed one has its time again.

    Its volunteers are told. `lasting_minutes` None: it lasts as long as before. Raises
    NoSuchTimeError or TwiceSuchTimeError for a time that its clocks do not show once,
    InvalidError, EventEndedError, EventCancelledError.
    """
    _lock_what_can_change(event)
    before = hours_of(event)
    minutes = event.lasting_minutes if lasting_minutes is None else lasting_minutes
    _check(starts_local, minutes)
    starts_at = instant(starts_local, event.timezone)
    event.starts_local, event.starts_at = starts_local, starts_at
    event.ends_at = ends_at(starts_at, minutes)
    if minutes != event.lasting_minutes:
        event.lasting_minutes_override = minutes
    if event.status is EventStatus.POSTPONED:
        event.status = EventStatus.PUBLISHED
    announce([event.id])
    note_change(event, NoticeKind.MOVED, before)


def postpone(event: Event) -> None:
    """Say that an event does not happen at its time and has no other yet; a second time, nothing.

    Raises NotPublicError, EventEndedError, EventCancelledError.
    """
    _lock_what_can_change(event)
    _refuse_draft(event)
    before, event.status = hours_of(event), EventStatus.POSTPONED
    announce([event.id])
    note_change(event, NoticeKind.POSTPONED, before)


def cancel(event: Event) -> None:
    """Say that an event does not happen; it stays, and says so everywhere. A second time, nothing.

    Raises NotPublicError, EventEndedError.
    """
    if event.status is EventStatus.CANCELLED:
        return
    _lock_what_can_change(event)
    _refuse_draft(event)
    before, event.status = hours_of(event), EventStatus.CANCELLED
    announce([event.id])
    note_change(event, NoticeKind.CANCELLED, before)


def _lock_what_can_change(event: Event) -> None:
    """Lock an event as it is now, whatever was loaded before."""
    row = sa.select(Event).where(Event.id == event.id).with_for_update(key_share=True)
    db.session.flush()
    db.session.execute(row.execution_options(populate_existing=True)).scalar_one()
    if event.status is EventStatus.CANCELLED:
        raise EventCancelledError(_("This event was cancelled, and stays cancelled."))
    if event.status is EventStatus.HAPPENED or (
        event.status is not EventStatus.POSTPONED and event.ends_at <= clock.now()
    ):
        raise EventEndedError(_("This event is over: it cannot be changed any more."))


def _refuse_draft(event: Event) -> None:
    if event.status is EventStatus.DRAFT:
        raise NotPublicError(_("This event is a draft that nobody has seen."))


def _check(starts_local: datetime, minutes: int) -> None:
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise InvalidError(_("An event lasts from one minute to two weeks."))
    if starts_local.year not in YEARS:
        raise InvalidError(_("Time zones are known from 1900 to 2199 only."))
