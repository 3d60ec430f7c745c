"""Organizers, coordinators and helpers, and how they sign in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base


class RoleName(StrEnum):
    """What a person is here, by widening scope from the bottom up."""

    ADMINISTRATOR = "administrator"  # of the installation
    ORGANIZER = "organizer"  # of a campaign
    COORDINATOR = "coordinator"  # of a country or city of a campaign
    HELPER = "helper"  # at one event


class Account(Base):
    """A person with a role. The address is sealed under the account's own key."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)  # 128 random bits, hex
    scope: Mapped[str]  # whose key seals `address`: account:<id>
    address: Mapped[bytes]  # sealed JSON: email
    address_index: Mapped[bytes] = mapped_column(unique=True)  # keyed hash, installation-wide
    language: Mapped[str]  # BCP 47 tag for mails
    is_sample: Mapped[bool] = mapped_column(default=False)  # made by `demo`
    created_at: Mapped[datetime]  # the domain's time

    roles: Mapped[list["Role"]] = relationship(back_populates="account")


class Role(Base):
    """A role of an account in a scope."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    name: Mapped[RoleName]
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id"))  # None = all
    country: Mapped[str | None]  # ISO 3166-1 alpha-2; None = not narrowed to a country
    city_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cities.id"))  # None = not narrowed
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))  # None = not narrowed

    account: Mapped[Account] = relationship(back_populates="roles")


class SignInLink(Base):
    """A link that signs its bearer in once; stored hashed."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)  # SHA-256 of 256 random bits
    account_id: Mapped[str | None] = mapped_column(  # None = asked for by a stranger
        sa.ForeignKey("accounts.id"), index=True
    )
    created_at: Mapped[datetime]  # real time
    expires_at: Mapped[datetime]  # real time
    spent_at: Mapped[datetime | None]  # real time; None = not used yet


class AccountSession(Base):
    """A signed-in browser; the cookie holds the token, we its hash."""

    __tablename__ = "account_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)  # SHA-256 of 256 random bits
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]  # real time; ends 12 hours later
    seen_at: Mapped[datetime]  # real time, to the minute; ends after 30 idle minutes


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role and its scope, as the rules read it; None = not narrowed."""

    name: RoleName
    campaign_id: int | None
    country: str | None
    city_id: int | None
    event_id: int | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its roles."""

    account_id: str
    roles: tuple[HeldRole, ...]
