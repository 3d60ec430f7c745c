"""A sign-up as a calendar file of its own."""

from dataclasses import replace

from campaign.calendars.rendering import Feed, render_calendar
from campaign.models import Signup
from campaign.signups.entries import personal_entry


def personal_calendar(signup: Signup, *, alarm_minutes: int | None = None) -> bytes:
    """Return the event as iCalendar; with `alarm_minutes` it rings so long before the start."""
    entry = replace(personal_entry(signup), alarm_minutes=alarm_minutes)
    feed = Feed(entry.title, "", entry.url, "", signup.event.changed_at)
    return render_calendar(feed, [entry])
