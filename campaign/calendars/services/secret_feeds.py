"""Open and revoke calendars behind addresses that only their owners know."""

import secrets
from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.calendars.queries import find_own_feed, hashed
from campaign.database import db
from campaign.models import SecretFeed, SecretFeedKind

READ_EVERY = timedelta(hours=1)  # what is known of who reads, and no closer


def open_secret_feed(
    kind: SecretFeedKind, *, account_id: str | None, campaign_id: int | None, language: str
) -> str:
    """Open a feed and return its secret: 256 bits, told this once and kept as a hash alone."""
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SecretFeed(
            secret_hash=hashed(secret),
            kind=kind,
            account_id=account_id,
            campaign_id=campaign_id,
            language=language,
            created_at=clock.real_now(),
        )
    )
    db.session.flush()
    return secret


def revoke_secret_feed(account_id: str, feed_id: int) -> None:
    """Let nobody read a feed of an account any more; a second time, nothing.

    Raises NotFoundError for a feed of somebody else.
    """
    feed = find_own_feed(account_id, feed_id)
    feed.revoked_at = feed.revoked_at or clock.real_now()


def delete_secret_feeds(feed_ids: Collection[int]) -> None:
    """Delete feeds for good; nothing may refer to them any more."""
    if feed_ids:
        db.session.execute(sa.delete(SecretFeed).where(SecretFeed.id.in_(feed_ids)))


def note_read(feed: SecretFeed) -> sa.Update | None:
    """Return what notes that a feed is read now; None = that was noted within the hour."""
    moment = clock.real_now()
    if feed.last_read_at and moment - feed.last_read_at < READ_EVERY:
        return None
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return sa.update(SecretFeed).where(SecretFeed.id == feed.id).values(last_read_at=hour)
