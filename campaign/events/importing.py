"""What an import of a calendar would do: which entries become events, which change one, and how."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from campaign import clock
from campaign.calendars.reading import Moments, ReadEntry, WallTime
from campaign.calendars.rendering import EntryStatus
from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.events.entries import ending_of
from campaign.events.planning import LONGEST_MINUTES, YEARS
from campaign.events.wall_time import instant, wall_time
from campaign.languages import LANGUAGES, speaking
from campaign.languages import lazy_gettext as _
from campaign.models import CallToAction, Event, EventStatus
from campaign.sites.spots import Spot, find_spot

AT_ONCE = 500  # UIDs in one question to the database
TOLD = (EventStatus.PUBLISHED, EventStatus.POSTPONED)


class Action(StrEnum):
    """What an import does with an entry."""

    MAKE = "new"
    CHANGE = "changed"
    KEEP = "the same"
    LEAVE_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an entry says of an event, as we keep events."""

    title: str | None  # None = as the call's
    description: str | None  # None = as the call's
    starts_local: datetime  # naive, by the clocks of the spot
    starts_at: datetime  # aware UTC
    lasting_minutes: int
    stream_url: str | None
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import changes of an event."""

    what: object  # in words
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """An entry of the file, and what an import does with it."""

    entry: ReadEntry
    action: Action
    event: Event | None = None  # that has its UID already
    spot: Spot | None = None  # None = it is left out, or stays where it is
    wish: Wish | None = None  # None = it is left out
    differences: tuple[Difference, ...] = field(default=())
    why: object = ""  # it is left out, in words


class _LeftOutError(CampaignError):
    """An entry that no event can be made of."""


def plan_import(call: CallToAction, entries: Iterable[ReadEntry]) -> list[PlannedEntry]:
    """Return what an import of entries into a call would do with each; writes nothing."""
    entries = list(entries)
    known = _events_by_uid([entry.uid for entry in entries])
    days = set(db.session.scalars(sa.select(CallToAction.uid)))
    return [_plan(call, entry, known.get(entry.uid), days) for entry in entries]


def _plan(
    call: CallToAction, entry: ReadEntry, event: Event | None, days: set[str]
) -> PlannedEntry:
    given = entry
    try:
        entry = _without_ending(entry, event) if event else entry
        _check(call, entry, event, days)
        spot = find_spot(entry.location, entry.latitude, entry.longitude)
        if spot is None and event is None:
            raise _LeftOutError(_("Its place is not known: it names no city that we know."))
        zone = spot.timezone if spot else event.timezone if event else "UTC"
        wish = _wish(call, entry, spot, zone)
        if event is not None and event.is_discreet:
            spot, wish = None, _silent(event, wish)
    except (_LeftOutError, InvalidError) as refused:
        return PlannedEntry(given, Action.LEAVE_OUT, event, why=refused.sentence)
    if event is None:
        return PlannedEntry(entry, Action.MAKE, spot=spot, wish=wish)
    spot = None if spot and spot.site is event.site else spot
    found = _differences(event, wish, spot)
    if found and event.status in TOLD and event.ends_at <= clock.now():
        why = _("It is over here: it cannot be changed any more.")
        return PlannedEntry(entry, Action.LEAVE_OUT, event, why=why)
    action = Action.CHANGE if found else Action.KEEP
    return PlannedEntry(entry, action, event, spot, wish, tuple(found))


def _check(call: CallToAction, entry: ReadEntry, event: Event | None, days: set[str]) -> None:
    is_cancelled = entry.status is EntryStatus.CANCELLED
    if entry.uid in days:
        raise _LeftOutError(_("It is the day of a call, which has its events already."))
    if event is None and is_cancelled:
        raise _LeftOutError(_("It is cancelled."))
    if event is None:
        return
    if event.call_id != call.id:
        raise _LeftOutError(_("Another call has an event with this UID."))
    if event.status is EventStatus.CANCELLED and not is_cancelled:
        raise _LeftOutError(_("It was cancelled here, and stays cancelled."))
    if event.status is EventStatus.DRAFT and is_cancelled:
        raise _LeftOutError(_("It is cancelled; here it is a draft that nobody has seen."))


def _events_by_uid(uids: list[str]) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for start in range(0, len(uids), AT_ONCE):
        query = sa.select(Event).where(Event.uid.in_(uids[start : start + AT_ONCE]))
        found |= {event.uid: event for event in db.session.scalars(query)}
    return found


def _wish(call: CallToAction, entry: ReadEntry, spot: Spot | None, zone: str) -> Wish:
    starts_at, ends_at = _moments(call, entry, zone)
    if starts_at.year not in YEARS:
        raise _LeftOutError(_("Time zones are known from 1900 to 2199 only."))
    seconds = (ends_at - starts_at).total_seconds() if ends_at else 0
    minutes = round(seconds / 60) or call.lasting_minutes
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise _LeftOutError(_("An event lasts from one minute to two weeks."))
    title = _without_city(entry.title, spot)
    text = _with_page(entry)
    return Wish(
        title=title if title and title != call.title else None,
        description=text if text and text != call.description.strip() else None,
        starts_local=wall_time(starts_at, zone),
        starts_at=starts_at,
        lasting_minutes=minutes,
        stream_url=entry.stream_url,
        is_cancelled=entry.status is EntryStatus.CANCELLED,
    )


def _moments(call: CallToAction, entry: ReadEntry, zone: str) -> tuple[datetime, datetime | None]:
    """Return start and end in UTC. Raises InvalidError for what the place's clocks do not show."""
    when = entry.when
    if isinstance(when, Moments):
        return when.starts_at.replace(second=0, microsecond=0), when.ends_at
    if isinstance(when, WallTime):
        starts_at = instant(when.starts_local.replace(second=0, microsecond=0), zone)
        lasts = when.ends_local - when.starts_local if when.ends_local else timedelta()
        return starts_at, starts_at + lasts
    if call.at is None:
        raise _LeftOutError(_("It has no hour, and neither has the call."))
    return instant(datetime.combine(when.starts_on, call.at), zone), None


def _without_city(title: str, spot: Spot | None) -> str:
    """Return a title without the city in front, which calendars of ours put there."""
    city = (spot.site.city if spot.site else spot.place) if spot else None
    names = (city.name, *city.other_names) if city else ()
    for name in names:
        title = title.removeprefix(f"{name}: ")
    return title


def _without_ending(entry: ReadEntry, event: Event) -> ReadEntry:
    """Return an entry without what calendars of ours write below an event's own words."""
    for language in LANGUAGES:
        with speaking(language):
            ending = ending_of(event).strip()
        if entry.description.strip().endswith(ending):
            text = entry.description.strip().removesuffix(ending).strip()
            return replace(entry, description=text, url=None)
    return entry


def _silent(event: Event, wish: Wish) -> Wish:
    """Return a wish for a discreet event: its calendars say nothing of it but when it is."""
    return replace(
        wish,
        title=event.title_override,
        description=event.description_override,
        stream_url=event.stream_url,
    )


def _with_page(entry: ReadEntry) -> str:
    """Return the description, which names the page of the entry if there is one."""
    text = entry.description.strip()
    if entry.url and entry.url not in text:
        return f"{text}\n\n{entry.url}".strip()
    return text


def _differences(event: Event, wish: Wish, spot: Spot | None) -> list[Difference]:
    told = [
        (_("title"), event.title, wish.title or event.call.title),
        (_("text"), event.description, wish.description or event.call.description),
        (_("start"), _shown(event.starts_at), _shown(wish.starts_at)),
        (_("minutes"), str(event.lasting_minutes), str(wish.lasting_minutes)),
        (_("where"), event.site.name, spot.name if spot else event.site.name),
        (_("stream"), event.stream_url or "", wish.stream_url or ""),
        (_("status"), *_statuses(event, wish)),
    ]
    return [Difference(*one) for one in told if one[1].strip() != one[2].strip()]


def _statuses(event: Event, wish: Wish) -> tuple[str, str]:
    after = EventStatus.CANCELLED if wish.is_cancelled else event.status
    return event.status.value, after.value


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"
