"""Personal feeds: the sign-ups that somebody opened in one browser, behind a secret address."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.calendars.queries import find_secret_feed
from campaign.calendars.services import delete_secret_feeds, open_secret_feed
from campaign.database import db, insert_into
from campaign.errors import CampaignError, NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import PersonalFeedEntry, SecretFeed, SecretFeedKind, Signup

FEEDS_OF_ONE = 5  # that one sign-up may stand in
IDLE = timedelta(days=7)  # then a feed in which nothing stands is deleted, unless it is read


class TooManyFeedsError(CampaignError):
    """A sign-up stands in as many feeds as it may."""


def open_feed(signup: Signup, others: Collection[str], *, language: str) -> str:
    """Open a feed with a sign-up and others of the same browser, by their ids; return its secret.

    Raises TooManyFeedsError.
    """
    if len(feeds_with(signup.id)) >= FEEDS_OF_ONE:
        raise TooManyFeedsError(
            _("You have as many calendars as there can be. Revoke one of them first, please.")
        )
    secret = open_secret_feed(
        SecretFeedKind.PERSONAL, account_id=None, campaign_id=None, language=language
    )
    feed = find_secret_feed(secret)
    for signup_id in sorted({signup.id, *others}):
        db.session.add(PersonalFeedEntry(feed_id=feed.id, signup_id=signup_id))
    db.session.flush()
    return secret


def add_to_feed(feed_id: int, signup: Signup, others: Collection[str]) -> None:
    """Add a sign-up to a feed that holds another of the same browser; a second time, nothing.

    Raises NotFoundError for a feed that holds none of them, TooManyFeedsError.
    """
    is_in_it = sa.and_(
        PersonalFeedEntry.feed_id == feed_id, PersonalFeedEntry.signup_id.in_([*others, signup.id])
    )
    if not db.session.scalar(sa.select(sa.func.count()).where(is_in_it)):
        raise _unknown()
    if len(set(feeds_with(signup.id)) | {feed_id}) > FEEDS_OF_ONE:
        raise TooManyFeedsError(
            _("You have as many calendars as there can be. Revoke one of them first, please.")
        )
    values = {"feed_id": feed_id, "signup_id": signup.id}
    db.session.execute(insert_into(PersonalFeedEntry).values(values).on_conflict_do_nothing())


def revoke_feed(feed_id: int, signup: Signup) -> None:
    """Close a feed in which a sign-up stands, for whoever knows its address.

    Raises NotFoundError for any other.
    """
    if feed_id not in feeds_with(signup.id):
        raise _unknown()
    entries = sa.delete(PersonalFeedEntry).where(PersonalFeedEntry.feed_id == feed_id)
    db.session.execute(entries)
    delete_secret_feeds([feed_id])


def leave_feeds(signup_id: str) -> None:
    """Take a sign-up out of all feeds, which then say so to whoever reads them."""
    of_it = PersonalFeedEntry.signup_id == signup_id
    db.session.execute(sa.delete(PersonalFeedEntry).where(of_it))


def feeds_with(signup_id: str) -> list[int]:
    """Return the feeds in which a sign-up stands, by their ids."""
    of_it = PersonalFeedEntry.signup_id == signup_id
    return list(db.session.scalars(sa.select(PersonalFeedEntry.feed_id).where(of_it)))


def close_empty_feeds(feed_ids: Collection[int]) -> None:
    """Delete those of these feeds in which nothing stands any more."""
    with_entries = sa.select(PersonalFeedEntry.feed_id).where(
        PersonalFeedEntry.feed_id.in_(feed_ids)
    )
    delete_secret_feeds(set(feed_ids) - set(db.session.scalars(with_entries)))


def idle_feeds() -> list[int]:
    """Return the personal feeds, by id, in which nothing stands and that nobody has read lately.

    A calendar program that still follows one is told that it is empty, and so drops what it had.
    """
    last_used_at = sa.func.coalesce(SecretFeed.last_read_at, SecretFeed.created_at)
    query = sa.select(SecretFeed.id).where(
        SecretFeed.kind == SecretFeedKind.PERSONAL,
        last_used_at < clock.real_now() - IDLE,
        SecretFeed.id.not_in(sa.select(PersonalFeedEntry.feed_id)),
    )
    return list(db.session.scalars(query))


def _unknown() -> NotFoundError:
    return NotFoundError(_("There is no calendar at this address."))
