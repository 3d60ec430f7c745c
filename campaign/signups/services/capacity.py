"""Change how many places there are, and move the wait lists up into the new ones."""

from campaign.database import db
from campaign.events import services as events
from campaign.models import Event, Shift
from campaign.signups.services.lines import settle
from campaign.signups.services.places import lock


def set_capacity(event: Event, capacity: int | None, *, seen: str | None = None) -> None:
    """Let an event have places for so many people; None = as its call says.

    Whoever waits is offered the new places in order. With fewer, everybody keeps what they have.
    Raises what `events.services.set_capacity` raises.
    """
    lock(event)
    events.set_capacity(event, capacity, seen=seen)
    _settle(event)


def set_shift_places(shift: Shift, places: int | None, *, seen: str | None = None) -> None:
    """Let a shift have so many places; None = no limit. Its wait list moves up.

    Raises what `events.services.set_shift_places` raises.
    """
    lock(shift.event)
    events.set_shift_places(shift, places, seen=seen)
    _settle(shift.event)


def reopen_shift(shift: Shift) -> None:
    """Let a shift be taken on again; its wait list moves up. A second time, nothing."""
    lock(shift.event)
    events.reopen_shift(shift)
    _settle(shift.event)


def _settle(event: Event) -> None:
    db.session.flush()
    settle(event)
