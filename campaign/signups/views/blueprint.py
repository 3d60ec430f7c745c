"""What all views of sign-ups share: the blueprint, finding a sign-up by its link, refusing."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from campaign.database import abandon, writes_late
from campaign.events.presenting import present_event
from campaign.extensions import csrf
from campaign.models import Signup
from campaign.permissions import public
from campaign.signups.forms import SignUpForm
from campaign.signups.queries import find_by_token
from campaign.signups.services import PartyTooLargeError, SignupRefusedError

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
signups = Blueprint("signups", __name__)

SIGNUP = "/<language:language>/sign-ups/<token>"
LINKS_KEPT = 20  # sign-ups that one browser may open by their short addresses


def checks_its_own_token(view: View) -> View:
    """Mark a view that looks for the visit's token itself, or that a link's own token serves."""
    csrf.exempt(view)
    return view


def acts(path: str) -> Callable[[View], View]:
    """Let a view act for a sign-up: by POST to an address below its own, for everybody.

    It finds the sign-up by `find_to_act`, or by a token of its own, before it takes the lock.
    """

    def register(view: View) -> View:
        return checks_its_own_token(signups.post(f"{SIGNUP}/{path}")(public(writes_late(view))))

    return register


@signups.after_request
def keep_no_copy(response: Response) -> Response:
    """Let no cache keep what is personal."""
    response.headers["Cache-Control"] = "no-store"
    return response


@signups.errorhandler(SignupRefusedError)
def refused(refusal: SignupRefusedError) -> ResponseReturnValue:
    """Say why there is no place here, and where there may be one."""
    return refuse(refusal)


def refuse(refusal: SignupRefusedError, form: SignUpForm | None = None) -> ResponseReturnValue:
    """Return the page that says why there is no place here, and keep nothing."""
    abandon()
    if form is not None and isinstance(refusal, PartyTooLargeError):
        form.party_size.errors = [str(refusal)]
    else:
        form = None
    event = refusal.event
    near = f"{event.city.latitude},{event.city.longitude}"
    html = render_template(
        "signups/refused.html",
        page=present_event(event),
        sentence=refusal.sentence,
        nearby_url=url_for("events.events", campaign=event.campaign.slug, near=near),
        form=form,
    )
    return html, refusal.status


def find_to_act(token: str) -> Signup:
    """Return the sign-up to act on.

    Its token is enough; its id is asked for by a form of ours, so the visit's token must be there.
    Raises NotFoundError, and BadRequest without the visit's token.
    """
    found = find(token)
    if token == found.id:
        csrf.protect()
    return found


def find(token: str) -> Signup:
    """Return the sign-up of a token, or of an id whose token this browser has shown before.

    The browser remembers the token from then on. Raises NotFoundError.
    """
    links = dict(session.get("signups", []))
    found = find_by_token(links.get(token, token))
    if token != found.id and links.get(found.id) != token:
        others = [pair for pair in links.items() if pair[0] != found.id]
        session["signups"] = [*others, (found.id, token)][-LINKS_KEPT:]
    return found


def back_to(found: Signup) -> ResponseReturnValue:
    """Lead to the sign-up's own page."""
    return redirect(url_for("signups.signup", token=found.id), 303)
