"""Places and shifts in words, for pages, mails and calendars of a sign-up."""

from campaign.events.entries import area_of
from campaign.formats import local_time
from campaign.languages import lazy_gettext as _
from campaign.models import Event, Shift, ShiftKind
from campaign.signups.queries import MeetingPoint

SHIFT_WORDS = {
    ShiftKind.MARSHAL: _("Marshal"),
    ShiftKind.INTERPRETER: _("Interpreter"),
    ShiftKind.COUNTER: _("Counting people"),
    ShiftKind.FIRST_AID: _("First aid"),
    ShiftKind.PETITION_BEARER: _("Handing in the petition"),
    ShiftKind.OTHER: _("Another shift"),
}


def place_words(event: Event, point: MeetingPoint) -> str:
    """Return where to meet; of a discreet event never whose building it is."""
    site = None if event.is_discreet else event.site.name
    return ", ".join(filter(None, (point.corner, point.street or site, area_of(event))))


def shift_words(shift: Shift) -> str:
    """Return how a shift is called, with its own hours where it has any."""
    name = shift.title or str(SHIFT_WORDS[shift.kind])
    if shift.starts_local is None:
        return name
    hours = [local_time(one) for one in (shift.starts_local, shift.ends_local) if one]
    return f"{name}, {'–'.join(hours)}"
