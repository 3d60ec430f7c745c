"""Safety sheets as volunteers read them: on their own page and on their card."""

from dataclasses import dataclass
from datetime import date

from campaign.events.safety import is_old, sheets_for
from campaign.events.sheet_text import Block, read_sheet
from campaign.languages import current
from campaign.models import Event


@dataclass(frozen=True, slots=True)
class Sheet:
    """What volunteers must know, who says so, and when that was made sure of."""

    language: str  # BCP 47 tag of its text
    blocks: tuple[Block, ...]
    source: str
    source_url: str | None
    checked_on: date
    is_old: bool


def present_sheets(event: Event) -> tuple[Sheet, ...]:
    """Return the event's own sheet and its country's, in the reader's language where there is one.

    Only an address of the web becomes a link.
    """
    return tuple(
        Sheet(
            language=one.language,
            blocks=read_sheet(one.text),
            source=one.source,
            source_url=one.source_url if _is_of_the_web(one.source_url) else None,
            checked_on=one.checked_on,
            is_old=is_old(one),
        )
        for one in sheets_for(event, current())
    )


def _is_of_the_web(url: str | None) -> bool:
    return (url or "").startswith(("https://", "http://"))
