"""Keep entries ready for feeds, and let each feed know that it changed."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import sqlalchemy as sa

from campaign import clock
from campaign.calendars.atom import render_atom_entry
from campaign.calendars.queries import paths_of
from campaign.calendars.rendering import Entry, render_entry
from campaign.calendars.stamp import stamp
from campaign.database import db, insert_into
from campaign.languages import LANGUAGES, speaking
from campaign.models import CalendarEntry, CalendarMembership, CalendarScope, FeedKind

BATCH = 250  # subjects written at once, in every language
PATHS_AT_ONCE = 500
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """An event or a call whose entry may have changed. One of the ids is set."""

    event_id: int | None
    call_id: int | None
    entry: Callable[[], Entry]  # as everybody may see it, in the language spoken now
    paths: frozenset[str]  # of the feeds it stands in; empty = it is not public
    touch: Callable[[], None]  # raises its sequence and moves its last change to now


def announce(subjects: Iterable[Subject]) -> None:
    """Bring all feeds up to date with subjects that may have changed; a second time, nothing.

    Only where readers would see a change is the subject touched and written anew. Feeds that one
    enters or leaves change, and of an event the campaign's feed in any case, since searches
    look at what no entry shows. Call it late in a transaction: the feeds stay locked until its end.
    """
    moved: set[str] = set()
    for batch in _batches(subjects):
        moved |= _announce(batch, may_touch=True)
    _move(moved)


def renew(subjects: Iterable[Subject]) -> None:
    """Write entries anew that another version wrote; no reader is to see a change."""
    moved: set[str] = set()
    for batch in _batches(subjects):
        moved |= _announce(batch, may_touch=False)
    _move(moved)


def mark_renewed() -> int:
    """Mark the feeds whose entries are all of this version now; return how many these are.

    Call it when no entry of another version is left.
    """
    old = sa.select(CalendarScope.path).where(CalendarScope.stamp != stamp())
    paths = set(db.session.scalars(old))
    _move(paths)
    db.session.execute(
        sa.update(CalendarScope).where(CalendarScope.stamp != stamp()).values(stamp=stamp())
    )
    return len(paths)


def moment_of_change(before: datetime) -> datetime:
    """Return when what readers see changed: now to the second, and later than it did before."""
    return max(clock.now().replace(microsecond=0), before + SECOND)


def _batches(subjects: Iterable[Subject]) -> Iterator[list[Subject]]:
    remaining = iter(subjects)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _announce(batch: list[Subject], *, may_touch: bool) -> set[str]:
    """Write what changed of a batch, and return the paths of the feeds that changed."""
    db.session.flush()
    held = _held(batch)
    before = paths_of([one.event_id for one in batch if one.event_id is not None])
    public = [one for one in batch if one.paths]
    fresh = _render(public)
    changed = [one for one in public if any(fresh[key] != held.get(key) for key in _keys(one))]
    seen = [one for one in changed if any(key in held for key in _keys(one))]
    if may_touch and seen:
        for one in seen:
            one.touch()
        db.session.flush()
        fresh |= _render(seen)
    _store(changed, fresh)
    _withdraw([one for one in batch if not one.paths and any(key in held for key in _keys(one))])
    _enter(batch, before)
    moved = _moved(batch, {id(one) for one in changed}, before)
    if may_touch:
        moved |= {path for one in batch if one.event_id for path in one.paths if _is_whole(path)}
    return moved


Key = tuple[int | None, int | None, str, FeedKind]  # event, call, language, format
WRITERS = {FeedKind.ICS: render_entry, FeedKind.ATOM: render_atom_entry}


def _keys(subject: Subject) -> list[Key]:
    owner = (subject.event_id, subject.call_id)
    return [(*owner, language, kind) for language in LANGUAGES for kind in FeedKind]


def _render(subjects: Sequence[Subject]) -> dict[Key, bytes]:
    rendered: dict[Key, bytes] = {}
    for language in LANGUAGES:
        with speaking(language):
            for one in subjects:
                entry, owner = one.entry(), (one.event_id, one.call_id)
                for kind, write in WRITERS.items():
                    rendered[*owner, language, kind] = write(entry)
    return rendered


def _held(batch: list[Subject]) -> dict[Key, bytes]:
    """Return what stands ready of a batch; what another version wrote counts as different."""
    held: dict[Key, bytes] = {}
    for owner in (CalendarEntry.event_id, CalendarEntry.call_id):
        ids = [number for one in batch if (number := getattr(one, owner.key)) is not None]
        query = sa.select(
            CalendarEntry.event_id,
            CalendarEntry.call_id,
            CalendarEntry.language,
            CalendarEntry.kind,
            CalendarEntry.stamp,
            CalendarEntry.content,
        ).where(owner.in_(ids))
        for row in db.session.execute(query):
            key = (row.event_id, row.call_id, row.language, row.kind)
            held[key] = row.content if row.stamp == stamp() else b""
    return held


def _store(subjects: list[Subject], fresh: dict[Key, bytes]) -> None:
    # Entries of one language and format lie side by side, as feeds read them.
    keys = sorted((key for one in subjects for key in _keys(one)), key=lambda key: key[2:])
    statement = insert_into(CalendarEntry)
    words = {name: statement.excluded[name] for name in ("stamp", "content")}
    for place, owner in enumerate(("event_id", "call_id")):
        rows = [_row(key, fresh[key]) for key in keys if key[place] is not None]
        if rows:
            unique = [owner, "language", "kind"]
            kept = statement.on_conflict_do_update(index_elements=unique, set_=words)
            db.session.execute(kept, rows)


def _row(key: Key, content: bytes) -> dict[str, object]:
    names = ("event_id", "call_id", "language", "kind")
    return {**dict(zip(names, key, strict=True)), "stamp": stamp(), "content": content}


def _withdraw(subjects: list[Subject]) -> None:
    """Take what is not public any more out of all feeds."""
    for owner in (CalendarMembership.event_id, CalendarEntry.event_id, CalendarEntry.call_id):
        ids = [number for one in subjects if (number := getattr(one, owner.key)) is not None]
        if ids:
            db.session.execute(sa.delete(owner.class_).where(owner.in_(ids)))


def _enter(batch: list[Subject], before: dict[int, frozenset[str]]) -> None:
    rows = [
        {"event_id": one.event_id, "paths": sorted(one.paths)}
        for one in batch
        if one.event_id is not None and one.paths and before.get(one.event_id) != one.paths
    ]
    if rows:
        statement = insert_into(CalendarMembership)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["event_id"], set_={"paths": statement.excluded.paths}
            ),
            rows,
        )


def _moved(batch: list[Subject], changed: set[int], before: dict[int, frozenset[str]]) -> set[str]:
    """Return the feeds of what changed, and those that any of a batch entered or left."""
    moved: set[str] = set()
    for one in batch:
        left = before.get(one.event_id, frozenset()) if one.event_id is not None else one.paths
        moved |= (left | one.paths) if id(one) in changed else (left ^ one.paths)
    return moved


def _is_whole(path: str) -> bool:
    """Tell whether a feed is a campaign's own."""
    return path.endswith("/calendar")


def _move(paths: set[str]) -> None:
    """Let feeds change their state, under locks that are always taken in one order."""
    in_order = sorted(paths)
    for start in range(0, len(in_order), PATHS_AT_ONCE):
        _move_some(in_order[start : start + PATHS_AT_ONCE])


def _move_some(paths: list[str]) -> None:
    moment, now = clock.now().replace(microsecond=0), clock.real_now().replace(microsecond=0)
    first = {"stamp": stamp(), "version": "", "changed_at": moment, "modified_at": now - SECOND}
    db.session.execute(
        insert_into(CalendarScope).on_conflict_do_nothing(),
        [{"path": path, **first} for path in paths],
    )
    query = (
        sa.select(CalendarScope.path, CalendarScope.modified_at)
        .where(CalendarScope.path.in_(paths))
        .order_by(CalendarScope.path)
        .with_for_update()
    )
    found = db.session.execute(query).all()
    db.session.execute(
        sa.update(CalendarScope),
        [
            {
                "path": path,
                "version": secrets.token_hex(8),
                "changed_at": moment,
                "modified_at": max(now, modified_at + SECOND),
            }
            for path, modified_at in found
        ],
    )
