"""Whose sign-up a link shows, and how many people come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from campaign import clock
from campaign.database import db, setting
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Event, EventStatus, Signup, SignupBand, SignupLink, SignupStatus
from campaign.vault.services import KeyGoneError, unseal

BANDS = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000)  # people
OPEN_STATUSES = (EventStatus.PUBLISHED,)
EVENT_PARTS = (Event.campaign, Event.call, Event.city, Event.site)


@dataclass(frozen=True, slots=True)
class Person:
    """What a volunteer told us, opened for the volunteer alone."""

    name: str
    email: str
    access_needs: str
    notes: str


@dataclass(frozen=True, slots=True)
class MeetingPoint:
    """Where an event begins, as far as its reader may know it."""

    street: str | None
    corner: str | None
    corner_from_at: datetime | None  # when the corner will be shown; None = it is, or there is none


@dataclass(frozen=True, slots=True)
class Counts:
    """People of an event's sign-ups, parties included."""

    confirmed: int
    held: int  # waiting for their confirmation, their places kept


def find_by_token(token: str) -> Signup:
    """Return the sign-up that a link shows. Raises NotFoundError."""
    token_hash = sha256(token.encode(errors="surrogatepass")).digest()
    event = joinedload(Signup.event)
    query = (
        sa.select(Signup)
        .join(SignupLink, SignupLink.signup_id == Signup.id)
        .where(SignupLink.token_hash == token_hash)
        .options(*(event.joinedload(part) for part in EVENT_PARTS))
    )
    signup = db.session.scalar(query)
    if signup is None:
        raise NotFoundError(
            _("This link is not one of ours, or what it showed has been deleted since.")
        )
    return signup


def person_of(signup: Signup) -> Person | None:
    """Return what the volunteer told us, or None once it is gone."""
    if signup.details is None:
        return None
    try:
        values = unseal(signup.scope, f"signups/{signup.id}/details", signup.details)
    except KeyGoneError:
        return None
    return Person(**{name: str(value) for name, value in values.items()})


def places_taken(event_id: int, moment: datetime, *, but: Signup | None = None) -> int:
    """Return the people whose places are taken at a moment, one sign-up left out if wished."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Signup.party_size), 0)).where(
        Signup.event_id == event_id, takes_place(moment)
    )
    if but is not None:
        query = query.where(Signup.id != but.id)
    return db.session.scalar(query) or 0


def takes_place(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a sign-up takes its places at a moment."""
    held = sa.and_(Signup.status == SignupStatus.HELD, Signup.hold_until > moment)
    return sa.or_(Signup.status == SignupStatus.CONFIRMED, held)


def holds_nothing(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a sign-up waits for its confirmation and keeps no place till then.

    Its hold has lapsed, or it never had one.
    """
    is_over = sa.or_(Signup.hold_until.is_(None), Signup.hold_until <= moment)
    return sa.and_(Signup.status == SignupStatus.HELD, is_over)


def is_full(event: Event) -> bool:
    """Tell whether no place is left."""
    return event.capacity is not None and places_taken(event.id, clock.now()) >= event.capacity


def is_open(event: Event) -> bool:
    """Tell whether one can sign up: it is to happen, and has not ended."""
    return event.status in OPEN_STATUSES and event.ends_at > clock.now()


def forgotten_at(event: Event) -> datetime:
    """Return from when on what is personal of an event's sign-ups is destroyed."""
    return event.ends_at + timedelta(days=int(setting("RETENTION_DAYS")))


def meeting_point(signup: Signup) -> MeetingPoint:
    """Return what a volunteer may know now of where to meet: nothing before the confirmation."""
    event = signup.event
    if signup.status is not SignupStatus.CONFIRMED:
        return MeetingPoint(None, None, None)
    released_at = event.corner_from_at
    if event.corner is None or released_at is None or released_at <= clock.now():
        return MeetingPoint(event.street, event.corner, None)
    return MeetingPoint(event.street, None, released_at)


def band_of(people: int) -> int:
    """Return the lower end of a number's band; 0 = "fewer than 10"."""
    return max((band for band in BANDS if band <= people), default=0)


def bands(event_ids: list[int]) -> dict[int, int]:
    """Return the published band of each event that has one."""
    query = sa.select(SignupBand.event_id, SignupBand.at_least)
    rows = db.session.execute(query.where(SignupBand.event_id.in_(event_ids)))
    return {event_id: at_least for event_id, at_least in rows}


def counts(event_ids: list[int]) -> dict[int, Counts]:
    """Return the exact counts of events, for organizers and coordinators only."""
    moment = clock.now()
    confirmed = Signup.status == SignupStatus.CONFIRMED
    query = (
        sa.select(
            Signup.event_id,
            sa.func.sum(sa.case((confirmed, Signup.party_size), else_=0)),
            sa.func.sum(Signup.party_size),
        )
        .where(Signup.event_id.in_(event_ids), takes_place(moment))
        .group_by(Signup.event_id)
    )
    return {
        event_id: Counts(sure, total - sure) for event_id, sure, total in db.session.execute(query)
    }
