"""What stands ready for feeds is what would be written now: of every event, after every test."""

import sqlalchemy as sa
from flask import Flask

from campaign.calendars.atom import render_atom_entry
from campaign.calendars.rendering import render_entry
from campaign.calendars.stamp import stamp
from campaign.database import db, reading
from campaign.events.entries import entry_of, paths_of_event
from campaign.languages import LANGUAGES, speaking
from campaign.models import (
    PUBLIC_STATUSES,
    CalendarEntry,
    CalendarMembership,
    CalendarScope,
    CallToAction,
    Clause,
    Event,
    FeedKind,
    Resolution,
)
from campaign.resolutions.entries import paths_of_call, world_day_of


def differences(app: Flask) -> list[str]:
    """Return in what entries, memberships and feeds differ from what would be made now."""
    with app.app_context(), reading():
        events = db.session.scalars(sa.select(Event).where(Event.status.in_(PUBLIC_STATUSES))).all()
        calls = db.session.scalars(
            sa.select(CallToAction)
            .join(CallToAction.clause)
            .join(Clause.resolution)
            .where(Resolution.published_at.is_not(None), CallToAction.on.is_not(None))
        ).all()
        held = {
            (entry.event_id, entry.call_id, entry.language, entry.kind): entry
            for entry in db.session.scalars(sa.select(CalendarEntry))
        }
        due: dict[tuple, bytes] = {}
        for language in LANGUAGES:
            with speaking(language):
                entries = {(event.id, None, language): entry_of(event) for event in events}
                entries |= {(None, call.id, language): world_day_of(call) for call in calls}
                for key, entry in entries.items():
                    due[*key, FeedKind.ICS] = render_entry(entry)
                    due[*key, FeedKind.ATOM] = render_atom_entry(entry)
        wrong = [key for key in due if key not in held or held[key].content != due[key]]
        paths = {event.id: sorted(paths_of_event(event)) for event in events}
        entered = {
            one.event_id: one.paths for one in db.session.scalars(sa.select(CalendarMembership))
        }
        known = set(db.session.scalars(sa.select(CalendarScope.path)))
        needed = {path for found in paths.values() for path in found}
        needed |= {path for call in calls for path in paths_of_call(call)}
        return [
            *(f"entry: {key}" for key in wrong),
            *(f"left over: {key}" for key in held.keys() - due.keys()),
            *(f"stale: {key}" for key, entry in held.items() if entry.stamp != stamp()),
            *([f"memberships: {entered} for {paths}"] if entered != paths else []),
            *(f"no feed: {path}" for path in needed - known),
        ]
