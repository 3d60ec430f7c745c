"""The ways into a calendar that a page offers, and the addresses of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from flask import url_for

from campaign.addresses import absolute
from campaign.formats import country_name
from campaign.languages import current
from campaign.languages import gettext as _
from campaign.models import Addressee, CallToAction, Campaign, City, Demand, Event
from campaign.sites.queries import has_cities_in
from campaign.templating import city_name

GOOGLE = "https://calendar.google.com/calendar/r"
OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb"  # for private accounts
OUTLOOK_AT_WORK = "https://outlook.office.com/calendar/0/addfromweb"


@dataclass(frozen=True, slots=True)
class Service:
    """A calendar on the pages of a company, which learns what its users follow."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class CalendarLinks:
    """Every way into one calendar, in the language of the page."""

    title: str  # what one subscribes to
    language: str  # BCP 47 tag of the title
    is_event: bool  # it holds one event, and only ever will
    https_url: str  # for any program that asks for an address
    webcal_url: str  # opens the calendar program of the device, which then follows the feed
    download_url: str  # of this very host, as the page is: no other learns who asks
    atom_url: str
    services: tuple[Service, ...]  # none = discreet: subscribe or download, and nothing else


def campaign_calendar(campaign: Campaign) -> CalendarLinks:
    """Return the ways into the calendar of a campaign."""
    return _links(campaign, "campaign", campaign.title, language=campaign.language)


def demand_calendar(campaign: Campaign, demand: Demand) -> CalendarLinks:
    """Return the ways into the calendar of the events for a demand."""
    of = {"demand": demand.slug}
    return _links(campaign, "demand", demand.label, of=of, language=demand.clause.language)


def call_calendar(campaign: Campaign, call: CallToAction) -> CalendarLinks:
    """Return the ways into the calendar of a call."""
    of = {"call": call.slug}
    return _links(campaign, "call", call.title, of=of, language=campaign.language)


def addressee_calendar(campaign: Campaign, addressee: Addressee) -> CalendarLinks:
    """Return the ways into the calendar of the events for all demands on an addressee."""
    of = {"addressee": addressee.slug}
    return _links(campaign, "addressee", addressee.name, of=of, language=campaign.language)


def city_calendar(campaign: Campaign, city: City) -> CalendarLinks:
    """Return the ways into the calendar of a city."""
    return _links(campaign, "city", city_name(city), of={"city": city.slug})


def search_calendar(campaign: Campaign, asked: Mapping[str, str]) -> CalendarLinks:
    """Return the ways into the calendar of all that a search finds, whichever page of it is shown.

    `asked` are its filters. Where a country is the only one, the calendar is the country's.
    """
    # Where one looks from puts a search in order and leaves nothing out: nobody else is told.
    asked = {name: value for name, value in asked.items() if name != "near"}
    country = asked.get("country", "").upper()
    if asked.keys() == {"country"} and has_cities_in(country):
        of = {"country": country.lower()}
        return _links(campaign, "country", country_name(country), of=of)
    if not asked:
        return _links(campaign, "search", campaign.title, language=campaign.language)
    return _links(campaign, "search", _("All that this search finds"), of=asked)


def event_calendar(event: Event) -> CalendarLinks:
    """Return the ways into the calendar of one event.

    All but the download follow its feed. The services would also take a form filled in with the
    event, but that is a copy, which stays as it is when the event is moved or cancelled.
    """
    of = {"event": event.slug}
    if event.is_discreet:
        links = _links(event.campaign, "event", _("Appointment"), of=of)
        return replace(links, is_event=True, services=())
    title = f"{city_name(event.city)}: {event.title}"
    return replace(_links(event.campaign, "event", title, of=of), is_event=True)


def _links(
    campaign: Campaign,
    kind: str,
    title: str,
    *,
    of: Mapping[str, str] = MappingProxyType({}),
    language: str | None = None,
) -> CalendarLinks:
    endpoint = f"calendars.{kind}_feed"
    values: dict[str, Any] = {"campaign": campaign.slug, "lang": current(), **of}
    https_url = absolute(endpoint, kind="ics", **values)
    webcal_url = "webcal://" + https_url.partition("://")[2]
    name = title if kind == "campaign" else f"{campaign.title}: {title}"
    return CalendarLinks(
        title=title,
        language=language or current(),
        is_event=False,
        https_url=https_url,
        webcal_url=webcal_url,
        download_url=url_for(endpoint, kind="ics", **values),
        atom_url=url_for(endpoint, kind="atom", **values),
        services=_services(https_url, webcal_url, name),
    )


def _services(https_url: str, webcal_url: str, name: str) -> tuple[Service, ...]:
    """Return the services that take the address of a feed, each in the form that it wants."""
    taken = f"?url={quote(https_url, safe='')}&name={quote(name, safe='')}"
    return (
        Service(_("Google Calendar"), f"{GOOGLE}?cid={quote(webcal_url, safe='')}"),
        Service(_("Outlook, private account"), OUTLOOK + taken),
        Service(_("Outlook at work or school"), OUTLOOK_AT_WORK + taken),
    )
