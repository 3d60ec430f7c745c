"""One event to one attendee: invitation, update and cancellation (RFC 5546 3.2.2 and 3.2.5)."""

from dataclasses import replace
from datetime import datetime

from email_validator import validate_email

from campaign.calendars.itip.people import Attendee, Organizer, mailto
from campaign.calendars.lines import fold, quoted
from campaign.calendars.rendering import PRODID, Entry, EntryStatus, render_event
from campaign.calendars.zones import render_timezones


def render_request(
    entry: Entry, organizer: Organizer, attendee: Attendee, *, stamped_at: datetime
) -> bytes:
    """Write the calendar that invites an attendee, or tells them of a change.

    `stamped_at` is the moment of the message (aware), later than that of the one before; of a
    change the entry's sequence is higher. Raises ValueError for a cancelled entry and for an
    address that is none, `UnknownZone` for a zone that is none.
    """
    if entry.status is EntryStatus.CANCELLED:
        raise ValueError("nobody is invited to what is cancelled")
    people = [_organizer(organizer), _attendee(attendee, is_asked=attendee.is_asked)]
    return _message("REQUEST", entry, people, stamped_at)


def render_cancel(
    entry: Entry, organizer: Organizer, attendee: Attendee, *, stamped_at: datetime
) -> bytes:
    """Write the calendar that takes an event out of an attendee's.

    The entry has its old times and a sequence higher than any sent before. Raises ValueError for
    an address that is none, `UnknownZone` for a zone that is none.
    """
    cancelled = replace(entry, status=EntryStatus.CANCELLED, html="", picture=None, conference=None)
    people = [_organizer(organizer), _attendee(attendee, is_asked=False)]
    return _message("CANCEL", cancelled, people, stamped_at)


def _message(method: str, entry: Entry, people: list[str], stamped_at: datetime) -> bytes:
    # No name, source or interval of renewal: it is a message about one event, not a calendar.
    head = ("VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN", f"METHOD:{method}")
    zones = {entry.timezone} if entry.timezone else set()
    return b"".join(
        [
            *map(fold, ("BEGIN:VCALENDAR", *head)),
            *render_timezones(zones, min(entry.days), max(entry.days)),
            render_event(entry, stamped_at, people),
            fold("END:VCALENDAR"),
        ]
    )


def _organizer(organizer: Organizer) -> str:
    return f"ORGANIZER{_common_name(organizer.name)}:{mailto(organizer.address)}"


def _attendee(attendee: Attendee, *, is_asked: bool) -> str:
    # The domain as the mail's own header has it, by which programs know whom they serve.
    parts = validate_email(attendee.address, check_deliverability=False, test_environment=True)
    kind = f"CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={attendee.participation.value}"
    asked = ";RSVP=TRUE" if is_asked else ""
    address = mailto(f"{parts.local_part}@{parts.ascii_domain}")
    return f"ATTENDEE{_common_name(attendee.name)};{kind}{asked}:{address}"


def _common_name(name: str) -> str:
    return f";CN={quoted(name)}" if name.strip() else ""
