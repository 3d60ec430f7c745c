"""Sign up: one form, one sign-up, one mail."""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into
from campaign.emails.services import Recipient, allow, normalised, send
from campaign.models import ContactRule, Event, Signup, SignupSource, SignupStatus
from campaign.signups.queries import Person, holds_nothing, tokens_of
from campaign.signups.services.floods import (
    Coming,
    Flood,
    FormUse,
    count_signup,
    is_blocked,
)
from campaign.signups.services.lines import settle
from campaign.signups.services.mails import common_values
from campaign.signups.services.places import check_open, check_party, lock, next_position, room
from campaign.signups.services.shifts import ask_for_shifts
from campaign.signups.services.tokens import PAGE, add_link, new_page_token, sealed_tokens
from campaign.vault.services import index, seal

SCOPE = "event:"
HOLD_LASTS = timedelta(hours=24)
# What a new form replaces of a sign-up that keeps nothing any more.
RENEWED = (
    *("status", "position", "passed_over", "details", "tokens", "party_size", "language"),
    *("hold_until", "created_at", "confirmed_at", "is_silent", "burst", "aside_at"),
)


@dataclass(frozen=True, slots=True)
class SignupWish:
    """What a volunteer types, and how it came.

    No place is held before confirmation without an `idempotency_key`, nor unless `is_held`.
    """

    person: Person
    party_size: int
    language: str
    idempotency_key: str | None
    is_held: bool = True
    is_sample: bool = False
    shifts: tuple[int, ...] = ()  # ids
    source: str = ""  # marks of the address that led here, tied to nobody
    network: str | None = None  # prefix such as "203.0.113.0/24"; None = not known
    form: FormUse | None = None  # good for one hold; None = for any number


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever sent a form is told."""

    token: str | None  # of the sign-up's own page; None = it goes by mail, and only there


def sign_up(event: Event, wish: SignupWish) -> Receipt:
    """Hold places for a volunteer, else a place in line, and mail the link that confirms them.

    The same form for the same address twice is one sign-up and one mail. An address that is signed
    up already gets a mail with a new link, and whoever asked sees no difference: the same
    statements run. What it said stays, unless nobody confirmed it and its hold is over. Without an
    address there is nothing to confirm: the receipt's code is the only key.

    Raises what `receipt_of` raises.
    """
    lock(event)
    before = receipt_of(event, wish)
    if before is not None:
        return before
    settle(event)
    flood = _count(event, wish)
    _count_source(event, wish)
    if wish.person.email and is_blocked(wish.person.email):
        vanishing = db.session.begin_nested()
        _take(event, wish, flood)
        db.session.flush()
        vanishing.rollback()  # The same statements as for anybody, and nothing is kept of them.
        return Receipt(None)
    return _take(event, wish, flood)


def receipt_of(event: Event, wish: SignupWish) -> Receipt | None:
    """Return what was answered to the same form before; None = it is new, and fits.

    Raises SignupClosedError, and PartyTooLargeError for more people than there are places at all.
    """
    check_open(event)
    key = _key(event, wish)
    same = sa.and_(Signup.event_id == event.id, Signup.idempotency_index == key)
    signup = db.session.scalar(sa.select(Signup).where(same)) if key else None
    if signup is not None:
        return Receipt(None if wish.person.email else tokens_of(signup).get(PAGE))
    check_party(event, wish.party_size)
    return None


def _take(event: Event, wish: SignupWish, flood: Flood) -> Receipt:
    token = new_page_token(is_code=not wish.person.email)
    signup = _store(event, wish, _row(event, wish, flood), token)
    if not wish.person.email:
        return Receipt(token)
    if not wish.is_sample and allow(wish.person.email):
        _mail(event, signup, wish.person.email, token)
    return Receipt(None)


def scope_of(event_id: int) -> str:
    """Return the name of the key that seals an event's people."""
    return f"{SCOPE}{event_id}"


def sealed_details(signup_id: str, scope: str, person: Person) -> bytes:
    """Seal what was typed for a sign-up's row."""
    return seal(scope, f"signups/{signup_id}/details", dict(asdict(person)))


def address_index_of(event_id: int, email: str) -> bytes:
    """Return the keyed hash by which an address is known again at one event."""
    return index(scope_of(event_id), normalised(email))


def _key(event: Event, wish: SignupWish) -> bytes | None:
    """Return what is the same for the same form and address: a mistyped one can be put right."""
    if wish.idempotency_key is None:
        return None
    return index(scope_of(event.id), f"{wish.idempotency_key} {normalised(wish.person.email)}")


def _row(event: Event, wish: SignupWish, flood: Flood) -> dict[str, object]:
    key, moment, email = _key(event, wish), clock.now(), wish.person.email
    is_held = wish.is_held and key is not None and not flood.is_over
    is_sure = wish.is_sample or (not email and is_held)
    has_room = wish.party_size <= room(event)
    status = SignupStatus.CONFIRMED if is_sure else SignupStatus.HELD
    return {
        "id": secrets.token_hex(16),
        "event_id": event.id,
        "status": status if has_room or not is_held else SignupStatus.WAITING,
        "party_size": wish.party_size,
        "language": wish.language,
        "position": next_position(event.id),
        "passed_over": 0,
        "scope": scope_of(event.id),
        "details": None,  # Sealed once it is known for which sign-up.
        "tokens": None,
        "address_index": address_index_of(event.id, email) if email else None,
        "idempotency_index": key,
        "hold_until": moment + HOLD_LASTS if is_held and not is_sure else None,
        "aside_at": None if email or is_held else moment,  # An organizer lets it in.
        "burst": flood.burst,
        "is_silent": False,
        "is_sample": wish.is_sample,
        "created_at": moment,
        "confirmed_at": moment if is_sure else None,
    }


def _store(event: Event, wish: SignupWish, row: dict[str, object], token: str) -> Signup:
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
    ask_for_shifts(signup.id, wish.shifts, if_fresh=True)
    _fill_in(event, signup, wish.person, token)
    add_link(signup.id, token)
    return signup


def _fill_in(event: Event, signup: Signup, person: Person, token: str) -> None:
    """Seal what was typed for a sign-up that was made or renewed just now, and for no other."""
    details = sealed_details(signup.id, signup.scope, person)
    tokens = sealed_tokens(signup.id, signup.scope, {PAGE: token})
    keeps_details = event.contact is not ContactRule.NONE
    db.session.execute(
        sa.update(Signup)
        .where(Signup.id == signup.id, Signup.tokens.is_(None))
        .values(tokens=tokens, details=details if keeps_details else None)
    )


def _count(event: Event, wish: SignupWish) -> Flood:
    if wish.is_sample:
        return Flood(None, is_over=False)
    return count_signup(event, Coming(wish.network, wish.person.email, wish.party_size, wish.form))


def _count_source(event: Event, wish: SignupWish) -> None:
    if not wish.source:
        return
    values = {"event_id": event.id, "source": wish.source, "signups": 1}
    db.session.execute(
        insert_into(SignupSource)
        .values(values)
        .on_conflict_do_update(
            index_elements=["event_id", "source"], set_={"signups": SignupSource.signups + 1}
        )
    )


def _mail(event: Event, signup: Signup, address: str, token: str) -> None:
    is_new = signup.confirmed_at is None
    template = "confirm" if is_new else "signed_up_before"
    values: dict[str, object] = {**common_values(event, signup.language), "token": token}
    if is_new:
        values["is_held"] = signup.hold_until is not None
        values["is_waiting"] = signup.status is SignupStatus.WAITING
        values["hold_hours"] = HOLD_LASTS // timedelta(hours=1)
    send(
        template,
        f"{template}:{signup.id}:{secrets.token_hex(8)}",
        Recipient(address, signup.language, signup.scope),
        values,
    )
