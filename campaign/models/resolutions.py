"""Campaigns, their resolutions, and what the reader found in them."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base


class DemandStatus(StrEnum):
    """How far a demand is fulfilled."""

    OPEN = "open"
    PARTLY_MET = "partly met"
    MET = "met"
    REFUSED = "refused"
    VOID = "void"


class Campaign(Base):
    """The effort as a whole."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    language: Mapped[str]  # BCP 47 tag of its own texts
    is_sample: Mapped[bool] = mapped_column(default=False)  # made by `demo`
    created_at: Mapped[datetime]  # the domain's time

    resolutions: Mapped[list["Resolution"]] = relationship(back_populates="campaign")


class Resolution(Base):
    """The adopted text, unchanged once adopted."""

    __tablename__ = "resolutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    title: Mapped[str]
    adopted_on: Mapped[date | None]  # None = the text does not say
    place: Mapped[str | None]  # None = the text does not say
    language: Mapped[str]  # BCP 47 tag
    text: Mapped[str]  # UTF-8 without BOM, LF
    sha256: Mapped[str]  # hex, of the text in UTF-8
    signatories: Mapped[list[str]] = mapped_column(sa.JSON)  # lines of the text, in order
    unread: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)  # {start, end, reason}
    imported_at: Mapped[datetime]  # the domain's time
    published_at: Mapped[datetime | None]  # None = still under review

    campaign: Mapped[Campaign] = relationship(back_populates="resolutions")
    clauses: Mapped[list["Clause"]] = relationship(
        back_populates="resolution", order_by="Clause.number"
    )

    __table_args__ = (sa.UniqueConstraint("campaign_id", "sha256"),)


class Addressee(Base):
    """Whom a clause speaks to."""

    __tablename__ = "addressees"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    slug: Mapped[str]  # made once; unique in its campaign
    name: Mapped[str]  # in the text's own words
    country: Mapped[str | None]  # ISO 3166-1 alpha-2, where the addressee is a state
    position: Mapped[int]  # order of first mention, from 0

    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "slug"),
        sa.UniqueConstraint("campaign_id", "name"),
    )


class Clause(Base):
    """A span of a resolution with one function."""

    __tablename__ = "clauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    resolution_id: Mapped[int] = mapped_column(sa.ForeignKey("resolutions.id"))
    number: Mapped[int]  # from 0, in the order of the text
    parent_number: Mapped[int | None]  # the clause it is part of; None = stands by itself
    kind: Mapped[str]  # demand, call, commendation, pledge, affirmation, thanks, finding
    addressee_id: Mapped[int | None] = mapped_column(  # None = it speaks to nobody by name
        sa.ForeignKey("addressees.id")
    )
    actor: Mapped[str | None]  # who shall act, where that is not the addressee
    start: Mapped[int]  # characters from the start of the text
    end: Mapped[int]  # characters, exclusive
    condition: Mapped[str | None]  # in the text's own words
    dates: Mapped[list[str]] = mapped_column(sa.JSON)  # ISO 8601 days
    site_class: Mapped[str | None]  # such as "embassies and consulates of CN"
    purpose: Mapped[list[int]] = mapped_column(sa.JSON)  # numbers of the clauses it serves
    language: Mapped[str]  # BCP 47 tag

    resolution: Mapped[Resolution] = relationship(back_populates="clauses")
    addressee: Mapped[Addressee | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("resolution_id", "number"),)


class Demand(Base):
    """One thing one addressee is asked to do, tied to its very words.

    `start`, `end`, `sha256` are a W3C TextPositionSelector, `prefix`, `exact`, `suffix` a
    TextQuoteSelector: `text[start:end] == exact` of the resolution with that hash.
    """

    __tablename__ = "demands"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    clause_id: Mapped[int] = mapped_column(sa.ForeignKey("clauses.id"), index=True)
    addressee_id: Mapped[int] = mapped_column(sa.ForeignKey("addressees.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(  # None = not a part of another
        sa.ForeignKey("demands.id")
    )
    slug: Mapped[str]  # <addressee>-<n>, made once; unique in its campaign
    label: Mapped[str]  # short words for lists and calendar categories
    actor: Mapped[str | None]  # who shall act, where that is not the addressee
    condition: Mapped[str | None]  # "unless …", in the text's own words
    exact: Mapped[str]
    prefix: Mapped[str]
    suffix: Mapped[str]
    start: Mapped[int]  # characters from the start of the text
    end: Mapped[int]  # characters, exclusive
    sha256: Mapped[str]  # of the text the quote was taken from
    status: Mapped[DemandStatus]

    clause: Mapped[Clause] = relationship()
    addressee: Mapped[Addressee] = relationship()
    parent: Mapped["Demand | None"] = relationship(remote_side=id, back_populates="parts")
    parts: Mapped[list["Demand"]] = relationship(back_populates="parent", order_by="Demand.start")

    __table_args__ = (sa.UniqueConstraint("campaign_id", "slug"),)


class CallToAction(Base):
    """A summons to supporters to do something; its texts are what its events inherit."""

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    clause_id: Mapped[int] = mapped_column(sa.ForeignKey("clauses.id"), index=True)
    slug: Mapped[str]  # a date or a word, made once; unique in its campaign
    uid: Mapped[str] = mapped_column(unique=True)  # UUID of its world-day calendar entry
    title: Mapped[str]  # inherited by its events
    description: Mapped[str]  # plain text, inherited by its events
    exact: Mapped[str]  # its words in the resolution
    on: Mapped[date | None]  # None = the text names no day
    site_class: Mapped[str | None]  # such as "embassies and consulates of CN"
    at: Mapped[time | None]  # local wall time of its events; None = not fanned out yet
    lasting_minutes: Mapped[int]  # minutes, inherited by its events
    capacity: Mapped[int | None]  # people per event, inherited; None = no limit
    changed_at: Mapped[datetime]  # last change that a calendar shows
    sequence: Mapped[int] = mapped_column(default=0)  # RFC 5545 3.8.7.4, of the world-day entry

    campaign: Mapped[Campaign] = relationship()
    clause: Mapped[Clause] = relationship()
    purposes: Mapped[list["CallPurpose"]] = relationship(back_populates="call")

    __table_args__ = (sa.UniqueConstraint("campaign_id", "slug"),)


class CallPurpose(Base):
    """A demand that a call is aimed at."""

    __tablename__ = "call_purposes"

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True)
    demand_id: Mapped[int] = mapped_column(
        sa.ForeignKey("demands.id"), primary_key=True, index=True
    )
    is_stated: Mapped[bool]  # True = "stated in the text", False = added by an organizer

    call: Mapped[CallToAction] = relationship(back_populates="purposes")
    demand: Mapped[Demand] = relationship()
