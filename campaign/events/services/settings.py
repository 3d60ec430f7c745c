"""Set what an event decides for itself: its places, its privacy, where to meet, how it is held.

Every call takes `seen`, the version that whoever changes it was shown; None = whatever it was.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.events.services.announcing import announce
from campaign.events.services.changing import EventCancelledError, EventEndedError
from campaign.events.services.corners import note_corner
from campaign.events.services.noticing import note
from campaign.languages import lazy_gettext as _
from campaign.models import ContactRule, CountryMark, Event, EventStatus, NoticeKind


class ChangedMeanwhileError(CampaignError):
    """Somebody else changed it after it was shown."""


def version_of(*values: object) -> str:
    """Return what is another one as soon as any of the values is."""
    return sha256(repr(values).encode()).hexdigest()[:24]


def capacity_version(event: Event) -> str:
    """Return the version of how many fit."""
    return version_of(event.capacity_override)


def privacy_version(event: Event) -> str:
    """Return the version of how an event protects its volunteers."""
    return version_of(event.is_discreet, event.contact.value, event.has_own_privacy)


def place_version(event: Event) -> str:
    """Return the version of where to meet."""
    released_at = event.corner_from_at
    return version_of(event.street, event.corner, released_at and released_at.isoformat())


def offers_version(event: Event) -> str:
    """Return the version of what is spoken and offered."""
    return version_of(event.languages, event.access)


def set_capacity(event: Event, capacity: int | None, *, seen: str | None = None) -> None:
    """Let an event have places for so many people; None = as its call says.

    Who has a place keeps it. The wait list moves up by `signups.services.set_capacity`, which
    calls this. Raises ChangedMeanwhileError, EventEndedError, EventCancelledError, InvalidError.
    """
    lock_changeable(event)
    check_seen(seen, capacity_version(event))
    if capacity is not None and capacity < 0:
        raise InvalidError(_("An event cannot have fewer than no places."))
    event.capacity_override = capacity


def set_privacy(
    event: Event, *, is_discreet: bool, contact: ContactRule, seen: str | None = None
) -> None:
    """Let an event protect its volunteers in its own way, whatever the mark of its country says.

    Raises ChangedMeanwhileError.
    """
    lock(event)
    check_seen(seen, privacy_version(event))
    event.is_discreet, event.contact, event.has_own_privacy = is_discreet, contact, True
    note_corner(event)
    announce([event.id])


def follow_country(event: Event, *, seen: str | None = None) -> None:
    """Let an event protect its volunteers as its country is marked. Raises ChangedMeanwhileError.

    Where the country is not marked, it is open and asks for an address.
    """
    lock(event)
    check_seen(seen, privacy_version(event))
    mark = db.session.get(CountryMark, (event.campaign_id, event.city.country))
    event.has_own_privacy = False
    event.is_discreet = mark.is_discreet if mark else False
    event.contact = mark.contact if mark else ContactRule.REQUIRED
    note_corner(event)
    announce([event.id])


def set_place(
    event: Event,
    street: str | None,
    corner: str | None,
    corner_from_at: datetime | None,
    *,
    seen: str | None = None,
) -> None:
    """Say where to meet: the street, the exact corner, and from when on the corner is shown.

    Volunteers are told of another street, of another corner that they know already, and, of an
    open event, of the corner at its hour. Without any change nothing happens; public calendars show
    none of it, and are not told. Raises
    ChangedMeanwhileError, EventEndedError, EventCancelledError, InvalidError.
    """
    lock_changeable(event)
    check_seen(seen, place_version(event))
    before, known = (event.street, event.corner, event.corner_from_at), _known_corner(event)
    if before == (street, corner, corner_from_at):
        return
    if corner_from_at is not None and (corner is None or corner_from_at > event.ends_at):
        raise InvalidError(_("The corner is shown at the latest when the event ends."))
    event.street, event.corner, event.corner_from_at = street, corner, corner_from_at
    if (event.street, _known_corner(event)) != (before[0], known) and _is_to_come(event):
        note(event, NoticeKind.PLACED, occasion=clock.now().isoformat())
    note_corner(event)


def set_offers(
    event: Event, *, languages: Iterable[str], access: Iterable[str], seen: str | None = None
) -> None:
    """Say which languages are spoken at an event, by tag, and what it offers for access.

    Raises ChangedMeanwhileError, EventEndedError, EventCancelledError.
    """
    lock_changeable(event)
    check_seen(seen, offers_version(event))
    event.languages, event.access = _by_blanks(languages), _by_blanks(access)
    announce([event.id])


def lock(event: Event) -> None:
    """Lock an event as it is now, whatever was loaded before."""
    row = sa.select(Event).where(Event.id == event.id).with_for_update(key_share=True)
    db.session.flush()
    db.session.execute(row.execution_options(populate_existing=True)).scalar_one()


def lock_changeable(event: Event) -> None:
    """Lock an event that can still be changed. Raises EventEndedError, EventCancelledError."""
    lock(event)
    if event.status is EventStatus.CANCELLED:
        raise EventCancelledError(_("This event was cancelled, and stays cancelled."))
    is_over = event.status is not EventStatus.POSTPONED and event.ends_at <= clock.now()
    if event.status is EventStatus.HAPPENED or is_over:
        raise EventEndedError(_("This event is over: it cannot be changed any more."))


def check_seen(seen: str | None, version: str) -> None:
    """Raise ChangedMeanwhileError if something is not as it was shown."""
    if seen is not None and seen != version:
        raise ChangedMeanwhileError(
            _("Somebody else has changed this since you opened the page. Nothing was kept.")
        )


def _known_corner(event: Event) -> str | None:
    """Return the corner that whoever is confirmed may know by now."""
    released_at = event.corner_from_at
    return event.corner if released_at is None or released_at <= clock.now() else None


def _is_to_come(event: Event) -> bool:
    return event.status is EventStatus.PUBLISHED and event.ends_at > clock.now()


def _by_blanks(words: Iterable[str]) -> str:
    """Return words as their column holds them, so that one can be looked for: " en nb "."""
    sorted_words = sorted(set(words))
    return f" {' '.join(sorted_words)} " if sorted_words else ""
