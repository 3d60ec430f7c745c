"""Sweeps over sign-ups: public bands every hour, forgetting after the event."""

from datetime import timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, setting, transaction
from campaign.emails.services import forget_scope
from campaign.models import Account, Email, Event, Signup, SignupBand, SignupLink, SignupStatus
from campaign.signups.queries import band_of, takes_place
from campaign.signups.services import scope_of
from campaign.vault import key_store
from campaign.vault.services import shred, sweep_orphans

UNCONFIRMED_KEPT = timedelta(days=7)


def renew_bands() -> None:
    """Renew the public counts once in each hour of the clock."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    with transaction():
        if db.session.scalar(
            sa.select(SignupBand.event_id).where(SignupBand.renewed_at >= hour).limit(1)
        ):
            return
        query = (
            sa.select(Signup.event_id, sa.func.sum(Signup.party_size))
            .where(takes_place(hour))
            .group_by(Signup.event_id)
        )
        people = {event_id: total for event_id, total in db.session.execute(query)}
        known = {band.event_id: band for band in db.session.scalars(sa.select(SignupBand))}
        for event_id in people.keys() | known.keys():
            band = known.get(event_id) or SignupBand(event_id=event_id)
            band.at_least, band.renewed_at = band_of(people.get(event_id, 0)), hour
            db.session.add(band)


def forget_unconfirmed() -> None:
    """Cancel sign-ups that nobody confirmed in a week, and delete what was personal in them."""
    oldest = clock.now() - UNCONFIRMED_KEPT
    stale = sa.and_(Signup.status == SignupStatus.HELD, Signup.created_at < oldest)
    with transaction():
        db.session.execute(
            sa.update(Signup)
            .where(stale)
            .values(
                status=SignupStatus.CANCELLED,
                cancelled_at=clock.now(),
                details=None,
                address_index=None,
                hold_until=None,
            )
        )


def purge() -> int:
    """Destroy what is personal of events that ended long enough ago; return how many events.

    First rows and mails, then the key: killed between the two, the next run does the rest.
    Counts stay.
    """
    ended_before = clock.now() - timedelta(days=int(setting("RETENTION_DAYS")))
    with transaction():
        event_ids = _to_purge(ended_before)
        for event_id in event_ids:
            _forget_people(event_id)
    shred(*(scope_of(event_id) for event_id in event_ids))
    return len(event_ids)


def sweep_keys() -> int:
    """Destroy keys that no row owns any more; return how many."""
    with transaction():
        queries = (
            sa.select(Signup.scope).where(Signup.details.is_not(None)),
            sa.select(Account.scope),
            sa.select(Email.scope).where(Email.contents.is_not(None)),
        )
        owned = {scope for query in queries for scope in db.session.scalars(query.distinct())}
    return sweep_orphans(frozenset(owned))


def _to_purge(ended_before: object) -> list[int]:
    ended = set(db.session.scalars(sa.select(Event.id).where(Event.ends_at < ended_before)))
    with_rows = set(
        db.session.scalars(
            sa.select(Signup.event_id).where(Signup.details.is_not(None)).distinct()
        )
    )
    keys = set(key_store.scopes())
    with_key = {event_id for event_id in ended if scope_of(event_id) in keys}
    return sorted(ended & (with_rows | with_key))


def _forget_people(event_id: int) -> None:
    people = sa.select(Signup.id).where(Signup.event_id == event_id)
    db.session.execute(sa.delete(SignupLink).where(SignupLink.signup_id.in_(people)))
    db.session.execute(
        sa.update(Signup)
        .where(Signup.event_id == event_id)
        .values(details=None, address_index=None, idempotency_index=None)
    )
    forget_scope(scope_of(event_id))
