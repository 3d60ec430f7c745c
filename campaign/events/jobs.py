"""Write the entries of calendars anew after a new version of the product came."""

from campaign.calendars.queries import has_old_feeds, stale_owners
from campaign.calendars.services import mark_renewed
from campaign.calendars.stamp import stamp
from campaign.database import reading, transaction
from campaign.events.queries import unannounced
from campaign.events.services import announce, renew
from campaign.resolutions.queries import unannounced_calls
from campaign.resolutions.services import announce_calls, renew_calls

BATCH = 100  # events at once: other writers wait meanwhile


def renew_entries() -> int:
    """Write what another version wrote, and what none wrote; return how many events and calls.

    Until this is done feeds are right all the same, but slow.
    """
    total = 0
    while done := _renew_some():
        total += done
    with reading():
        is_behind = has_old_feeds(stamp())
    if is_behind:
        with transaction():
            mark_renewed()
    return total


def _renew_some() -> int:
    with reading():
        events, calls = stale_owners(stamp(), BATCH)
        new_events, new_calls = unannounced(BATCH), unannounced_calls()
    total = len(events) + len(calls) + len(new_events) + len(new_calls)
    if total:
        with transaction():
            renew(events)
            renew_calls(calls)
            announce(new_events)
            announce_calls(new_calls)
    return total
