"""Sign-ups of an event in groups that may be floods: by network, mail domain, and time."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Event, Signup, SignupStatus
from campaign.vault.services import KeyGoneError, unseal

SMALLEST = 5  # sign-ups; fewer could point at somebody
SMALLEST_PEAK = 10
WINDOW = timedelta(minutes=10)
SEEN_AT_MOST = 20_000  # the newest sign-ups that a page looks at
SHOWN = 20  # groups of a kind, the largest
WAITING_SHOWN = 50
IDS_AT_ONCE = 5000  # in one statement


class GroupKind(StrEnum):
    """What the sign-ups of a group have in common."""

    NETWORK = "network"  # they came from one network within an hour
    DOMAIN = "domain"  # their mail domain
    WINDOW = "window"  # ten minutes
    UNPROVEN = "unproven"  # put aside, and no address that could prove anything
    SIGNUP = "signup"  # it is one alone


NAMES: Mapping[GroupKind, str] = MappingProxyType(
    {
        GroupKind.NETWORK: "[0-9]{1,9}",
        GroupKind.DOMAIN: ".+",
        GroupKind.WINDOW: "[0-9]{1,8}",  # till the year 3871
        GroupKind.UNPROVEN: "",
        GroupKind.SIGNUP: "[0-9a-f]{32}",
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    """Some sign-ups of an event."""

    kind: GroupKind
    name: str  # the count's id, the domain, the window's number since 1970, the sign-up's id, or ""
    ids: tuple[str, ...] = ()  # of a mail domain, which no column knows

    @property
    def key(self) -> str:
        """Return what a form calls it."""
        return f"{self.kind.value}-{self.name}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at of a sign-up, opened for grouping alone."""

    burst: int | None
    domain: str  # empty = no address, or not known any more
    created_at: datetime
    is_confirmed: bool
    is_aside: bool


@dataclass(frozen=True, slots=True)
class GroupCount:
    """A group as a page shows it."""

    group: Group
    signups: int
    confirmed: int
    aside: int
    first_at: datetime  # the domain's time
    last_at: datetime


@dataclass(frozen=True, slots=True)
class FloodTotals:
    """How all sign-ups of an event stand."""

    signups: int
    confirmed: int
    unconfirmed: int
    aside: int


@dataclass(frozen=True, slots=True)
class Unproven:
    """A sign-up without an address that waits for an organizer."""

    signup_id: str
    created_at: datetime
    party_size: int
    language: str


def groups_of(event: Event) -> dict[GroupKind, list[GroupCount]]:
    """Return the largest groups among the newest sign-ups of an event."""
    seen = _seen(event)
    return {
        GroupKind.NETWORK: grouped(seen, GroupKind.NETWORK, lambda one: one.burst),
        GroupKind.DOMAIN: grouped(seen, GroupKind.DOMAIN, lambda one: one.domain or None),
        GroupKind.WINDOW: grouped(
            seen, GroupKind.WINDOW, lambda one: window_of(one.created_at), smallest=SMALLEST_PEAK
        ),
    }


def grouped(
    seen: Iterable[Seen],
    kind: GroupKind,
    name: Callable[[Seen], object],
    *,
    smallest: int = SMALLEST,
) -> list[GroupCount]:
    """Return the groups of one kind, the largest first; who has no name (None) is in none."""
    members: dict[object, list[Seen]] = defaultdict(list)
    for one in seen:
        members[name(one)].append(one)
    members.pop(None, None)
    counts = [
        GroupCount(
            Group(kind, str(key)),
            len(some),
            sum(one.is_confirmed for one in some),
            sum(one.is_aside for one in some),
            min(one.created_at for one in some),
            max(one.created_at for one in some),
        )
        for key, some in members.items()
        if len(some) >= smallest
    ]
    return sorted(counts, key=lambda one: (-one.signups, one.group.name))[:SHOWN]


def window_of(moment: datetime) -> int:
    """Return the number of the ten minutes that a moment lies in, since 1970."""
    return int(moment.timestamp() // WINDOW.total_seconds())


def window_begins(number: int) -> datetime:
    """Return when the ten minutes of a number begin."""
    return datetime.fromtimestamp(number * WINDOW.total_seconds(), UTC)


def totals_of(event: Event) -> FloodTotals:
    """Return how all sign-ups of an event stand, however many."""
    is_aside = Signup.aside_at.is_not(None)
    is_confirmed = sa.and_(~is_aside, Signup.confirmed_at.is_not(None))
    is_unconfirmed = sa.and_(~is_aside, Signup.confirmed_at.is_(None))
    sums = [
        sa.func.coalesce(sa.func.sum(sa.case((one, 1), else_=0)), 0)
        for one in (is_confirmed, is_unconfirmed, is_aside)
    ]
    query = sa.select(sa.func.count(Signup.id), *sums).where(_counts(event))
    return FloodTotals(*(int(number) for number in db.session.execute(query).one()))


def unproven_of(event: Event) -> list[Unproven]:
    """Return the first of those without an address who wait for an organizer."""
    query = sa.select(Signup.id, Signup.created_at, Signup.party_size, Signup.language)
    query = query.where(_counts(event), is_unproven()).order_by(Signup.position)
    return [Unproven(*row) for row in db.session.execute(query.limit(WAITING_SHOWN))]


def count_unproven(event: Event) -> int:
    """Return how many without an address wait for an organizer."""
    query = sa.select(sa.func.count(Signup.id)).where(_counts(event), is_unproven())
    return db.session.scalar(query) or 0


def is_unproven() -> sa.ColumnElement[bool]:
    """Return the condition that a sign-up is aside and no mail can bring it back.

    What is personal of it is still there: of an event that was forgotten nobody waits.
    """
    has_no_address = sa.and_(Signup.address_index.is_(None), Signup.tokens.is_not(None))
    return sa.and_(Signup.aside_at.is_not(None), has_no_address)


def find_group(event: Event, key: str) -> Group:
    """Return the group that a form names. Raises NotFoundError if none could be called so."""
    kind, _dash, name = key.partition("-")
    if kind not in set(GroupKind) or not re.fullmatch(NAMES[GroupKind(kind)], name):
        raise NotFoundError(_("There is no such group of sign-ups."))
    is_domain = kind == GroupKind.DOMAIN
    return Group(GroupKind(kind), name, _ids_of_domain(event, name) if is_domain else ())


def conditions_of(event: Event, group: Group) -> Iterator[sa.ColumnElement[bool]]:
    """Return the conditions of which the members of a group meet one, and are not cancelled."""
    if group.kind is GroupKind.DOMAIN:
        for begin in range(0, len(group.ids), IDS_AT_ONCE):
            some = Signup.id.in_(group.ids[begin : begin + IDS_AT_ONCE])
            yield sa.and_(_counts(event), some)
        return
    yield sa.and_(_counts(event), _condition_of(group))


def _condition_of(group: Group) -> sa.ColumnElement[bool]:
    if group.kind is GroupKind.NETWORK:
        return Signup.burst == int(group.name)
    if group.kind is GroupKind.WINDOW:
        begin = window_begins(int(group.name))
        return sa.and_(Signup.created_at >= begin, Signup.created_at < begin + WINDOW)
    if group.kind is GroupKind.SIGNUP:
        return Signup.id == group.name
    return is_unproven()


def _counts(event: Event) -> sa.ColumnElement[bool]:
    is_live = Signup.status != SignupStatus.CANCELLED
    return sa.and_(Signup.event_id == event.id, is_live, Signup.is_sample.is_(False))


def _seen(event: Event) -> list[Seen]:
    query = (
        sa.select(Signup.id, Signup.burst, Signup.created_at, Signup.confirmed_at, Signup.aside_at)
        .where(_counts(event))
        .order_by(Signup.created_at.desc())
        .limit(SEEN_AT_MOST)
    )
    domains = _domains(event, SEEN_AT_MOST)
    return [
        Seen(
            burst,
            domains.get(signup_id, ""),
            created_at,
            is_confirmed=confirmed_at is not None,
            is_aside=aside_at is not None,
        )
        for signup_id, burst, created_at, confirmed_at, aside_at in db.session.execute(query)
    ]


def _ids_of_domain(event: Event, domain: str) -> tuple[str, ...]:
    return tuple(signup_id for signup_id, one in _domains(event).items() if one == domain)


def _domains(event: Event, at_most: int | None = None) -> dict[str, str]:
    """Return the mail domains of an event's sign-ups by their ids; the newest, if not all."""
    query = sa.select(Signup.id, Signup.scope, Signup.details)
    query = query.where(_counts(event), Signup.details.is_not(None))
    rows = db.session.execute(query.order_by(Signup.created_at.desc()).limit(at_most)).all()
    return {
        signup_id: address.rpartition("@")[2].casefold()
        for signup_id, address in addresses_in(rows).items()
    }


def addresses_in(rows: Iterable[Any]) -> dict[str, str]:
    """Open the addresses of sign-ups (id, scope, details); whose key is gone is left out."""
    found = {}
    for signup_id, scope, details in rows:
        try:
            told = unseal(scope, f"signups/{signup_id}/details", details)
        except KeyGoneError:
            continue
        found[signup_id] = str(told["email"])
    return found
