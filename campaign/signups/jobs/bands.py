"""Public counts in bands, renewed every hour."""

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, reading, transaction
from campaign.models import Signup, SignupBand, SignupStatus
from campaign.signups.queries import band_of


def renew_bands() -> None:
    """Renew the public counts once in each hour of the clock; only who confirmed is counted."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    with reading():
        if _has_bands_since(hour):
            return
    with transaction():
        people = _confirmed_people()
        known = {band.event_id: band for band in db.session.scalars(sa.select(SignupBand))}
        for event_id in people.keys() | known.keys():
            band = known.get(event_id) or SignupBand(event_id=event_id)
            band.at_least, band.renewed_at = band_of(people.get(event_id, 0)), hour
            db.session.add(band)


def _has_bands_since(hour: object) -> bool:
    query = sa.select(SignupBand.event_id).where(SignupBand.renewed_at >= hour)
    return db.session.scalar(query.limit(1)) is not None


def _confirmed_people() -> dict[int, int]:
    query = (
        sa.select(Signup.event_id, sa.func.sum(Signup.party_size))
        .where(Signup.status == SignupStatus.CONFIRMED, Signup.aside_at.is_(None))
        .group_by(Signup.event_id)
    )
    return {event_id: people for event_id, people in db.session.execute(query)}
