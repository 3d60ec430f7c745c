"""A sign-up as its own page and its own calendar file show it."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import url_for

from campaign import clock
from campaign.calendars.rendering import Entry, EntryStatus, Feed, render_calendar
from campaign.languages import LANGUAGES, known
from campaign.languages import gettext as _
from campaign.models import Campaign, Event, EventStatus, Signup, SignupStatus
from campaign.signups.queries import (
    MeetingPoint,
    Person,
    forgotten_at,
    is_open,
    meeting_point,
    person_of,
)
from campaign.templating import absolute, city_name, country_name, zone_name

ENTRY_STATUSES = {
    EventStatus.POSTPONED: EntryStatus.TENTATIVE,
    EventStatus.CANCELLED: EntryStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class SignupPage:
    """All that the page of a sign-up shows to whoever holds its link."""

    token: str  # the sign-up's id: its short address, which serves this browser alone
    event: Event
    event_url: str
    campaign: Campaign | None  # named at the top of the page; None = the event is discreet
    city: str
    where: str  # as precise as the reader may know it now
    address: str | None  # of the site, as long as no street is known; None = not known
    local_start: datetime  # aware, in the event's zone
    local_end: datetime
    timezone_name: str  # in words
    status: SignupStatus
    is_held: bool  # its places are kept till `held_until`
    held_until: datetime | None  # aware, in the event's zone
    is_open: bool  # it can be changed
    can_confirm: bool
    is_over: bool  # it waits for a confirmation that is no longer possible, since the event ended
    party_size: int
    language_name: str
    person: Person | None  # None = deleted
    corner_from: datetime | None  # aware, in the event's zone; None = no corner is to come
    deleted_on: date


def present_signup(signup: Signup) -> SignupPage:
    """Return what the page of a sign-up shows."""
    event, point, zone = signup.event, meeting_point(signup), ZoneInfo(signup.event.timezone)
    waits, until = signup.status is SignupStatus.HELD, signup.hold_until
    return SignupPage(
        token=signup.id,
        event=event,
        event_url=url_for("events.event", campaign=event.campaign.slug, event=event.slug),
        campaign=None if event.is_discreet else event.campaign,
        city=city_name(event.city),
        where=_where(event, point),
        address=None if event.is_discreet or point.street else event.site.address,
        local_start=event.starts_at.astimezone(zone),
        local_end=event.ends_at.astimezone(zone),
        timezone_name=zone_name(event.timezone),
        status=signup.status,
        is_held=until is not None and until > clock.now(),
        held_until=until.astimezone(zone) if until else None,
        is_open=is_open(event),
        can_confirm=waits and is_open(event),
        is_over=waits and event.ends_at <= clock.now(),
        party_size=signup.party_size,
        language_name=LANGUAGES[known(signup.language)].own_name,
        person=person_of(signup),
        corner_from=point.corner_from_at.astimezone(zone) if point.corner_from_at else None,
        deleted_on=forgotten_at(event).astimezone(zone).date(),
    )


def personal_calendar(signup: Signup) -> bytes:
    """Return the event as iCalendar, with the street once the sign-up is confirmed.

    It has the identity that the public feeds give it, so a calendar keeps one entry. Of a discreet
    event it says no more than they do.
    """
    event = signup.event
    page = absolute("events.event", campaign=event.campaign.slug, event=event.slug)
    entry = _entry(signup, page)
    feed = Feed(entry.title, "", page, "", event.changed_at)
    return render_calendar(feed, [entry])


def _entry(signup: Signup, page: str) -> Entry:
    event = signup.event
    ends_local = event.ends_at.astimezone(ZoneInfo(event.timezone)).replace(tzinfo=None)
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        created_at=event.created_at,
        modified_at=event.changed_at,
        starts_local=event.starts_local,
        ends_local=max(ends_local, event.starts_local),  # Clocks may go back in between.
        timezone=event.timezone,
        status=ENTRY_STATUSES.get(event.status, EntryStatus.CONFIRMED),
        title=_title(event),
        description=page if event.is_discreet else f"{event.description}\n\n{page}",
        location=_location(signup),
        url=page,
    )


def _title(event: Event) -> str:
    title = _("Appointment") if event.is_discreet else f"{city_name(event.city)}: {event.title}"
    if event.status is EventStatus.CANCELLED:
        return _("Cancelled: %(title)s", title=title)
    if event.status is EventStatus.POSTPONED:
        return _("Postponed: %(title)s", title=title)
    return title


def _location(signup: Signup) -> str:
    event = signup.event
    return _area(event) if event.is_discreet else _where(event, meeting_point(signup))


def _where(event: Event, point: MeetingPoint) -> str:
    site = None if event.is_discreet else event.site.name
    return ", ".join(filter(None, (point.corner, point.street or site, _area(event))))


def _area(event: Event) -> str:
    return f"{city_name(event.city)}, {country_name(event.city.country)}"
