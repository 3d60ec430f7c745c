"""How many people signed up within somebody's scopes; the question takes the actor."""

import sqlalchemy as sa

from campaign.accounts.queries import reaches_event
from campaign.database import db
from campaign.models import Actor, Event, Signup, SignupStatus
from campaign.signups.queries import Counts, sums_of_people


def counts_by_campaign(actor: Actor) -> dict[int, Counts]:
    """Return the people signed up for the events in the actor's scopes, by the campaign's id."""
    query = (
        sa.select(Event.campaign_id, *sums_of_people())
        .join(Signup, Signup.event_id == Event.id)
        .join(Event.city)
        .where(reaches_event(actor), Signup.status != SignupStatus.CANCELLED)
        .group_by(Event.campaign_id)
    )
    return {campaign: Counts(*numbers) for campaign, *numbers in db.session.execute(query)}
