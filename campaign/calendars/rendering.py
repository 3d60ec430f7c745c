"""Events as iCalendar bytes: one VEVENT per event, joined into calendars (RFC 5545, 7986, 9253).

We write content lines ourselves and leave `icalendar` to read: its writer leaves the names of
calendars unescaped, lets control characters through, and takes five times as long. The same entry
always gives the same bytes, which are stored and joined into feeds.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from itertools import chain
from typing import Final
from uuid import UUID, uuid5

from campaign.calendars.lines import escape, fold, local_time, one_line, quoted, uri, utc_time
from campaign.calendars.zones import UTC_NAMES, known_zone, render_timezone, render_timezones

PRODID: Final = "-//Campaign//Calls to events//EN"
_ALARMS: Final = UUID("5f0c8f0e-7d3b-4a58-9d0a-9f6a4c1b2e37")  # the space of the alarms' UIDs
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


class EntryStatus(Enum):
    """Whether what an entry announces will take place (RFC 5545 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class DemandLink:
    """A demand that an entry supports."""

    id: str  # such as "china-1"
    label: str  # a few words
    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture that stands for an event. Raises ValueError without a media type."""

    url: str
    media_type: str  # such as "image/svg+xml"

    def __post_init__(self) -> None:
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError("a picture has a media type")


@dataclass(frozen=True, slots=True)
class Conference:
    """Where an event can be watched from afar (RFC 7986 5.11)."""

    url: str
    label: str = ""  # a few words


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as calendars see it: hours in a time zone, or a whole day everywhere.

    All words arrive translated, a cancelled title already marked as cancelled. Raises ValueError
    unless it has either hours, that end no earlier than they start, or a day.
    """

    uid: str
    sequence: int
    created_at: datetime  # aware UTC
    modified_at: datetime  # aware UTC
    status: EntryStatus
    title: str
    starts_local: datetime | None = None  # naive, by the clocks of `timezone`
    ends_local: datetime | None = None  # naive, by the clocks of `timezone`
    timezone: str | None = None  # IANA name; "UTC" where the moments themselves are meant
    all_day_on: date | None = None
    description: str = ""  # plain text
    html: str = ""  # the description as safe HTML; "" = readers show the plain text
    location: str | None = None
    latitude: float | None = None  # degrees north
    longitude: float | None = None  # degrees east
    url: str = ""
    categories: tuple[str, ...] = ()  # beside the labels of the demands
    demands: tuple[DemandLink, ...] = ()
    demand_relation: str = ""  # URI that names the relation of an event to a demand
    parent_uid: str | None = None  # of the world-day entry in the same feed
    contact: str | None = None
    picture: Picture | None = None
    conference: Conference | None = None
    alarm_minutes: int | None = None  # before the start; None = silent, as every feed must be

    def __post_init__(self) -> None:
        hours = (self.starts_local, self.ends_local, self.timezone)
        if any(hours) if self.all_day_on else not all(hours):
            raise ValueError("an entry has either a day, or a start, an end and a time zone")
        if self.starts_local and self.ends_local and self.ends_local < self.starts_local:
            raise ValueError("an entry cannot end before it starts")
        if self.alarm_minutes is not None and self.alarm_minutes < 0:
            raise ValueError("an entry rings no later than it starts")

    @property
    def days(self) -> list[date]:
        """Answer the local dates of its start and its end, or its day."""
        hours = [moment.date() for moment in (self.starts_local, self.ends_local) if moment]
        return [self.all_day_on] if self.all_day_on else hours


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar says of itself."""

    name: str
    description: str
    url: str  # its page
    source: str  # where to fetch it again
    modified_at: datetime  # aware UTC


def in_utc(entry: Entry, starts_at: datetime, ends_at: datetime) -> Entry:
    """Answer the entry with its moments in UTC, for when its zone is unknown here."""
    starts, ends = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (starts_at, ends_at))
    return replace(entry, starts_local=starts, ends_local=ends, timezone="UTC")


def render_entry(entry: Entry) -> bytes:
    """Write one VEVENT. Raises `UnknownZone`: without its zone an event would float."""
    # Without METHOD the stamp is the moment of the last change (RFC 5545 3.8.7.2).
    return render_event(entry, entry.modified_at)


def render_event(entry: Entry, stamped_at: datetime, people: Iterable[str] = ()) -> bytes:
    """Write one VEVENT as of a moment (aware), with lines that say who takes part.

    Raises `UnknownZone`.
    """
    lines = chain(
        ["BEGIN:VEVENT"],
        _identity(entry, stamped_at),
        _hours(entry),
        people,
        _words(entry),
        _place(entry),
        _causes(entry),
        _media(entry),
        _alarm(entry),
        ["END:VEVENT"],
    )
    return b"".join(map(fold, lines))


def render_feed(feed: Feed, events: Iterable[bytes], zones: Iterable[bytes]) -> Iterator[bytes]:
    """Join stored VEVENTs and the VTIMEZONEs they name into a calendar, piece by piece.

    Events keep their order; zones are sorted by name, so that equal feeds are equal bytes.
    """
    yield b"".join(map(fold, _head(feed)))
    is_empty = True
    for component in chain(sorted(set(zones)), events):
        is_empty = False
        yield component
    if is_empty:
        # A calendar holds at least one component (RFC 5545 3.6).
        day = feed.modified_at.date()
        yield render_timezone("Etc/UTC", day, day)
    yield fold("END:VCALENDAR")


def render_calendar(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """Write a whole calendar, its zones right from the first to the last entry."""
    entries = tuple(entries)
    days = [day for entry in entries for day in entry.days]
    names = {entry.timezone for entry in entries if entry.timezone}
    zones = render_timezones(names, min(days), max(days)) if names else []
    return b"".join(render_feed(feed, map(render_entry, entries), zones))


def _head(feed: Feed) -> Iterator[str]:
    # No UID: some readers then keep a single event of the feed. No METHOD: it is a snapshot.
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN")
    name, description = escape(one_line(feed.name)), escape(feed.description)
    yield from (f"NAME:{name}", f"X-WR-CALNAME:{name}")
    if description:
        yield from (f"DESCRIPTION:{description}", f"X-WR-CALDESC:{description}")
    if feed.url:
        yield f"URL:{uri(feed.url)}"
    if feed.source:
        yield f"SOURCE;VALUE=URI:{uri(feed.source)}"
    yield f"LAST-MODIFIED:{utc_time(feed.modified_at)}"
    # The same for every subscriber, so that the interval tells nobody apart (RFC 7986 5.7).
    yield from ("REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H")
    yield "COLOR:goldenrod"


def _identity(entry: Entry, stamped_at: datetime) -> Iterator[str]:
    yield f"UID:{escape(one_line(entry.uid))}"
    yield f"DTSTAMP:{utc_time(stamped_at)}"
    yield f"CREATED:{utc_time(entry.created_at)}"
    yield f"LAST-MODIFIED:{utc_time(entry.modified_at)}"
    yield f"SEQUENCE:{entry.sequence:d}"
    yield f"STATUS:{entry.status.value}"
    yield "CLASS:PUBLIC"
    takes_time = entry.timezone and entry.status is not EntryStatus.CANCELLED
    yield f"TRANSP:{'OPAQUE' if takes_time else 'TRANSPARENT'}"


def _hours(entry: Entry) -> Iterator[str]:
    if entry.all_day_on:
        yield f"DTSTART;VALUE=DATE:{_day(entry.all_day_on)}"
        yield f"DTEND;VALUE=DATE:{_day(entry.all_day_on + timedelta(days=1))}"
    if entry.starts_local and entry.ends_local and entry.timezone:
        is_utc = entry.timezone in UTC_NAMES
        before = ":" if is_utc else f";TZID={known_zone(entry.timezone).key}:"
        after = "Z" if is_utc else ""
        yield f"DTSTART{before}{local_time(entry.starts_local)}{after}"
        # Without DTEND an event ends as it starts; an equal DTEND is forbidden.
        if entry.ends_local > entry.starts_local:
            yield f"DTEND{before}{local_time(entry.ends_local)}{after}"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _words(entry: Entry) -> Iterator[str]:
    yield f"SUMMARY:{escape(one_line(entry.title))}"
    if entry.description:
        yield f"DESCRIPTION:{escape(entry.description)}"
    if entry.html:
        # Not escaped as TEXT, since Outlook does not unescape it; others do, so no backslash.
        html = one_line(entry.html).replace("\\", "&#92;")
        yield f"X-ALT-DESC;FMTTYPE=text/html:{html}"
    if entry.url:
        yield f"URL:{uri(entry.url)}"
    if entry.contact:
        yield f"CONTACT:{escape(one_line(entry.contact, ', '))}"


def _place(entry: Entry) -> Iterator[str]:
    location = one_line(entry.location or "", ", ")
    if location:
        yield f"LOCATION:{escape(location)}"
    if entry.latitude is None or entry.longitude is None:
        return
    latitude, longitude = f"{entry.latitude:.6f}", f"{entry.longitude:.6f}"
    yield f"GEO:{latitude};{longitude}"
    if location:
        # Apple shows a map only where X-TITLE equals LOCATION.
        title = quoted(location)
        yield (
            f"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=100;X-TITLE={title}"
            f":geo:{latitude},{longitude}"
        )


def _causes(entry: Entry) -> Iterator[str]:
    labels = (*entry.categories, *(demand.label for demand in entry.demands))
    categories = dict.fromkeys(filter(None, map(one_line, labels)))
    if categories:
        yield f"CATEGORIES:{','.join(map(escape, categories))}"
    for demand in entry.demands:
        yield from _demand(demand, entry.demand_relation)
    if entry.parent_uid:
        yield f"RELATED-TO;RELTYPE=PARENT:{escape(one_line(entry.parent_uid))}"


@lru_cache(maxsize=1024)  # The same demand stands in thousands of entries.
def _demand(demand: DemandLink, relation: str) -> tuple[str, ...]:
    address = uri(demand.url)
    lines = (f"CONCEPT:{address}", f"REFID:{escape(one_line(demand.id))}")
    if not relation:
        return lines
    about = f"LINKREL={quoted(uri(relation))};LABEL={quoted(demand.label)}"
    return (*lines, f"LINK;VALUE=URI;{about}:{address}")


def _media(entry: Entry) -> Iterator[str]:
    picture, conference = entry.picture, entry.conference
    if picture:
        yield f"IMAGE;VALUE=URI;DISPLAY=BADGE;FMTTYPE={picture.media_type}:{uri(picture.url)}"
    if conference:
        label = f";LABEL={quoted(conference.label)}" if conference.label else ""
        yield f"CONFERENCE;VALUE=URI;FEATURE=VIDEO{label}:{uri(conference.url)}"


def _alarm(entry: Entry) -> Iterator[str]:
    # What is cancelled rings at nobody.
    if entry.alarm_minutes is None or entry.status is EntryStatus.CANCELLED:
        return
    hours, minutes = divmod(entry.alarm_minutes, 60)
    before = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    yield from ("BEGIN:VALARM", f"UID:{uuid5(_ALARMS, entry.uid)}", "ACTION:DISPLAY")
    yield f"TRIGGER:-PT{before}" if before else "TRIGGER:PT0S"
    yield f"DESCRIPTION:{escape(one_line(entry.title))}"
    yield "END:VALARM"
