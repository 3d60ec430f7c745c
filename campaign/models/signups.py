"""The intention to come. What is personal stands sealed in `details` and nowhere else."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base
from campaign.models.events import Event


class SignupStatus(StrEnum):
    """Where a sign-up stands."""

    HELD = "held"  # waits for its confirmation
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Signup(Base):
    """One person's intention to come, maybe with a party."""

    __tablename__ = "signups"

    id: Mapped[str] = mapped_column(primary_key=True)  # 128 random bits, hex
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    status: Mapped[SignupStatus]
    party_size: Mapped[int]  # people, the person included
    language: Mapped[str]  # BCP 47 tag for mails
    scope: Mapped[str]  # whose key seals `details`: event:<id>
    details: Mapped[bytes | None]  # sealed JSON: name, email, access_needs, notes; None = gone
    address_index: Mapped[bytes | None]  # keyed hash of the address, per event; None = gone
    idempotency_index: Mapped[bytes | None]  # SHA-256 of the form's key; None = none was sent
    hold_until: Mapped[datetime | None]  # the place is kept till then; None = no place is held
    is_sample: Mapped[bool] = mapped_column(default=False)  # made by `demo`
    created_at: Mapped[datetime]  # the domain's time, of the form that counts
    confirmed_at: Mapped[datetime | None]  # None = not confirmed
    cancelled_at: Mapped[datetime | None]  # None = not cancelled

    event: Mapped[Event] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("event_id", "address_index"),
        sa.UniqueConstraint("event_id", "idempotency_index"),
        sa.Index("ix_signups_event_id_status", "event_id", "status"),
        sa.CheckConstraint("party_size > 0", name="party_size_is_positive"),
    )


class SignupLink(Base):
    """A link that shows its bearer one sign-up; stored hashed."""

    __tablename__ = "signup_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)  # SHA-256 of 256 random bits
    signup_id: Mapped[str] = mapped_column(sa.ForeignKey("signups.id"), index=True)
    created_at: Mapped[datetime]  # real time

    signup: Mapped[Signup] = relationship()


class SignupBand(Base):
    """How many signed up for an event, as the public may know it; renewed hourly."""

    __tablename__ = "signup_bands"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    at_least: Mapped[int]  # people: 0 = "fewer than 10", 10, 25, 50, 100, …
    renewed_at: Mapped[datetime]  # the full hour it was counted for, the domain's time
