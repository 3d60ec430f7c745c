"""Feeds: calendars and Atom, with validators, and without cookies."""

import gzip
from hashlib import sha256

from flask import Blueprint, Response, make_response, request, session
from werkzeug.http import http_date

from campaign.calendars.views.atom import atom
from campaign.calendars.views.feeds import (
    Contents,
    Scope,
    calendar,
    contents,
    filters,
    search_contents,
    source,
)
from campaign.languages import best_match, current, known, speaking
from campaign.models import Campaign
from campaign.permissions import public
from campaign.templating import absolute

calendars = Blueprint("calendars", __name__)

KINDS = "<any(ics, atom):kind>"
TYPES = {"ics": "text/calendar; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}


@calendars.after_request
def leave_visits_alone(response: Response) -> Response:
    """Set no cookie and depend on none: a feed is the same for everybody."""
    session.modified = False
    session.accessed = False  # Last, since any use of the session says that it was used.
    return response


@calendars.get(f"/<campaign:campaign>/calendar.{KINDS}")
@public
def campaign_feed(campaign: Campaign, kind: str) -> Response:
    """Answer the campaign's feed."""
    return _feed(campaign, Scope.CAMPAIGN, None, kind)


@calendars.get(f"/<campaign:campaign>/demands/<demand>.{KINDS}")
@public
def demand_feed(campaign: Campaign, demand: str, kind: str) -> Response:
    """Answer the feed of a demand."""
    return _feed(campaign, Scope.DEMAND, demand, kind)


@calendars.get(f"/<campaign:campaign>/calls/<call>.{KINDS}")
@public
def call_feed(campaign: Campaign, call: str, kind: str) -> Response:
    """Answer the feed of a call."""
    return _feed(campaign, Scope.CALL, call, kind)


@calendars.get(f"/<campaign:campaign>/addressees/<addressee>.{KINDS}")
@public
def addressee_feed(campaign: Campaign, addressee: str, kind: str) -> Response:
    """Answer the feed of an addressee."""
    return _feed(campaign, Scope.ADDRESSEE, addressee, kind)


@calendars.get(f"/<campaign:campaign>/countries/<country>.{KINDS}")
@public
def country_feed(campaign: Campaign, country: str, kind: str) -> Response:
    """Answer the feed of a country."""
    return _feed(campaign, Scope.COUNTRY, country, kind)


@calendars.get(f"/<campaign:campaign>/cities/<city>.{KINDS}")
@public
def city_feed(campaign: Campaign, city: str, kind: str) -> Response:
    """Answer the feed of a city."""
    return _feed(campaign, Scope.CITY, city, kind)


@calendars.get(f"/<campaign:campaign>/events/<event>.{KINDS}")
@public
def event_feed(campaign: Campaign, event: str, kind: str) -> Response:
    """Answer one event as a file to keep."""
    response = _feed(campaign, Scope.EVENT, event, kind)
    if kind == "ics":
        response.headers["Content-Disposition"] = f'attachment; filename="{event}.ics"'
    return response


@calendars.get(f"/<campaign:campaign>/search.{KINDS}")
@public
def search_feed(campaign: Campaign, kind: str) -> Response:
    """Answer the feed of a search, with all its filters but the page."""
    with speaking(_language()):
        given = request.args.to_dict()
        held = search_contents(campaign, given)
        asked = {"campaign": campaign.slug, "kind": kind, "lang": current(), **filters(given)}
        return _answer(held, absolute("calendars.search_feed", **asked), kind)


def _feed(campaign: Campaign, scope: Scope, value: str | None, kind: str) -> Response:
    with speaking(_language()):
        held = contents(campaign, scope, value)
        return _answer(held, source(campaign, scope, value, kind=kind), kind)


def _language() -> str:
    asked = request.args.get("lang")
    return known(asked) if asked else best_match()


def _answer(held: Contents, address: str, kind: str) -> Response:
    content = calendar(held, address) if kind == "ics" else atom(held, address)
    tag = sha256(content).hexdigest()[:32]
    response = make_response(content)
    response.content_type = TYPES[kind]
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Last-Modified"] = http_date(held.modified_at)
    response.vary.add("Accept-Encoding")
    if not request.args.get("lang"):
        response.vary.add("Accept-Language")
    if request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(content, 6, mtime=0))
        response.content_encoding = "gzip"
        tag += "-gzip"
    response.set_etag(tag)
    return response.make_conditional(request)  # type: ignore[return-value]
