"""No more mails, or mails again, by the link that every mail of a sign-up carries."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.database import take_lock
from campaign.permissions import public
from campaign.signups import services
from campaign.signups.views.blueprint import (
    SIGNUP,
    acts,
    back_to,
    find,
    find_to_act,
    signups,
)


@signups.get(f"{SIGNUP}/unsubscribe")
@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask whether no more mails are wanted: programs that follow every link change nothing."""
    found = find(token)
    if token != found.id:
        return redirect(url_for("signups.unsubscribe", token=found.id), 302)
    return render_template("signups/unsubscribe.html", token=found.id, is_silent=found.is_silent)


@acts("unsubscribe")
def silence(token: str) -> ResponseReturnValue:
    """Send no more mails; mail programs post here and follow no redirect (RFC 8058 3.1)."""
    found = find_to_act(token)
    take_lock()
    services.silence(found)
    return render_template("signups/unsubscribe.html", token=found.id, is_silent=True)


@acts("resume")
def resume(token: str) -> ResponseReturnValue:
    """Send mails again."""
    found = find_to_act(token)
    take_lock()
    services.resume(found)
    return back_to(found)
