"""Views of signups: URL -> answer, no rules."""

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from campaign.database import abandon, take_lock, writes_late
from campaign.events.presenting import present_event
from campaign.events.queries import find_event
from campaign.extensions import csrf
from campaign.languages import current
from campaign.models import Campaign, Signup
from campaign.permissions import public
from campaign.signups import services
from campaign.signups.forms import ChangeSignupForm, SignUpForm, change_form_for, sign_up_form_for
from campaign.signups.presenting import personal_calendar, present_signup
from campaign.signups.queries import find_by_token, person_of
from campaign.signups.services import PartyTooLargeError, SignupRefusedError

signups = Blueprint("signups", __name__)

FORM = "/<language:language>/<campaign:campaign>/events/<event>/sign-up"
SIGNUP = "/<language:language>/sign-ups/<token>"
ALARM_MINUTES = 120  # before the start
LINKS_KEPT = 20  # sign-ups that one browser may open by their short addresses


@signups.after_request
def keep_no_copy(response: Response) -> Response:
    """Let no cache keep what is personal."""
    response.headers["Cache-Control"] = "no-store"
    return response


@signups.get(FORM)
@public
def sign_up_form(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Lead whoever reloads a refused form back to the event."""
    url = url_for("events.event", campaign=campaign.slug, event=event, _anchor="sign-up")
    return redirect(url, 302)


@signups.post(FORM)
@public
@writes_late
def sign_up(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Sign a volunteer up and point to the mail; known and unknown addresses see the same."""
    found = find_event(campaign, event)
    form = sign_up_form_for(found, current())
    thanks_url = url_for("signups.thanks", campaign=campaign.slug, event=event)
    if form.is_trapped:
        return redirect(thanks_url, 303)
    if not form.validate():
        form.renew(found)
        return render_template("events/event.html", page=present_event(found), form=form), 422
    wish = form.wish(found)
    try:
        if services.is_new(found, wish):
            take_lock()
            services.sign_up(found, wish)
    except SignupRefusedError as refusal:
        return _refused(refusal, form)
    return redirect(thanks_url, 303)


@signups.get(f"{FORM}/sent")
@public
def thanks(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Show where to look next."""
    return render_template("signups/thanks.html", page=present_event(find_event(campaign, event)))


@signups.get(SIGNUP)
@public
def signup(token: str) -> ResponseReturnValue:
    """Show a sign-up to whoever holds its link; the link itself leaves the address bar at once."""
    found = _find(token)
    if token != found.id:
        return redirect(url_for("signups.signup", token=found.id), 302)
    return _page(found)


@signups.get(f"{SIGNUP}/calendar.ics")
@public
def signup_calendar(token: str) -> ResponseReturnValue:
    """Answer the event as a calendar file, with the street if the sign-up is confirmed.

    `?alarm=1` asks for a reminder in it.
    """
    alarm_minutes = ALARM_MINUTES if request.args.get("alarm") else None
    response = make_response(personal_calendar(_find(token), alarm_minutes=alarm_minutes))
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response


@signups.post(f"{SIGNUP}/confirm")
@public
@writes_late
def confirm(token: str) -> ResponseReturnValue:
    """Take the places for good."""
    found = _find_to_act(token)
    take_lock()
    services.confirm(found)
    return _back(found)


@signups.post(f"{SIGNUP}/change")
@public
@writes_late
def change(token: str) -> ResponseReturnValue:
    """Change what the volunteer said, but for the address."""
    found = _find_to_act(token)
    form = _change_form(found)
    if form is None:
        return _back(found)
    if not form.validate():
        return _page(found, form), 422
    take_lock()
    services.change(
        found, form.person(""), party_size=form.party_size.data or 1, language=form.language.data
    )
    return _back(found)


@signups.post(f"{SIGNUP}/cancel")
@public
@writes_late
def cancel(token: str) -> ResponseReturnValue:
    """Free the places, and delete what was personal."""
    found = _find_to_act(token)
    take_lock()
    services.cancel(found)
    return _back(found)


# These check the form's token themselves: so that what was typed is not lost with a lost cookie,
# and because whoever holds a link may act by it without any cookie.
for view in (sign_up, confirm, change, cancel):
    csrf.exempt(view)


@signups.errorhandler(SignupRefusedError)
def refused(refusal: SignupRefusedError) -> ResponseReturnValue:
    """Say why there is no place here, and where there may be one."""
    return _refused(refusal)


def _refused(refusal: SignupRefusedError, form: SignUpForm | None = None) -> ResponseReturnValue:
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


def _page(found: Signup, form: ChangeSignupForm | None = None) -> str:
    page = present_signup(found)
    return render_template(
        "signups/signup.html",
        page=page,
        campaign=page.campaign,
        form=form or _change_form(found),
    )


def _change_form(found: Signup) -> ChangeSignupForm | None:
    """Return the form that changes a sign-up, or None once there is nothing left to change."""
    person = person_of(found)
    return change_form_for(found, person) if person else None


def _back(found: Signup) -> ResponseReturnValue:
    return redirect(url_for("signups.signup", token=found.id), 303)


def _find_to_act(token: str) -> Signup:
    """Return the sign-up to act on.

    Its token is enough; its id is asked for by a form of ours, so the visit's token must be there.
    Raises NotFoundError, and BadRequest without the visit's token.
    """
    found = _find(token)
    if token == found.id:
        csrf.protect()
    return found


def _find(token: str) -> Signup:
    """Return the sign-up of a token, or of an id whose token this browser has shown before.

    The browser remembers the token from then on. Raises NotFoundError.
    """
    links = dict(session.get("signups", []))
    found = find_by_token(links.get(token, token))
    if token != found.id and links.get(found.id) != token:
        others = [pair for pair in links.items() if pair[0] != found.id]
        session["signups"] = [*others, (found.id, token)][-LINKS_KEPT:]
    return found
