"""Figures of the installation: numbers only."""

from typing import Any

import sqlalchemy as sa

from campaign.database import db
from campaign.models import Email, EmailState, Event, EventStatus, Signup, SignupStatus


def figures() -> dict[str, tuple[str, float]]:
    """Return name -> (what it counts, value) of every figure."""
    return {
        "campaign_events_published": (
            "Published events",
            _count(Event.id, Event.status == EventStatus.PUBLISHED),
        ),
        "campaign_signups_confirmed": (
            "Confirmed sign-ups",
            _count(Signup.id, Signup.status == SignupStatus.CONFIRMED),
        ),
        "campaign_emails_due": ("Mails to send", _count(Email.id, Email.state == EmailState.DUE)),
        "campaign_emails_failed": (
            "Mails given up",
            _count(Email.id, Email.state == EmailState.FAILED),
        ),
    }


def _count(column: Any, condition: sa.ColumnElement[bool]) -> float:
    return float(db.session.scalar(sa.select(sa.func.count(column)).where(condition)) or 0)
