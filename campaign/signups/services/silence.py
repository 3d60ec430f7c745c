"""Send a volunteer no more mails, or mails again."""

import sqlalchemy as sa

from campaign.database import db
from campaign.emails.services import withdraw
from campaign.models import Signup
from campaign.signups.services.mails import ASKED_FOR


def silence(signup: Signup) -> None:
    """Send no more mails but those that somebody asks for; drop what waits. A second time, nothing.

    The sign-up stays as it is.
    """
    _lock(signup)
    signup.is_silent = True
    db.session.flush()
    withdraw(signup.scope, about=signup.id, but=ASKED_FOR)


def resume(signup: Signup) -> None:
    """Send mails again; a second time, nothing."""
    _lock(signup)
    signup.is_silent = False


def _lock(signup: Signup) -> None:
    """Wait for whoever is writing mails to the sign-up just now, and read it afresh."""
    row = sa.select(Signup).where(Signup.id == signup.id).with_for_update(key_share=True)
    db.session.scalars(row.execution_options(populate_existing=True)).one()
