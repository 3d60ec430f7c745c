"""A ledger of observations of crowds. Nothing in it is overwritten."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base
from campaign.models.events import Event


class CountMethod(StrEnum):
    """How a crowd was counted."""

    HEAD_COUNT = "head count"
    GATE_COUNT = "gate count"
    CHECK_IN = "check-in"
    AREA_DENSITY = "area x density"
    PHOTO = "photo"
    PRESS = "press"
    POLICE = "police"


class SourceKind(StrEnum):
    """Where an observation comes from."""

    ORGANIZER = "organizer"
    POLICE = "police"
    PRESS = "press"
    INDEPENDENT = "independent"


class ObserverRole(StrEnum):
    """What the person who recorded an observation is here."""

    ADMINISTRATOR = "administrator"
    ORGANIZER = "organizer"
    COORDINATOR = "coordinator"
    HELPER = "helper"


class TurnoutReport(Base):
    """One observation of a crowd."""

    __tablename__ = "turnout_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    low: Mapped[int]  # people; an observed 0 is "nobody came"
    high: Mapped[int]  # people
    words: Mapped[str | None]  # as the source put it ("hundreds"); None = it gave numbers
    method: Mapped[CountMethod]
    source: Mapped[SourceKind]
    source_url: Mapped[str | None]  # None = no link
    observer_role: Mapped[ObserverRole]
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))  # None = gone
    is_sample: Mapped[bool] = mapped_column(default=False)  # made by `demo`
    observed_at: Mapped[datetime]  # when the crowd was seen
    recorded_at: Mapped[datetime]  # when it was written down, the domain's time

    event: Mapped[Event] = relationship()

    __table_args__ = (sa.CheckConstraint("low >= 0 AND low <= high", name="low_is_at_most_high"),)
