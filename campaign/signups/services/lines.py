"""Move up the wait lists of an event and of its shifts."""

from campaign.models import Event
from campaign.signups.services.places import move_up
from campaign.signups.services.shifts import move_up_shifts


def settle(event: Event) -> None:
    """Free what has lapsed, and offer what is free; under the event's lock.

    Whoever frees a place or adds one ends on this; whoever takes one begins with it.
    """
    move_up(event)
    move_up_shifts(event)
