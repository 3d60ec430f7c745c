"""Testimonies: a word or a photo that a volunteer leaves after an event, and may withdraw."""

import base64
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError, NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Signup, Testimony
from campaign.signups.belongings import can_testify, testimonies_of, testimony_record
from campaign.signups.services.places import lock
from campaign.vault.services import seal

TESTIMONIES_OF_ONE = 5  # that one volunteer may leave


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wants to say or show."""

    words: str  # empty = a photo alone
    photo: bytes | None  # JPEG as `photos.clean` makes it; None = words alone
    may_be_shown: bool  # to everybody; else to the organizers alone


class NoTestimonyError(CampaignError):
    """A volunteer can leave no (further) testimony."""


def testify(signup: Signup, said: Words) -> None:
    """Keep a word or a photo, sealed like the sign-up. Raises NoTestimonyError."""
    lock(signup.event)
    db.session.refresh(signup)
    if not can_testify(signup):
        raise NoTestimonyError(
            _("A word or a photo can be left from the event's start on, by who was to come.")
        )
    if len(testimonies_of(signup)) >= TESTIMONIES_OF_ONE:
        raise NoTestimonyError(
            _("You have left as much as there can be. Withdraw something first, please.")
        )
    testimony_id = secrets.token_hex(16)
    photo = base64.b64encode(said.photo).decode() if said.photo else ""
    contents = {"words": said.words, "photo": photo}
    db.session.add(
        Testimony(
            id=testimony_id,
            signup_id=signup.id,
            contents=seal(signup.scope, testimony_record(testimony_id), dict(contents)),
            may_be_shown=said.may_be_shown,
            created_at=clock.now(),
        )
    )


def withdraw(signup: Signup, testimony_id: str) -> None:
    """Delete a testimony for good. Raises NotFoundError unless it is there, and theirs."""
    of_it = sa.and_(Testimony.id == testimony_id, Testimony.signup_id == signup.id)
    gone = db.session.scalar(sa.delete(Testimony).where(of_it).returning(Testimony.id))
    if gone is None:
        raise NotFoundError(_("This was withdrawn before."))
