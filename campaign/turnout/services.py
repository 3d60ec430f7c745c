"""Record observations of crowds. Nothing is overwritten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.accounts.queries import roles_at
from campaign.database import db
from campaign.errors import CampaignError, InvalidError, NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import (
    Actor,
    CountMethod,
    Event,
    ObserverRole,
    RoleName,
    SourceKind,
    TurnoutReport,
)
from campaign.turnout.queries import TAKES_PLACE

LARGEST_CROWD = 10_000_000  # people; nobody has seen more at one place
EARLIEST = timedelta(hours=24)  # People gather before the beginning, but not on another day.
TWICE_WITHIN = timedelta(minutes=1)


class NotYetError(CampaignError):
    """An event that has not begun, or does not take place, has no turnout."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What somebody saw: how many people at least and at most, and how that is known."""

    low: int
    high: int
    method: CountMethod
    source: SourceKind
    source_url: str | None
    observed_at: datetime  # aware UTC
    words: str | None = None
    is_sample: bool = False


def record_turnout(event: Event, observation: Observation, by: Actor) -> TurnoutReport:
    """Add an observation to the ledger of an event; a second one adds to the first.

    The very same by the same person within a minute is one: a button was pressed twice. Raises
    NotFoundError for an event outside the actor's scopes, NotYetError before it begins and where it
    does not take place, InvalidError for impossible numbers and moments.
    """
    role = _widest_role(by, event)
    may_record(event)
    _check(event, observation)
    twin = _just_recorded(event, observation, by)
    if twin is not None:
        return twin
    report = TurnoutReport(
        event=event,
        low=observation.low,
        high=observation.high,
        words=observation.words,
        method=observation.method,
        source=observation.source,
        source_url=observation.source_url,
        observer_role=role,
        account_id=by.account_id,
        is_sample=observation.is_sample,
        observed_at=observation.observed_at,
        recorded_at=clock.now(),
    )
    db.session.add(report)
    db.session.flush()
    return report


def _just_recorded(event: Event, observation: Observation, by: Actor) -> TurnoutReport | None:
    """Return the same observation as the same person recorded it a moment ago."""
    lock = sa.select(Event.id).where(Event.id == event.id).with_for_update()
    db.session.execute(lock)
    query = sa.select(TurnoutReport).where(
        TurnoutReport.event_id == event.id,
        TurnoutReport.account_id == by.account_id,
        TurnoutReport.recorded_at > clock.now() - TWICE_WITHIN,
        TurnoutReport.low == observation.low,
        TurnoutReport.high == observation.high,
        TurnoutReport.method == observation.method,
        TurnoutReport.source == observation.source,
        TurnoutReport.source_url.is_not_distinct_from(observation.source_url),
        TurnoutReport.words.is_not_distinct_from(observation.words),
    )
    return db.session.scalars(query).first()


def may_record(event: Event) -> None:
    """Let an event that takes place and has begun pass. Raises NotYetError."""
    if event.status not in TAKES_PLACE:
        raise NotYetError(_("This event does not take place: there is no turnout to record."))
    if event.starts_at > clock.now():
        raise NotYetError(_("This event has not begun: come back when there is somebody to count."))


def _check(event: Event, observation: Observation) -> None:
    if observation.low > observation.high:
        raise InvalidError(_("The low number cannot be above the high one."))
    if observation.low < 0 or observation.high > LARGEST_CROWD:
        raise InvalidError(_("People are counted from 0 to %(most)s.", most=LARGEST_CROWD))
    if observation.observed_at > clock.now():
        raise InvalidError(_("Nobody can have seen this yet: the moment lies in the future."))
    if observation.observed_at < event.starts_at - EARLIEST:
        raise InvalidError(_("That is more than a day before the event began."))


def _widest_role(actor: Actor, event: Event) -> ObserverRole:
    """Return the widest role of an actor at an event. Raises NotFoundError without one."""
    names = {role.name for role in roles_at(actor, event)}
    widest = next((name for name in RoleName if name in names), None)
    if widest is None:
        raise NotFoundError(_("This campaign has no event at this address."))
    return ObserverRole(widest.value)
