"""Sign up, confirm, change, cancel. Places are counted under the event's lock."""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into
from campaign.emails.services import Recipient, allow, forget_mails, normalised, send
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.models import Event, Signup, SignupLink, SignupStatus
from campaign.signups.queries import Person, holds_nothing, is_open, person_of, places_taken
from campaign.sites.queries import name_of
from campaign.vault.services import index, seal

SCOPE = "event:"
HOLD_LASTS = timedelta(hours=24)
RENEWED = ("details", "party_size", "language", "hold_until", "created_at")  # by a new form


class SignupRefusedError(CampaignError):
    """One cannot have places at an event."""

    def __init__(self, sentence: object, event: Event) -> None:
        """Keep the event, so that the answer can name others near it."""
        super().__init__(sentence)
        self.event = event


class EventFullError(SignupRefusedError):
    """An event has no place left."""


class PartyTooLargeError(EventFullError):
    """An event has places left, but too few for this party."""


class SignupClosedError(SignupRefusedError):
    """One cannot sign up for this event (any more)."""


class SignupCancelledError(CampaignError):
    """A cancelled sign-up cannot be confirmed or changed."""


@dataclass(frozen=True, slots=True)
class SignupWish:
    """What a volunteer types.

    No place is held before confirmation without an `idempotency_key`, nor unless `is_held`.
    """

    person: Person
    party_size: int
    language: str
    idempotency_key: str | None
    is_held: bool = True
    is_sample: bool = False


def sign_up(event: Event, wish: SignupWish) -> None:
    """Hold places for a volunteer and mail the link that confirms them.

    The same form for the same address twice is one sign-up and one mail. An address that is signed
    up already gets a mail with a new link, and whoever asked sees no difference: the same
    statements run. What it said stays, unless nobody confirmed it and its hold is over.

    Raises what `is_new` raises.
    """
    _lock(event)
    if not is_new(event, wish):
        return
    signup = _store(wish.person, _row(event, wish))
    token = _make_link(signup)
    if wish.is_sample or not allow(wish.person.email):
        return
    _mail(event, signup, wish.person.email, token)


def is_new(event: Event, wish: SignupWish) -> bool:
    """Tell whether a form was not sent before, and fits.

    Asked without the event's lock, it spares a full event's many from waiting for it; the answer
    that counts is the one under the lock.

    Raises SignupClosedError; EventFullError whenever the party does not fit, known address or not.
    """
    if not is_open(event):
        raise SignupClosedError(_("Sign-up for this event is closed."), event)
    key = _key(event, wish)
    same = sa.and_(Signup.event_id == event.id, Signup.idempotency_index == key)
    if key and db.session.scalar(sa.select(Signup.id).where(same)):
        return False
    _check_room(event, wish.party_size)
    return True


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
    if signup.hold_until is None or signup.hold_until <= clock.now():
        _check_room(event, signup.party_size)
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
    signup.details = signup.address_index = signup.idempotency_index = signup.hold_until = None
    forget_mails(signup.scope, about=signup.id)


def scope_of(event_id: int) -> str:
    """Return the name of the key that seals an event's people."""
    return f"{SCOPE}{event_id}"


def _lock(event: Event) -> None:
    """Lock the event's row, and read it afresh: from here on nobody else takes its places."""
    (event_id,) = sa.inspect(event).identity or ()  # Asking the row itself would read it twice.
    row = sa.select(Event).where(Event.id == event_id).with_for_update(key_share=True)
    db.session.scalars(row.execution_options(populate_existing=True)).one()


def _check_room(event: Event, party_size: int, *, but: Signup | None = None) -> None:
    if event.capacity is None:
        return
    left = event.capacity - places_taken(event.id, clock.now(), but=but)
    if party_size <= left:
        return
    if left <= 0:
        raise EventFullError(_("This event is full."), event)
    sentence = _("There are not enough places left for a party of %(size)s.", size=party_size)
    raise PartyTooLargeError(sentence, event)


def _check_live(signup: Signup) -> None:
    if signup.status is SignupStatus.CANCELLED:
        raise SignupCancelledError(
            _("This sign-up was cancelled. You can sign up again on the event's page.")
        )
    if not is_open(signup.event):
        raise SignupClosedError(_("Sign-up for this event is closed."), signup.event)


def _key(event: Event, wish: SignupWish) -> bytes | None:
    """Return what is the same for the same form and address: a mistyped one can be put right."""
    if wish.idempotency_key is None:
        return None
    return index(scope_of(event.id), f"{wish.idempotency_key} {normalised(wish.person.email)}")


def _row(event: Event, wish: SignupWish) -> dict[str, object]:
    signup_id, scope, moment = secrets.token_hex(16), scope_of(event.id), clock.now()
    key = _key(event, wish)
    return {
        "id": signup_id,
        "event_id": event.id,
        "status": SignupStatus.CONFIRMED if wish.is_sample else SignupStatus.HELD,
        "party_size": wish.party_size,
        "language": wish.language,
        "scope": scope,
        "details": None,  # Sealed once it is known for which sign-up.
        "address_index": index(scope, normalised(wish.person.email)),
        "idempotency_index": key,
        "hold_until": moment + HOLD_LASTS if wish.is_held and key else None,
        "is_sample": wish.is_sample,
        "created_at": moment,
        "confirmed_at": moment if wish.is_sample else None,
    }


def _store(person: Person, row: dict[str, object]) -> Signup:
    """Return the address's sign-up, new or known, by the same statements."""
    insert = insert_into(Signup).values(row)
    is_over, new = holds_nothing(clock.now()), insert.excluded
    changes: dict[str, sa.ColumnElement[object]] = {
        name: sa.case((is_over, new[name]), else_=getattr(Signup, name)) for name in RENEWED
    }
    # The form that was sent last is the one that may be sent again.
    changes["idempotency_index"] = sa.func.coalesce(
        new["idempotency_index"], Signup.idempotency_index
    )
    statement = insert.on_conflict_do_update(
        index_elements=["event_id", "address_index"], set_=changes
    )
    fresh = {"populate_existing": True}
    found = db.session.scalars(statement.returning(Signup), execution_options=fresh)
    signup: Signup = found.one()
    _fill_in(signup, person)
    return signup


def _fill_in(signup: Signup, person: Person) -> None:
    """Seal what was typed for a sign-up that was made or renewed just now, and for no other."""
    db.session.execute(
        sa.update(Signup)
        .where(Signup.id == signup.id, Signup.details.is_(None))
        .values(details=_sealed(signup.id, signup.scope, person))
    )


def _sealed(signup_id: str, scope: str, person: Person) -> bytes:
    return seal(scope, f"signups/{signup_id}/details", dict(asdict(person)))


def _make_link(signup: Signup) -> str:
    token = secrets.token_urlsafe(32)
    token_hash = sha256(token.encode()).digest()
    db.session.add(
        SignupLink(token_hash=token_hash, signup_id=signup.id, created_at=clock.real_now())
    )
    return token


def _mail(event: Event, signup: Signup, address: str, token: str) -> None:
    template = "confirm" if signup.status is SignupStatus.HELD else "signed_up_before"
    values: dict[str, object] = {"token": token, "is_discreet": event.is_discreet}
    if template == "confirm":
        values["is_held"] = signup.hold_until is not None
        values["hold_hours"] = HOLD_LASTS // timedelta(hours=1)
    if not event.is_discreet:
        values |= _place_and_time(event, signup.language)
    send(
        template,
        f"{template}:{signup.id}:{secrets.token_hex(8)}",
        Recipient(address, signup.language, signup.scope),
        values,
    )


def _place_and_time(event: Event, language: str) -> dict[str, object]:
    return {
        "city": name_of(event.city, language),
        "starts_local": event.starts_local.isoformat(),
        "timezone": event.timezone,
    }
