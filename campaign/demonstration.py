"""The demonstration's clock: its distance from real time is stored once and never turns back."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from campaign import clock
from campaign.database import db, glance, insert_into
from campaign.models import InstallationFact

OFFSET = "demonstration_offset_seconds"
_stored = sa.select(InstallationFact.value).where(InstallationFact.name == OFFSET)


def init_app(app: Flask) -> None:
    """Let the domain's clock follow the stored distance, where the demonstration has one."""
    if not app.config["NOW"]:
        clock.follow_real_time()
        return

    def load_offset() -> timedelta | None:
        try:
            with glance(app) as connection:
                seconds = connection.scalar(_stored)
        except DBAPIError:  # Not prepared yet, or out of reach: asked again next time.
            return None
        return timedelta(seconds=float(seconds)) if seconds is not None else None

    clock.start_demonstration(load_offset)


def start_clock(start: str) -> None:
    """Store the distance from real time to the demonstration's start; a second time, nothing."""
    moment = datetime.fromisoformat(start).astimezone(UTC)
    seconds = (moment - clock.real_now()).total_seconds()
    fact = insert_into(InstallationFact).values(name=OFFSET, value=str(seconds))
    db.session.execute(fact.on_conflict_do_nothing())


def has_started() -> bool:
    """Tell whether the demonstration's clock has ever been started."""
    return db.session.scalar(_stored) is not None
