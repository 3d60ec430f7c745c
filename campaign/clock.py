"""The only clock: `now()` is the domain's time, `real_now()` serves cookies, codes and leases."""

import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

# Zone rules come from the locked package, not from the machine: the same calendars everywhere.
zoneinfo.reset_tzpath(())


@cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone by its IANA name. Raises ZoneInfoNotFoundError (a KeyError), ValueError.

    ZoneInfo itself remembers eight zones only, and a feed of the world needs some three hundred.
    """
    return zoneinfo.ZoneInfo(name)


@dataclass
class FrozenClock:
    """A clock that stands still until it is advanced."""

    moment: datetime

    def advance(self, length: timedelta) -> None:
        """Move the clock on by a length."""
        self.moment += length


@dataclass
class _State:
    frozen: FrozenClock | None = None
    offset: timedelta | None = None
    load_offset: Callable[[], timedelta | None] | None = None


_state = _State()


def now() -> datetime:
    """Return the domain's time, aware UTC: real time, or the demonstration's."""
    if _state.frozen:
        return _state.frozen.moment
    return real_now() + _demonstration_offset()


def real_now() -> datetime:
    """Return real time, aware UTC."""
    return _state.frozen.moment if _state.frozen else datetime.now(UTC)


def real_moment(moment: datetime) -> datetime:
    """Return when, in real time, the domain's time will be this moment."""
    return real_now() + (moment - now())


def start_demonstration(load_offset: Callable[[], timedelta | None]) -> None:
    """Let `now()` run at the stored distance from real time.

    `load_offset` returns None as long as nothing is stored; it is asked again then.
    """
    _state.load_offset, _state.offset = load_offset, None


def follow_real_time() -> None:
    """Let `now()` be real time."""
    _state.load_offset = _state.offset = None


@contextmanager
def frozen(moment: datetime) -> Iterator[FrozenClock]:
    """Let both clocks stand at a moment, in every thread of this process."""
    before, _state.frozen = _state.frozen, FrozenClock(moment)
    try:
        yield _state.frozen
    finally:
        _state.frozen = before


def _demonstration_offset() -> timedelta:
    if _state.offset is None:
        _state.offset = _state.load_offset() if _state.load_offset else None
    return _state.offset or timedelta(0)
