"""Shifts as volunteers read of them."""

from dataclasses import dataclass
from datetime import datetime

from campaign import clock
from campaign.models import ShiftStatus, Signup
from campaign.signups.wording import shift_words


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift that a volunteer has or waits for."""

    shift_id: int
    words: str
    status: ShiftStatus
    held_until: datetime | None  # aware, in the event's zone; None = it is not offered


def present_shifts(signup: Signup) -> tuple[ShiftRow, ...]:
    """Return the shifts of a volunteer; an offer that is over is none any more."""
    zone, moment = clock.zone(signup.event.timezone), clock.now()
    rows = []
    for one in signup.shifts:
        until = one.hold_until
        if until is None or until > moment:
            local = until.astimezone(zone) if until else None
            rows.append(ShiftRow(one.shift_id, shift_words(one.shift), one.status, local))
    return tuple(rows)
