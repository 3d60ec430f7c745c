"""What happens at a place and a time."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base
from campaign.models.resolutions import CallToAction, Campaign, Demand
from campaign.models.sites import City, Site


class EventStatus(StrEnum):
    """Where an event stands between its making and its having been."""

    DRAFT = "draft"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    HAPPENED = "happened"


class LinkOrigin(StrEnum):
    """Why an event supports a demand."""

    STATED = "stated in the text"
    ADDED = "added by an organizer"


class ContactRule(StrEnum):
    """Whether an event asks its volunteers for an address."""

    REQUIRED = "required"
    OPTIONAL = "optional"  # without one, a code is the only key to the sign-up
    NONE = "none"  # nothing is asked for that could tell who it is


class ShiftKind(StrEnum):
    """A job at an event."""

    MARSHAL = "marshal"
    INTERPRETER = "interpreter"
    COUNTER = "counter"
    FIRST_AID = "first aid"
    PETITION_BEARER = "petition bearer"
    OTHER = "other"  # as its title says


class NoticeKind(StrEnum):
    """What the volunteers of an event are told."""

    MOVED = "moved"  # another time
    PLACED = "placed"  # another place to meet
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    CORNER = "corner"  # the exact corner, from the hour on that the organizer set
    REMINDER = "reminder"  # the day before
    DAY_OF = "day_of"
    THANKS = "thanks"


PUBLIC_STATUSES = (
    EventStatus.PUBLISHED,
    EventStatus.POSTPONED,
    EventStatus.CANCELLED,
    EventStatus.HAPPENED,
)


class Event(Base):
    """What happens at a place and a time.

    Fields that end in `_override` are None as long as the event inherits them from its call.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)  # UUID, made once, the same in every calendar
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"))
    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    city_id: Mapped[int] = mapped_column(sa.ForeignKey("cities.id"), index=True)
    slug: Mapped[str]  # <city>-<date>, made once; unique in its campaign
    status: Mapped[EventStatus]
    fanned_out_on: Mapped[date | None]  # the day its fan-out was for; None = imported by itself
    starts_local: Mapped[datetime] = mapped_column(sa.DateTime())  # wall time in `timezone`
    timezone: Mapped[str]  # IANA name
    starts_at: Mapped[datetime]  # derived from the wall time, for order and search
    ends_at: Mapped[datetime]  # derived; sign-up closes then
    title_override: Mapped[str | None]  # None = as the call's
    description_override: Mapped[str | None]  # plain text; None = as the call's
    lasting_minutes_override: Mapped[int | None]  # minutes; None = as the call's
    capacity_override: Mapped[int | None]  # people; None = as the call's
    is_discreet: Mapped[bool] = mapped_column(default=False)
    contact: Mapped[ContactRule] = mapped_column(default=ContactRule.REQUIRED)
    has_own_privacy: Mapped[bool] = mapped_column(  # set by hand: no mark of its country changes it
        default=False
    )
    languages: Mapped[str] = mapped_column(default="")  # spoken there: " en nb ", tags by blanks
    access: Mapped[str] = mapped_column(default="")  # " wheelchair sign-language ", by blanks
    street: Mapped[str | None]  # shown after confirmation; None = not set
    corner: Mapped[str | None]  # the exact meeting point; None = not set
    corner_from_at: Mapped[datetime | None]  # when the corner is shown; None = with the street
    stream_url: Mapped[str | None]  # where it can be watched; None = nowhere
    sequence: Mapped[int] = mapped_column(default=0)  # RFC 5545 3.8.7.4
    created_at: Mapped[datetime]  # the domain's time
    changed_at: Mapped[datetime]  # last change that a calendar shows

    campaign: Mapped[Campaign] = relationship()
    call: Mapped[CallToAction] = relationship()
    site: Mapped[Site] = relationship()
    city: Mapped[City] = relationship()
    supports: Mapped[list["EventDemand"]] = relationship(back_populates="event")
    shifts: Mapped[list["Shift"]] = relationship(back_populates="event", order_by="Shift.id")

    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "slug"),
        sa.UniqueConstraint("call_id", "site_id", "fanned_out_on"),
        sa.Index("ix_events_campaign_id_starts_at", "campaign_id", "starts_at", "id"),
        # Which zones a feed names is read from the index alone.
        sa.Index(
            "ix_events_campaign_id_timezone",
            "campaign_id",
            "timezone",
            "status",
            "starts_at",
            "ends_at",
        ),
    )

    @property
    def title(self) -> str:
        """Return the event's own title, else the call's."""
        return self.call.title if self.title_override is None else self.title_override

    @property
    def description(self) -> str:
        """Return the event's own description, else the call's."""
        own = self.description_override
        return self.call.description if own is None else own

    @property
    def lasting_minutes(self) -> int:
        """Return the event's own length in minutes, else the call's."""
        own = self.lasting_minutes_override
        return self.call.lasting_minutes if own is None else own

    @property
    def capacity(self) -> int | None:
        """Return how many people fit: the event's own number, else the call's; None = no limit."""
        return self.call.capacity if self.capacity_override is None else self.capacity_override


class EventDemand(Base):
    """A demand that an event supports."""

    __tablename__ = "event_demands"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    demand_id: Mapped[int] = mapped_column(
        sa.ForeignKey("demands.id"), primary_key=True, index=True
    )
    origin: Mapped[LinkOrigin]

    event: Mapped[Event] = relationship(back_populates="supports")
    demand: Mapped[Demand] = relationship()


class Shift(Base):
    """A job at an event that volunteers take on."""

    __tablename__ = "shifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    kind: Mapped[ShiftKind]
    title: Mapped[str | None]  # in the organizer's words; None = as the kind is called
    places: Mapped[int | None]  # volunteers it needs; None = no limit
    starts_local: Mapped[datetime | None] = mapped_column(  # wall time; None = with the event
        sa.DateTime()
    )
    ends_local: Mapped[datetime | None] = mapped_column(  # wall time; None = with the event
        sa.DateTime()
    )
    closed_at: Mapped[datetime | None]  # nobody can take it on any more; None = one can

    event: Mapped[Event] = relationship(back_populates="shifts")

    __table_args__ = (sa.CheckConstraint("places > 0", name="places_are_positive"),)


class CountryMark(Base):
    """How a campaign protects the volunteers of a country: what its events there begin with."""

    __tablename__ = "country_marks"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)  # ISO 3166-1 alpha-2
    is_discreet: Mapped[bool]
    contact: Mapped[ContactRule]


class SafetySheet(Base):
    """What volunteers must know of their rights and of danger, in a country or at one event."""

    __tablename__ = "safety_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    country: Mapped[str | None]  # ISO 3166-1 alpha-2; None = of one event
    event_id: Mapped[int | None] = mapped_column(  # None = of a whole country
        sa.ForeignKey("events.id"), index=True
    )
    language: Mapped[str]  # BCP 47 tag of its text
    text: Mapped[str]  # plain text; an empty line parts paragraphs, "- " begins an item
    source: Mapped[str]  # who says so
    source_url: Mapped[str | None]  # None = not on the web
    checked_on: Mapped[date]  # when somebody last made sure of it, in the organizers' own calendar

    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "country", "language"),
        sa.UniqueConstraint("event_id", "language"),
        sa.CheckConstraint("(country IS NULL) <> (event_id IS NULL)", name="one_subject"),
    )


class Notice(Base):
    """Something to tell all volunteers of an event, written with what causes it.

    A sweep makes a mail of it for each of them, some at a time.
    """

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    kind: Mapped[NoticeKind]
    occasion: Mapped[str]  # which of its kind: a start, or the event's sequence
    due_at: Mapped[datetime]  # the domain's time
    before: Mapped[dict[str, Any] | None] = mapped_column(  # what was, in plain values
        sa.JSON
    )  # None = nothing that would have to be said
    reached: Mapped[str | None]  # id of the last sign-up that was told; None = nobody yet
    finished_at: Mapped[datetime | None]  # the domain's time; None = there is more to tell

    event: Mapped[Event] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("event_id", "kind", "occasion"),
        sa.Index("ix_notices_finished_at_due_at", "finished_at", "due_at"),
    )
