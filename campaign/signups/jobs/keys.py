"""Destroy keys that nothing owns, and those that die with their day."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, reading, transaction
from campaign.models import Account, Email, Event, FloodCount, Signup
from campaign.signups.services import SCOPE
from campaign.signups.services.floods import KEPT, SALT, salt_of
from campaign.vault import key_store
from campaign.vault.services import INSTALLATION, ORPHAN_AGE, shred, sweep_orphans

KEYS_A_SWEEP = 500  # at most; the next minute does the rest


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
        sa.select(Signup.scope).where(Signup.tokens.is_not(None)),
        sa.select(Account.scope),
        sa.select(Email.scope).where(Email.contents.is_not(None)),
    )
    owned = {scope for query in queries for scope in db.session.scalars(query.distinct())}
    owned.add(INSTALLATION)
    # Those of networks die with their day, see below.
    return [scope for scope in scopes if scope not in owned and not scope.startswith(SALT)]


def _lock_events(scopes: Collection[str]) -> None:
    ids = [int(scope.removeprefix(SCOPE)) for scope in scopes if scope.startswith(SCOPE)]
    rows = sa.select(Event.id).where(Event.id.in_(ids)).order_by(Event.id)
    db.session.execute(rows.with_for_update(key_share=True))


def forget_networks() -> None:
    """Let the hashes of past days' networks mean nothing any more, and drop old counts."""
    today = salt_of(clock.real_now().date())
    past = [scope for scope in key_store.scopes() if scope.startswith(SALT) and scope != today]
    shred(*past)
    oldest = clock.real_now() - KEPT
    with reading():
        if (
            db.session.scalar(sa.select(FloodCount.id).where(FloodCount.hour < oldest).limit(1))
            is None
        ):
            return
    with transaction():
        old = sa.select(FloodCount.id).where(FloodCount.hour < oldest)
        db.session.execute(sa.update(Signup).where(Signup.burst.in_(old)).values(burst=None))
        db.session.execute(sa.delete(FloodCount).where(FloodCount.hour < oldest))
