"""How many volunteers the shifts of an event have, for organizers and coordinators only."""

from dataclasses import dataclass

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.models import Event, Shift, ShiftStatus, Signup, SignupShift
from campaign.signups.queries import has_shift, takes_place


@dataclass(frozen=True, slots=True)
class ShiftCounts:
    """Volunteers of one shift; whoever comes along is not counted."""

    taken: int  # those it is offered to as well
    waiting: int


def shift_counts(event: Event) -> dict[int, ShiftCounts]:
    """Return how many have each shift of an event and how many wait for it, by the shift's id."""
    moment = clock.now()
    waits = SignupShift.status == ShiftStatus.WAITING
    query = (
        sa.select(
            SignupShift.shift_id,
            sa.func.sum(sa.case((has_shift(moment), 1), else_=0)),
            sa.func.sum(sa.case((waits, 1), else_=0)),
        )
        .join(SignupShift.signup)
        .join(SignupShift.shift)
        .where(Shift.event_id == event.id, Signup.event_id == event.id, takes_place(moment))
        .group_by(SignupShift.shift_id)
    )
    return {
        shift: ShiftCounts(taken, waiting) for shift, taken, waiting in db.session.execute(query)
    }
