"""The card of a sign-up, and where its code leads those who only scan it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.permissions import public
from campaign.signups.presenting import present_card
from campaign.signups.views.blueprint import SIGNUP, back_to, find, signups


@signups.get(f"{SIGNUP}/card")
@public
def card(token: str) -> ResponseReturnValue:
    """Show what to print, to photograph, or to hold out at the door."""
    found = find(token)
    if token != found.id:
        return redirect(url_for("signups.card", token=found.id), 302)
    card = present_card(found)
    if card is None:
        return back_to(found)
    return render_template("signups/card.html", card=card, campaign=None)


@signups.get("/<language:language>/check-in/<signup>")
@public
def check_in(signup: str) -> ResponseReturnValue:
    """Say that a code is for the door, and never whose it is: nobody is looked up."""
    return render_template("signups/check_in.html")
