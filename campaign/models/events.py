"""What happens at a place and a time."""

from datetime import date, datetime
from enum import StrEnum

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
