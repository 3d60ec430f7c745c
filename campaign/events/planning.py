"""What a fan-out would do: which sites it takes, when, and which it leaves out, and why."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

import sqlalchemy as sa

from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.events.wall_time import NoSuchTimeError, TwiceSuchTimeError, instant, wall_time
from campaign.languages import lazy_gettext as _
from campaign.models import CallToAction, Event, Site
from campaign.sites.queries import Existence, existence, sites_on

ENDANGERED = frozenset({"KP"})  # A public protest there would endanger whoever came.
LONGEST_MINUTES = 60 * 24 * 14
YEARS = range(1900, 2200)  # in which time zones, and so calendars, are known
ONE_DAY = timedelta(days=1)
DIPLOMATIC = frozenset({"embassy", "consulate-general", "consulate", "permanent-mission"})
KINDS_OF_CLASS = {
    "embassies": ("embassy",),
    "consulates": ("consulate-general", "consulate"),
    "consulate offices": ("consulate-general", "consulate"),
    "missions": ("permanent-mission",),
    "permanent missions": ("permanent-mission",),
    "offices": ("office",),
    "united nations offices": ("office", "headquarters"),
    "parliaments": ("legislature",),
    "legislatures": ("legislature",),
    "ministries": ("ministry",),
    "city halls": ("city-hall", "town-hall"),
    "national olympic committees": ("noc",),
    "headquarters": ("headquarters",),
}


class LeftOut(StrEnum):
    """Why a fan-out leaves a site out."""

    NOT_THERE = "not there on that day"
    UNKNOWN = "unknown whether it was there on that day"
    ENDANGERED = "a public protest there would endanger people"
    EXCEPTED = "left out by the organizer"
    OTHER_COUNTRY = "in another country"
    OTHER_CLASS = "not of the call's class of sites"


class NothingToFanOutError(CampaignError):
    """No site of the list is left for this fan-out."""


@dataclass(frozen=True, slots=True)
class FanOutOrder:
    """What an organizer asks for. One of `at` (local wall time) and `instant` is set."""

    call: CallToAction
    list_name: str
    on: date
    at: time | None
    instant: datetime | None  # aware; one moment everywhere
    lasting_minutes: int
    countries: frozenset[str] = field(default=frozenset())  # ISO 3166-1; empty = all
    include: frozenset[str] = field(default=frozenset())  # site ids taken in any case
    leave_out: frozenset[str] = field(default=frozenset())  # site ids never taken


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """One event that a fan-out makes, or that is there already."""

    site: Site
    starts_local: datetime  # naive, wall time at the site
    starts_at: datetime  # aware UTC
    is_there: bool  # an earlier run made it


@dataclass(frozen=True, slots=True)
class Plan:
    """What a fan-out does with each site of the list."""

    events: tuple[PlannedEvent, ...]
    left_out: tuple[tuple[Site, LeftOut], ...]
    is_on_another_day: bool  # than the one that the call names

    @property
    def missing(self) -> tuple[PlannedEvent, ...]:
        """Return the events that are not there yet."""
        return tuple(planned for planned in self.events if not planned.is_there)


def plan_fan_out(order: FanOutOrder) -> Plan:
    """Return what the fan-out would do, by site id; writes nothing.

    Raises InvalidError for an order that contradicts itself, a time that some site's clocks do
    not show once, or a site or country that the list does not have; NotFoundError for an unknown
    list; NothingToFanOutError.
    """
    _check(order)
    sites = sites_on(order.list_name)
    _check_list(order, sites)
    reasons = {site.id: why_left_out(order, site) for site in sites}
    taken = [site for site in sites if reasons[site.id] is None]
    if not taken:
        raise NothingToFanOutError(_("No site of this list is left: nothing was made."))
    left_out = tuple((site, reason) for site in sites if (reason := reasons[site.id]))
    return Plan(_planned(order, taken), left_out, order.call.on not in (None, order.on))


def why_left_out(order: FanOutOrder, site: Site) -> LeftOut | None:
    """Return why the fan-out leaves a site out, or None."""
    if site.id in order.leave_out:
        return LeftOut.EXCEPTED
    if site.id in order.include:
        return None
    if order.countries and site.country not in order.countries:
        return LeftOut.OTHER_COUNTRY
    if not is_of_class(site, order.call.site_class):
        return LeftOut.OTHER_CLASS
    if site.country in ENDANGERED - order.countries:
        return LeftOut.ENDANGERED
    there = existence(site, order.on)
    if there is Existence.YES:
        return None
    return LeftOut.NOT_THERE if there is Existence.NO else LeftOut.UNKNOWN


def is_of_class(site: Site, site_class: str | None) -> bool:
    """Tell whether a site is of a call's class: "embassies and consulates of CN"; None = any."""
    if not site_class:
        return True
    kinds_part, _of, owners_part = site_class.rpartition(" of ")
    owners = owners_part.split(" and ")
    if not all(re.fullmatch("[A-Z]{2}", owner) for owner in owners):
        kinds_part, owners = site_class, []
    if owners and _owner(site) not in (None, *owners):
        return False
    names = [name.strip() for name in kinds_part.lower().split(" and ")]
    kinds = {kind for name in names for kind in KINDS_OF_CLASS.get(name, ())}
    return not kinds or site.kind in kinds


def _owner(site: Site) -> str | None:
    """Return whose a site is; what is no mission of another state is its host country's."""
    return site.owner_country or (None if site.kind in DIPLOMATIC else site.country)


def _check(order: FanOutOrder) -> None:
    if (order.at is None) == (order.instant is None):
        raise InvalidError(_("Give either a local time or one instant for all."))
    if not 1 <= order.lasting_minutes <= LONGEST_MINUTES:
        raise InvalidError(_("An event lasts from one minute to two weeks."))
    if order.on.year not in YEARS:
        raise InvalidError(_("Time zones are known from 1900 to 2199 only."))
    if order.instant and abs(order.instant.date() - order.on) > ONE_DAY:
        raise InvalidError(_("The instant lies more than a day away from that day."))


def _check_list(order: FanOutOrder, sites: list[Site]) -> None:
    unknown = (order.include | order.leave_out) - {site.id for site in sites}
    unknown |= order.countries - {site.country for site in sites}
    if unknown:
        names = ", ".join(sorted(unknown)[:5])
        raise InvalidError(_("The list has no site or country called %(names)s.", names=names))


def _planned(order: FanOutOrder, sites: list[Site]) -> tuple[PlannedEvent, ...]:
    """Return the events of sites; what is there already keeps its own hours."""
    query = sa.select(Event.site_id, Event.starts_local, Event.starts_at).where(
        Event.call_id == order.call.id, Event.fanned_out_on == order.on
    )
    there = {site_id: (local, moment) for site_id, local, moment in db.session.execute(query)}
    hours = there | _hours(order, [site for site in sites if site.id not in there])
    return tuple(PlannedEvent(site, *hours[site.id], site.id in there) for site in sites)


def _hours(order: FanOutOrder, sites: list[Site]) -> dict[str, tuple[datetime, datetime]]:
    """Return site id -> wall time and instant. Raises an InvalidError that names the sites."""
    if order.instant is not None:
        moment = order.instant.astimezone(UTC)
        return {site.id: (wall_time(moment, site.timezone), moment) for site in sites}
    local = datetime.combine(order.on, order.at or time())
    hours = {}
    refused: list[tuple[Site, InvalidError]] = []
    for site in sites:
        try:
            hours[site.id] = local, instant(local, site.timezone)
        except (NoSuchTimeError, TwiceSuchTimeError) as error:
            refused.append((site, error))
    if refused:
        raise _all_refused(refused)
    return hours


def _all_refused(refused: list[tuple[Site, InvalidError]]) -> InvalidError:
    (site, error), *others = refused
    named = {"site": site.name, "id": site.id, "sentence": error.sentence}
    if not others:
        return type(error)(_("%(site)s (%(id)s): %(sentence)s", **named))
    more = ", ".join(other.id for other, _error in others)
    sentence = _("%(site)s (%(id)s): %(sentence)s Likewise: %(others)s.", **named, others=more)
    return type(error)(sentence)


def ends_at(starts_at: datetime, lasting_minutes: int) -> datetime:
    """Return when an event ends that starts at an instant and lasts some minutes."""
    return starts_at + timedelta(minutes=lasting_minutes)
