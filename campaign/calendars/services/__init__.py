"""What may be done with calendars: keep entries ready, and open and revoke secret feeds."""

from campaign.calendars.services.ready_entries import (
    Subject,
    announce,
    mark_renewed,
    moment_of_change,
    renew,
)
from campaign.calendars.services.secret_feeds import (
    delete_secret_feeds,
    note_read,
    open_secret_feed,
    revoke_secret_feed,
)

__all__ = [
    "Subject",
    "announce",
    "delete_secret_feeds",
    "mark_renewed",
    "moment_of_change",
    "note_read",
    "open_secret_feed",
    "renew",
    "revoke_secret_feed",
]
