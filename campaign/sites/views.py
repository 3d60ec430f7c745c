"""Cities as everybody sees them: URL -> answer, no rules."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from campaign.calendars.presenting import city_calendar
from campaign.events.presenting import present_rows
from campaign.events.search import Wish, search
from campaign.models import Campaign, Event
from campaign.permissions import public
from campaign.sites.queries import find_city, has_coordinator
from campaign.turnout.queries import Turnout, turnouts_of

sites = Blueprint("sites", __name__)


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """How many came on a day."""

    day: date
    turnout: Turnout


@sites.get("/<language:language>/<campaign:campaign>/cities/<city>")
@public
def city(campaign: Campaign, city: str) -> ResponseReturnValue:
    """Show all that happens and happened in a city, and whether somebody coordinates it."""
    place = find_city(city)
    number = request.args.get("page", 1, type=int)
    found = search(campaign, Wish(city=place, page=number))
    events = [one.event for one in found.found]
    return render_template(
        "sites/city.html",
        city=place,
        search=found,
        rows=present_rows(events),
        has_coordinator=has_coordinator(campaign, place),
        reported=_reported(events),
        calendar=city_calendar(campaign, place),
    )


def _reported(events: list[Event]) -> list[ReportedEvent]:
    turnouts = turnouts_of(events)
    return [
        ReportedEvent(event.starts_local.date(), turnouts[event.id])
        for event in events
        if event.id in turnouts
    ]
