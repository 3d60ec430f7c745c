"""Mark a country: how its events protect their volunteers, those to come and those there are."""

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into
from campaign.events.services.announcing import announce
from campaign.events.services.corners import note_corner
from campaign.events.services.opening import UNMARKED, PrivacyMark, protect
from campaign.events.services.settings import check_seen, version_of
from campaign.models import Campaign, City, CountryMark, Event, EventStatus


def mark_version(mark: CountryMark | None) -> str:
    """Return the version of how a country is marked."""
    return version_of(None if mark is None else (mark.is_discreet, mark.contact.value))


def mark_country(
    campaign: Campaign, country: str, wish: PrivacyMark, *, seen: str | None = None
) -> int:
    """Let all events of a country begin so, and those there are follow; return how many changed.

    Those that are over, and those whose privacy was set by hand, stay as they are. Raises
    ChangedMeanwhileError.
    """
    _check(campaign, country, seen)
    values = {"is_discreet": wish.is_discreet, "contact": wish.contact}
    db.session.execute(
        insert_into(CountryMark)
        .values(campaign_id=campaign.id, country=country, **values)
        .on_conflict_do_update(index_elements=["campaign_id", "country"], set_=values)
    )
    return _follow(campaign, country, wish)


def unmark_country(campaign: Campaign, country: str, *, seen: str | None = None) -> int:
    """Take the mark of a country away: its events are open again and ask for an address.

    Return how many changed. Raises ChangedMeanwhileError.
    """
    _check(campaign, country, seen)
    mark = sa.and_(CountryMark.campaign_id == campaign.id, CountryMark.country == country)
    db.session.execute(sa.delete(CountryMark).where(mark))
    return _follow(campaign, country, UNMARKED)


def _check(campaign: Campaign, country: str, seen: str | None) -> None:
    """Let one at a time mark countries, and nobody open events meanwhile."""
    row = sa.select(Campaign.id).where(Campaign.id == campaign.id)
    db.session.execute(row.with_for_update(key_share=True))
    mark = db.session.get(CountryMark, (campaign.id, country), populate_existing=True)
    check_seen(seen, mark_version(mark))


def _follow(campaign: Campaign, country: str, wish: PrivacyMark) -> int:
    query = (
        sa.select(Event)
        .join(Event.city)
        .where(Event.campaign_id == campaign.id, City.country == country, follows_mark())
        .order_by(Event.id)
        .with_for_update(of=Event, key_share=True)
    )
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    changed = [one for one in rows if PrivacyMark.of(one) != wish]
    for event in changed:
        protect(event, wish)
        note_corner(event)
    announce([event.id for event in changed])
    return len(changed)


def follows_mark() -> sa.ColumnElement[bool]:
    """Return the condition that an event is as its country is marked: not over, not set by hand."""
    is_to_come = sa.or_(Event.ends_at > clock.now(), Event.status == EventStatus.POSTPONED)
    return sa.and_(is_to_come, Event.has_own_privacy.is_(False))
