"""A volunteer's own page, and what it has to take along."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.database import abandon
from campaign.models import Signup
from campaign.permissions import public
from campaign.signups.forms import ChangeSignupForm, PartyForm, change_form_for, party_form_for
from campaign.signups.presenting import personal_calendar, present_signup
from campaign.signups.queries import person_of
from campaign.signups.services import PartyTooLargeError
from campaign.signups.views.blueprint import SIGNUP, find, signups

ALARM_MINUTES = 120  # before the start


@signups.get(SIGNUP)
@public
def signup(token: str) -> ResponseReturnValue:
    """Show a sign-up to whoever holds its link; the link itself leaves the address bar at once."""
    found = find(token)
    if token != found.id:
        return redirect(url_for("signups.signup", token=found.id), 302)
    return page_of(found)


@signups.get(f"{SIGNUP}/calendar.ics")
@public
def signup_calendar(token: str) -> ResponseReturnValue:
    """Answer the event as a calendar file, with the street if the sign-up is confirmed.

    `?alarm=1` asks for a reminder in it.
    """
    alarm_minutes = ALARM_MINUTES if request.args.get("alarm") else None
    response = make_response(personal_calendar(find(token), alarm_minutes=alarm_minutes))
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response


def page_of(found: Signup, sent: ChangeSignupForm | PartyForm | None = None) -> str:
    """Return the page of a sign-up, with the form that was sent, if one was, as it was sent."""
    page = present_signup(found)
    change = sent if isinstance(sent, ChangeSignupForm) else change_form_of(found, is_sent=False)
    party = sent if isinstance(sent, PartyForm) else party_form_for(found, is_sent=False)
    return render_template(
        "signups/signup.html", page=page, campaign=page.campaign, form=change, party_form=party
    )


def too_many(
    found: Signup, refusal: PartyTooLargeError, sent: ChangeSignupForm | PartyForm
) -> ResponseReturnValue:
    """Say in the form itself that there is no room for so many, and keep nothing."""
    abandon()
    sent.party_size.errors = [str(refusal)]
    return page_of(found, sent), refusal.status


def change_form_of(found: Signup, *, is_sent: bool = True) -> ChangeSignupForm | None:
    """Return the form that changes a sign-up, or None once there is nothing left to change."""
    if found.tokens is None:
        return None
    return change_form_for(found, person_of(found), is_sent=is_sent)
