"""Feeds: calendars and Atom, with validators, and without cookies."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from hashlib import sha256
from itertools import chain

from flask import Blueprint, Response, request, session

from campaign import clock
from campaign.addresses import absolute, takes_slug
from campaign.calendars.queries import FeedState, state_of
from campaign.calendars.scopes import Scope, path_of
from campaign.calendars.stamp import stamp
from campaign.calendars.views.feeds import (
    Contents,
    contents,
    filters,
    search_contents,
    source,
)
from campaign.calendars.views.joining import Form, compressed, pieces
from campaign.database import open_snapshot
from campaign.languages import best_match, current, known, speaking
from campaign.models import Campaign, FeedKind
from campaign.permissions import public
from campaign.resolutions.queries import find_campaign

calendars = Blueprint("calendars", __name__)

KINDS = "<any(ics, atom):kind>"
TYPES = {
    FeedKind.ICS: "text/calendar; charset=utf-8",
    FeedKind.ATOM: "application/atom+xml; charset=utf-8",
}
WHOLE = 65_536  # bytes; what is longer is sent while it is read


@calendars.after_request
def leave_visits_alone(response: Response) -> Response:
    """Set no cookie and depend on none: a feed is the same for everybody."""
    session.modified = False
    session.accessed = False  # Last, since any use of the session says that it was used.
    return response


@calendars.get(f"/<campaign:campaign>/calendar.{KINDS}")
@public
@takes_slug
def campaign_feed(campaign: str, kind: str) -> Response:
    """Answer the campaign's feed."""
    return _feed(campaign, Scope.CAMPAIGN, "", kind)


@calendars.get(f"/<campaign:campaign>/demands/<demand>.{KINDS}")
@public
@takes_slug
def demand_feed(campaign: str, demand: str, kind: str) -> Response:
    """Answer the feed of a demand."""
    return _feed(campaign, Scope.DEMAND, demand, kind)


@calendars.get(f"/<campaign:campaign>/calls/<call>.{KINDS}")
@public
@takes_slug
def call_feed(campaign: str, call: str, kind: str) -> Response:
    """Answer the feed of a call."""
    return _feed(campaign, Scope.CALL, call, kind)


@calendars.get(f"/<campaign:campaign>/addressees/<addressee>.{KINDS}")
@public
@takes_slug
def addressee_feed(campaign: str, addressee: str, kind: str) -> Response:
    """Answer the feed of an addressee."""
    return _feed(campaign, Scope.ADDRESSEE, addressee, kind)


@calendars.get(f"/<campaign:campaign>/countries/<country>.{KINDS}")
@public
@takes_slug
def country_feed(campaign: str, country: str, kind: str) -> Response:
    """Answer the feed of a country."""
    return _feed(campaign, Scope.COUNTRY, country, kind)


@calendars.get(f"/<campaign:campaign>/cities/<city>.{KINDS}")
@public
@takes_slug
def city_feed(campaign: str, city: str, kind: str) -> Response:
    """Answer the feed of a city."""
    return _feed(campaign, Scope.CITY, city, kind)


@calendars.get(f"/<campaign:campaign>/events/<event>.{KINDS}")
@public
@takes_slug
def event_feed(campaign: str, event: str, kind: str) -> Response:
    """Answer one event as a file to keep."""
    response = _feed(campaign, Scope.EVENT, event, kind)
    if kind == FeedKind.ICS:
        response.headers["Content-Disposition"] = f'attachment; filename="{event}.ics"'
    return response


@calendars.get(f"/<campaign:campaign>/search.{KINDS}")
@public
@takes_slug
def search_feed(campaign: str, kind: str) -> Response:
    """Answer the feed of a search, with all its filters but the page."""
    given = request.args.to_dict()
    asked = filters(given)

    def address() -> str:
        of_search = {"campaign": campaign, "kind": kind, "lang": current(), **asked}
        return absolute("calendars.search_feed", **of_search)

    # What a search finds changes with no more than the campaign's own feed does.
    path = path_of(campaign, Scope.CAMPAIGN)
    return _answer(
        path,
        FeedKind(kind),
        lambda found: search_contents(found, given),
        address,
        asked=repr(asked),
    )


def _feed(campaign: str, scope: Scope, value: str, kind: str) -> Response:
    return _answer(
        path_of(campaign, scope, value),
        FeedKind(kind),
        lambda found: contents(found, scope, value),
        lambda: source(campaign, scope, value, kind=kind),
    )


def _answer(
    path: str,
    kind: FeedKind,
    read: Callable[[Campaign], Contents],
    address: Callable[[], str],
    *,
    asked: str = "",
) -> Response:
    """Answer a feed by its state alone where the reader has it already, else with its bytes."""
    language = _language()
    with ExitStack() as open_things:
        connection = open_things.enter_context(closing(open_snapshot()))
        state = state_of(path, connection)
        response = _head(kind, state)
        if state:
            response.set_etag(_tag(path, state, language, kind, asked))
            response.make_conditional(request)
        if response.status_code == 304:
            return response
        with speaking(language):
            campaign = find_campaign(path.partition("/")[0])
            form = Form(kind, address(), campaign, state)
            return _fill(response, pieces(read(campaign), form, connection), open_things)


def _language() -> str:
    asked = request.args.get("lang")
    return known(asked) if asked else best_match()


def _head(kind: FeedKind, state: FeedState | None) -> Response:
    response = Response(content_type=TYPES[kind])
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept-Encoding")
    if not request.args.get("lang"):
        response.vary.add("Accept-Language")
    # A version of the product that has yet to write its entries has no time of change yet; and
    # a moment that is still to come, after changes in quick succession, must not be told.
    if state and state.stamp == stamp() and state.modified_at <= clock.real_now():
        response.last_modified = state.modified_at
    return response


def _tag(path: str, state: FeedState, *of_request: str) -> str:
    """Return the validator: every change of state gives another, and so does another version."""
    digest = sha256("\n".join((path, state.version, stamp(), *of_request)).encode())
    return digest.hexdigest()[:32] + ("-gzip" if _is_packed() else "")


def _is_packed() -> bool:
    return request.accept_encodings["gzip"] > 0


def _fill(response: Response, parts: Iterator[bytes], open_things: ExitStack) -> Response:
    """Give an answer its bytes: small ones at once, large ones while they are read."""
    if _is_packed():
        parts = compressed(parts)
        response.content_encoding = "gzip"
    first: list[bytes] = []
    size = 0
    for part in parts:
        first.append(part)
        size += len(part)
        if size > WHOLE and response.get_etag()[0]:
            response.headers.pop("Content-Length", None)  # Nobody knows it yet.
            if request.method == "GET":
                response.response = chain(first, parts)
                response.call_on_close(open_things.pop_all().close)
            return response
    return _whole(response, b"".join(first))


def _whole(response: Response, content: bytes) -> Response:
    response.set_data(content)
    if response.get_etag()[0] is None:
        response.set_etag(sha256(content).hexdigest()[:32])
        response.make_conditional(request)
    return response
