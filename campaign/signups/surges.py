"""Surges: more sign-ups than is usual for an event, so that an organizer looks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.models import Event, Signup

HOUR = timedelta(hours=1)
PAST = timedelta(days=7)  # in which one sees what is usual
LOAD_WITHIN = timedelta(minutes=10)
LOAD_COUNTED = 2000  # sign-ups at most: more would cost no more
FLOOR = 20  # sign-ups in an hour that are unusual nowhere
TIMES_USUAL = 5


@dataclass(frozen=True, slots=True)
class Surge:
    """More sign-ups in the last hour than is usual for an event."""

    last_hour: int  # sign-ups
    usual: float  # sign-ups an hour before that, over the past week


def surge_in(last_hour: int, before: int, hours: float) -> Surge | None:
    """Return the surge that counts show, or None: those of the last hour, and of hours before."""
    usual = before / max(hours, 1.0)
    is_unusual = last_hour >= max(FLOOR, TIMES_USUAL * usual)
    return Surge(last_hour, usual) if is_unusual else None


def surge_of(event: Event) -> Surge | None:
    """Return the surge of an event, or None if all is as usual."""
    return surges([event]).get(event.id)


def surges(events: Collection[Event]) -> dict[int, Surge]:
    """Return the surges of events by their ids, in one question; the others are left out."""
    moment = clock.now()
    is_late = Signup.created_at > moment - HOUR
    query = (
        sa.select(
            Signup.event_id,
            sa.func.sum(sa.case((is_late, 1), else_=0)),
            sa.func.sum(sa.case((is_late, 0), else_=1)),
        )
        .where(Signup.event_id.in_([event.id for event in events]), Signup.is_sample.is_(False))
        .where(Signup.created_at > moment - HOUR - PAST)
        .group_by(Signup.event_id)
    )
    counted = {event_id: (late, before) for event_id, late, before in db.session.execute(query)}
    found = {
        event.id: surge_in(*counted[event.id], _hours_before(event, moment))
        for event in events
        if event.id in counted
    }
    return {event_id: surge for event_id, surge in found.items() if surge is not None}


def load_of(event_id: int) -> int:
    """Return how many signed up for an event in the last ten minutes."""
    recent = (
        sa.select(Signup.event_id)
        .where(Signup.event_id == event_id, Signup.created_at > clock.now() - LOAD_WITHIN)
        .limit(LOAD_COUNTED)
        .subquery()
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(recent)) or 0


def _hours_before(event: Event, moment: datetime) -> float:
    """Return the hours that one can compare with: a week, or as long as there is the event."""
    return min(PAST, moment - HOUR - event.created_at) / HOUR
