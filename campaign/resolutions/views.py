"""The resolution, its demands and its calls: URL -> answer, no rules."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask import Blueprint, render_template, url_for

from campaign.calendars.presenting import (
    addressee_calendar,
    call_calendar,
    campaign_calendar,
    demand_calendar,
)
from campaign.events.presenting import marks, present_rows
from campaign.events.queries import (
    CountryCount,
    ListedEvent,
    by_city,
    coming,
    countries,
    coverage,
    listed,
    numbers_by_demand,
    of_call,
    of_demand,
)
from campaign.formats import country_name, local_time, short_date
from campaign.languages import current
from campaign.models import Campaign
from campaign.permissions import public
from campaign.resolutions import queries
from campaign.resolutions.presenting import addressee_rows, anchor, part_rows, segments
from campaign.sites.gazetteer.naming import name_in_language
from campaign.turnout.queries import results

resolutions = Blueprint("resolutions", __name__)

CAMPAIGN = "/<language:language>/<campaign:campaign>"
NEXT = 5  # events shown of a demand
MOST_LISTED = 1000  # events that the page of a call lists one by one; of more it counts them


@dataclass(frozen=True, slots=True)
class CountryRow:
    """A country with how many events it has, and where they are listed."""

    name: str
    events: int
    url: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a long list."""

    url: str
    city: str
    starts_local: datetime  # naive wall time there
    when: str
    status: str  # an EventStatus


@dataclass(frozen=True, slots=True)
class CountryEvents:
    """A country with its events."""

    name: str
    events: tuple[EventLine, ...]


@resolutions.get(f"{CAMPAIGN}/resolution")
@public
def resolution(campaign: Campaign) -> str:
    """Show the whole text, every clause marked; demands and calls lead to their pages."""
    found = queries.published_resolution(campaign)
    clauses = queries.clauses_of(found)
    urls = _urls_of_clauses(campaign)
    stretches = queries.stretches(found, clauses)
    marked = segments(
        found.text,
        stretches,
        {one.number: urls[one.id] for one in clauses if one.id in urls},
    )
    return render_template(
        "resolutions/resolution.html",
        resolution=found,
        segments=marked,
        kinds=list(dict.fromkeys(clause.kind for clause in clauses)),
        calendar=campaign_calendar(campaign),
    )


def _urls_of_clauses(campaign: Campaign) -> dict[int, str]:
    urls = {
        one.clause_id: url_for("resolutions.demand", campaign=campaign.slug, demand=one.slug)
        for one in queries.demands_of(campaign)
    }
    for one in queries.calls_of(campaign):
        urls[one.clause_id] = url_for("resolutions.call", campaign=campaign.slug, call=one.slug)
    return urls


@resolutions.get(f"{CAMPAIGN}/demands/")
@public
def demands(campaign: Campaign) -> str:
    """Show the demands by addressee."""
    groups = addressee_rows(campaign, queries.demands_of(campaign), numbers_by_demand(campaign))
    return render_template(
        "resolutions/demands.html",
        groups=groups,
        calendar=campaign_calendar(campaign),
        calendars={
            one.addressee.slug: addressee_calendar(campaign, one.addressee)
            for one in groups
            if one.has_events
        },
    )


@resolutions.get(f"{CAMPAIGN}/demands/<demand>")
@public
def demand(campaign: Campaign, demand: str) -> str:
    """Show one demand in its own words, and where people stand up for it."""
    found = queries.find_demand(campaign, demand)
    every, numbers = queries.demands_of(campaign), numbers_by_demand(campaign)
    quote = queries.quotes([found])[found.id]
    condition = of_demand(found)
    return render_template(
        "resolutions/demand.html",
        demand=found,
        quote=quote,
        text_url=_text_url(campaign, quote.clause.number),
        parent=next((one for one in every if one.id == found.parent_id), None),
        parts=part_rows(campaign, found, every, numbers),
        coverage=coverage(campaign, condition),
        rows=present_rows(coming(campaign, NEXT, condition), with_demand=False),
        countries=_country_rows(campaign, countries(campaign, condition), demand=found.slug),
        results=results(campaign, condition),
        calendar=demand_calendar(campaign, found),
    )


@resolutions.get(f"{CAMPAIGN}/calls/<call>")
@public
def call(campaign: Campaign, call: str) -> str:
    """Show a call: its purpose, where it is answered, all its events by country."""
    found = queries.find_call(campaign, call)
    condition = of_call(found)
    reached = coverage(campaign, condition)
    is_listed = reached.events <= MOST_LISTED
    return render_template(
        "resolutions/call.html",
        call=found,
        quote=queries.quote_of_call(found),
        text_url=_text_url(campaign, found.clause.number),
        purposes=queries.purposes_of(found),
        coverage=reached,
        marks=marks(campaign, by_city(campaign, condition)),
        countries=_by_country(campaign, listed(campaign, condition)) if is_listed else [],
        counts=_country_rows(campaign, countries(campaign, condition), call=found.slug),
        calendar=call_calendar(campaign, found),
    )


def _text_url(campaign: Campaign, clause_number: int) -> str:
    return url_for("resolutions.resolution", campaign=campaign.slug, _anchor=anchor(clause_number))


def _country_rows(
    campaign: Campaign, counts: list[CountryCount], **filters: str
) -> list[CountryRow]:
    asked: dict[str, Any] = dict(filters)
    rows = [
        CountryRow(
            name=country_name(one.country),
            events=one.events,
            url=url_for("events.events", campaign=campaign.slug, country=one.country, **asked),
        )
        for one in counts
    ]
    return sorted(rows, key=lambda row: row.name.casefold())


def _by_country(campaign: Campaign, events: list[ListedEvent]) -> list[CountryEvents]:
    found: dict[str, list[EventLine]] = {}
    is_one_day = len({event.starts_local.date() for event in events}) == 1
    when = cache(local_time if is_one_day else _day_and_hour)  # Thousands have the same hour.
    for event in events:
        line = _line(campaign, event, when(event.starts_local))
        found.setdefault(event.country, []).append(line)
    rows = [CountryEvents(country_name(code), tuple(some)) for code, some in found.items()]
    return sorted(rows, key=lambda row: row.name.casefold())


def _day_and_hour(moment: datetime) -> str:
    return f"{short_date(moment)}, {local_time(moment)}"


def _line(campaign: Campaign, event: ListedEvent, when: str) -> EventLine:
    return EventLine(
        url=url_for("events.event", campaign=campaign.slug, event=event.slug),
        city=name_in_language(event.city, event.timezone, event.other_names, language=current()),
        starts_local=event.starts_local,
        when=when,
        status=event.status,
    )
