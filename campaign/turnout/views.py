"""What came of a campaign, for everybody and for those who report it: URL -> answer, no rules."""

import re
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.calendars.presenting import campaign_calendar
from campaign.database import abandon, writes
from campaign.events.queries import find_event_within_reach
from campaign.languages import best_match
from campaign.models import Campaign, Event
from campaign.permissions import May, acting, public, requires
from campaign.turnout import queries, reach, services
from campaign.turnout.forms import TurnoutForm
from campaign.turnout.presenting import (
    by_name,
    city_rows,
    country_rows,
    csv_bytes,
    ledger_rows,
    marks,
    size_words,
    sizes,
)

turnout = Blueprint("turnout", __name__)

CAMPAIGN = "/<language:language>/<campaign:campaign>"
OFFICE = "/<language:language>/organize/<campaign:campaign>"
PAGE_SIZE = 100  # cities or events


@dataclass(frozen=True, slots=True)
class Page:
    """Where in a long list one is."""

    number: int  # from 1
    pages: int

    @property
    def has_previous(self) -> bool:
        """Tell whether there is a page before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Tell whether there is a page after."""
        return self.number < self.pages


@turnout.get(f"{CAMPAIGN}/turnout", endpoint="turnout")
@public
def show_turnout(campaign: Campaign) -> str:
    """Show where people came, and how many were seen."""
    results = queries.results(campaign)
    country = request.args.get("country", "").upper()
    cities = [one for one in by_name(results.cities) if country in ("", one.city.country)]
    page = _page(len(cities))
    shown = cities[(page.number - 1) * PAGE_SIZE : page.number * PAGE_SIZE]
    countries = country_rows(campaign, results.countries)
    reports = queries.reports_in(campaign, [one.city.id for one in shown])
    return render_template(
        "turnout/turnout.html",
        results=results,
        next_event=queries.next_start(campaign),
        marks=marks(campaign, results.cities),
        countries=[row for row in countries if row.turnout],
        silent=[row for row in countries if not row.turnout],
        country=country if shown else "",
        cities=city_rows(campaign, shown, reports),
        page=page,
        calendar=campaign_calendar(campaign),
    )


@turnout.get("/<campaign:campaign>/turnout.csv")
@public
def turnout_csv(campaign: Campaign) -> Response:
    """Answer the turnout of each event that has begun, as a file."""
    asked = request.args.get("lang")
    found = queries.event_turnouts(campaign)
    response = make_response(csv_bytes(found, language=asked or best_match()))
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{campaign.slug}-turnout.csv"'
    response.headers["Cache-Control"] = "public, no-cache"
    if not asked:
        response.vary.add("Accept-Language")
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@turnout.get(f"{OFFICE}/turnout")
@requires(May.REPORT_TURNOUT)
def organize_turnout(campaign: Campaign) -> str:
    """Show which of one's own events are reported, and which still wait for a number."""
    actor = acting()
    missing = reach.count_waiting(actor, campaign)
    page = _page(missing)
    offset = (page.number - 1) * PAGE_SIZE
    return render_template(
        "turnout/organize_turnout.html",
        missing=missing,
        waiting=reach.waiting(actor, campaign, offset=offset, limit=PAGE_SIZE),
        page=page,
        reported=reach.count_reported(actor, campaign),
        last_reported=reach.last_reported(actor, campaign, limit=PAGE_SIZE),
    )


@turnout.get(f"{OFFICE}/events/<event>/turnout")
@requires(May.REPORT_TURNOUT)
def report_turnout(campaign: Campaign, event: str) -> str:
    """Ask what was seen at an event."""
    found = find_event_within_reach(acting(), campaign, event)
    services.may_record(found)
    return _form_page(found, TurnoutForm(found))


@turnout.post(f"{OFFICE}/events/<event>/turnout")
@requires(May.REPORT_TURNOUT)
@writes
def record_turnout(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Add an observation to the ledger of an event."""
    found = find_event_within_reach(acting(), campaign, event)
    services.may_record(found)
    form = TurnoutForm(found)
    if not form.validate():
        abandon()
        return _form_page(found, form), 422
    services.record_turnout(found, form.observation(), acting())
    return redirect(url_for("organize_events.event", campaign=campaign.slug, event=event), 303)


def _form_page(event: Event, form: TurnoutForm) -> str:
    ledger = ledger_rows(event, queries.reports_of(event))
    return render_template("turnout/report_turnout.html", event=event, form=form, ledger=ledger)


def _page(length: int) -> Page:
    asked = request.args.get("page", "")
    pages = max(1, -(-length // PAGE_SIZE))
    number = int(asked) if re.fullmatch("[0-9]{1,6}", asked) else 1
    return Page(min(max(1, number), pages), pages)


turnout.add_app_template_global(sizes)
turnout.add_app_template_global(size_words)
