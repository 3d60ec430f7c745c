"""Who may do what: one table, role -> may; @requires or @public on every view."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, abort, g, make_response, redirect, request, url_for

from campaign.models import Actor, Campaign, RoleName

View = TypeVar("View", bound=Callable[..., Any])


class May(StrEnum):
    """What a role may do."""

    REVIEW_RESOLUTION = "review the resolution"
    SEE_COUNTS = "see counts"
    REPORT_TURNOUT = "report turnout"
    HANDLE_FLOODS = "handle floods"
    CHANGE_EVENTS = "change events"
    CHANGE_PLACE = "change places and shifts"


TABLE: dict[RoleName, frozenset[May]] = {
    RoleName.ADMINISTRATOR: frozenset(May),
    RoleName.ORGANIZER: frozenset(May),
    RoleName.COORDINATOR: frozenset({May.SEE_COUNTS, May.REPORT_TURNOUT, May.CHANGE_PLACE}),
    RoleName.HELPER: frozenset(),
}


def narrowed(actor: Actor, act: May, campaign: Campaign | None = None) -> Actor:
    """Return the actor with those roles alone that allow the act, in the campaign if one is named.

    What a query reaches for this actor is then no more than the act may reach: who coordinates
    Norway and helps at one event in Sweden sees the counts of Norway only.
    """
    roles = tuple(
        role
        for role in actor.roles
        if act in TABLE[role.name] and (campaign is None or role.campaign_id in (None, campaign.id))
    )
    return Actor(actor.account_id, roles)


def may(actor: Actor | None, act: May, campaign: Campaign | None = None) -> bool:
    """Tell whether any role of the actor allows the act, in the campaign if one is named."""
    return actor is not None and bool(narrowed(actor, act, campaign).roles)


def acting() -> Actor:
    """Return who acts in a view that is not public, with the roles that allow it."""
    return cast(Actor, g.acting)


def public(view: View) -> View:
    """Mark a view that anybody may use."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let only people who are signed in use a view, whatever their role."""
    return _guard(view, None)


def requires(act: May) -> Callable[[View], View]:
    """Let only people whose role allows the act use a view; the query narrows it to their scope.

    Nobody signed in: to the sign-in page and back. Signed in without such a role in the campaign
    of the address: 404.
    """
    return lambda view: _guard(view, act)


def _guard(view: View, act: May | None) -> View:
    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> Response:
        actor: Actor | None = g.get("actor")
        if actor is None:
            return _to_sign_in()
        g.acting = narrowed(actor, act, g.get("campaign")) if act else actor
        if act and not g.acting.roles:
            abort(404)
        response = make_response(view(*args, **kwargs))
        response.headers["Cache-Control"] = "no-store"
        return response

    guarded.access = "signed in" if act is None else act.value  # type: ignore[attr-defined]
    return cast(View, guarded)


def _to_sign_in() -> Response:
    # A form cannot be sent again after the sign-in: then the way back is the back office.
    way_back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    return make_response(redirect(url_for("accounts.sign_in", next=way_back), 303))
