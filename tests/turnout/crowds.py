"""What tests see of a crowd."""

from datetime import UTC, datetime

from campaign import clock
from campaign.models import CountMethod, SourceKind
from campaign.turnout.services import Observation

NOON_IN_OSLO = datetime(2005, 4, 28, 10, 0, tzinfo=UTC)
NOON_IN_ALTA = datetime(2005, 5, 14, 10, 0, tzinfo=UTC)


def seen(
    low: int,
    high: int | None = None,
    *,
    source: SourceKind = SourceKind.ORGANIZER,
    method: CountMethod = CountMethod.HEAD_COUNT,
    observed_at: datetime | None = None,
    **more: str,
) -> Observation:
    """Return an observation, of this moment unless another is named; one number is both."""
    return Observation(
        low=low,
        high=low if high is None else high,
        method=method,
        source=source,
        source_url=more.get("url"),
        observed_at=observed_at or clock.now(),
        words=more.get("words"),
    )
