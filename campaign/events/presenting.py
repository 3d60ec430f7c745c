"""Events as pages show them: rows of a list, the page of one, lights on a map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from babel import Locale
from flask import url_for
from markupsafe import Markup

from campaign import clock
from campaign.calendars.presenting import CalendarLinks, event_calendar
from campaign.events.json_ld import script_of
from campaign.events.queries import CityCount
from campaign.formats import country_name, number, zone_name
from campaign.languages import LANGUAGES, current, ngettext
from campaign.languages import gettext as _
from campaign.languages import lazy_gettext as _later
from campaign.models import Campaign, Demand, Event, EventStatus, LinkOrigin
from campaign.resolutions.presenting import anchor
from campaign.resolutions.queries import Quote, quotes
from campaign.signups.queries import bands, is_full, is_open
from campaign.sites.world_map import MapMark, cluster, light_at
from campaign.templating import city_name
from campaign.turnout.queries import Turnout, turnouts_of

ACCESS: Mapping[str, object] = MappingProxyType(
    {
        "wheelchair": _later("Without steps"),
        "sign-language": _later("Sign language interpreter"),
        "seating": _later("Seats"),
        "toilet": _later("Toilet without steps"),
        "induction-loop": _later("Induction loop"),
    }
)


class Standing(StrEnum):
    """What somebody who would like to come must know first."""

    OPEN = "open"
    FULL = "full"
    ENDED = "ended"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a list."""

    url: str
    city: str
    country: str  # ISO 3166-1 alpha-2
    local_start: datetime  # aware, in the event's zone
    local_end: datetime
    timezone_name: str  # in words
    status: str  # an EventStatus; or "ended", where it is over and nobody said yet that it happened
    distance_km: float | None
    demand: str | None  # its label
    signups: str | None  # the band in words


@dataclass(frozen=True, slots=True)
class SupportedDemand:
    """A demand that an event supports, quoted."""

    demand: Demand
    quote: Quote
    url: str
    text_url: str  # its words in the resolution
    is_stated: bool  # the text itself says that the event is for it


@dataclass(frozen=True, slots=True)
class EventPage:
    """All that the page of an event shows to everybody."""

    event: Event
    url: str
    sign_up_url: str
    city: str
    country: str  # ISO 3166-1 alpha-2
    local_start: datetime  # aware, in the event's zone
    local_end: datetime
    timezone: str  # IANA name
    timezone_name: str  # in words
    standing: Standing
    shown_status: str  # what the status macro knows
    site: str | None  # None = only the city is shown
    address: str | None
    is_precise: bool  # the site is known to the building
    supports: tuple[SupportedDemand, ...]  # the one to name first stands first
    signups: str | None  # the band in words
    languages: tuple[str, ...]  # names of those spoken there
    access: tuple[str, ...]
    turnout: Turnout | None  # None = not reported
    calendar: CalendarLinks
    json_ld: Markup | None  # None = nothing for machines

    @property
    def demand(self) -> SupportedDemand | None:
        """Return the demand to name first."""
        return self.supports[0] if self.supports else None

    @property
    def takes_signups(self) -> bool:
        """Tell whether one can sign up, be it for the wait list."""
        has_a_line = self.standing is Standing.FULL and self.event.capacity != 0
        return self.standing is Standing.OPEN or has_a_line


def present_event(event: Event) -> EventPage:
    """Return what the page of an event shows; of a discreet one neither site nor band."""
    slug, local_start, local_end = event.campaign.slug, *local_hours(event)
    supports, standing = supported(event), standing_of(event)
    known = {} if event.is_discreet else bands([event.id])
    return EventPage(
        event=event,
        url=url_for("events.event", campaign=slug, event=event.slug),
        sign_up_url=url_for("signups.sign_up", campaign=slug, event=event.slug, _anchor="sign-up"),
        city=city_name(event.city),
        country=event.city.country,
        local_start=local_start,
        local_end=local_end,
        timezone=event.timezone,
        timezone_name=zone_name(event.timezone),
        standing=standing,
        shown_status=Standing.FULL if standing is Standing.FULL else shown_status(event),
        site=None if event.is_discreet else event.site.name,
        address=None if event.is_discreet else event.site.address,
        is_precise=event.site.precision == "site" and not event.is_discreet,
        supports=supports,
        signups=band_words(known.get(event.id)),
        languages=tuple(language_name(tag) for tag in event.languages.split()),
        access=tuple(access_words(token) for token in event.access.split()),
        turnout=turnouts_of([event]).get(event.id),
        calendar=event_calendar(event),
        json_ld=(
            None
            if event.is_discreet
            else script_of(event, {one.demand.slug: one.quote for one in supports})
        ),
    )


def standing_of(event: Event) -> Standing:
    """Return what somebody who would like to come must know first."""
    if event.status is EventStatus.CANCELLED:
        return Standing.CANCELLED
    if event.status is EventStatus.POSTPONED:
        return Standing.POSTPONED
    if not is_open(event):
        return Standing.ENDED
    return Standing.FULL if is_full(event) else Standing.OPEN


def shown_status(event: Event) -> str:
    """Return where an event stands, as lists say it."""
    is_over = event.status is EventStatus.PUBLISHED and not is_open(event)
    return Standing.ENDED if is_over else event.status


def supported(event: Event) -> tuple[SupportedDemand, ...]:
    """Return the demands that an event supports, the one to name first before the others."""
    slug = event.campaign.slug
    quoted_by = quotes(link.demand for link in event.supports)
    found = []
    for link in event.supports:
        quote = quoted_by[link.demand_id]
        text = url_for("resolutions.resolution", campaign=slug, _anchor=anchor(quote.clause.number))
        found.append(
            SupportedDemand(
                demand=link.demand,
                quote=quote,
                url=url_for("resolutions.demand", campaign=slug, demand=link.demand.slug),
                text_url=text,
                is_stated=link.origin is LinkOrigin.STATED,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.is_stated, *_brevity(one.demand))))


def foremost(demands: Iterable[Demand]) -> Demand | None:
    """Return the demand to name first: the one that can be read at a glance."""
    return min(demands, key=_brevity, default=None)


def _brevity(demand: Demand) -> tuple[int, int]:
    return len(demand.exact), demand.start


def present_rows(
    events: Sequence[Event],
    *,
    distances: Mapping[int, float | None] = MappingProxyType({}),
    with_demand: bool = True,
) -> list[EventRow]:
    """Return events as rows of a list, with the distances in km by event id."""
    shown = bands([event.id for event in events if not event.is_discreet])
    rows = []
    for event in events:
        local_start, local_end = local_hours(event)
        stated = [one.demand for one in event.supports if one.origin is LinkOrigin.STATED]
        demand = foremost(stated or [one.demand for one in event.supports])
        rows.append(
            EventRow(
                url=url_for("events.event", campaign=event.campaign.slug, event=event.slug),
                city=city_name(event.city),
                country=event.city.country,
                local_start=local_start,
                local_end=local_end,
                timezone_name=zone_name(event.timezone),
                status=shown_status(event),
                distance_km=distances.get(event.id),
                demand=demand.label if demand and with_demand else None,
                signups=band_words(shown.get(event.id)),
            )
        )
    return rows


def local_hours(event: Event) -> tuple[datetime, datetime]:
    """Return when an event begins and ends, aware, as clocks there show it."""
    zone = clock.zone(event.timezone)
    return event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)


def band_words(at_least: int | None) -> str | None:
    """Return a published band in words, or None without one."""
    if at_least is None:
        return None
    if at_least == 0:
        return _("fewer than 10")
    return _("%(number)s or more", number=number(at_least))


def language_name(tag: str) -> str:
    """Return the name of a language in the language spoken now, or the tag itself."""
    names = Locale.parse(LANGUAGES[current()].locale).languages
    return str(names.get(tag.replace("-", "_"), tag))


def access_words(token: str) -> str:
    """Return what an event offers for access, in words."""
    return str(ACCESS.get(token, token))


def marks(campaign: Campaign, cities: Iterable[CityCount]) -> tuple[MapMark, ...]:
    """Return the lights of a map, one for each city, linked to its event or to all of them."""
    counted = cache(_counted)  # The same few words for thousands of cities.
    return cluster([_light(campaign, one, counted(one.events, one.signed_up)) for one in cities])


def _light(campaign: Campaign, one: CityCount, counted: str) -> MapMark:
    if one.only_slug:
        url = url_for("events.event", campaign=campaign.slug, event=one.only_slug)
    else:
        url = url_for("sites.city", campaign=campaign.slug, city=one.city.slug)
    return light_at(
        one.city.latitude,
        one.city.longitude,
        label=f"{city_name(one.city)}, {country_name(one.city.country)} · {counted}",
        url=url,
        count=one.signed_up or None,
    )


def _counted(events: int, signed_up: int | None) -> str:
    words = ngettext("%(num)s event", "%(num)s events", events)
    if not signed_up:
        return words
    people = _("Signed up: %(band)s", band=band_words(signed_up))
    return f"{words} · {people}"
