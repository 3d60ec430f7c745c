"""Sign up for an event."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.database import take_lock, writes_late
from campaign.events.presenting import present_event
from campaign.events.queries import find_event
from campaign.languages import current
from campaign.models import Campaign
from campaign.permissions import public
from campaign.signups import services
from campaign.signups.forms import sign_up_form_for
from campaign.signups.services import SignupRefusedError
from campaign.signups.views.blueprint import checks_its_own_token, refuse, signups

FORM = "/<language:language>/<campaign:campaign>/events/<event>/sign-up"


@signups.get(FORM)
@public
def sign_up_form(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Lead whoever reloads a refused form back to the event."""
    url = url_for("events.event", campaign=campaign.slug, event=event, _anchor="sign-up")
    return redirect(url, 302)


@checks_its_own_token  # What was typed is not lost with a lost cookie.
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
        receipt = services.receipt_of(found, wish)
        if receipt is None:
            take_lock()
            receipt = services.sign_up(found, wish)
    except SignupRefusedError as refusal:
        return refuse(refusal, form)
    if receipt.token:
        return redirect(url_for("signups.signup", token=receipt.token), 303)
    return redirect(thanks_url, 303)


@signups.get(f"{FORM}/sent")
@public
def thanks(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Show where to look next."""
    return render_template("signups/thanks.html", page=present_event(find_event(campaign, event)))
