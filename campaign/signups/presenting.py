"""A sign-up as its own page and its own calendar file show it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import url_for

from campaign import clock
from campaign.calendars.rendering import Feed, render_calendar
from campaign.events.entries import area_of, entry_of
from campaign.formats import zone_name
from campaign.languages import LANGUAGES, known
from campaign.models import Campaign, Event, Signup, SignupStatus
from campaign.signups.queries import (
    MeetingPoint,
    Person,
    forgotten_at,
    is_open,
    meeting_point,
    person_of,
)
from campaign.templating import city_name


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


def personal_calendar(signup: Signup, *, alarm_minutes: int | None = None) -> bytes:
    """Return the event as iCalendar, with the street once the sign-up is confirmed.

    It has the identity that the public feeds give it, so a calendar keeps one entry. Of a discreet
    event it says no more than they do. With `alarm_minutes` it rings so long before the start.
    """
    event = signup.event
    entry = replace(entry_of(event), alarm_minutes=alarm_minutes)
    if not event.is_discreet:
        entry = replace(entry, location=_where(event, meeting_point(signup)))
    feed = Feed(entry.title, "", entry.url, "", event.changed_at)
    return render_calendar(feed, [entry])


def _where(event: Event, point: MeetingPoint) -> str:
    site = None if event.is_discreet else event.site.name
    return ", ".join(filter(None, (point.corner, point.street or site, area_of(event))))
