"""What a calendar may say of an event, in the language spoken now."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from campaign.addresses import absolute
from campaign.calendars.markup import html_of
from campaign.calendars.rendering import Conference, Entry, EntryStatus
from campaign.calendars.scopes import Scope, path_of
from campaign.calendars.zones import UnknownZone, known_zone
from campaign.formats import country_name
from campaign.languages import gettext as _
from campaign.models import PUBLIC_STATUSES, Demand, Event, EventStatus
from campaign.resolutions.entries import (
    badge,
    contact_of,
    demand_links,
    in_order,
    relation,
    with_demands,
)
from campaign.templating import city_name

STATUSES = {
    EventStatus.DRAFT: EntryStatus.TENTATIVE,
    EventStatus.PUBLISHED: EntryStatus.CONFIRMED,
    EventStatus.HAPPENED: EntryStatus.CONFIRMED,
    EventStatus.POSTPONED: EntryStatus.TENTATIVE,
    EventStatus.CANCELLED: EntryStatus.CANCELLED,
}


def entry_of(event: Event) -> Entry:
    """Return an event as everybody may see it: never its street and corner.

    A discreet one names its city and its page only; which demand it supports stands where
    programs read it and people do not.
    """
    starts_local, ends_local, timezone = _hours(event)
    page = absolute("events.event", campaign=event.campaign.slug, event=event.slug)
    demands = in_order(link.demand for link in event.supports)
    entry = Entry(
        uid=event.uid,
        sequence=event.sequence,
        created_at=event.created_at,
        modified_at=event.changed_at,
        status=STATUSES[event.status],
        title=marked(_("Appointment"), event.status),
        starts_local=starts_local,
        ends_local=ends_local,
        timezone=timezone,
        description=page,
        location=area_of(event),
        latitude=event.city.latitude,
        longitude=event.city.longitude,
        url=page,
        demands=demand_links(event.campaign.slug, demands, are_named=False),
    )
    return entry if event.is_discreet else _in_the_open(entry, event, demands)


def ending_of(event: Event) -> str:
    """Return what an entry says below its event's own words: the demands, and its page."""
    page = absolute("events.event", campaign=event.campaign.slug, event=event.slug)
    demands = in_order(link.demand for link in event.supports)
    return page if event.is_discreet else with_demands("", demands, page)


def paths_of_event(event: Event) -> frozenset[str]:
    """Return the feeds in which an event stands; empty = it is not public."""
    if event.status not in PUBLIC_STATUSES:
        return frozenset()
    slug = event.campaign.slug
    demands = [link.demand for link in event.supports]
    whole = {ancestor.slug for demand in demands for ancestor in _up_from(demand)}
    return frozenset(
        {
            path_of(slug, Scope.CAMPAIGN),
            path_of(slug, Scope.CALL, event.call.slug),
            path_of(slug, Scope.COUNTRY, event.city.country.lower()),
            path_of(slug, Scope.CITY, event.city.slug),
            path_of(slug, Scope.EVENT, event.slug),
            *(path_of(slug, Scope.DEMAND, demand) for demand in whole),
            *(path_of(slug, Scope.ADDRESSEE, demand.addressee.slug) for demand in demands),
        }
    )


def marked(title: str, status: EventStatus) -> str:
    """Return the title with what readers must know who do not show a status."""
    if status is EventStatus.CANCELLED:
        return _("Cancelled: %(title)s", title=title)
    if status is EventStatus.POSTPONED:
        return _("Postponed: %(title)s", title=title)
    return _("Draft: %(title)s", title=title) if status is EventStatus.DRAFT else title


def area_of(event: Event) -> str:
    """Return the city and country of an event."""
    return f"{city_name(event.city)}, {country_name(event.city.country)}"


def _in_the_open(entry: Entry, event: Event, demands: list[Demand]) -> Entry:
    campaign = event.campaign
    named = f"{city_name(event.city)}: {event.title}"
    description = with_demands(event.description, demands, entry.url)
    stream = event.stream_url
    return replace(
        entry,
        title=marked(named, event.status),
        description=description,
        html=html_of(description),
        location=f"{event.site.name}, {entry.location}",
        latitude=event.site.latitude,
        longitude=event.site.longitude,
        contact=contact_of(campaign.title),
        picture=badge(),
        conference=Conference(stream, _("Live stream")) if stream else None,
        demands=demand_links(campaign.slug, demands),
        demand_relation=relation(),
        parent_uid=event.call.uid if _is_of_the_day(event) else None,
    )


def _is_of_the_day(event: Event) -> bool:
    """Tell whether an event belongs to its call's day, wherever it has been moved since."""
    day = event.fanned_out_on or event.starts_local.date()
    return event.call.on == day


def _hours(event: Event) -> tuple[datetime, datetime, str]:
    """Return start and end by the clocks of the event's zone, and the zone.

    In UTC where the zone is unknown here, or its clocks show one of them a second time.
    """
    moments = (event.starts_at, event.ends_at)
    try:
        zone = known_zone(event.timezone)
    except UnknownZone:
        return _utc(moments)
    starts, ends = event.starts_local, event.ends_at.astimezone(zone).replace(tzinfo=None)
    if _is_clear(starts, event.starts_at, zone) and _is_clear(ends, event.ends_at, zone):
        return starts, ends, event.timezone
    return _utc(moments)


def _utc(moments: tuple[datetime, datetime]) -> tuple[datetime, datetime, str]:
    starts, ends = (moment.astimezone(UTC).replace(tzinfo=None) for moment in moments)
    return starts, ends, "UTC"


def _is_clear(local: datetime, moment: datetime, zone: ZoneInfo) -> bool:
    """Tell whether readers take a wall time for this moment (RFC 5545 3.3.5: the first one)."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first in (second, moment)


def _up_from(demand: Demand) -> list[Demand]:
    """Return a demand and those it is a part of: what supports a part supports the whole."""
    line = [demand]
    while line[-1].parent is not None:
        line.append(line[-1].parent)
    return line
