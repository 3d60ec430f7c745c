"""Mails in the outbox, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from flask import Flask

from campaign.database import db, transaction
from campaign.emails.jobs import send_due
from campaign.emails.services import Recipient, send
from campaign.models import Email


@contextmanager
def acting(app: Flask) -> Iterator[None]:
    """Do something in a unit of work of its own."""
    with app.app_context(), transaction():
        yield


def post(
    app: Flask,
    *names: str,
    template: str = "sign_in_unknown",
    scope: str = "people",
    stale_at: datetime | None = None,
) -> None:
    """Put a mail for each name into the outbox."""
    for name in names:
        to = Recipient(f"{name}@example.org", "en", scope)
        with acting(app):
            send(template, f"test:{name}", to, {"token": "TOKEN"}, stale_at=stale_at)


def sweep(app: Flask) -> int:
    """Let one worker send what is due, once."""
    with app.app_context():
        return send_due()


def outbox(app: Flask) -> dict[str, Email]:
    """Return the mails by the names of their recipients, detached."""
    with acting(app):
        query = sa.select(Email).order_by(Email.id)
        found = {email.key.partition(":")[2]: email for email in db.session.scalars(query)}
        db.session.expunge_all()
        return found
