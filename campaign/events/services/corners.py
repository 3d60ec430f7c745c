"""Let the volunteers of an event be told of its exact corner at its hour."""

from campaign import clock
from campaign.events.services.noticing import note
from campaign.models import Event, EventStatus, NoticeKind


def note_corner(event: Event) -> None:
    """Note that an open event's corner is to be told at the hour that was set; again, nothing."""
    released_at = event.corner_from_at
    if event.is_discreet or event.corner is None or released_at is None:
        return
    if event.status is not EventStatus.CANCELLED and released_at > clock.now():
        note(event, NoticeKind.CORNER, occasion=released_at.isoformat(), due_at=released_at)
