"""What belongs to a sign-up: the feeds in which it stands, and what its volunteer left to see."""

import base64
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from campaign import clock
from campaign.database import db
from campaign.errors import NotFoundError
from campaign.events.queries import whole
from campaign.languages import lazy_gettext as _
from campaign.models import (
    Event,
    EventStatus,
    LinkKind,
    PersonalFeedEntry,
    SecretFeed,
    Signup,
    SignupLink,
    SignupStatus,
    Testimony,
)
from campaign.signups.queries import forgotten_at, hash_of_token
from campaign.vault.services import KeyGoneError, unseal

THAT_TOOK_PLACE = (EventStatus.PUBLISHED, EventStatus.HAPPENED)


@dataclass(frozen=True, slots=True)
class PersonalFeed:
    """A feed with sign-ups of one browser."""

    id: int
    language: str  # BCP 47 tag of its words
    created_at: datetime  # real time
    last_read_at: datetime | None  # real time, to the hour; None = never


@dataclass(frozen=True, slots=True)
class LeftTestimony:
    """A word or a photo, opened for the volunteer who left it."""

    id: str
    words: str
    photo: bytes | None  # JPEG
    may_be_shown: bool
    created_at: datetime  # the domain's time


def opened_in(links: Iterable[tuple[str, str]]) -> list[str]:
    """Return the sign-ups, by id, that a browser may open by its tokens, whatever ids it claims."""
    hashes = [hash_of_token(token) for _claimed, token in links]
    query = sa.select(SignupLink.signup_id).where(
        SignupLink.token_hash.in_(hashes), SignupLink.kind == LinkKind.PAGE
    )
    return list(db.session.scalars(query.distinct()))


def feeds_of(signup_ids: Collection[str]) -> list[PersonalFeed]:
    """Return the feeds in which any of some sign-ups stands, the newest first."""
    holding = sa.select(PersonalFeedEntry.feed_id).where(
        PersonalFeedEntry.signup_id.in_(signup_ids)
    )
    query = sa.select(
        SecretFeed.id, SecretFeed.language, SecretFeed.created_at, SecretFeed.last_read_at
    ).where(SecretFeed.id.in_(holding), SecretFeed.revoked_at.is_(None))
    rows = db.session.execute(query.order_by(SecretFeed.id.desc()))
    return [PersonalFeed(*row) for row in rows]


def signups_in(feed_id: int) -> list[Signup]:
    """Return the sign-ups that stand in a feed, by their events' start; none that was left."""
    parts = (*whole(), joinedload(Event.city), joinedload(Event.campaign))
    query = (
        sa.select(Signup)
        .join(PersonalFeedEntry, PersonalFeedEntry.signup_id == Signup.id)
        .join(Signup.event)
        .where(PersonalFeedEntry.feed_id == feed_id)
        .where(Signup.tokens.is_not(None), Signup.status != SignupStatus.CANCELLED)
        .options(contains_eager(Signup.event).options(*parts))  # type: ignore[arg-type]
        .order_by(Event.starts_at, Event.id)
    )
    return list(db.session.scalars(query))


def can_testify(signup: Signup) -> bool:
    """Tell whether a volunteer may leave a word or a photo: who was to come, from the start on."""
    event, moment = signup.event, clock.now()
    was_to_come = signup.status is SignupStatus.CONFIRMED and signup.aside_at is None
    is_kept = signup.tokens is not None and moment < forgotten_at(event)
    return was_to_come and is_kept and event.status in THAT_TOOK_PLACE and event.starts_at <= moment


def testimonies_of(signup: Signup) -> list[LeftTestimony]:
    """Return what a volunteer left, the oldest first; what is gone is left out."""
    of_it = sa.select(Testimony).where(Testimony.signup_id == signup.id)
    rows = db.session.scalars(of_it.order_by(Testimony.created_at, Testimony.id))
    return [one for row in rows if (one := _opened(signup, row)) is not None]


def photo_of(signup: Signup, testimony_id: str) -> bytes:
    """Return a photo that a volunteer left, as JPEG. Raises NotFoundError."""
    for one in testimonies_of(signup):
        if one.id == testimony_id and one.photo:
            return one.photo
    raise NotFoundError(_("There is no such photo."))


def testimony_record(testimony_id: str) -> str:
    """Return the name under which a testimony is sealed."""
    return f"testimonies/{testimony_id}/contents"


def _opened(signup: Signup, row: Testimony) -> LeftTestimony | None:
    if row.contents is None:
        return None
    try:
        values = unseal(signup.scope, testimony_record(row.id), row.contents)
    except KeyGoneError:
        return None
    photo = base64.b64decode(str(values["photo"])) or None
    return LeftTestimony(row.id, str(values["words"]), photo, row.may_be_shown, row.created_at)
