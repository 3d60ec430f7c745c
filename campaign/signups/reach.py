"""How many people signed up within somebody's scopes; the question takes the actor."""

import sqlalchemy as sa

from campaign import clock
from campaign.accounts.queries import reaches_event
from campaign.database import db
from campaign.models import Actor, Event, Signup, SignupStatus
from campaign.signups.queries import Counts, takes_place


def counts_by_campaign(actor: Actor) -> dict[int, Counts]:
    """Return the people signed up for the events in the actor's scopes, by the campaign's id."""
    confirmed = Signup.status == SignupStatus.CONFIRMED
    query = (
        sa.select(
            Event.campaign_id,
            sa.func.sum(sa.case((confirmed, Signup.party_size), else_=0)),
            sa.func.sum(Signup.party_size),
        )
        .join(Signup, Signup.event_id == Event.id)
        .join(Event.city)
        .where(reaches_event(actor), takes_place(clock.now()))
        .group_by(Event.campaign_id)
    )
    return {
        campaign: Counts(sure, total - sure) for campaign, sure, total in db.session.execute(query)
    }
