"""Views of signups: URL -> answer, no rules."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.database import abandon, take_lock, writes_late
from campaign.events.queries import find_event
from campaign.extensions import csrf
from campaign.languages import current
from campaign.models import Campaign
from campaign.permissions import public
from campaign.signups import services
from campaign.signups.forms import sign_up_form_for

signups = Blueprint("signups", __name__)

EVENT = "/<language:language>/<campaign:campaign>/events/<event>/sign-up"


@signups.post(EVENT)
@csrf.exempt  # The form checks it, so that what was typed is not lost with a lost cookie.
@public
@writes_late
def sign_up(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Sign a volunteer up and point to the mail; the same answer for known and unknown addresses."""
    from campaign.events.presenting import present_event

    found = find_event(campaign, event)
    form = sign_up_form_for(found, current())
    thanks_url = url_for("signups.thanks", campaign=campaign.slug, event=event)
    if form.is_trapped:
        return redirect(thanks_url, 303)
    if not form.validate():
        return render_template("events/event.html", page=present_event(found), form=form), 422
    wish = form.wish(found)
    take_lock()
    services.sign_up(found, wish)
    return redirect(thanks_url, 303)


@signups.get(f"{EVENT}/sent")
@public
def thanks(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Show where to look next."""
    return render_template("signups/thanks.html", event=find_event(campaign, event))
