"""How far the reporting has come within somebody's scopes; every question takes the actor."""

from dataclasses import dataclass

import sqlalchemy as sa

from campaign.accounts.queries import reaches_event
from campaign.database import db
from campaign.events.queries import within_reach
from campaign.models import Actor, Campaign, City, Event, TurnoutReport
from campaign.turnout.queries import Turnout, has_begun, turnouts_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reporting has come."""

    cities: int  # with an event that has begun
    cities_reported: int


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """An event and what was seen there."""

    event: Event
    turnout: Turnout


def progress(actor: Actor) -> dict[int, Progress]:
    """Return how far the reporting has come in the actor's scopes, by the campaign's id."""
    reported_in = sa.case((TurnoutReport.id.is_not(None), Event.city_id))
    query = (
        sa.select(
            Event.campaign_id,
            sa.func.count(Event.city_id.distinct()),
            sa.func.count(reported_in.distinct()),
        )
        .join(Event.city)
        .outerjoin(TurnoutReport, TurnoutReport.event_id == Event.id)
        .where(reaches_event(actor), has_begun())
        .group_by(Event.campaign_id)
    )
    return {
        campaign: Progress(cities, reported)
        for campaign, cities, reported in db.session.execute(query)
    }


def count_waiting(actor: Actor, campaign: Campaign) -> int:
    """Return how many events in the actor's scopes have begun and still wait for a number."""
    query = _waiting(actor, campaign).with_only_columns(sa.func.count(Event.id)).order_by(None)
    return db.session.scalar(query) or 0


def waiting(actor: Actor, campaign: Campaign, *, offset: int, limit: int) -> list[Event]:
    """Return some of these events, by city."""
    query = _waiting(actor, campaign).order_by(None)
    query = query.order_by(City.name, Event.starts_at, Event.id).offset(offset).limit(limit)
    return list(db.session.scalars(query))


def count_reported(actor: Actor, campaign: Campaign) -> int:
    """Return how many events in the actor's scopes are reported."""
    query = within_reach(actor, campaign).where(has_begun(), _is_reported())
    return db.session.scalar(query.with_only_columns(sa.func.count(Event.id)).order_by(None)) or 0


def last_reported(actor: Actor, campaign: Campaign, *, limit: int) -> list[ReportedEvent]:
    """Return the events in the actor's scopes that were reported last, the newest first."""
    newest = (
        sa.select(sa.func.max(TurnoutReport.id))
        .where(TurnoutReport.event_id == Event.id)
        .scalar_subquery()
    )
    query = within_reach(actor, campaign).where(has_begun(), _is_reported()).order_by(None)
    events = list(db.session.scalars(query.order_by(newest.desc()).limit(limit)))
    turnouts = turnouts_of(events)
    return [ReportedEvent(event, turnouts[event.id]) for event in events]


def _waiting(actor: Actor, campaign: Campaign) -> sa.Select[Event]:
    return within_reach(actor, campaign).where(has_begun(), sa.not_(_is_reported()))


def _is_reported() -> sa.sql.elements.ColumnElement[bool]:
    return sa.exists().where(TurnoutReport.event_id == Event.id)
