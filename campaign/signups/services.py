"""Sign up, confirm, change, cancel. Places are counted under the event's lock."""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into
from campaign.emails.services import Recipient, allow, normalised, send
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.models import Event, Signup, SignupLink, SignupStatus
from campaign.signups.queries import Person, is_open, person_of, places_taken
from campaign.sites.queries import name_of
from campaign.vault.services import index, make_key, seal

HOLD_LASTS = timedelta(hours=24)


class EventFullError(CampaignError):
    """An event has no place left for a party of this size."""


class SignupClosedError(CampaignError):
    """One cannot sign up for this event (any more)."""


class SignupCancelledError(CampaignError):
    """A cancelled sign-up cannot be confirmed or changed."""


@dataclass(frozen=True, slots=True)
class SignupWish:
    """What a volunteer types. `idempotency_key` None: no place is held before confirmation."""

    person: Person
    party_size: int
    language: str
    idempotency_key: str | None
    is_held: bool = True
    is_sample: bool = False


def sign_up(event: Event, wish: SignupWish) -> None:
    """Hold places for a volunteer and mail the link that confirms them.

    The same form twice is one sign-up. An address that is signed up already gets a mail with a
    new link, and whoever asked sees no difference.

    Raises SignupClosedError; EventFullError whenever the party does not fit, known address or not.
    """
    key = sha256(wish.idempotency_key.encode()).digest() if wish.idempotency_key else None
    scope = scope_of(event.id)
    make_key(scope)
    _lock(event)
    if not is_open(event):
        raise SignupClosedError(_("Sign-up for this event is closed."))
    if key and _find(Signup.event_id == event.id, Signup.idempotency_index == key):
        return
    _check_room(event, wish.party_size)
    signup = _store_or_find(event, wish, key)
    token = _make_link(signup)
    if wish.is_sample or not allow(wish.person.email):
        return
    is_new = signup.status is SignupStatus.HELD
    _mail(event, signup, wish, token, "confirm" if is_new else "signed_up_before")


def confirm(signup: Signup) -> None:
    """Take the places for good; a second time changes nothing.

    Raises EventFullError if the hold has lapsed and the places are gone, SignupClosedError,
    SignupCancelledError.
    """
    event = signup.event
    _lock(event)
    db.session.refresh(signup)
    if signup.status is SignupStatus.CONFIRMED:
        return
    _check_live(signup)
    if not signup.hold_until or signup.hold_until <= clock.now():
        _check_room(event, signup.party_size, but=signup)
    signup.status, signup.confirmed_at = SignupStatus.CONFIRMED, clock.now()


def change(signup: Signup, person: Person, *, party_size: int, language: str) -> None:
    """Change anything but the address. Raises what `confirm` raises if more people do not fit."""
    event = signup.event
    _lock(event)
    db.session.refresh(signup)
    _check_live(signup)
    if party_size > signup.party_size:
        _check_room(event, party_size, but=signup)
    before = person_of(signup)
    kept = replace(person, email=before.email if before else "")
    signup.details = _sealed(signup.id, signup.scope, kept)
    signup.party_size, signup.language = party_size, language


def cancel(signup: Signup) -> None:
    """Free the places and delete what was personal; a second time changes nothing."""
    _lock(signup.event)
    db.session.refresh(signup)
    if signup.status is SignupStatus.CANCELLED:
        return
    signup.status, signup.cancelled_at = SignupStatus.CANCELLED, clock.now()
    signup.details = signup.address_index = signup.hold_until = None


def scope_of(event_id: int) -> str:
    """Return the name of the key that seals an event's people."""
    return f"event:{event_id}"


def _lock(event: Event) -> None:
    """Lock the event's row: from here on nobody else takes its places."""
    db.session.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update())
    db.session.refresh(event)


def _check_room(event: Event, party_size: int, *, but: Signup | None = None) -> None:
    if event.capacity is None:
        return
    left = event.capacity - places_taken(event.id, clock.now(), but=but)
    if party_size <= left:
        return
    if left <= 0:
        raise EventFullError(
            _("This event is full. Another city near you may still have places.")
        )
    raise EventFullError(
        _("Only %(left)s places are left, too few for your party. A smaller party fits.", left=left)
    )


def _check_live(signup: Signup) -> None:
    if signup.status is SignupStatus.CANCELLED:
        raise SignupCancelledError(
            _("This sign-up was cancelled. You can sign up again on the event's page.")
        )
    if not is_open(signup.event):
        raise SignupClosedError(_("Sign-up for this event is closed."))


def _find(*conditions: sa.ColumnElement[bool]) -> Signup | None:
    return db.session.scalar(sa.select(Signup).where(*conditions))


def _store_or_find(event: Event, wish: SignupWish, key: bytes | None) -> Signup:
    """Return the address's sign-up, new or known, by the same one statement.

    A known one stays as it is, but for a lapsed hold: that is renewed for the party as it is now.
    """
    moment, signups = clock.now(), Signup.__table__
    insert = insert_into(signups).values(_row(event, wish, key, moment))
    has_lapsed = sa.and_(
        signups.c.status == SignupStatus.HELD, signups.c.hold_until <= moment
    )
    renewed = {
        name: sa.case((has_lapsed, insert.excluded[name]), else_=signups.c[name])
        for name in ("hold_until", "party_size")
    }
    statement = insert.on_conflict_do_update(
        index_elements=["event_id", "address_index"], set_=renewed
    )
    signup_id = db.session.execute(statement.returning(signups.c.id)).scalar_one()
    return db.session.scalars(sa.select(Signup).where(Signup.id == signup_id)).one()


def _row(
    event: Event, wish: SignupWish, key: bytes | None, moment: datetime
) -> dict[str, object]:
    signup_id, scope = secrets.token_hex(16), scope_of(event.id)
    status = SignupStatus.CONFIRMED if wish.is_sample else SignupStatus.HELD
    return {
        "id": signup_id,
        "event_id": event.id,
        "status": status,
        "party_size": wish.party_size,
        "language": wish.language,
        "scope": scope,
        "details": _sealed(signup_id, scope, wish.person),
        "address_index": index(scope, normalised(wish.person.email)),
        "idempotency_index": key,
        "hold_until": moment + HOLD_LASTS if wish.is_held and key else None,
        "is_sample": wish.is_sample,
        "created_at": moment,
        "confirmed_at": moment if wish.is_sample else None,
    }


def _sealed(signup_id: str, scope: str, person: Person) -> bytes:
    return seal(scope, f"signups/{signup_id}/details", dict(asdict(person)))


def _make_link(signup: Signup) -> str:
    token = secrets.token_urlsafe(32)
    token_hash = sha256(token.encode()).digest()
    db.session.add(
        SignupLink(token_hash=token_hash, signup_id=signup.id, created_at=clock.real_now())
    )
    return token


def _mail(event: Event, signup: Signup, wish: SignupWish, token: str, template: str) -> None:
    language = signup.language
    send(
        template,
        f"{template}:{signup.id}:{secrets.token_hex(8)}",
        Recipient(wish.person.email, language, signup.scope),
        {"token": token, **_facts(event, language)},
    )


def _facts(event: Event, language: str) -> dict[str, object]:
    """Return what a mail may say of an event: nothing of its cause, place or time if discreet."""
    if event.is_discreet:
        return {"is_discreet": True}
    return {
        "is_discreet": False,
        "city": name_of(event.city, language),
        "country": event.city.country,
        "starts_local": event.starts_local.isoformat(),
        "timezone": event.timezone,
        "hold_hours": int(HOLD_LASTS / timedelta(hours=1)),
    }

