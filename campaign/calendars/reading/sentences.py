"""What was guessed and what was left out, in words for people."""

from typing import Final

from campaign.calendars.reading.answers import Note, Reason
from campaign.calendars.reading.refusals import LONGEST_TEXT, MOST_OCCURRENCES
from campaign.calendars.reading.repeating import WINDOW_YEARS
from campaign.languages import lazy_gettext as _

_NOTES: Final = {
    Note.FLOATING: _("Names no time zone: read by the clocks of its place."),
    Note.ZONE_FROM_FILE: _("Its time zone is known only from the file."),
    Note.ZONE_UNKNOWN: _("Its time zone is unknown: read by the clocks of its place."),
    Note.SKIPPED_TIME: _("Clocks skip this time on that day."),
    Note.DOUBLE_TIME: _("Clocks show this time twice on that day: the first is taken."),
    Note.NO_END: _("Says no end."),
    Note.END_BEFORE_START: _("Its end lies before its start and was left out."),
    Note.NO_UID: _("Has no usable UID: recognised by its start, title and place."),
    Note.STATUS_UNKNOWN: _("Its status is unknown and was taken as confirmed."),
    Note.TEXT_CUT: _("A text was cut after %(number)s characters.", number=f"{LONGEST_TEXT:,}"),
    Note.REPEATS_CUT: _(
        "Repeats for longer: at most %(number)s times in %(years)s years are taken.",
        number=MOST_OCCURRENCES,
        years=WINDOW_YEARS,
    ),
    Note.REPEATS_UNKNOWN: _("Repeats by a rule that is not understood: only the first is taken."),
    Note.LATER_CHANGES: _("Changes all later occurrences too: only this one was changed."),
}
_REASONS: Final = {
    Reason.NO_START: _("It has no start."),
    Reason.START_UNREADABLE: _("Its start is no date that can be read."),
    Reason.CUT_OFF: _("The file ends in the middle of it."),
    Reason.OTHER_VERSION: _("Another event in the file has the same UID and is newer."),
}


def in_words(meaning: Note | Reason) -> object:
    """Answer a sentence for people; lazy, so it becomes words where it is shown."""
    return _NOTES[meaning] if isinstance(meaning, Note) else _REASONS[meaning]
