"""The review of a resolution by those who organize: URL -> answer, no rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import Blueprint, render_template

from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign, Clause, Resolution
from campaign.permissions import May, requires
from campaign.resolutions.presenting import anchor, segments
from campaign.resolutions.queries import clauses_of, newest_resolution, stretches

organize_resolutions = Blueprint("organize_resolutions", __name__)

AROUND = 60  # characters shown of the text before and after what could not be read
WHY: Mapping[str, object] = MappingProxyType(
    {
        "no-known-verb": _("No verb that it knows, so that it cannot tell what this asks or says."),
        "no-addressee": _("Something is asked, but it cannot tell of whom."),
        "no-action": _("Somebody is addressed, but it cannot tell what is asked."),
        "negated": _("A “not” turns the sentence round, and it does not guess."),
        "unknown-language": _("This is in a language that it does not read."),
        "aim-without-demand": _("A call names this as an aim, but no demand says the same."),
        "ambiguous-date": _("This day can be read in two ways."),
        "nonexistent-date": _("There is no such day."),
        "date-without-year": _("The day has no year."),
    }
)
OTHERWISE = _("It could not make sense of this.")


@dataclass(frozen=True, slots=True)
class Gap:
    """What the reader could not read, between the words around it."""

    before: str
    words: str
    after: str
    why: object  # in words


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause as the reader took it."""

    clause: Clause
    anchor: str  # within the text on this page
    words: str
    is_part: bool  # of the clause above


@organize_resolutions.get("/<language:language>/organize/<campaign:campaign>/resolution")
@requires(May.REVIEW_RESOLUTION)
def resolution(campaign: Campaign) -> str:
    """Show what the reader found in the resolution, and what it could not read."""
    try:
        found = newest_resolution(campaign)
    except NotFoundError:
        return render_template("organize/no_resolution.html")
    clauses = clauses_of(found)
    return render_template(
        "organize/resolution.html",
        resolution=found,
        segments=segments(found.text, stretches(found, clauses), {}),
        rows=[_row(found, clause) for clause in clauses],
        gaps=[_gap(found, one["start"], one["end"], one["reason"]) for one in found.unread],
        kinds=list(dict.fromkeys(clause.kind for clause in clauses)),
    )


def _row(found: Resolution, clause: Clause) -> ClauseRow:
    words = found.text[clause.start : clause.end]
    return ClauseRow(clause, anchor(clause.number), words, clause.parent_number is not None)


def _gap(found: Resolution, start: int, end: int, reason: str) -> Gap:
    text = found.text
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Gap(before, text[start:end], after, WHY.get(reason, OTHERWISE))
