"""The intention to come. What is personal stands sealed, and nowhere else."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base
from campaign.models.events import Event, Shift


class SignupStatus(StrEnum):
    """Where a sign-up stands."""

    HELD = "held"  # waits for its confirmation, its places kept until `hold_until`
    WAITING = "waiting"  # stands in the wait list, by `position`
    OFFERED = "offered"  # came up from the wait list, its places kept until `hold_until`
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class ShiftStatus(StrEnum):
    """Where a volunteer stands with a shift."""

    WAITING = "waiting"
    OFFERED = "offered"  # its place is kept until `hold_until`
    TAKEN = "taken"


class LinkKind(StrEnum):
    """What a link is good for."""

    PAGE = "page"  # shows its bearer the sign-up, as often as wished
    REPLY = "reply"  # stands in the address that calendars send their answers to
    ADDRESS = "address"  # gives the sign-up another address, once
    EVERYWHERE = "everywhere"  # forgets its bearer at all events, once


class FloodKind(StrEnum):
    """What is counted against floods."""

    NETWORK = "network"  # sign-ups from one network
    DOMAIN = "domain"  # sign-ups with addresses of one mail domain
    ATTEMPT = "attempt"  # codes and addresses tried from one network
    CONFIRMED = "confirmed"  # sign-ups with addresses of one mail domain that were confirmed
    FORM = "form"  # uses of one form


class Signup(Base):
    """One person's intention to come, maybe with a party."""

    __tablename__ = "signups"

    id: Mapped[str] = mapped_column(primary_key=True)  # 128 random bits, hex
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    status: Mapped[SignupStatus]
    party_size: Mapped[int]  # people, the person included
    language: Mapped[str]  # BCP 47 tag for mails
    position: Mapped[int]  # order in which they came to the event, from 1
    passed_over: Mapped[int] = mapped_column(default=0)  # times that later, smaller parties went in
    scope: Mapped[str]  # whose key seals `details` and `tokens`: event:<id>
    details: Mapped[bytes | None]  # sealed JSON: name, email, access_needs, notes; None = gone
    tokens: Mapped[bytes | None]  # sealed JSON: those that mails and cards repeat; None = gone
    address_index: Mapped[bytes | None]  # keyed hash of the address, per event; None = none
    idempotency_index: Mapped[bytes | None]  # keyed hash of the form's key; None = none was sent
    hold_until: Mapped[datetime | None]  # what it has is kept till then; None = nothing, or always
    aside_at: Mapped[datetime | None]  # put aside: no place, not in line; None = it counts
    burst: Mapped[int | None]  # FloodCount of its network; None = forgotten, or never known
    is_silent: Mapped[bool] = mapped_column(default=False)  # asked for no more mails
    is_sample: Mapped[bool] = mapped_column(default=False)  # made by `demo`
    created_at: Mapped[datetime]  # the domain's time, of the form that counts
    confirmed_at: Mapped[datetime | None]  # its link was used; None = not yet
    cancelled_at: Mapped[datetime | None]  # None = not cancelled

    event: Mapped[Event] = relationship()
    shifts: Mapped[list["SignupShift"]] = relationship(
        back_populates="signup", order_by="SignupShift.shift_id"
    )

    __table_args__ = (
        sa.UniqueConstraint("event_id", "address_index"),
        sa.UniqueConstraint("event_id", "idempotency_index"),
        sa.UniqueConstraint("event_id", "position"),
        # Whether anybody in line fits is read from the index alone, however long the line is.
        sa.Index("ix_signups_event_id_status", "event_id", "status", "party_size"),
        sa.Index("ix_signups_event_id_created_at", "event_id", "created_at"),
        sa.Index("ix_signups_event_id_hold_until", "event_id", "hold_until"),
        sa.CheckConstraint("party_size > 0", name="party_size_is_positive"),
    )


class SignupShift(Base):
    """A shift that a volunteer takes on, or waits for; one place, whoever comes along."""

    __tablename__ = "signup_shifts"

    signup_id: Mapped[str] = mapped_column(sa.ForeignKey("signups.id"), primary_key=True)
    shift_id: Mapped[int] = mapped_column(sa.ForeignKey("shifts.id"), primary_key=True)
    status: Mapped[ShiftStatus]
    position: Mapped[int]  # order in which they came to the shift, from 1
    hold_until: Mapped[datetime | None]  # an offer is kept till then; None = there is none

    signup: Mapped[Signup] = relationship(back_populates="shifts")
    shift: Mapped[Shift] = relationship()

    __table_args__ = (sa.UniqueConstraint("shift_id", "position"),)


class SignupLink(Base):
    """A token that lets its bearer act for one sign-up; stored hashed."""

    __tablename__ = "signup_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)  # SHA-256, or keyed for a code
    signup_id: Mapped[str] = mapped_column(sa.ForeignKey("signups.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(default=LinkKind.PAGE)
    contents: Mapped[bytes | None]  # sealed JSON: the new address; None = nothing goes with it
    good_until: Mapped[datetime | None]  # real time; None = as long as the sign-up
    created_at: Mapped[datetime]  # real time

    signup: Mapped[Signup] = relationship()


class SignupBand(Base):
    """How many signed up for an event, as the public may know it; renewed hourly."""

    __tablename__ = "signup_bands"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    at_least: Mapped[int]  # people: 0 = "fewer than 10", 10, 25, 50, 100, …
    renewed_at: Mapped[datetime]  # the full hour it was counted for, the domain's time


class SignupSource(Base):
    """How many came to an event by an address with these marks; tied to nobody."""

    __tablename__ = "signup_sources"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)  # utm_source, utm_medium, utm_campaign
    signups: Mapped[int]  # sign-ups so far


class FloodCount(Base):
    """How often something came from one network or mail domain in an hour, under a keyed hash.

    The key dies with its day (UTC), and then nobody can tell which network it was.
    """

    __tablename__ = "flood_counts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FloodKind]
    subject_index: Mapped[bytes]  # keyed hash of a network prefix or mail domain
    hour: Mapped[datetime]  # real time, the full hour
    times: Mapped[int]  # so far in this hour; of networks and domains, people

    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_index", "hour"),
        sa.Index("ix_flood_counts_hour", "hour"),
    )


class BlockedAddress(Base):
    """An address that may not sign up, under a keyed hash of the whole installation."""

    __tablename__ = "blocked_addresses"

    address_index: Mapped[bytes] = mapped_column(primary_key=True)  # installation-wide keyed hash
    blocked_on: Mapped[date]  # UTC day, real time


class ForgetRequest(Base):
    """Somebody who wants to be forgotten everywhere; a job looks under every event's key."""

    __tablename__ = "forget_requests"

    id: Mapped[str] = mapped_column(primary_key=True)  # 128 random bits, hex
    contents: Mapped[bytes]  # sealed JSON under the installation's key: the address
    created_at: Mapped[datetime]  # real time


class PersonalFeedEntry(Base):
    """A sign-up that stands in somebody's personal feed."""

    __tablename__ = "personal_feed_entries"

    feed_id: Mapped[int] = mapped_column(sa.ForeignKey("secret_feeds.id"), primary_key=True)
    signup_id: Mapped[str] = mapped_column(
        sa.ForeignKey("signups.id"), primary_key=True, index=True
    )


class Testimony(Base):
    """A word or a photo that a volunteer left after an event, sealed like the sign-up."""

    __tablename__ = "testimonies"

    id: Mapped[str] = mapped_column(primary_key=True)  # 128 random bits, hex
    signup_id: Mapped[str] = mapped_column(sa.ForeignKey("signups.id"), index=True)
    contents: Mapped[bytes | None]  # sealed JSON: words, photo (base64 of JPEG); None = gone
    may_be_shown: Mapped[bool]  # to everybody; else to the organizers alone
    created_at: Mapped[datetime]  # the domain's time
