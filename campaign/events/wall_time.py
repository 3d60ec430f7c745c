"""Local wall time and its instant, by the rules in force on that day. Pure."""

from datetime import UTC, datetime

from campaign import clock
from campaign.errors import InvalidError
from campaign.languages import lazy_gettext as _


class NoSuchTimeError(InvalidError):
    """A wall time that the clocks skip on that day."""


class TwiceSuchTimeError(InvalidError):
    """A wall time that the clocks show twice on that day."""


def instant(local: datetime, timezone: str) -> datetime:
    """Return the UTC instant of a wall time.

    Raises NoSuchTimeError or TwiceSuchTimeError, which name the choices.
    """
    zone = clock.zone(timezone)
    early, late = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if wall_time(early.astimezone(UTC), timezone) != local:
        raise NoSuchTimeError(_skipped(local, timezone))
    raise TwiceSuchTimeError(
        _(
            "%(time)s comes twice in %(zone)s: choose %(first)s UTC or %(second)s UTC.",
            time=f"{local:%Y-%m-%d %H:%M}",
            zone=timezone,
            first=f"{early.astimezone(UTC):%Y-%m-%d %H:%M}",
            second=f"{late.astimezone(UTC):%Y-%m-%d %H:%M}",
        )
    )


def wall_time(moment: datetime, timezone: str) -> datetime:
    """Return what clocks in a zone show at an instant, as a naive datetime."""
    return moment.astimezone(clock.zone(timezone)).replace(tzinfo=None)


def _skipped(local: datetime, timezone: str) -> object:
    zone = clock.zone(timezone)
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return _(
        "%(time)s does not exist in %(zone)s: clocks jump then. Choose %(first)s or %(second)s.",
        time=f"{local:%Y-%m-%d %H:%M}",
        zone=timezone,
        first=f"{wall_time(before, timezone):%Y-%m-%d %H:%M}",
        second=f"{wall_time(after, timezone):%Y-%m-%d %H:%M}",
    )
