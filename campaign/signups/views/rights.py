"""What a volunteer may do with what we keep: take it along, have it deleted, end old links."""

import json

from flask import Response, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from campaign.database import take_lock
from campaign.models import LinkKind, Signup, SignupStatus
from campaign.permissions import public
from campaign.signups.disclosure import disclose
from campaign.signups.queries import find_by_token
from campaign.signups.services import forgetting, links
from campaign.signups.views.blueprint import (
    SIGNUP,
    acts,
    back_to,
    find,
    find_to_act,
    signups,
)


@signups.get(f"{SIGNUP}/data.json")
@public
def disclosure(token: str) -> Response:
    """Answer all that is held of a volunteer, as a file."""
    text = json.dumps(disclose(find(token)), ensure_ascii=False, indent=2) + "\n"
    response = make_response(text)
    response.content_type = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="sign-up.json"'
    return response


@acts("forget")
def forget(token: str) -> ResponseReturnValue:
    """Delete all that is personal of a sign-up, its links too, and say so."""
    found = find_to_act(token)
    take_lock()
    forgetting.forget(found)
    return _forgotten(found)


@acts("forget-everywhere")
def ask_to_forget_everywhere(token: str) -> ResponseReturnValue:
    """Send the link that forgets a volunteer at all events to the mailbox it is about."""
    found = find_to_act(token)
    take_lock()
    forgetting.ask_to_forget_everywhere(found)
    return redirect(url_for("signups.everywhere_sent", token=found.id), 303)


@signups.get(f"{SIGNUP}/forget-everywhere/sent")
@public
def everywhere_sent(token: str) -> ResponseReturnValue:
    """Show where to look next."""
    return render_template("signups/everywhere_sent.html", token=find(token).id)


@signups.get(f"{SIGNUP}/everywhere")
@public
def everywhere(token: str) -> ResponseReturnValue:
    """Show what the link in the mail is good for; looking uses nothing up."""
    find_by_token(token, LinkKind.EVERYWHERE)
    return render_template("signups/everywhere.html", token=token)


@acts("everywhere")
def forget_everywhere(token: str) -> ResponseReturnValue:
    """Spend the link of the mail: here at once, at all other events within minutes."""
    found = find_by_token(token, LinkKind.EVERYWHERE)
    take_lock()
    forgetting.request_forgetting(found, token)
    return _forgotten(found, is_everywhere=True)


@acts("renew-links")
def renew_links(token: str) -> ResponseReturnValue:
    """Let no old link open the page any more, and go on by the new one."""
    found = find_to_act(token)
    if found.tokens is None:
        return back_to(found)
    take_lock()
    return redirect(url_for("signups.signup", token=links.renew_links(found)), 303)


def _forgotten(found: Signup, *, is_everywhere: bool = False) -> str:
    """Return the page that says what was deleted; this browser does not remember it either."""
    opened = session.get("signups", [])
    session["signups"] = [pair for pair in opened if pair[0] != found.id]
    return render_template(
        "signups/forgotten.html",
        is_cancelled=found.status is SignupStatus.CANCELLED,
        is_everywhere=is_everywhere,
    )
