"""What belongs to a sign-up, as its own page shows it: feeds, testimonies, what may be done."""

from dataclasses import dataclass
from datetime import date

from flask import session

from campaign import clock
from campaign.models import Signup
from campaign.signups.belongings import (
    PersonalFeed,
    can_testify,
    feeds_of,
    opened_in,
    testimonies_of,
)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A personal feed, as whoever opened it knows it again."""

    feed_id: int
    opened_on: date  # UTC
    last_read_on: date | None  # UTC; None = never


@dataclass(frozen=True, slots=True)
class TestimonyRow:
    """A word or a photo that a volunteer left."""

    testimony_id: str
    words: str
    has_photo: bool
    may_be_shown: bool
    left_on: date  # by the clocks of the event


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to a sign-up, beside what was typed."""

    feeds: tuple[FeedRow, ...]  # in which it stands
    other_feeds: tuple[FeedRow, ...]  # with others that this browser has opened, but without it
    opened_here: int  # sign-ups that this browser may open, this one included
    can_testify: bool
    testimonies: tuple[TestimonyRow, ...]


def present_belongings(signup: Signup) -> Belongings:
    """Return what belongs to a sign-up, and what this browser could add to it."""
    opened = {*opened_in(session.get("signups", [])), signup.id}
    own = feeds_of([signup.id])
    zone = clock.zone(signup.event.timezone)
    return Belongings(
        feeds=tuple(map(_row, own)),
        other_feeds=tuple(_row(one) for one in feeds_of(opened) if one not in own),
        opened_here=len(opened),
        can_testify=can_testify(signup),
        testimonies=tuple(
            TestimonyRow(
                testimony_id=one.id,
                words=one.words,
                has_photo=one.photo is not None,
                may_be_shown=one.may_be_shown,
                left_on=one.created_at.astimezone(zone).date(),
            )
            for one in testimonies_of(signup)
        ),
    )


def _row(feed: PersonalFeed) -> FeedRow:
    read_at = feed.last_read_at
    return FeedRow(feed.id, feed.created_at.date(), read_at.date() if read_at else None)
