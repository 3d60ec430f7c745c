"""What of an event or a call a calendar may say, in the language spoken now."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from campaign.calendars.rendering import DemandLink, Entry, EntryStatus
from campaign.calendars.zones import UnknownZone, known_zone
from campaign.database import setting
from campaign.languages import gettext as _
from campaign.models import CallToAction, Demand, Event, EventStatus
from campaign.templating import absolute, city_name, country_name

STATUSES = {
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
    demands = _in_order(link.demand for link in event.supports)
    entry = Entry(
        uid=event.uid,
        sequence=event.sequence,
        created_at=event.created_at,
        modified_at=event.changed_at,
        status=STATUSES[event.status],
        title=_marked(_("Appointment"), event.status),
        starts_local=starts_local,
        ends_local=ends_local,
        timezone=timezone,
        description=page,
        location=_area(event),
        latitude=event.city.latitude,
        longitude=event.city.longitude,
        url=page,
        demands=tuple(_link(event.campaign.slug, demand, label="") for demand in demands),
    )
    return entry if event.is_discreet else _in_the_open(entry, event, demands)


def world_day_of(call: CallToAction) -> Entry:
    """Return the entry that stands for the day of a call all over the world."""
    campaign = call.campaign.slug
    page = absolute("resolutions.call", campaign=campaign, call=call.slug)
    demands = _in_order(purpose.demand for purpose in call.purposes)
    return Entry(
        uid=call.uid,
        sequence=call.sequence,
        created_at=call.clause.resolution.imported_at,
        modified_at=call.changed_at,
        all_day_on=call.on,
        status=EntryStatus.CONFIRMED,
        title=call.title,
        description=_description(call.description, demands, page),
        url=page,
        demands=tuple(_link(campaign, demand, label=demand.label) for demand in demands),
        demand_relation=_relation(),
    )


def _in_the_open(entry: Entry, event: Event, demands: list[Demand]) -> Entry:
    campaign = event.campaign.slug
    named = f"{city_name(event.city)}: {event.title}"
    return replace(
        entry,
        title=_marked(named, event.status),
        description=_description(event.description, demands, entry.url),
        location=f"{event.site.name}, {_area(event)}",
        latitude=event.site.latitude,
        longitude=event.site.longitude,
        demands=tuple(_link(campaign, demand, label=demand.label) for demand in demands),
        demand_relation=_relation(),
        parent_uid=event.call.uid if event.fanned_out_on == event.call.on else None,
    )


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


def _marked(title: str, status: EventStatus) -> str:
    """Return the title with what readers must know who do not show a status."""
    if status is EventStatus.CANCELLED:
        return _("Cancelled: %(title)s", title=title)
    if status is EventStatus.POSTPONED:
        return _("Postponed: %(title)s", title=title)
    return title


def _area(event: Event) -> str:
    return f"{city_name(event.city)}, {country_name(event.city.country)}"


def _description(text: str, demands: list[Demand], page: str) -> str:
    lines = [
        _(
            "Demand on %(addressee)s: “%(words)s”",
            addressee=demand.addressee.name,
            words=" ".join(demand.exact.split()),
        )
        for demand in demands
    ]
    return "\n".join([text.strip(), "", *lines, "", page])


def _in_order(demands: Iterable[Demand]) -> list[Demand]:
    """Return demands in the order of the text: equal events give equal bytes."""
    return sorted(demands, key=lambda demand: (demand.start, demand.id))


def _link(campaign: str, demand: Demand, *, label: str) -> DemandLink:
    """Return the link by an address without a language: it names the demand in all of them."""
    return DemandLink(demand.slug, label, f"{_base()}/{campaign}/demands/{demand.slug}")


def _relation() -> str:
    return f"{_base()}/rel/demand"


def _base() -> str:
    return str(setting("BASE_URL")).rstrip("/")
