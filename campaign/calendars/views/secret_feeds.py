"""Secret feeds: what an account, or a volunteer, may see, behind an address only they know."""

from flask import Blueprint, Response, request, session

from campaign.accounts.queries import actor_of
from campaign.addresses import absolute
from campaign.calendars.queries import find_secret_feed
from campaign.calendars.rendering import Feed, render_feed
from campaign.calendars.services import note_read
from campaign.calendars.views.joining import entries_of, zones_of
from campaign.database import db, keep
from campaign.events.queries import within_reach
from campaign.languages import gettext as _
from campaign.languages import speaking
from campaign.models import Campaign, SecretFeed, SecretFeedKind
from campaign.permissions import May, narrowed, public
from campaign.signups.presenting import personal_feed

secret_feeds = Blueprint("secret_feeds", __name__)


@secret_feeds.after_request
def leave_visits_alone(response: Response) -> Response:
    """Set no cookie: whoever reads a calendar visits no page."""
    session.modified = session.accessed = False
    return response


@secret_feeds.get("/feeds/<secret>.ics")
@public
def secret_feed(secret: str) -> Response:
    """Answer the calendar behind a secret."""
    feed = find_secret_feed(secret)
    if (noted := note_read(feed)) is not None:
        keep(noted)
    with speaking(feed.language):
        write = personal_feed if feed.kind is SecretFeedKind.PERSONAL else _organizers
        response = Response(write(feed), content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _organizers(feed: SecretFeed) -> bytes:
    """Return the events within an account's reach as they are now, drafts too."""
    campaign = db.session.get_one(Campaign, feed.campaign_id)
    actor = narrowed(actor_of(feed.account_id or ""), May.SEE_COUNTS, campaign)
    found = within_reach(actor, campaign)
    head = Feed(
        name=_("%(campaign)s: organizing", campaign=campaign.title),
        description=_("All events within your reach, drafts too. Keep this calendar to yourself."),
        url=absolute("organize_events.events", campaign=campaign.slug),
        source="",  # It would tell the secret to whoever is given the file.
        modified_at=feed.created_at,
    )
    zones = zones_of(found, db.session.connection())
    return b"".join(render_feed(head, entries_of(found), zones))
