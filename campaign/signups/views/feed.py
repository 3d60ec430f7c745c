"""A volunteer's own feed: open it, add to it, revoke it. Its bytes stand under /feeds/."""

from collections.abc import Callable

from flask import render_template, session
from flask.typing import ResponseReturnValue

from campaign.addresses import absolute
from campaign.database import take_lock
from campaign.languages import current
from campaign.models import Signup
from campaign.signups.belongings import opened_in
from campaign.signups.services import feeds
from campaign.signups.views.blueprint import (
    acts,
    back_to,
    find_to_act,
)


@acts("feeds")
def open_feed(token: str) -> ResponseReturnValue:
    """Open a feed with all sign-ups that this browser may open, and tell its address this once."""
    found = find_to_act(token)
    if found.tokens is None:
        return back_to(found)
    take_lock()
    others = _opened_here()
    secret = feeds.open_feed(found, others, language=current())
    url = absolute("secret_feeds.secret_feed", secret=secret)
    return render_template(
        "signups/feed_opened.html",
        token=found.id,
        number=len({found.id, *others}),
        url=url,
        webcal_url=f"webcal://{url.partition('://')[2]}",
    )


@acts("feeds/<int:feed>/add")
def add_to_feed(token: str, feed: int) -> ResponseReturnValue:
    """Add a sign-up to a feed that was opened in this browser."""
    return _act(token, lambda found: feeds.add_to_feed(feed, found, _opened_here()))


@acts("feeds/<int:feed>/revoke")
def revoke_feed(token: str, feed: int) -> ResponseReturnValue:
    """Close a feed for whoever knows its address."""
    return _act(token, lambda found: feeds.revoke_feed(feed, found))


def _act(token: str, act: Callable[[Signup], None]) -> ResponseReturnValue:
    found = find_to_act(token)
    if found.tokens is not None:
        take_lock()
        act(found)
    return back_to(found)


def _opened_here() -> list[str]:
    return opened_in(session.get("signups", []))
