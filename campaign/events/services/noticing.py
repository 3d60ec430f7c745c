"""Note what the volunteers of an event are to be told, and how far a sweep has told it."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaign import clock
from campaign.database import db, insert_into
from campaign.events.notice_times import (
    THANKS_KEPT,
    TIMED,
    day_of_at,
    occasion_of,
    reminder_at,
    thanks_at,
)
from campaign.events.planning import LONGEST_MINUTES
from campaign.events.wall_time import wall_time
from campaign.models import Campaign, Event, EventStatus, Notice, NoticeKind

# What need not be told any more once something else is to be told.
OVERTAKEN: dict[NoticeKind, tuple[NoticeKind, ...]] = {
    NoticeKind.MOVED: (NoticeKind.POSTPONED, *TIMED),
    NoticeKind.POSTPONED: (NoticeKind.MOVED, NoticeKind.PLACED, *TIMED),
    NoticeKind.CANCELLED: tuple(set(NoticeKind) - {NoticeKind.CANCELLED}),
}
AHEAD = timedelta(days=2)  # before the start; reminders are due at most 38 hours before it
BATCH = 200  # events at once


def note(
    event: Event,
    kind: NoticeKind,
    *,
    occasion: str,
    due_at: datetime | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    """Note something to tell, under the event's lock; the same occasion again changes nothing.

    `due_at` None = at once. `before` is what was, in plain values. What nobody was told yet of the
    same kind, or of what this overtakes, is not told any more, and what was before it still is what
    the volunteers know. What some were told already ends there. Of a draft nobody is told.
    """
    of_event = sa.and_(Notice.event_id == event.id, Notice.kind == kind)
    known = sa.select(Notice.id).where(of_event, Notice.occasion == occasion)
    if event.status is EventStatus.DRAFT or db.session.scalar(known) is not None:
        return
    overtaken = _unfinished(event, (kind, *OVERTAKEN.get(kind, ())))
    before, is_undone = _before_all(event, overtaken, before)
    for row in overtaken:
        if row.reached is None:
            db.session.delete(row)
        else:
            row.finished_at = clock.now()
    if not (is_undone and kind is NoticeKind.MOVED):
        due_at = due_at or clock.now()
        row = Notice(event_id=event.id, kind=kind, occasion=occasion, due_at=due_at, before=before)
        db.session.add(row)
    db.session.flush()


def note_change(event: Event, kind: NoticeKind, before: dict[str, Any]) -> None:
    """Note that an event was moved, postponed or cancelled, after calendars know of it.

    `before` are its hours of before. Without a difference nothing is noted.
    """
    if before != hours_of(event):
        note(event, kind, occasion=str(event.sequence), before=before)


def hours_of(event: Event) -> dict[str, Any]:
    """Return when an event takes place, and whether it does, in plain values."""
    return {
        "starts_local": event.starts_local.isoformat(),
        "ends_local": wall_time(event.ends_at, event.timezone).isoformat(),
        "timezone": event.timezone,
        "status": event.status.value,
    }


def before_for(notice: Notice, signup_id: str) -> dict[str, Any] | None:
    """Return what was before a notice, as one volunteer knows it.

    Where an earlier notice ended half-way, those beyond know of an earlier state.
    """
    before = notice.before
    while before and "untold" in before and signup_id > before["untold"]["after"]:
        before = before["untold"]["before"]
    return before


def is_notice_due() -> bool:
    """Tell whether there is something to tell."""
    return db.session.scalar(_due().with_only_columns(Notice.id)) is not None


def take_due_notice() -> Notice | None:
    """Return what is to be told next, locked; None = nothing that nobody else is telling."""
    whole = joinedload(Notice.event)
    query = _due().options(*(whole.joinedload(part) for part in (Event.campaign, Event.city)))
    locked = query.with_for_update(of=Notice, skip_locked=True)
    fresh = {"populate_existing": True}
    found: Notice | None = db.session.scalars(locked, execution_options=fresh).first()
    return found


def reach(notice: Notice, signup_id: str) -> None:
    """Write down up to which sign-up a notice was told."""
    notice.reached = signup_id


def finish(notice: Notice) -> None:
    """Write down that there is nobody left to tell."""
    notice.finished_at = clock.now()


def note_days() -> int:
    """Note the reminders and the thanks of events that begin soon; return how many events.

    All of an event at once, so that those of the last kind show for which this is done. Whoever
    was told of a start after its reminder would have been due needs no reminder.
    """
    events = list(db.session.scalars(_without_days().limit(BATCH)))
    rows = [row for event in events for row in _days_of(event)]
    if rows:
        statement = insert_into(Notice).values(rows)
        db.session.execute(
            statement.on_conflict_do_nothing(index_elements=["event_id", "kind", "occasion"])
        )
    return len(events)


def lacks_days() -> bool:
    """Tell whether an event begins soon for which nothing was noted yet."""
    return db.session.scalar(_without_days().with_only_columns(Event.id).limit(1)) is not None


def _unfinished(event: Event, kinds: tuple[NoticeKind, ...]) -> list[Notice]:
    query = (
        sa.select(Notice)
        .where(Notice.event_id == event.id, Notice.kind.in_(kinds), Notice.finished_at.is_(None))
        .order_by(Notice.id)
        .with_for_update()
    )
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def _before_all(
    event: Event, overtaken: list[Notice], before: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, bool]:
    """Return what the volunteers know, and whether that is how things are now."""
    for row in overtaken:
        if before is None or row.before is None:
            continue
        if row.reached is None:
            return row.before, row.before == hours_of(event)
        before = {**before, "untold": {"after": row.reached, "before": row.before}}
    return before, False


def _due() -> sa.Select[Notice]:
    return (
        sa.select(Notice)
        .where(Notice.finished_at.is_(None), Notice.due_at <= clock.now())
        .order_by(Notice.due_at, Notice.id)
        .limit(1)
    )


def _without_days() -> sa.Select[Event]:
    moment = clock.now()
    oldest = moment - THANKS_KEPT
    # As `occasion_of` writes it; SQLite shows the fraction of a second.
    starts = sa.func.replace(sa.cast(Event.starts_local, sa.Text), ".000000", "")
    noted = sa.exists().where(
        Notice.event_id == Event.id,
        Notice.kind == NoticeKind.THANKS,
        Notice.occasion == starts + " " + Event.timezone,
    )
    return sa.select(Event).where(
        Event.campaign_id.in_(sa.select(Campaign.id)),  # By the index, which begins with it.
        Event.starts_at > oldest - timedelta(minutes=LONGEST_MINUTES),
        Event.starts_at <= moment + AHEAD,
        Event.ends_at > oldest,
        Event.status == EventStatus.PUBLISHED,
        ~noted,
    )


def _days_of(event: Event) -> list[dict[str, object]]:
    moments = {
        NoticeKind.REMINDER: reminder_at(event),
        NoticeKind.DAY_OF: day_of_at(event),
        NoticeKind.THANKS: thanks_at(event),
    }
    return [
        {
            "event_id": event.id,
            "kind": kind,
            "occasion": occasion_of(event),
            "due_at": due_at,
            "before": None,
        }
        for kind, due_at in moments.items()
        if due_at and (kind is NoticeKind.THANKS or due_at >= event.changed_at)
    ]
