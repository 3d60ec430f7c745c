"""Open one's own page by the six words of a card."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from campaign.database import keep, writes_late
from campaign.errors import NotFoundError
from campaign.languages import gettext as _
from campaign.models import FloodKind
from campaign.permissions import public
from campaign.signups.codes import read_code
from campaign.signups.forms import WRONG_CODE, CodeForm
from campaign.signups.networks import network_of
from campaign.signups.services.floods import counting, may_try
from campaign.signups.views.blueprint import back_to, find, signups

CODES = "/<language:language>/sign-ups/"


@signups.get(CODES)
@public
def enter_code() -> ResponseReturnValue:
    """Ask for the words of a card."""
    return render_template("signups/code.html", form=CodeForm())


@signups.post(CODES)
@public
@writes_late
def open_by_code() -> ResponseReturnValue:
    """Lead to the page that the words open; who guesses gets one answer, and is slowed down."""
    form, network = CodeForm(), network_of(request.remote_addr) or ""
    if not form.validate():
        return render_template("signups/code.html", form=form), 422
    if not may_try(network):
        form.code.errors = [
            _("Many codes were tried from your network. Wait an hour, then try again, please.")
        ]
        return render_template("signups/code.html", form=form), 409
    try:
        return back_to(find(read_code(form.code.data or "") or ""))
    except NotFoundError:
        keep(counting(FloodKind.ATTEMPT, network))
        form.code.errors = [WRONG_CODE]
        return render_template("signups/code.html", form=form), 422
