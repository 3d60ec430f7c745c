"""Floods: count what comes from one network and one mail domain, and never refuse anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into, setting
from campaign.emails.services import normalised
from campaign.models import BlockedAddress, Event, FloodCount, FloodKind, Signup
from campaign.vault.services import INSTALLATION, index

# People an hour, at one event, whose places are held before they confirm.
NETWORK_BUDGET = 30  # from one network
DOMAIN_BUDGET = 300  # with addresses of one mail domain …
FOR_EACH_CONFIRMED = 4  # … and so many more for each sign-up of it that was confirmed
UNCONFIRMED_FLOOR = 60  # people at an event altogether, or half its places if those are more
ATTEMPT_BUDGET = 20  # codes or addresses tried in an hour from one network
KEPT = timedelta(days=2)  # then no burst can be told from another
SALT = "networks:"  # scopes whose keys hash the networks of a day
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FormUse:
    """A form that is good for one hold and no more."""

    token: str
    made_at: datetime  # real time


@dataclass(frozen=True, slots=True)
class Coming:
    """Where a sign-up comes from, and how many people it is for."""

    network: str | None  # prefix such as "203.0.113.0/24"; None = not known
    email: str
    people: int
    form: FormUse | None = None  # None = the form is good for any number of holds


@dataclass(frozen=True, slots=True)
class Flood:
    """What is known of where a sign-up comes from."""

    burst: int | None  # the count of its network; None = not counted
    is_over: bool  # beyond a budget: no place is held for it


def count_signup(event: Event, coming: Coming) -> Flood:
    """Count the people of a sign-up, and tell whether a budget was used up before it.

    Under the event's lock: all that is counted is the event's own, so that no two events wait for
    each other. What lapsed is freed before. The statements are the same whoever it is.
    """
    if setting("FLOOD_CONTROL") == "off":
        return Flood(None, is_over=False)
    rows = [_row(FloodKind.NETWORK, f"{event.id} {coming.network or ''}", coming.people)]
    if coming.email:
        rows.append(_row(FloodKind.DOMAIN, _domain(event, coming.email), coming.people))
    if coming.form:
        rows.append(_row_of_form(event, coming.form))
    statement = _adding(rows).returning(FloodCount.id, FloodCount.kind, FloodCount.times)
    counted = {kind: (row_id, times) for row_id, kind, times in db.session.execute(statement)}
    before = {kind: times - coming.people for kind, (_id, times) in counted.items()}
    confirmed, unconfirmed = _standing(event, coming.email)
    is_over = (
        before[FloodKind.NETWORK] >= NETWORK_BUDGET
        or before.get(FloodKind.DOMAIN, 0) >= DOMAIN_BUDGET + FOR_EACH_CONFIRMED * confirmed
        or unconfirmed >= _unconfirmed_budget(event)
        or counted.get(FloodKind.FORM, (0, 1))[1] > 1
    )
    return Flood(counted[FloodKind.NETWORK][0], is_over)


def count_confirmation(event: Event, email: str) -> None:
    """Count a sign-up that was confirmed by mail: people do read the mail of its domain."""
    if email and setting("FLOOD_CONTROL") != "off":
        db.session.execute(_adding([_row(FloodKind.CONFIRMED, _domain(event, email), 1)]))


def may_try(network: str | None) -> bool:
    """Tell whether a network may try one more code or address in this hour; counts nothing."""
    if setting("FLOOD_CONTROL") == "off":
        return True
    tried = sa.select(FloodCount.times).filter_by(**_which(FloodKind.ATTEMPT, network or ""))
    return (db.session.scalar(tried) or 0) < ATTEMPT_BUDGET


def counting(kind: FloodKind, subject: str) -> sa.Insert:
    """Return the statement that counts one more of a kind this hour."""
    return _adding([_row(kind, subject, 1)])


def is_blocked(email: str) -> bool:
    """Tell whether an address may not sign up."""
    return db.session.get(BlockedAddress, index_of_blocked([email])[0]) is not None


def index_of_blocked(emails: Iterable[str]) -> list[bytes]:
    """Return the keyed hashes under which addresses are blocked, in the whole installation."""
    return [index(INSTALLATION, f"blocked {normalised(email)}") for email in emails]


def salt_of(day: date) -> str:
    """Return the scope whose key hashes the networks of a day (UTC); it dies with the day."""
    return f"{SALT}{day.isoformat()}"


def _domain(event: Event, email: str) -> str:
    return f"{event.id} {normalised(email).rpartition('@')[2]}"


def _row(kind: FloodKind, subject: str, times: int) -> dict[str, object]:
    return {**_which(kind, subject), "times": times}


def _which(kind: FloodKind, subject: str) -> dict[str, object]:
    """Return what tells the count of a subject in this hour from all others."""
    moment = clock.real_now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return {"kind": kind, "subject_index": _index_of(kind, subject, moment), "hour": hour}


def _row_of_form(event: Event, form: FormUse) -> dict[str, object]:
    # Under the hour it was made in, so that it is one row however late it is used; its name tells
    # nothing of anybody, so its hash may outlive the day.
    name = sha256(form.token.encode(errors="surrogatepass")).hexdigest()
    return {
        "kind": FloodKind.FORM,
        "subject_index": index(INSTALLATION, f"{FloodKind.FORM.value} {event.id} {name}"),
        "hour": form.made_at.replace(minute=0, second=0, microsecond=0),
        "times": 1,
    }


def _index_of(kind: FloodKind, subject: str, moment: datetime) -> bytes:
    return index(salt_of(moment.date()), f"{kind.value} {subject}")


def _adding(rows: list[dict[str, object]]) -> sa.Insert:
    insert = insert_into(FloodCount).values(rows)
    adding: sa.Insert = insert.on_conflict_do_update(
        index_elements=["kind", "subject_index", "hour"],
        set_={"times": FloodCount.times + insert.excluded.times},
    )
    return adding


def _standing(event: Event, email: str) -> tuple[int, int]:
    """Return the sign-ups of a domain that were confirmed, and who keeps places unconfirmed.

    The first in this hour and the last, the second in people.
    """
    moment = clock.real_now()
    confirmed = sa.select(sa.func.coalesce(sa.func.sum(FloodCount.times), 0)).where(
        FloodCount.kind == FloodKind.CONFIRMED,
        FloodCount.subject_index == _index_of(FloodKind.CONFIRMED, _domain(event, email), moment),
        FloodCount.hour > moment - 2 * HOUR,
    )
    unconfirmed = sa.select(sa.func.coalesce(sa.func.sum(Signup.party_size), 0)).where(
        Signup.event_id == event.id,
        Signup.hold_until > clock.now(),
        Signup.confirmed_at.is_(None),
        Signup.aside_at.is_(None),
    )
    columns = confirmed.scalar_subquery(), unconfirmed.scalar_subquery()
    domain, people = db.session.execute(sa.select(*columns)).one()
    return int(domain), int(people)


def _unconfirmed_budget(event: Event) -> float:
    if event.capacity is None:
        return float("inf")  # Nobody takes a place from anybody.
    return max(UNCONFIRMED_FLOOR, event.capacity / 2)
