"""Set up the shifts of an event; `signups.services` moves their wait lists up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import InvalidError, NotFoundError
from campaign.events.services.settings import check_seen, lock_changeable, version_of
from campaign.events.wall_time import instant, wall_time
from campaign.languages import lazy_gettext as _
from campaign.models import Event, Shift, ShiftKind

NEAR_EVENT = timedelta(days=1)  # before its start and after its end, when a shift may be done
MOST_SHIFTS = 40  # at one event


@dataclass(frozen=True, slots=True)
class ShiftWish:
    """A shift that an event needs."""

    kind: ShiftKind
    title: str | None  # None = as the kind is called
    places: int | None  # None = no limit
    starts_local: datetime | None  # wall time; None = with the event
    ends_local: datetime | None


def find_shift(event: Event, shift_id: int) -> Shift:
    """Return a shift of an event. Raises NotFoundError for any other."""
    query = sa.select(Shift).where(Shift.event_id == event.id, Shift.id == shift_id)
    shift = db.session.scalar(query.execution_options(populate_existing=True))
    if shift is None:
        raise NotFoundError(_("This event has no such shift."))
    return shift


def shift_version(shift: Shift) -> str:
    """Return the version of a shift: its places, and whether one can take it on."""
    return version_of(shift.places, shift.closed_at is None)


def add_shift(event: Event, wish: ShiftWish) -> Shift:
    """Add a shift to an event.

    Raises InvalidError for hours that are none, or far from the event's, NoSuchTimeError or
    TwiceSuchTimeError, EventEndedError, EventCancelledError.
    """
    lock_changeable(event)
    if len(event.shifts) >= MOST_SHIFTS:
        raise InvalidError(_("An event has %(most)s shifts at most.", most=MOST_SHIFTS))
    _check_hours(event, wish)
    shift = Shift(
        event=event,
        kind=wish.kind,
        title=wish.title,
        places=wish.places,
        starts_local=wish.starts_local,
        ends_local=wish.ends_local,
    )
    db.session.add(shift)
    db.session.flush()
    return shift


def set_shift_places(shift: Shift, places: int | None, *, seen: str | None = None) -> None:
    """Let a shift have so many places; None = no limit. Who has one keeps it.

    Raises ChangedMeanwhileError, EventEndedError, EventCancelledError, InvalidError.
    """
    _lock_changeable(shift)
    check_seen(seen, shift_version(shift))
    if places is not None and places < 1:
        raise InvalidError(_("A shift has one place or more: close it if nobody should take it."))
    shift.places = places


def close_shift(shift: Shift) -> None:
    """Let nobody take on a shift any more; who has it keeps it. A second time, nothing."""
    _lock_changeable(shift)
    shift.closed_at = shift.closed_at or clock.now()


def reopen_shift(shift: Shift) -> None:
    """Let a shift be taken on again; a second time, nothing."""
    _lock_changeable(shift)
    shift.closed_at = None


def _lock_changeable(shift: Shift) -> None:
    lock_changeable(shift.event)
    db.session.refresh(shift)


def _check_hours(event: Event, wish: ShiftWish) -> None:
    starts, ends = wish.starts_local, wish.ends_local
    if starts is None and ends is None:
        return
    if starts is None or ends is None:
        raise InvalidError(_("Give both hours of a shift, or neither: then it lasts as the event."))
    if instant(starts, event.timezone) >= instant(ends, event.timezone):
        raise InvalidError(_("A shift ends after it has begun."))
    earliest = event.starts_local - NEAR_EVENT
    latest = wall_time(event.ends_at, event.timezone) + NEAR_EVENT
    if starts < earliest or ends > latest:
        raise InvalidError(_("These hours lie more than a day away from the event."))
