"""Move up wait lists where holds and offers have lapsed."""

import sqlalchemy as sa

from campaign.database import db, reading, transaction
from campaign.models import Event, ShiftStatus, Signup, SignupShift, SignupStatus
from campaign.signups.queries import OPEN_STATUSES
from campaign.signups.services import settle
from campaign.signups.services.places import lock


def move_up_lines() -> None:
    """Offer what is free to who waits, event by event; nothing where nobody waits."""
    with reading():
        event_ids = _with_a_line()
    for event_id in event_ids:
        with transaction():
            event = db.session.get_one(Event, event_id)
            lock(event)
            settle(event)


def _with_a_line() -> list[int]:
    in_line = Signup.status.in_((SignupStatus.WAITING, SignupStatus.OFFERED))
    of_event = sa.select(Signup.event_id).where(in_line)
    of_shift = (
        sa.select(Signup.event_id)
        .join(SignupShift, SignupShift.signup_id == Signup.id)
        .where(SignupShift.status != ShiftStatus.TAKEN)
    )
    query = sa.select(Event.id).where(Event.status.in_(OPEN_STATUSES))
    waiting = sa.or_(Event.id.in_(of_event), Event.id.in_(of_shift))
    return list(db.session.scalars(query.where(waiting).order_by(Event.id)))
