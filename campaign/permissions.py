"""Who may do what: one table, role -> may; @requires or @public on every view."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, redirect, request, url_for

from campaign.models import Actor, RoleName

View = TypeVar("View", bound=Callable[..., Any])


class May(StrEnum):
    """What a role may do."""

    SEE_CAMPAIGNS = "see campaigns"
    SEE_COUNTS = "see counts"
    REPORT_TURNOUT = "report turnout"


TABLE: dict[RoleName, frozenset[May]] = {
    RoleName.ADMINISTRATOR: frozenset(May),
    RoleName.ORGANIZER: frozenset(May),
    RoleName.COORDINATOR: frozenset({May.SEE_COUNTS, May.REPORT_TURNOUT}),
    RoleName.HELPER: frozenset(),
}


def may(actor: Actor | None, act: May) -> bool:
    """Tell whether any role of the actor, in whatever scope, allows the act."""
    return actor is not None and any(act in TABLE[role.name] for role in actor.roles)


def public(view: View) -> View:
    """Mark a view that anybody may use."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let only people who are signed in use a view, whatever their role."""
    return _guard(view, None)


def requires(act: May) -> Callable[[View], View]:
    """Let only people whose role allows the act use a view; the query narrows it to their scope.

    Nobody signed in: to the sign-in page and back. Signed in without such a role: 404.
    """
    return lambda view: _guard(view, act)


def _guard(view: View, act: May | None) -> View:
    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> object:
        actor: Actor | None = g.get("actor")
        if actor is None:
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
        if act is not None and not may(actor, act):
            abort(404)
        return view(*args, **kwargs)

    guarded.access = "signed in" if act is None else act.value  # type: ignore[attr-defined]
    return cast(View, guarded)
