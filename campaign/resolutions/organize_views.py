"""The review of a resolution by those who organize: URL -> answer, no rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import Blueprint, render_template

from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign, Clause, Resolution
from campaign.permissions import May, requires
from campaign.resolutions.queries import clauses_of, newest_resolution

organize_resolutions = Blueprint("organize_resolutions", __name__)

AROUND = 60  # characters shown of the text before and after what could not be read


@dataclass(frozen=True, slots=True)
class Gap:
    """What the reader could not read, between the words around it."""

    before: str
    words: str
    after: str
    why: object  # in words


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
        clauses=[(one, found.text[one.start : one.end]) for one in clauses],
        by_number={one.number: one for one in clauses},
        gaps=[_gap(found, one["start"], one["end"], one["reason"]) for one in found.unread],
    )
