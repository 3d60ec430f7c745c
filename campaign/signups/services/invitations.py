"""What a mail brings along for calendars: the event, moved, filled in or taken out (RFC 5546)."""

from email.utils import parseaddr

from campaign import clock
from campaign.calendars.itip.invitations import render_cancel, render_request
from campaign.calendars.itip.people import Attendee, Organizer, Participation, reply_address
from campaign.database import setting
from campaign.emails.invitations import Invitation
from campaign.models import Signup, SignupStatus
from campaign.signups.entries import personal_entry
from campaign.signups.services.tokens import reply_token

# The mails that put an event into a calendar, or bring it up to date there.
REQUESTS = frozenset(
    {"confirmed", "reminder", "day_of", "moved", "placed", "postponed", "corner"},
)
CANCEL = "cancelled"


def invitation_values(template: str, signup: Signup, address: str) -> dict[str, object]:
    """Return the invitation that goes with a mail, among its values; nothing where none does.

    Only who has confirmed an open event has it in a calendar by us. The street and the corner are
    no part of what everybody sees, so another one does not raise the sequence: with the same
    sequence the later stamp counts (RFC 5546 2.1.5), and that of each mail is its own moment.
    """
    has_place = signup.status is SignupStatus.CONFIRMED and not signup.event.is_discreet
    if not has_place or template not in {*REQUESTS, CANCEL}:
        return {}
    render, method = (
        (render_cancel, "CANCEL") if template == CANCEL else (render_request, "REQUEST")
    )
    organizer, is_asked = _organizer(signup)
    content = render(
        personal_entry(signup),
        organizer,
        Attendee(address, "", Participation.ACCEPTED, is_asked=is_asked),
        stamped_at=max(clock.now(), signup.event.changed_at),
    )
    return Invitation(method, content.decode(), organizer.address).to_values()


def _organizer(signup: Signup) -> tuple[Organizer, bool]:
    """Return who invites, and whether an answer to that address is read."""
    mailbox, name = setting("REPLY_MAILBOX"), signup.event.campaign.title
    if not mailbox:
        return Organizer(name, parseaddr(setting("MAIL_FROM"))[1]), False
    return Organizer(name, reply_address(mailbox, reply_token(signup))), True
