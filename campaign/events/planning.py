"""What a fan-out would do: which sites it takes, when, and which it leaves out, and why."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import sqlalchemy as sa

from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.events.wall_time import NoSuchTimeError, TwiceSuchTimeError, instant, wall_time
from campaign.languages import lazy_gettext as _
from campaign.models import CallToAction, Event, Site
from campaign.sites.queries import Existence, existence, sites_on

ENDANGERED = frozenset({"KP"})  # A public protest there would endanger whoever came.
KINDS_OF_CLASS = {
    "embassies": ("embassy",),
    "consulates": ("consulate-general", "consulate"),
    "consulate offices": ("consulate-general", "consulate"),
    "missions": ("permanent-mission",),
    "permanent missions": ("permanent-mission",),
    "offices": ("office",),
    "parliaments": ("legislature",),
    "legislatures": ("legislature",),
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


def plan_fan_out(order: FanOutOrder) -> Plan:
    """Return what the fan-out would do, by site id; writes nothing.

    Raises InvalidError for a time that some site's clocks do not show once, or an unknown site id;
    NotFoundError for an unknown list; NothingToFanOutError.
    """
    _check(order)
    sites = sites_on(order.list_name)
    _check_ids(order, sites)
    there = _sites_with_event(order)
    events: list[PlannedEvent] = []
    left_out: list[tuple[Site, LeftOut]] = []
    for site in sites:
        reason = why_left_out(order, site)
        if reason is None:
            events.append(_planned(order, site, site.id in there))
        else:
            left_out.append((site, reason))
    if not events:
        raise NothingToFanOutError(_("No site of this list is left: nothing was made."))
    return Plan(tuple(events), tuple(left_out))


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
    kinds_part, _of, owner = site_class.rpartition(" of ")
    if len(owner) == 2 and owner.isupper() and site.owner_country not in (None, owner):
        return False
    names = [name.strip() for name in (kinds_part or site_class).lower().split(" and ")]
    kinds = {kind for name in names for kind in KINDS_OF_CLASS.get(name, ())}
    return not kinds or site.kind in kinds


def _check(order: FanOutOrder) -> None:
    if (order.at is None) == (order.instant is None):
        raise InvalidError(_("Give either a local time or one instant for all."))
    if not 1 <= order.lasting_minutes <= 60 * 24 * 14:
        raise InvalidError(_("An event lasts from one minute to two weeks."))


def _check_ids(order: FanOutOrder, sites: list[Site]) -> None:
    unknown = (order.include | order.leave_out) - {site.id for site in sites}
    if unknown:
        raise InvalidError(
            _("The list has no site called %(ids)s.", ids=", ".join(sorted(unknown)[:5]))
        )


def _sites_with_event(order: FanOutOrder) -> frozenset[str]:
    query = sa.select(Event.site_id).where(
        Event.call_id == order.call.id, Event.fanned_out_on == order.on
    )
    return frozenset(db.session.scalars(query))


def _planned(order: FanOutOrder, site: Site, is_there: bool) -> PlannedEvent:
    if order.instant is not None:
        local = wall_time(order.instant, site.timezone)
        return PlannedEvent(site, local, order.instant, is_there)
    local = datetime.combine(order.on, order.at or time())
    try:
        return PlannedEvent(site, local, instant(local, site.timezone), is_there)
    except (NoSuchTimeError, TwiceSuchTimeError) as error:
        raise type(error)(f"{site.name}: {error}") from error


def ends_at(starts_at: datetime, lasting_minutes: int) -> datetime:
    """Return when an event ends that starts at an instant and lasts some minutes."""
    return starts_at + timedelta(minutes=lasting_minutes)
