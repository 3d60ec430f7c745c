"""The events of a campaign for those who organize: URL -> answer, no rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from flask import Blueprint, render_template, request, url_for

from campaign import clock
from campaign.emails.queries import mail_states
from campaign.events.presenting import local_hours, shown_status
from campaign.events.queries import find_event_within_reach
from campaign.events.reach import (
    EventTotals,
    countries_within_reach,
    event_table,
    read_filter,
    totals,
)
from campaign.formats import country_name, zone_name
from campaign.languages import current
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign, Event, EventStatus
from campaign.permissions import May, acting, may, requires
from campaign.signups.queries import Counts, counts
from campaign.signups.reach import counts_by_campaign
from campaign.signups.services import scope_of
from campaign.signups.surges import surge_of, surges
from campaign.sites.queries import name_of
from campaign.turnout.presenting import ledger_rows
from campaign.turnout.queries import (
    TAKES_PLACE,
    Turnout,
    reports_of,
    turnout_of,
    turnouts_of,
)
from campaign.turnout.reach import Progress, progress

organize_events = Blueprint("organize_events", __name__)

OFFICE = "/<language:language>/organize/<campaign:campaign>"
STATES: Mapping[EventStatus, object] = MappingProxyType(
    {
        EventStatus.DRAFT: _("Draft"),
        EventStatus.PUBLISHED: _("Published"),
        EventStatus.POSTPONED: _("Postponed"),
        EventStatus.CANCELLED: _("Cancelled"),
        EventStatus.HAPPENED: _("Took place"),
    }
)


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An event in the table of those who organize."""

    url: str
    city: str
    country: str  # ISO 3166-1 alpha-2
    site: str
    local_start: datetime  # aware, in the event's zone
    timezone_name: str  # in words
    status: str  # an EventStatus, or "ended"
    signups: Counts
    capacity: int | None  # people; None = no limit
    has_begun: bool  # and takes place: there is something to report
    turnout: Turnout | None  # None = not reported
    is_surging: bool = False  # more people sign up than usual


@organize_events.get(f"{OFFICE}/")
@requires(May.SEE_COUNTS)
def events(campaign: Campaign) -> str:
    """Show the events of a campaign, as far as the person's scopes go, with their numbers."""
    actor, chosen = acting(), read_filter(request.args)
    page = event_table(actor, campaign, chosen)
    codes = countries_within_reach(actor, campaign)
    return render_template(
        "organize/events.html",
        totals=totals(actor).get(campaign.id, EventTotals(0, 0, 0)),
        signups=counts_by_campaign(actor).get(campaign.id, Counts(0, 0)),
        progress=progress(actor).get(campaign.id, Progress(0, 0)),
        rows=_rows(page.events),
        page=page,
        chosen=chosen,
        countries=sorted(((code, country_name(code)) for code in codes), key=lambda one: one[1]),
        states=[(one.value, words) for one, words in STATES.items()],
    )


@organize_events.get(f"{OFFICE}/events/<event>")
@requires(May.SEE_COUNTS)
def event(campaign: Campaign, event: str) -> str:
    """Show one event with its counts and the ledger of its turnout."""
    found = find_event_within_reach(acting(), campaign, event)
    reports, mails = reports_of(found), mail_states(scope_of(found.id))
    since = mails.due_since and mails.due_since.astimezone(clock.zone(found.timezone))
    return render_template(
        "organize/event.html",
        event=found,
        mails=mails,
        mails_since=since,
        row=_row(found, counts([found.id]), {}),
        turnout=turnout_of(reports),
        ledger=ledger_rows(found, reports),
        may_report=may(acting(), May.REPORT_TURNOUT),
        surge=surge_of(found),
        may_handle=may(acting(), May.HANDLE_FLOODS, campaign),
    )


def _rows(events: tuple[Event, ...]) -> list[OfficeRow]:
    signups, turnouts = counts([one.id for one in events]), turnouts_of(events)
    surging = surges(events)
    return [replace(_row(one, signups, turnouts), is_surging=one.id in surging) for one in events]


def _row(event: Event, signups: dict[int, Counts], turnouts: dict[int, Turnout]) -> OfficeRow:
    return OfficeRow(
        url=url_for("organize_events.event", campaign=event.campaign.slug, event=event.slug),
        city=name_of(event.city, current()),
        country=event.city.country,
        site=event.site.name,
        local_start=local_hours(event)[0],
        timezone_name=zone_name(event.timezone),
        status=shown_status(event),
        signups=signups.get(event.id, Counts(0, 0)),
        capacity=event.capacity,
        has_begun=event.status in TAKES_PLACE and event.starts_at <= clock.now(),
        turnout=turnouts.get(event.id),
    )
