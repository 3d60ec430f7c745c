"""Which state a feed is in, which entries stand ready, and which secret feeds there are."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import CalendarEntry, CalendarMembership, CalendarScope, SecretFeed


@dataclass(frozen=True, slots=True)
class FeedState:
    """The state of a public feed."""

    version: str  # another one after every change
    stamp: str  # of the writer that wrote all its entries
    changed_at: datetime  # aware UTC, the domain's time
    modified_at: datetime  # aware UTC, real time


_STATE = sa.select(
    CalendarScope.version,
    CalendarScope.stamp,
    CalendarScope.changed_at,
    CalendarScope.modified_at,
).where(CalendarScope.path == sa.bindparam("path"))


def state_of(path: str, connection: Connection) -> FeedState | None:
    """Return the state of the feed at a path; None = nothing has ever stood in it."""
    row = connection.execute(_STATE, {"path": path}).first()
    return FeedState(*row) if row else None


def paths_of(event_ids: list[int]) -> dict[int, frozenset[str]]:
    """Return the feeds in which events stand, by the event's id; others are left out."""
    query = sa.select(CalendarMembership.event_id, CalendarMembership.paths)
    rows = db.session.execute(query.where(CalendarMembership.event_id.in_(event_ids)))
    return {event_id: frozenset(paths) for event_id, paths in rows}


def stale_owners(current: str, limit: int) -> tuple[list[int], list[int]]:
    """Return events and calls, by id, that have an entry of another stamp; so many of each."""
    is_stale = CalendarEntry.stamp != current
    events = sa.select(CalendarEntry.event_id).where(is_stale).distinct().limit(limit)
    calls = sa.select(CalendarEntry.call_id).where(is_stale).distinct().limit(limit)
    return _numbers(events), _numbers(calls)


def _numbers(query: sa.Select[int | None]) -> list[int]:
    return [number for number in db.session.scalars(query) if number is not None]


def has_old_feeds(current: str) -> bool:
    """Tell whether some feed is not marked as written by this version."""
    query = sa.select(CalendarScope.path).where(CalendarScope.stamp != current).limit(1)
    return db.session.scalar(query) is not None


def hashed(secret: str) -> str:
    """Return what is kept of a secret."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def find_secret_feed(secret: str) -> SecretFeed:
    """Return the feed behind a secret. Raises NotFoundError for one unknown or revoked."""
    query = sa.select(SecretFeed).where(SecretFeed.secret_hash == hashed(secret))
    feed = db.session.scalar(query.where(SecretFeed.revoked_at.is_(None)))
    if feed is None:
        raise NotFoundError(_("There is no calendar at this address."))
    return feed


def find_own_feed(account_id: str, feed_id: int) -> SecretFeed:
    """Return a feed of an account. Raises NotFoundError for one of somebody else."""
    feed = db.session.get(SecretFeed, feed_id)
    if feed is None or feed.account_id != account_id:
        raise NotFoundError(_("There is no calendar at this address."))
    return feed


def secret_feeds_of(account_id: str, campaign_id: int) -> list[SecretFeed]:
    """Return the feeds that an account has open for a campaign, the newest first."""
    query = sa.select(SecretFeed).where(
        SecretFeed.account_id == account_id,
        SecretFeed.campaign_id == campaign_id,
        SecretFeed.revoked_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(SecretFeed.id.desc())))
