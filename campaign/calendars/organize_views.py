"""The secret feeds of those who organize: URL -> answer, no rules."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.addresses import absolute
from campaign.calendars.queries import secret_feeds_of
from campaign.calendars.services import open_secret_feed, revoke_secret_feed
from campaign.database import writes
from campaign.languages import current
from campaign.models import Campaign, SecretFeedKind
from campaign.permissions import May, acting, requires

organize_calendars = Blueprint("organize_calendars", __name__)

PAGE = "/<language:language>/organize/<campaign:campaign>/calendars"


@organize_calendars.get(PAGE)
@requires(May.SEE_COUNTS)
def calendars(campaign: Campaign) -> str:
    """Show the secret feeds that are open, and when each was last read."""
    return _page(campaign)


@organize_calendars.post(PAGE)
@requires(May.SEE_COUNTS)
@writes
def open_calendar(campaign: Campaign) -> str:
    """Open a feed, and tell its address this once."""
    secret = open_secret_feed(
        SecretFeedKind.ORGANIZER,
        account_id=acting().account_id,
        campaign_id=campaign.id,
        language=current(),
    )
    return _page(campaign, new_url=absolute("secret_feeds.secret_feed", secret=secret))


@organize_calendars.post(f"{PAGE}/<int:feed>/revoke")
@requires(May.SEE_COUNTS)
@writes
def revoke_calendar(campaign: Campaign, feed: int) -> ResponseReturnValue:
    """Close a feed for whoever knows its address."""
    revoke_secret_feed(acting().account_id, feed)
    return redirect(url_for("organize_calendars.calendars", campaign=campaign.slug), 303)


def _page(campaign: Campaign, *, new_url: str | None = None) -> str:
    return render_template(
        "organize/calendars.html",
        feeds=secret_feeds_of(acting().account_id, campaign.id),
        new_url=new_url,
        new_webcal_url=new_url and f"webcal://{new_url.partition('://')[2]}",
    )
