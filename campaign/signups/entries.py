"""What a volunteer's own calendar may say of an event, as precise as they may know it now."""

from dataclasses import replace

from campaign.calendars.rendering import Entry
from campaign.events.entries import entry_of
from campaign.models import Signup
from campaign.signups.queries import meeting_point
from campaign.signups.wording import place_words


def personal_entry(signup: Signup) -> Entry:
    """Return the entry of a sign-up's event, in the language spoken now.

    It has the identity that the public feeds give it, so a calendar keeps one entry. Of a discreet
    event it says no more than they do.
    """
    event, entry = signup.event, entry_of(signup.event)
    if event.is_discreet:
        return entry
    return replace(entry, location=place_words(event, meeting_point(signup)))
