"""What tests see of a crowd."""

from datetime import UTC, datetime

from campaign.models import CountMethod, SourceKind
from campaign.turnout.services import Observation

NOON_IN_OSLO = datetime(2005, 4, 28, 10, 0, tzinfo=UTC)


def seen(
    low: int,
    high: int | None = None,
    *,
    source: SourceKind = SourceKind.ORGANIZER,
    method: CountMethod = CountMethod.HEAD_COUNT,
    observed_at: datetime = NOON_IN_OSLO,
    **more: str,
) -> Observation:
    """Return an observation; one number is both."""
    return Observation(
        low=low,
        high=low if high is None else high,
        method=method,
        source=source,
        source_url=more.get("url"),
        observed_at=observed_at,
        words=more.get("words"),
    )
