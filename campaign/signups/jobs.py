"""Sweeps over sign-ups: public bands every hour, forgetting after the event."""

from collections.abc import Collection, Iterable
from datetime import timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, reading, setting, transaction
from campaign.emails.services import forget_scope
from campaign.models import Account, Email, Event, Signup, SignupBand, SignupLink, SignupStatus
from campaign.signups.queries import band_of
from campaign.signups.services import SCOPE, scope_of
from campaign.vault import key_store
from campaign.vault.services import INSTALLATION, ORPHAN_AGE, shred, sweep_orphans

UNCONFIRMED_KEPT = timedelta(days=7)
KEYS_A_SWEEP = 500  # at most; the next minute does the rest


def renew_bands() -> None:
    """Renew the public counts once in each hour of the clock; only who confirmed is counted."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    with reading():
        if _has_bands_since(hour):
            return
    with transaction():
        people = _confirmed_people()
        known = {band.event_id: band for band in db.session.scalars(sa.select(SignupBand))}
        for event_id in people.keys() | known.keys():
            band = known.get(event_id) or SignupBand(event_id=event_id)
            band.at_least, band.renewed_at = band_of(people.get(event_id, 0)), hour
            db.session.add(band)


def _has_bands_since(hour: object) -> bool:
    query = sa.select(SignupBand.event_id).where(SignupBand.renewed_at >= hour)
    return db.session.scalar(query.limit(1)) is not None


def _confirmed_people() -> dict[int, int]:
    query = (
        sa.select(Signup.event_id, sa.func.sum(Signup.party_size))
        .where(Signup.status == SignupStatus.CONFIRMED)
        .group_by(Signup.event_id)
    )
    return {event_id: people for event_id, people in db.session.execute(query)}


def forget_unconfirmed() -> None:
    """Cancel sign-ups that nobody confirmed in a week, and delete what was personal in them."""
    oldest = clock.now() - UNCONFIRMED_KEPT
    stale = sa.and_(Signup.status == SignupStatus.HELD, Signup.created_at < oldest)
    with reading():
        if db.session.scalar(sa.select(Signup.id).where(stale).limit(1)) is None:
            return
    with transaction():
        db.session.execute(
            sa.update(Signup)
            .where(stale)
            .values(
                status=SignupStatus.CANCELLED,
                cancelled_at=clock.now(),
                details=None,
                address_index=None,
                idempotency_index=None,
                hold_until=None,
            )
        )


def purge() -> int:
    """Destroy what is personal of events that ended long enough ago; return how many events.

    First the key, which makes it unreadable everywhere, then rows and mails: killed between the
    two, the next run does the rest. Counts stay.
    """
    with reading():
        event_ids = _to_purge()
    if not event_ids:
        return 0
    shred(*(scope_of(event_id) for event_id in event_ids))
    with transaction():
        for event_id in event_ids:
            _forget_people(event_id)
    return len(event_ids)


def sweep_keys() -> int:
    """Destroy keys that no row has owned for a day; return how many.

    A sign-up may be about to use an idle key again, so the events' rows are locked and their
    owners looked for once more.
    """
    old = key_store.scopes(made_before=clock.real_now() - ORPHAN_AGE)
    with reading():
        idle = _idle(old)[:KEYS_A_SWEEP]
    if not idle:
        return 0
    with transaction():
        _lock_events(idle)
        return sweep_orphans(frozenset(old) - frozenset(_idle(idle)))


def _idle(scopes: Iterable[str]) -> list[str]:
    queries = (
        sa.select(Signup.scope).where(Signup.details.is_not(None)),
        sa.select(Account.scope),
        sa.select(Email.scope).where(Email.contents.is_not(None)),
    )
    owned = {scope for query in queries for scope in db.session.scalars(query.distinct())}
    owned.add(INSTALLATION)
    return [scope for scope in scopes if scope not in owned]


def _lock_events(scopes: Collection[str]) -> None:
    ids = [int(scope.removeprefix(SCOPE)) for scope in scopes if scope.startswith(SCOPE)]
    rows = sa.select(Event.id).where(Event.id.in_(ids)).order_by(Event.id)
    db.session.execute(rows.with_for_update(key_share=True))


def _to_purge() -> list[int]:
    ended_before = clock.now() - timedelta(days=int(setting("RETENTION_DAYS")))
    ended = set(db.session.scalars(sa.select(Event.id).where(Event.ends_at < ended_before)))
    query = sa.select(Signup.event_id).where(Signup.details.is_not(None))
    with_people = set(db.session.scalars(query.distinct()))
    keys = set(key_store.scopes())
    with_key = {event_id for event_id in ended if scope_of(event_id) in keys}
    return sorted(ended & (with_people | with_key))


def _forget_people(event_id: int) -> None:
    people = sa.select(Signup.id).where(Signup.event_id == event_id)
    db.session.execute(sa.delete(SignupLink).where(SignupLink.signup_id.in_(people)))
    db.session.execute(
        sa.update(Signup)
        .where(Signup.event_id == event_id)
        .values(details=None, address_index=None, idempotency_index=None)
    )
    forget_scope(scope_of(event_id))
