"""Which safety sheets there are, and which of them fits an event and a reader."""

from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaign import clock
from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign, Event, SafetySheet

FRESH_FOR = timedelta(days=180)  # after its check; then a sheet says that it may be out of date
FALLBACK = "en"


def sheets_for(event: Event, language: str) -> tuple[SafetySheet, ...]:
    """Return what volunteers of an event must know: the event's own sheet, then its country's.

    Each in the language asked for, else the campaign's own, else English, else any.
    """
    of_country = sa.and_(
        SafetySheet.campaign_id == event.campaign_id,
        SafetySheet.country == event.city.country,
    )
    query = sa.select(SafetySheet).where(sa.or_(SafetySheet.event_id == event.id, of_country))
    found = list(db.session.scalars(query.order_by(SafetySheet.id)))
    wanted = (language, event.campaign.language, FALLBACK)
    own = _fitting([one for one in found if one.event_id is not None], wanted)
    shared = _fitting([one for one in found if one.event_id is None], wanted)
    return (*own, *shared)


def is_old(sheet: SafetySheet) -> bool:
    """Tell whether nobody has made sure of a sheet for half a year."""
    return today() - sheet.checked_on > FRESH_FOR


def today() -> date:
    """Return the day by which sheets age."""
    return clock.now().date()


def sheets_of(campaign: Campaign, *, event: Event | None = None) -> list[SafetySheet]:
    """Return the sheets of a campaign, those of countries first; or those of one event alone."""
    query = sa.select(SafetySheet).where(SafetySheet.campaign_id == campaign.id)
    if event is not None:
        query = query.where(SafetySheet.event_id == event.id)
    order = (SafetySheet.country.is_(None), SafetySheet.country, SafetySheet.event_id)
    return list(db.session.scalars(query.order_by(*order, SafetySheet.language)))


def find_sheet(campaign: Campaign, sheet_id: int) -> SafetySheet:
    """Return a sheet of a campaign. Raises NotFoundError."""
    query = sa.select(SafetySheet).where(
        SafetySheet.campaign_id == campaign.id, SafetySheet.id == sheet_id
    )
    sheet = db.session.scalar(query)
    if sheet is None:
        raise NotFoundError(_("This campaign has no such safety sheet."))
    return sheet


def events_with_sheets(campaign: Campaign) -> dict[int, Event]:
    """Return the events of a campaign that have a sheet of their own, by id."""
    own = sa.select(SafetySheet.event_id).where(SafetySheet.campaign_id == campaign.id)
    query = sa.select(Event).where(Event.id.in_(own)).options(joinedload(Event.city))
    return {event.id: event for event in db.session.scalars(query)}


def _fitting(sheets: list[SafetySheet], languages: Iterable[str]) -> list[SafetySheet]:
    """Return the one sheet whose language comes first; none of none."""
    known = {one.language: one for one in reversed(sheets)}
    best = next((known[tag] for tag in languages if tag in known), None)
    return [best] if best else sheets[:1]
