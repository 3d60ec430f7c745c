"""Let calendars know of events that changed."""

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaign.calendars import services as calendars
from campaign.calendars.services import Subject
from campaign.database import db
from campaign.events.entries import entry_of, paths_of_event
from campaign.events.queries import whole
from campaign.models import Event

BATCH = 250  # events held at once
Key = TypeVar("Key")


def announce(event_ids: Iterable[int]) -> None:
    """Bring feeds up to date with events that may have changed.

    Where readers would see a change, an event's sequence rises and its last change is now. Every
    service that changes what an entry shows, or which events are public, ends on this.
    """
    calendars.announce(_subjects(event_ids))


def renew(event_ids: Iterable[int]) -> None:
    """Write the entries of events anew that another version of the product wrote."""
    calendars.renew(_subjects(event_ids))


def follow_sites(site_ids: Collection[str]) -> int:
    """Let calendars know that sites changed; return how many events stand there."""
    ids: list[int] = []
    for some in _batches(sorted(site_ids)):
        ids += db.session.scalars(sa.select(Event.id).where(Event.site_id.in_(some)))
    announce(ids)
    return len(ids)


def _subjects(event_ids: Iterable[int]) -> Iterator[Subject]:
    """Yield events as they are now, locked: whoever changes one of them waits, then sees it all."""
    for ids in _batches(sorted(event_ids)):
        db.session.flush()
        query = sa.select(Event).where(Event.id.in_(ids)).order_by(Event.id)
        query = query.options(*whole(), joinedload(Event.city), joinedload(Event.campaign))
        locked = query.with_for_update(of=Event, key_share=True)
        rows = db.session.scalars(locked.execution_options(populate_existing=True))
        yield from map(_subject, rows)


def _batches(keys: list[Key]) -> Iterator[list[Key]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _subject(event: Event) -> Subject:
    """Return an event as calendars take it."""
    return Subject(
        event_id=event.id,
        call_id=None,
        entry=partial(entry_of, event),
        paths=paths_of_event(event),
        touch=partial(_touch, event),
    )


def _touch(event: Event) -> None:
    event.sequence += 1
    event.changed_at = calendars.moment_of_change(event.changed_at)
