"""What each public feed holds, and what it says of itself, in the language spoken now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from campaign.addresses import absolute
from campaign.calendars.scopes import Scope
from campaign.errors import NotFoundError
from campaign.events import queries as events
from campaign.events.entries import entry_of
from campaign.events.search import matching, read_wish
from campaign.formats import country_name
from campaign.languages import current
from campaign.languages import gettext as _
from campaign.models import CallToAction, Campaign, Event
from campaign.resolutions import queries as resolutions
from campaign.sites.queries import find_city, has_cities_in
from campaign.templating import city_name

# Not "near", which puts a search in order and leaves nothing out.
FILTERS = ("q", "country", "city", "demand", "call", "on", "language", "access")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a feed holds, before it is put into any format."""

    name: str
    description: str
    page: str  # its address for people
    author: str
    events: sa.Select[Event]  # public ones, unordered
    calls: tuple[CallToAction, ...]  # whose days stand before the events


def contents(campaign: Campaign, scope: Scope, value: str) -> Contents:
    """Return what a feed holds, in the language spoken now. Raises NotFoundError."""
    return _CONTENTS[scope](campaign, value)


def search_contents(campaign: Campaign, given: Mapping[str, str]) -> Contents:
    """Return what the feed of a search holds. Raises what `read_wish` raises."""
    page = absolute("events.events", campaign=campaign.slug, **filters(given))
    return _with(campaign, campaign.title, page, matching(campaign, read_wish(campaign, given)))


def filters(given: Mapping[str, str]) -> dict[str, str]:
    """Return what narrows a search, in one order, without what is empty."""
    return {name: given[name] for name in FILTERS if given.get(name)}


def source(campaign: str, scope: Scope, value: str, *, kind: str) -> str:
    """Return the address of a feed of a campaign, by slug, in the language spoken now."""
    values = {} if scope is Scope.CAMPAIGN else {scope.value: value}
    endpoint = f"calendars.{scope.value}_feed"
    return absolute(endpoint, campaign=campaign, kind=kind, lang=current(), **values)


def _of_campaign(campaign: Campaign, _value: str) -> Contents:
    page = absolute("pages.home", campaign=campaign.slug)
    calls = resolutions.calls_of(campaign)
    return _with(campaign, campaign.title, page, events.public_events(campaign), calls=calls)


def _of_demand(campaign: Campaign, value: str) -> Contents:
    demand = resolutions.find_demand(campaign, value)
    page = absolute("resolutions.demand", campaign=campaign.slug, demand=value)
    found = events.public_events(campaign, events.of_demand(demand))
    return _with(campaign, f"{campaign.title}: {demand.label}", page, found)


def _of_call(campaign: Campaign, value: str) -> Contents:
    call = resolutions.find_call(campaign, value)
    page = absolute("resolutions.call", campaign=campaign.slug, call=value)
    found = events.public_events(campaign, events.of_call(call))
    return _with(campaign, f"{campaign.title}: {call.title}", page, found, calls=[call])


def _of_addressee(campaign: Campaign, value: str) -> Contents:
    addressee = resolutions.find_addressee(campaign, value)
    page = absolute("resolutions.demands", campaign=campaign.slug)
    found = events.public_events(campaign, events.of_addressee(addressee.id))
    return _with(campaign, f"{campaign.title}: {addressee.name}", page, found)


def _of_country(campaign: Campaign, value: str) -> Contents:
    country = value.upper()
    if value != value.lower() or not has_cities_in(country):
        raise NotFoundError(_("We know no city in this country."))
    page = absolute("events.events", campaign=campaign.slug, country=value)
    found = events.public_events(campaign, events.in_country(country))
    return _with(campaign, f"{campaign.title}: {country_name(country)}", page, found)


def _of_city(campaign: Campaign, value: str) -> Contents:
    city = find_city(value)
    page = absolute("sites.city", campaign=campaign.slug, city=value)
    found = events.public_events(campaign, events.in_city(city))
    return _with(campaign, f"{campaign.title}: {city_name(city)}", page, found)


def _of_event(campaign: Campaign, value: str) -> Contents:
    event = events.find_event(campaign, value)
    page = absolute("events.event", campaign=campaign.slug, event=value)
    found = events.public_events(campaign, Event.id == event.id)
    if event.is_discreet:
        return Contents(entry_of(event).title, "", page, absolute("pages.campaigns"), found, ())
    return _with(campaign, f"{campaign.title}: {city_name(event.city)}", page, found)


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
    found: sa.Select[Event],
    *,
    calls: Sequence[CallToAction] = (),
) -> Contents:
    """Return the contents with the world-day entries of calls before the events."""
    return Contents(
        name=name,
        description=_("Events of “%(campaign)s”.", campaign=campaign.title),
        page=page,
        author=campaign.title,
        events=found,
        calls=tuple(call for call in calls if call.on),
    )
