"""Calendars as they stand ready: entries written once per change, and when each feed changed."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base

DERIVED = {"info": {"is_derived": True}}  # made of other rows, and made anew where it is missing


class SecretFeedKind(StrEnum):
    """Whose calendar a secret feed is."""

    ORGANIZER = "organizer"  # the events within an account's reach, drafts too
    PERSONAL = "personal"  # the events that somebody without an account signed up for


class FeedKind(StrEnum):
    """The formats of a feed, as its address ends."""

    ICS = "ics"
    ATOM = "atom"


class CalendarEntry(Base):
    """An event, or the world day of a call, as it stands in feeds of one language and format.

    No backup holds it: it is made anew from other rows.
    """

    __tablename__ = "calendar_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))  # None = a call's
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("calls.id"))  # None = an event's
    language: Mapped[str]  # BCP 47 tag of its words
    kind: Mapped[FeedKind]
    stamp: Mapped[str] = mapped_column(index=True)  # of the writer: see calendars.stamp
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)  # a VEVENT, or an entry element

    __table_args__ = (
        sa.UniqueConstraint("event_id", "language", "kind"),
        sa.UniqueConstraint("call_id", "language", "kind"),
        sa.CheckConstraint("(event_id IS NULL) <> (call_id IS NULL)", name="one_owner"),
        DERIVED,
    )


class CalendarMembership(Base):
    """The feeds that an event stands in, so that those it leaves are told as well.

    No backup holds it: it is made anew from other rows.
    """

    __tablename__ = "calendar_memberships"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    paths: Mapped[list[str]] = mapped_column(sa.JSON)  # of feeds: see calendars.scopes

    __table_args__ = DERIVED


class CalendarScope(Base):
    """One public feed, and which state it is in; no row = nothing has ever stood in it.

    No backup holds it: a restored feed begins anew, so that no old validator fits it.
    """

    __tablename__ = "calendar_scopes"

    path: Mapped[str] = mapped_column(primary_key=True)  # its address without its ending
    version: Mapped[str]  # random, another one after every change
    stamp: Mapped[str]  # of the writer that wrote all its entries
    changed_at: Mapped[datetime]  # the domain's time, to the second
    modified_at: Mapped[datetime]  # real time, to the second; later at every change

    __table_args__ = DERIVED


class SecretFeed(Base):
    """A calendar behind an address that only its owner knows."""

    __tablename__ = "secret_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256, hex, of the secret
    kind: Mapped[SecretFeedKind]
    account_id: Mapped[str | None] = mapped_column(  # None = nobody's who signs in
        sa.ForeignKey("accounts.id"), index=True
    )
    campaign_id: Mapped[int | None] = mapped_column(  # None = of all campaigns
        sa.ForeignKey("campaigns.id")
    )
    language: Mapped[str]  # BCP 47 tag of its words
    created_at: Mapped[datetime]  # real time
    last_read_at: Mapped[datetime | None]  # real time, to the hour; None = never
    revoked_at: Mapped[datetime | None]  # real time; None = still open
