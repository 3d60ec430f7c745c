"""Record observations of crowds. Nothing is overwritten."""

from dataclasses import dataclass
from datetime import datetime

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.languages import lazy_gettext as _
from campaign.models import (
    Actor,
    CountMethod,
    Event,
    EventStatus,
    ObserverRole,
    RoleName,
    SourceKind,
    TurnoutReport,
)


class NotYetError(CampaignError):
    """An event that has not begun has no turnout."""


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
    """Add an observation to the ledger of an event.

    Raises InvalidError for impossible numbers, NotYetError before the event begins and for one
    that is cancelled or not public.
    """
    if not 0 <= observation.low <= observation.high:
        raise InvalidError(_("The low number cannot be above the high one."))
    if event.status in (EventStatus.DRAFT, EventStatus.CANCELLED):
        raise NotYetError(_("This event does not take place: there is no turnout to record."))
    if event.starts_at > clock.now():
        raise NotYetError(_("This event has not begun: come back when there is somebody to count."))
    report = TurnoutReport(
        event=event,
        low=observation.low,
        high=observation.high,
        words=observation.words,
        method=observation.method,
        source=observation.source,
        source_url=observation.source_url,
        observer_role=_role_of(by),
        account_id=by.account_id,
        is_sample=observation.is_sample,
        observed_at=observation.observed_at,
        recorded_at=clock.now(),
    )
    db.session.add(report)
    db.session.flush()
    return report


def _role_of(actor: Actor) -> ObserverRole:
    """Return the widest role of an actor."""
    names = {role.name for role in actor.roles}
    widest = next(name for name in RoleName if name in names)
    return ObserverRole(widest.value)
