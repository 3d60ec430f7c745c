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
from campaign.models import (
    Event,
    EventStatus,
    LinkKind,
    Shift,
    ShiftStatus,
    Signup,
    SignupBand,
    SignupLink,
    SignupShift,
    SignupStatus,
)
from campaign.signups.codes import read_code
from campaign.vault.services import INSTALLATION, KeyGoneError, index, unseal

BANDS = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000)  # people
KEPT_STATUSES = (SignupStatus.HELD, SignupStatus.OFFERED)
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
    waiting: int = 0  # on the wait list


def hash_of_token(token: str) -> bytes:
    """Return what is stored of a token: SHA-256; of a code, which is shorter, a keyed hash."""
    code = read_code(token)
    if code:
        return index(INSTALLATION, f"code {code}")
    return sha256(token.encode(errors="surrogatepass")).digest()


def find_by_token(token: str, kind: LinkKind = LinkKind.PAGE) -> Signup:
    """Return the sign-up that a token acts for. Raises NotFoundError, also where it is too old."""
    event = joinedload(Signup.event)
    in_time = sa.or_(SignupLink.good_until.is_(None), SignupLink.good_until > clock.real_now())
    query = (
        sa.select(Signup)
        .join(SignupLink, SignupLink.signup_id == Signup.id)
        .where(SignupLink.token_hash == hash_of_token(token), SignupLink.kind == kind, in_time)
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


def tokens_of(signup: Signup) -> dict[str, str]:
    """Return the tokens that a sign-up's mails and cards repeat, by their kinds; empty = gone."""
    if signup.tokens is None:
        return {}
    try:
        values = unseal(signup.scope, f"signups/{signup.id}/tokens", signup.tokens)
    except KeyGoneError:
        return {}
    return {name: str(value) for name, value in values.items()}


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
    kept = sa.and_(Signup.status.in_(KEPT_STATUSES), Signup.hold_until > moment)
    has_place = sa.or_(Signup.status == SignupStatus.CONFIRMED, kept)
    return sa.and_(Signup.aside_at.is_(None), has_place)


def has_shift(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a volunteer has a shift at a moment, by taking or by an offer."""
    offered = sa.and_(SignupShift.status == ShiftStatus.OFFERED, SignupShift.hold_until > moment)
    return sa.or_(SignupShift.status == ShiftStatus.TAKEN, offered)


def holds_nothing(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a sign-up waits for its confirmation and keeps no place till then.

    Its hold has lapsed, or it never had one.
    """
    is_over = sa.or_(Signup.hold_until.is_(None), Signup.hold_until <= moment)
    return sa.and_(Signup.status == SignupStatus.HELD, is_over)


def open_shifts(event: Event) -> list[Shift]:
    """Return the shifts that one can take on, or wait for."""
    query = sa.select(Shift).where(Shift.event_id == event.id, Shift.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(Shift.id)))


def is_full(event: Event) -> bool:
    """Tell whether no place is left."""
    return event.capacity is not None and places_taken(event.id, clock.now()) >= event.capacity


def is_open(event: Event) -> bool:
    """Tell whether one can sign up: it is to happen, and has not ended."""
    return event.status in OPEN_STATUSES and event.ends_at > clock.now()


def keeps_something(signup: Signup) -> bool:
    """Tell whether a place, an offer or a place in line is kept for a while."""
    return signup.hold_until is not None and signup.hold_until > clock.now()


def can_confirm(signup: Signup) -> bool:
    """Tell whether there is something to confirm: a hold, an offer, a place in line, or nothing."""
    if not is_open(signup.event) or (signup.aside_at and not signup.address_index):
        return False
    if signup.status in KEPT_STATUSES or signup.aside_at:
        return True
    return signup.status is SignupStatus.WAITING and signup.confirmed_at is None


def place_in_line(signup: Signup) -> int | None:
    """Return the place in the wait list, from 1; None = it does not wait."""
    if signup.status is not SignupStatus.WAITING or signup.aside_at is not None:
        return None
    query = sa.select(sa.func.count(Signup.id)).where(
        Signup.event_id == signup.event_id,
        Signup.status == SignupStatus.WAITING,
        Signup.aside_at.is_(None),
        Signup.position <= signup.position,
    )
    return db.session.scalar(query)


def forgotten_at(event: Event) -> datetime:
    """Return from when on what is personal of an event's sign-ups is destroyed."""
    return event.ends_at + timedelta(days=int(setting("RETENTION_DAYS")))


def meeting_point(signup: Signup) -> MeetingPoint:
    """Return what a volunteer may know now of where to meet: nothing without a certain place."""
    event = signup.event
    if signup.status is not SignupStatus.CONFIRMED or signup.aside_at is not None:
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
    query = (
        sa.select(Signup.event_id, *sums_of_people())
        .where(Signup.event_id.in_(event_ids), Signup.status != SignupStatus.CANCELLED)
        .group_by(Signup.event_id)
    )
    return {event_id: Counts(*numbers) for event_id, *numbers in db.session.execute(query)}


def sums_of_people() -> list[ColumnElement[int]]:
    """Return the sums that make up `Counts`, in its order."""
    sure = sa.and_(Signup.status == SignupStatus.CONFIRMED, Signup.aside_at.is_(None))
    held = sa.and_(Signup.status != SignupStatus.CONFIRMED, takes_place(clock.now()))
    waiting = sa.and_(Signup.status == SignupStatus.WAITING, Signup.aside_at.is_(None))
    return [
        sa.func.sum(sa.case((one, Signup.party_size), else_=0)) for one in (sure, held, waiting)
    ]
