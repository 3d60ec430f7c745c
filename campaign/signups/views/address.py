"""Give a sign-up another address: asked for on the own page, done from the new mailbox."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.database import take_lock
from campaign.models import LinkKind
from campaign.permissions import public
from campaign.signups.forms import NewAddressForm
from campaign.signups.queries import find_by_token
from campaign.signups.services import addresses
from campaign.signups.views.blueprint import (
    SIGNUP,
    acts,
    find,
    find_to_act,
    signups,
)


@signups.get(f"{SIGNUP}/address")
@public
def ask_address(token: str) -> ResponseReturnValue:
    """Ask for the new address."""
    return render_template("signups/address.html", token=find(token).id, form=NewAddressForm())


@acts("address")
def send_address_link(token: str) -> ResponseReturnValue:
    """Send a link to the new address, known or not; nothing changes before it is used."""
    found, form = find_to_act(token), NewAddressForm()
    if not form.validate():
        return render_template("signups/address.html", token=found.id, form=form), 422
    take_lock()
    addresses.ask_for_address(found, form.email.data or "")
    return redirect(url_for("signups.address_sent", token=found.id), 303)


@signups.get(f"{SIGNUP}/address/sent")
@public
def address_sent(token: str) -> ResponseReturnValue:
    """Show where to look next."""
    return render_template("signups/address_sent.html", token=find(token).id)


@signups.get(f"{SIGNUP}/new-address")
@public
def new_address(token: str) -> ResponseReturnValue:
    """Show what the link in the mail is good for; looking uses nothing up."""
    find_by_token(token, LinkKind.ADDRESS)
    return render_template("signups/new_address.html", token=token)


@acts("new-address")
def change_address(token: str) -> ResponseReturnValue:
    """Spend the link of the mail, and go on by the sign-up's new link."""
    found = find_by_token(token, LinkKind.ADDRESS)
    take_lock()
    return redirect(url_for("signups.signup", token=addresses.take_address(found, token)), 303)
