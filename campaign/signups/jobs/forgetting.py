"""Forget people: those who never confirmed, and those whose event is over."""

from datetime import timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.calendars.services import delete_secret_feeds
from campaign.database import db, reading, setting, transaction
from campaign.models import Event, EventStatus, Signup, SignupLink, SignupShift, SignupStatus
from campaign.signups.services import scope_of
from campaign.signups.services.erasing import wipe
from campaign.signups.services.feeds import idle_feeds
from campaign.signups.services.forgetting import forget_people
from campaign.signups.services.links import drop_old_links
from campaign.vault import key_store
from campaign.vault.services import INSTALLATION, shred

UNCONFIRMED_KEPT = timedelta(days=7)


def forget_unconfirmed() -> None:
    """Cancel sign-ups that nobody confirmed in a week, and delete what was personal in them."""
    oldest = clock.now() - UNCONFIRMED_KEPT
    stale = sa.and_(Signup.status == SignupStatus.HELD, Signup.created_at < oldest)
    with reading():
        if db.session.scalar(sa.select(Signup.id).where(stale).limit(1)) is None:
            return
    with transaction():
        of_them = SignupShift.signup_id.in_(sa.select(Signup.id).where(stale))
        db.session.execute(sa.delete(SignupShift).where(of_them))
        wipe(stale, keeps_page=True)
        values = {"status": SignupStatus.CANCELLED, "cancelled_at": clock.now()}
        db.session.execute(sa.update(Signup).where(stale).values(values))


def forget_expired_links() -> None:
    """Delete links for one use that nobody used in time, and the new addresses in them."""
    is_old = SignupLink.good_until <= clock.real_now()
    with reading():
        if db.session.scalar(sa.select(SignupLink.token_hash).where(is_old).limit(1)) is None:
            return
    with transaction():
        drop_old_links()


def forget_idle_feeds() -> None:
    """Delete personal feeds in which nothing stands, once nobody reads them any more."""
    with reading():
        if not idle_feeds():
            return
    with transaction():
        delete_secret_feeds(idle_feeds())


def purge() -> int:
    """Destroy what is personal of events that ended long enough ago; return how many events.

    First the key, which makes it unreadable everywhere, then rows and mails: killed between the
    two, the next run does the rest. It also ends what `forget_event` began, and what a backup from
    before brought back: people of an event that is over or cancelled, without its key. Counts stay.
    """
    with reading():
        event_ids = _to_purge()
    if not event_ids:
        return 0
    shred(*(scope_of(event_id) for event_id in event_ids))
    with transaction():
        for event_id in event_ids:
            forget_people(event_id)
    return len(event_ids)


def _to_purge() -> list[int]:
    query = sa.select(Signup.event_id).where(Signup.tokens.is_not(None))
    with_people = set(db.session.scalars(query.distinct()))
    scopes = set(key_store.scopes())  # Afterwards: a key is there before its first row.
    kept = timedelta(days=int(setting("RETENTION_DAYS")))
    long_over = _events(Event.ends_at < clock.now() - kept)
    with_key = {event_id for event_id in long_over if scope_of(event_id) in scopes}
    found = long_over & (with_people | with_key)
    # Without the installation's own key, the keys of a restored backup are still to come.
    if INSTALLATION in scopes:
        off = sa.or_(Event.ends_at <= clock.now(), Event.status == EventStatus.CANCELLED)
        keyless = {event_id for event_id in with_people if scope_of(event_id) not in scopes}
        found |= keyless & _events(off)
    return sorted(found)


def _events(which: sa.ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(sa.select(Event.id).where(which)))
