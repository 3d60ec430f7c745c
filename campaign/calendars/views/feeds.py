"""Which events a feed holds, and its bytes as iCalendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaign.calendars.rendering import Entry, Feed, render_calendar
from campaign.calendars.views.entries import entry_of, world_day_of
from campaign.database import db
from campaign.errors import NotFoundError
from campaign.events import queries as events
from campaign.events.search import matching, read_wish
from campaign.languages import current, known, speaking
from campaign.languages import gettext as _
from campaign.models import CallToAction, Campaign, Event
from campaign.resolutions import queries as resolutions
from campaign.sites.queries import find_city, has_cities_in
from campaign.templating import absolute, city_name, country_name

FILTERS = ("q", "near", "country", "city", "demand", "call", "on", "language", "access")


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
    author: str
    entries: tuple[Entry, ...]
    modified_at: datetime  # aware UTC


def contents(campaign: Campaign, scope: Scope, value: str | None) -> Contents:
    """Return what a feed holds, in the language spoken now. Raises NotFoundError."""
    return _CONTENTS[scope](campaign, value or "")


def search_contents(campaign: Campaign, given: Mapping[str, str]) -> Contents:
    """Return what the feed of a search holds. Raises what `read_wish` raises."""
    query = matching(campaign, read_wish(campaign, given)).options(*events.whole())
    found = list(db.session.scalars(query.order_by(Event.starts_at, Event.slug)))
    page = absolute("events.events", campaign=campaign.slug, **filters(given))
    return _with(campaign, campaign.title, page, found)


def filters(given: Mapping[str, str]) -> dict[str, str]:
    """Return what narrows a search, in one order, without what is empty."""
    return {name: given[name] for name in FILTERS if given.get(name)}


def feed_bytes(campaign: Campaign, scope: Scope, value: str | None, *, language: str) -> bytes:
    """Return a feed as iCalendar. The same state gives the same bytes. Raises NotFoundError."""
    with speaking(known(language)):
        return calendar(contents(campaign, scope, value), source(campaign, scope, value))


def calendar(held: Contents, address: str) -> bytes:
    """Return contents as iCalendar, in the language spoken now."""
    feed = Feed(held.name, held.description, held.page, address, held.modified_at)
    return render_calendar(feed, held.entries)


def source(campaign: Campaign, scope: Scope, value: str | None, *, kind: str = "ics") -> str:
    """Return the address of a feed in the language spoken now."""
    values = {} if scope is Scope.CAMPAIGN else {scope.value: value}
    return absolute(
        f"calendars.{scope.value}_feed", campaign=campaign.slug, kind=kind, lang=current(), **values
    )


def _of_campaign(campaign: Campaign, _value: str) -> Contents:
    page = absolute("pages.home", campaign=campaign.slug)
    calls = resolutions.calls_of(campaign, whole=True)
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
    return _with(campaign, f"{campaign.title}: {call.title}", page, found, calls=[call])


def _of_addressee(campaign: Campaign, value: str) -> Contents:
    addressee = resolutions.find_addressee(campaign, value)
    page = absolute("resolutions.demands", campaign=campaign.slug)
    found = events.published_events(campaign, events.of_addressee(addressee.id))
    return _with(campaign, f"{campaign.title}: {addressee.name}", page, found)


def _of_country(campaign: Campaign, value: str) -> Contents:
    country = value.upper()
    if value != value.lower() or not has_cities_in(country):
        raise NotFoundError(_("We know no city in this country."))
    page = absolute("events.events", campaign=campaign.slug, country=value)
    found = events.published_events(campaign, events.in_country(country))
    return _with(campaign, f"{campaign.title}: {country_name(country)}", page, found)


def _of_city(campaign: Campaign, value: str) -> Contents:
    city = find_city(value)
    page = absolute("sites.city", campaign=campaign.slug, city=value)
    found = events.published_events(campaign, events.in_city(city))
    return _with(campaign, f"{campaign.title}: {city_name(city)}", page, found)


def _of_event(campaign: Campaign, value: str) -> Contents:
    event = events.find_event(campaign, value)
    page = absolute("events.event", campaign=campaign.slug, event=value)
    if event.is_discreet:
        return _of_discreet(event, page)
    return _with(campaign, f"{campaign.title}: {city_name(event.city)}", page, [event])


def _of_discreet(event: Event, page: str) -> Contents:
    entry = entry_of(event)
    host = absolute("pages.campaigns")
    return Contents(entry.title, "", page, host, (entry,), event.changed_at)


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
    calls: Sequence[CallToAction] = (),
) -> Contents:
    """Return the contents with the world-day entries of calls before the events."""
    dated = [call for call in calls if call.on]
    moments = [event.changed_at for event in found] + [call.changed_at for call in dated]
    return Contents(
        name=name,
        description=_("Events of “%(campaign)s”.", campaign=campaign.title),
        page=page,
        author=campaign.title,
        entries=(*map(world_day_of, dated), *map(entry_of, found)),
        modified_at=max(moments, default=campaign.created_at),
    )
