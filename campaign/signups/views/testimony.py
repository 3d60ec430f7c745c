"""A word or a photo after an event: leave it, look at it, withdraw it."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from campaign.database import take_lock
from campaign.languages import gettext as _
from campaign.models import Signup
from campaign.permissions import public
from campaign.signups.belongings import can_testify, photo_of
from campaign.signups.forms import LARGEST_TESTIMONY, TestimonyForm
from campaign.signups.services import testimonies
from campaign.signups.views.blueprint import (
    SIGNUP,
    acts,
    back_to,
    find,
    find_to_act,
    signups,
)


@acts("testimonies")
def testify(token: str) -> ResponseReturnValue:
    """Keep a word or a photo, sealed."""
    request.max_content_length = LARGEST_TESTIMONY  # Photos are larger than any other request.
    try:
        found, form = find_to_act(token), TestimonyForm()
    except RequestEntityTooLarge:
        return _too_large(find(token))
    if not can_testify(found):  # Before a photo is worked on.
        return back_to(found)
    if not form.validate():
        return render_template("signups/testimony_refused.html", token=found.id, form=form), 422
    take_lock()
    testimonies.testify(found, form.said())
    return _back(found)


@acts("testimonies/<testimony>/withdraw")
def withdraw_testimony(token: str, testimony: str) -> ResponseReturnValue:
    """Delete a word or a photo for good."""
    found = find_to_act(token)
    take_lock()
    testimonies.withdraw(found, testimony)
    return _back(found)


@signups.get(f"{SIGNUP}/testimonies/<testimony>.jpg")
@public
def testimony_photo(token: str, testimony: str) -> Response:
    """Answer a photo to whoever left it, and to nobody else."""
    response = make_response(photo_of(find(token), testimony))
    response.content_type = "image/jpeg"
    return response


def _too_large(found: Signup) -> ResponseReturnValue:
    form = TestimonyForm(is_sent=False)
    form.photo.errors = [_("This photo is too large: at most %(size)s megabytes, please.", size=10)]
    return render_template("signups/testimony_refused.html", token=found.id, form=form), 413


def _back(found: Signup) -> ResponseReturnValue:
    return redirect(url_for("signups.signup", token=found.id, _anchor="testimony"), 303)
