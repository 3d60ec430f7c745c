"""Send a link again to who lost it; the answer never tells whether an address is known."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.database import take_lock, writes_late
from campaign.events.presenting import present_event
from campaign.events.queries import find_event
from campaign.languages import current
from campaign.languages import gettext as _
from campaign.models import Campaign, ContactRule, Event
from campaign.permissions import public
from campaign.signups.forms import AddressForm
from campaign.signups.networks import network_of
from campaign.signups.services import links
from campaign.signups.services.floods import may_try
from campaign.signups.views.blueprint import signups
from campaign.signups.views.sign_up import FORM

LINK = f"{FORM}/link"


@signups.get(LINK)
@public
def lost_link(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Ask for the address whose link was lost."""
    return _page(find_event(campaign, event))


@signups.post(LINK)
@public
@writes_late
def send_link(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Mail a further link, or that there is none; known and unknown addresses see the same."""
    found, form = find_event(campaign, event), AddressForm()
    if found.contact is ContactRule.NONE:
        return _page(found)
    if not form.validate():
        return _page(found, form), 422
    network = network_of(request.remote_addr)
    if not may_try(network):
        form.email.errors = [
            _("Many addresses were tried from your network. Wait an hour, then try again, please.")
        ]
        return _page(found, form), 409
    take_lock()
    links.send_link(found, form.email.data or "", language=current(), network=network)
    return redirect(url_for("signups.link_sent", campaign=campaign.slug, event=event), 303)


@signups.get(f"{LINK}/sent")
@public
def link_sent(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Show where to look next."""
    page = present_event(find_event(campaign, event))
    return render_template("signups/link_sent.html", page=page)


def _page(event: Event, form: AddressForm | None = None) -> str:
    is_asked = event.contact is not ContactRule.NONE
    return render_template(
        "signups/lost_link.html",
        page=present_event(event),
        form=(form or AddressForm()) if is_asked else None,
    )
