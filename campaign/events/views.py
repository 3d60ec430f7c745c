"""Events as everybody sees them: URL -> answer, no rules."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.calendars.presenting import search_calendar
from campaign.errors import InvalidError
from campaign.events.forms import FindEventForm
from campaign.events.presenting import present_event, present_rows
from campaign.events.queries import find_event
from campaign.events.search import Search, read_wish, search
from campaign.formats import country_name
from campaign.languages import current
from campaign.models import Campaign
from campaign.permissions import public
from campaign.signups.forms import sign_up_form_for
from campaign.sites.gazetteer import Place, Point, nearest_place

events = Blueprint("events", __name__)

CAMPAIGN = "/<language:language>/<campaign:campaign>"
FILTERS = ("q", "near", "country", "city", "demand", "call", "on", "language", "access")


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """Another place that may have been meant, and the search there."""

    name: str
    url: str


@events.get(f"{CAMPAIGN}/events/", endpoint="events")
@public
def find_events(campaign: Campaign) -> ResponseReturnValue:
    """Show the events that fit a question, nearest or earliest first."""
    form = FindEventForm.asked(campaign, request.args)
    try:
        wish = read_wish(campaign, request.args)
    except InvalidError as error:
        return render_template("events/events.html", form=form, refusal=error.sentence), 422
    found = search(campaign, wish)
    asked: dict[str, str] = {
        name: value for name in FILTERS if (value := request.args.get(name, "").strip())
    }
    return render_template(
        "events/events.html",
        form=form,
        refusal=None,
        wish=wish,
        search=found,
        asked=asked,
        place=_name_of(found.here),
        other_places=_other_places(campaign, found, asked),
        rows=present_rows(
            [one.event for one in found.found],
            distances={one.event.id: one.distance_km for one in found.found},
        ),
        calendar=search_calendar(campaign, asked),
        previous_url=_address(campaign, {**asked, "page": str(found.number - 1)}),
        next_url=_address(campaign, {**asked, "page": str(found.number + 1)}),
    )


def _address(campaign: Campaign, asked: dict[str, str]) -> str:
    """Return the address of a question; its "language" is not that of the page, as in url_for."""
    return f"{url_for('events.events', campaign=campaign.slug)}?{urlencode(asked)}"


def _name_of(here: Place | Point | None) -> str | None:
    """Return a place by its name; a point by that of the place nearest to it."""
    if here is None:
        return None
    place = here if isinstance(here, Place) else nearest_place(here.latitude, here.longitude)
    return _place_words(place)


def _place_words(place: Place) -> str:
    return f"{place.name_in(current())}, {country_name(place.country)}"


def _other_places(campaign: Campaign, found: Search, asked: dict[str, str]) -> list[OtherPlace]:
    return [
        OtherPlace(
            name=_place_words(place),
            url=_address(campaign, {**asked, "near": f"{place.latitude},{place.longitude}"}),
        )
        for place in found.other_places
    ]


@events.get(f"{CAMPAIGN}/events/<event>")
@public
def event(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Show one event with its sign-up form."""
    found = find_event(campaign, event)
    return render_template(
        "events/event.html",
        page=present_event(found),
        form=sign_up_form_for(found, current()),
    )
