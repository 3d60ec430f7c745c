"""Which events a feed holds, and what of them a calendar may say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from campaign.calendars.rendering import (
    RENDERER_VERSION,
    DemandLink,
    Entry,
    EntryStatus,
    Feed,
    in_utc,
    render_calendar,
)
from campaign.calendars.zones import UnknownZone, zone_version
from campaign.database import setting
from campaign.errors import NotFoundError
from campaign.events import queries as events
from campaign.languages import current, known, speaking
from campaign.languages import gettext as _
from campaign.models import CallToAction, Campaign, Demand, Event, EventStatus
from campaign.resolutions import queries as resolutions
from campaign.sites.queries import find_city
from campaign.templating import absolute, city_name, country_name

STATUSES = {
    EventStatus.PUBLISHED: EntryStatus.CONFIRMED,
    EventStatus.HAPPENED: EntryStatus.CONFIRMED,
    EventStatus.POSTPONED: EntryStatus.TENTATIVE,
    EventStatus.CANCELLED: EntryStatus.CANCELLED,
}


class Scope(StrEnum):
    """What a feed is of."""

    CAMPAIGN = "campaign"
    DEMAND = "demand"
    CALL = "call"
    ADDRESSEE = "addressee"
    COUNTRY = "country"
    CITY = "city"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a feed holds, before it is put into any format."""

    name: str
    description: str
    page: str  # its address for people
    calls: tuple[CallToAction, ...]  # whose world-day entries stand in it
    events: tuple[Event, ...]
    modified_at: datetime  # aware UTC


def contents(campaign: Campaign, scope: Scope, value: str | None) -> Contents:
    """Return what a feed holds, in the language spoken now. Raises NotFoundError."""
    return _CONTENTS[scope](campaign, value or "")


def feed_bytes(campaign: Campaign, scope: Scope, value: str | None, *, language: str) -> bytes:
    """Return a feed as iCalendar. The same state gives the same bytes. Raises NotFoundError."""
    with speaking(known(language)):
        return calendar(contents(campaign, scope, value), source(campaign, scope, value))


def calendar(held: Contents, address: str) -> bytes:
    """Return contents as iCalendar, in the language spoken now."""
    feed = Feed(held.name, held.description, held.page, address, held.modified_at)
    entries = [_world_day(call) for call in held.calls if call.on]
    entries += [_entry(event) for event in held.events]
    return render_calendar(feed, entries)


def source(campaign: Campaign, scope: Scope, value: str | None, *, kind: str = "ics") -> str:
    """Return the address of a feed in the language spoken now."""
    values = {} if scope is Scope.CAMPAIGN else {scope.value: value}
    return absolute(
        f"calendars.{scope.value}_feed", campaign=campaign.slug, kind=kind, lang=current(), **values
    )


def etag(content: bytes) -> str:
    """Return the strong entity tag of a feed's bytes."""
    seed = f"{RENDERER_VERSION}|{zone_version()}|".encode()
    return sha256(seed + content).hexdigest()[:32]


def _of_campaign(campaign: Campaign, _value: str) -> Contents:
    page = absolute("pages.home", campaign=campaign.slug)
    calls = tuple(resolutions.calls_of(campaign))
    return _with(campaign, campaign.title, page, events.published_events(campaign), calls=calls)


def _of_demand(campaign: Campaign, value: str) -> Contents:
    demand = resolutions.find_demand(campaign, value)
    page = absolute("resolutions.demand", campaign=campaign.slug, demand=value)
    found = events.published_events(campaign, events.of_demand(demand))
    return _with(campaign, f"{campaign.title}: {demand.label}", page, found)


def _of_call(campaign: Campaign, value: str) -> Contents:
    call = resolutions.find_call(campaign, value)
    page = absolute("resolutions.call", campaign=campaign.slug, call=value)
    found = events.published_events(campaign, events.of_call(call))
    return _with(campaign, f"{campaign.title}: {call.title}", page, found, calls=(call,))


def _of_addressee(campaign: Campaign, value: str) -> Contents:
    addressee = resolutions.find_addressee(campaign, value)
    page = absolute("resolutions.demands", campaign=campaign.slug)
    found = events.published_events(campaign, events.of_addressee(addressee.id))
    return _with(campaign, f"{campaign.title}: {addressee.name}", page, found)


def _of_country(campaign: Campaign, value: str) -> Contents:
    page = absolute("events.events", campaign=campaign.slug, country=value.upper())
    found = events.published_events(campaign, events.in_country(value))
    if not found:
        raise NotFoundError(_("This campaign has no event in this country."))
    name = f"{campaign.title}: {country_name(value.upper())}"
    return _with(campaign, name, page, found)


def _of_city(campaign: Campaign, value: str) -> Contents:
    city = find_city(value)
    page = absolute("sites.city", campaign=campaign.slug, city=value)
    found = events.published_events(campaign, events.in_city(city))
    return _with(campaign, f"{campaign.title}: {city_name(city)}", page, found)


def _of_event(campaign: Campaign, value: str) -> Contents:
    event = events.find_event(campaign, value)
    page = absolute("events.event", campaign=campaign.slug, event=value)
    return _with(campaign, f"{campaign.title}: {city_name(event.city)}", page, [event])


_CONTENTS = {
    Scope.CAMPAIGN: _of_campaign,
    Scope.DEMAND: _of_demand,
    Scope.CALL: _of_call,
    Scope.ADDRESSEE: _of_addressee,
    Scope.COUNTRY: _of_country,
    Scope.CITY: _of_city,
    Scope.EVENT: _of_event,
}


def _with(
    campaign: Campaign,
    name: str,
    page: str,
    found: list[Event],
    *,
    calls: tuple[CallToAction, ...] = (),
) -> Contents:
    moments = [event.changed_at for event in found] + [call.changed_at for call in calls]
    modified_at = max(moments, default=campaign.created_at)
    description = _("Events of “%(campaign)s”.", campaign=campaign.title)
    return Contents(name, description, page, calls, tuple(found), modified_at)


def search_contents(campaign: Campaign, found: list[Event]) -> Contents:
    """Return the contents of the feed of a search."""
    page = absolute("events.events", campaign=campaign.slug)
    return _with(campaign, campaign.title, page, found)


def _world_day(call: CallToAction) -> Entry:
    campaign = call.campaign.slug
    purposes = [purpose.demand for purpose in resolutions.purposes_of(call)]
    page = absolute("resolutions.call", campaign=campaign, call=call.slug)
    return Entry(
        uid=call.uid,
        sequence=call.sequence,
        created_at=call.clause.resolution.imported_at,
        modified_at=call.changed_at,
        all_day_on=call.on,
        status=EntryStatus.CONFIRMED,
        title=call.title,
        description=_description(call.description, purposes, page),
        url=page,
        categories=(),
        demands=tuple(_link(campaign, demand) for demand in purposes),
        demand_relation=_relation(),
    )


def _entry(event: Event) -> Entry:
    demands = [link.demand for link in event.supports]
    page = absolute("events.event", campaign=event.campaign.slug, event=event.slug)
    entry = Entry(
        uid=event.uid,
        sequence=event.sequence,
        created_at=event.created_at,
        modified_at=event.changed_at,
        starts_local=event.starts_local,
        ends_local=_ends_local(event),
        timezone=event.timezone,
        status=STATUSES[event.status],
        title=_title(event),
        description=_description(event.description, demands, page),
        location=_location(event),
        latitude=event.city.latitude if event.is_discreet else event.site.latitude,
        longitude=event.city.longitude if event.is_discreet else event.site.longitude,
        url=page,
        demands=tuple(_link(event.campaign.slug, demand) for demand in demands),
        demand_relation=_relation(),
        parent_uid=event.call.uid,
    )
    return _in_known_zone(entry, event)


def _in_known_zone(entry: Entry, event: Event) -> Entry:
    """Return the entry in UTC if this machine does not know its zone (any more)."""
    try:
        ZoneInfo(event.timezone)
    except (UnknownZone, KeyError, ValueError):
        return in_utc(entry, event.starts_at, event.ends_at)
    return entry


def _ends_local(event: Event) -> datetime:
    ends = event.ends_at.astimezone(ZoneInfo(event.timezone))
    return max(ends.replace(tzinfo=None), event.starts_local + timedelta(minutes=1))


def _title(event: Event) -> str:
    named = f"{city_name(event.city)}: {event.title}"
    title = _("Appointment") if event.is_discreet else named
    if event.status is EventStatus.CANCELLED:
        return _("Cancelled: %(title)s", title=title)
    if event.status is EventStatus.POSTPONED:
        return _("Postponed: %(title)s", title=title)
    return title


def _location(event: Event) -> str:
    city = f"{city_name(event.city)}, {country_name(event.city.country)}"
    return city if event.is_discreet else f"{event.site.name}, {city}"


def _description(text: str, demands: list[Demand], page: str) -> str:
    lines = [text, ""]
    for demand in demands:
        words = " ".join(demand.exact.split())
        lines.append(
            _(
                "Demand on %(addressee)s: “%(words)s”",
                addressee=demand.addressee.name,
                words=words,
            )
        )
    return "\n".join([*lines, "", page])


def _link(campaign: str, demand: Demand) -> DemandLink:
    """Return the link by an address without a language: it names the demand in all of them."""
    address = f"{setting('BASE_URL')}/{campaign}/demands/{demand.slug}"
    return DemandLink(demand.slug, demand.label, address)


def _relation() -> str:
    return f"{setting('BASE_URL')}/rel/demand"
