"""A feed's bytes: entries that stand ready, joined; or written anew where another version wrote."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import joinedload

from campaign.calendars.atom import AtomHead, render_atom, render_atom_entry
from campaign.calendars.queries import FeedState, state_of
from campaign.calendars.rendering import Feed, render_entry, render_feed
from campaign.calendars.scopes import Scope, path_of
from campaign.calendars.stamp import stamp
from campaign.calendars.views.feeds import Contents, contents, source
from campaign.calendars.zones import UnknownZone, known_zone, render_timezones
from campaign.database import db, open_snapshot
from campaign.events.entries import entry_of
from campaign.events.queries import whole
from campaign.languages import current, known, speaking
from campaign.models import CalendarEntry, CallToAction, Campaign, Event, FeedKind
from campaign.resolutions.entries import world_day_of
from campaign.resolutions.queries import calls_with_all

PIECE = 64  # entries sent at once
BATCH = 250  # events written anew at once
GZIP = 31  # zlib's name for the form of gzip, with the largest window


@dataclass(frozen=True, slots=True)
class Form:
    """How a feed is written down."""

    kind: FeedKind
    source: str  # its own address
    campaign: Campaign
    state: FeedState | None

    @property
    def changed_at(self) -> datetime:
        """Return when it last changed: aware UTC, the domain's time."""
        return self.state.changed_at if self.state else self.campaign.created_at

    @property
    def is_ready(self) -> bool:
        """Tell whether all its entries stand ready, written by this version."""
        return self.state is not None and self.state.stamp == stamp()


def pieces(held: Contents, form: Form, connection: Connection) -> Iterator[bytes]:
    """Yield a feed piece by piece, in the language spoken when it is asked for.

    It reads the connection to the end, also after that; nothing else of the app is needed then.
    """
    entries = _stored(held, form.kind, connection) if form.is_ready else _fresh(held, form.kind)
    if form.kind is FeedKind.ATOM:
        head = AtomHead(
            name=held.name,
            description=held.description,
            author=held.author,
            page=held.page,
            source=form.source,
            language=current(),
            modified_at=form.changed_at,
        )
        return render_atom(head, entries)
    feed = Feed(held.name, held.description, held.page, form.source, form.changed_at)
    return render_feed(feed, entries, zones_of(held.events, connection))


def feed_bytes(campaign: Campaign, scope: Scope, value: str, *, language: str) -> bytes:
    """Return a feed as iCalendar, whole: the bytes of its address. Raises NotFoundError."""
    with speaking(known(language)), closing(open_snapshot()) as connection:
        state = state_of(path_of(campaign.slug, scope, value), connection)
        form = Form(
            FeedKind.ICS, source(campaign.slug, scope, value, kind=FeedKind.ICS), campaign, state
        )
        return b"".join(pieces(contents(campaign, scope, value), form, connection))


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the gzip form of pieces; the same pieces give the same bytes."""
    packer = zlib.compressobj(level=6, wbits=GZIP)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _stored(held: Contents, kind: FeedKind, connection: Connection) -> Iterator[bytes]:
    is_wanted = sa.and_(CalendarEntry.language == current(), CalendarEntry.kind == kind)
    of_calls = (
        sa.select(CalendarEntry.content)
        .join(CallToAction, CallToAction.id == CalendarEntry.call_id)
        .where(CallToAction.id.in_([call.id for call in held.calls]), is_wanted)
        .order_by(CallToAction.on, CallToAction.id)
    )
    of_events = (
        held.events.join(CalendarEntry, CalendarEntry.event_id == Event.id)
        .with_only_columns(CalendarEntry.content)
        .where(is_wanted)
        .order_by(Event.starts_at, Event.id)
        .execution_options(yield_per=PIECE)
    )
    return _joined(connection, [of_calls, of_events] if held.calls else [of_events])


def _joined(connection: Connection, queries: list[sa.Select[bytes]]) -> Iterator[bytes]:
    for query in queries:
        with connection.execute(query) as found:
            for rows in found.scalars().partitions(PIECE):
                yield b"".join(rows)


def _fresh(held: Contents, kind: FeedKind) -> Iterator[bytes]:
    write = render_entry if kind is FeedKind.ICS else render_atom_entry
    calls = calls_with_all().where(CallToAction.id.in_([call.id for call in held.calls]))
    days = db.session.scalars(calls.order_by(CallToAction.on, CallToAction.id))
    return chain([write(world_day_of(call)) for call in days], entries_of(held.events, kind))


def entries_of(events: sa.Select[Event], kind: FeedKind = FeedKind.ICS) -> list[bytes]:
    """Return the entries of events, drafts too, in order: those that stand ready, others anew."""
    is_ready = sa.and_(
        CalendarEntry.event_id == Event.id,
        CalendarEntry.language == current(),
        CalendarEntry.kind == kind,
        CalendarEntry.stamp == stamp(),
    )
    query = events.outerjoin(CalendarEntry, is_ready).with_only_columns(
        Event.id, CalendarEntry.content
    )
    rows = db.session.execute(query.order_by(None).order_by(Event.starts_at, Event.id)).all()
    fresh = _written([event_id for event_id, ready in rows if ready is None], kind)
    return [fresh[event_id] if ready is None else ready for event_id, ready in rows]


def _written(event_ids: list[int], kind: FeedKind) -> dict[int, bytes]:
    write = render_entry if kind is FeedKind.ICS else render_atom_entry
    written = {}
    for start in range(0, len(event_ids), BATCH):
        query = sa.select(Event).where(Event.id.in_(event_ids[start : start + BATCH]))
        for event in db.session.scalars(query.options(*whole(), joinedload(Event.city))):
            written[event.id] = write(entry_of(event))
    return written


def zones_of(events: sa.Select[Event], connection: Connection) -> list[bytes]:
    """Return the zones of events, each right from the first day of them all to the last."""
    query = (
        events.with_only_columns(
            Event.timezone, sa.func.min(Event.starts_at), sa.func.max(Event.ends_at)
        )
        .group_by(Event.timezone)
        .order_by(None)
    )
    days: dict[str, tuple[date, date]] = {}
    for name, first, last in connection.execute(query):
        try:
            zone = known_zone(name)
        except UnknownZone:  # Its events are written in UTC.
            continue
        days[name] = first.astimezone(zone).date(), last.astimezone(zone).date()
    if not days:
        return []
    first_on, last_on = (
        min(first for first, _ in days.values()),
        max(last for _, last in days.values()),
    )
    return render_timezones(days, first_on, last_on)
