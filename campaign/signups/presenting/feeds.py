"""A personal feed: the sign-ups of one browser as one calendar."""

from campaign.calendars.rendering import Feed, render_calendar
from campaign.languages import gettext as _
from campaign.models import SecretFeed, Signup, SignupStatus
from campaign.signups.belongings import signups_in
from campaign.signups.entries import personal_entry


def personal_feed(feed: SecretFeed) -> bytes:
    """Return the events of a feed's sign-ups, each as its own calendar file has it, once.

    What the calendar is called is the same for everybody, and tells nobody what it is for.
    """
    shown: dict[int, Signup] = {}
    for signup in signups_in(feed.id):
        if signup.event_id not in shown or signup.status is SignupStatus.CONFIRMED:
            shown[signup.event_id] = signup
    head = Feed(_("Appointments"), "", "", "", feed.created_at)
    return render_calendar(head, map(personal_entry, shown.values()))
