"""Write, change and delete safety sheets."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.events.safety import today
from campaign.events.services.settings import check_seen, version_of
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign, Event, SafetySheet

ZONES_AHEAD = timedelta(days=1)  # Elsewhere it may be tomorrow already.


class SheetExistsError(CampaignError):
    """There is a sheet in this language already."""


@dataclass(frozen=True, slots=True)
class SheetWish:
    """What a safety sheet says, and who says so."""

    language: str  # BCP 47 tag
    text: str
    source: str
    source_url: str | None  # http or https; None = not on the web
    checked_on: date


def sheet_version(sheet: SafetySheet) -> str:
    """Return the version of a sheet."""
    source = (sheet.source, sheet.source_url, sheet.checked_on.isoformat())
    return version_of(sheet.language, sheet.text, *source)


def add_sheet(
    campaign: Campaign, wish: SheetWish, *, country: str | None = None, event: Event | None = None
) -> SafetySheet:
    """Write a sheet for a country or for one event. Raises InvalidError, SheetExistsError."""
    _lock(campaign)
    _check(wish)
    sheet = SafetySheet(
        campaign_id=campaign.id,
        country=country,
        event_id=event.id if event else None,
        language=wish.language,
    )
    _refuse_second(sheet, wish.language)
    _write(sheet, wish)
    db.session.add(sheet)
    db.session.flush()
    return sheet


def change_sheet(sheet: SafetySheet, wish: SheetWish, *, seen: str | None = None) -> None:
    """Change a sheet. Raises ChangedMeanwhileError, InvalidError, SheetExistsError."""
    row = sa.select(SafetySheet).where(SafetySheet.id == sheet.id).with_for_update()
    db.session.execute(row.execution_options(populate_existing=True)).scalar_one()
    check_seen(seen, sheet_version(sheet))
    _check(wish)
    _refuse_second(sheet, wish.language)
    _write(sheet, wish)
    db.session.flush()


def delete_sheet(sheet: SafetySheet) -> None:
    """Delete a sheet; there is no way back."""
    db.session.execute(sa.delete(SafetySheet).where(SafetySheet.id == sheet.id))


def _lock(campaign: Campaign) -> None:
    row = sa.select(Campaign.id).where(Campaign.id == campaign.id)
    db.session.execute(row.with_for_update(key_share=True))


def _check(wish: SheetWish) -> None:
    if not wish.text or not wish.source:
        raise InvalidError(_("A safety sheet needs its text, and who says so."))
    if wish.source_url and not wish.source_url.startswith(("https://", "http://")):
        raise InvalidError(_("A link begins with https:// or http://."))
    if wish.checked_on > today() + ZONES_AHEAD:
        raise InvalidError(_("This day is still to come: when was it checked last?"))


def _refuse_second(sheet: SafetySheet, language: str) -> None:
    with db.session.no_autoflush:
        query = sa.select(SafetySheet.id).where(
            SafetySheet.campaign_id == sheet.campaign_id,
            SafetySheet.country.is_not_distinct_from(sheet.country),
            SafetySheet.event_id.is_not_distinct_from(sheet.event_id),
            SafetySheet.language == language,
        )
        others = [one for one in db.session.scalars(query) if one != sheet.id]
    if others:
        raise SheetExistsError(_("There is a sheet in this language already: change that one."))


def _write(sheet: SafetySheet, wish: SheetWish) -> None:
    sheet.language, sheet.text = wish.language, wish.text
    sheet.source, sheet.source_url = wish.source, wish.source_url
    sheet.checked_on = wish.checked_on
