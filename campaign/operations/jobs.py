"""All sweeps of the installation in one place; each is idempotent and may run anywhere."""

import time
from collections.abc import Callable, Iterator
from threading import Event as Signal

import structlog

from campaign.accounts.services import forget_links
from campaign.database import setting, transaction
from campaign.emails.jobs import drop_old_files, send_due
from campaign.emails.services import forget_allowances
from campaign.errors import CampaignError
from campaign.events.jobs import renew_entries
from campaign.languages import lazy_gettext as _
from campaign.signups.jobs import (
    forget_everywhere,
    forget_expired_links,
    forget_idle_feeds,
    forget_networks,
    forget_unconfirmed,
    move_up_lines,
    note_reminders,
    purge,
    renew_bands,
    sweep_keys,
    take_in_mail,
    tell_notices,
)

log = structlog.get_logger()

Sweep = Callable[[], int | None]
PAUSE = 1.0  # seconds between two looks at the outbox
HOUSEKEEPING_EVERY = 60.0  # seconds


class SweepFailedError(CampaignError):
    """A sweep did not do its work; the log says which and why."""


def work(stop: Signal) -> None:
    """Run every due sweep again and again until told to stop; a failing one delays no other."""
    next_housekeeping = time.monotonic()  # Not the clock: that may be set back by a day.
    while not stop.is_set():
        told, tried = _safely(tell_notices), _safely(send_due)
        if time.monotonic() >= next_housekeeping:
            for sweep in _housekeeping():
                _safely(sweep)
            next_housekeeping = time.monotonic() + HOUSEKEEPING_EVERY
        if not (told or tried):
            stop.wait(PAUSE)


def work_once() -> int:
    """Run every due sweep until no mail is due; return how many mails were tried.

    Raises SweepFailedError if one failed, after all were run.
    """
    outcomes = [_safely(sweep) for sweep in _housekeeping()]
    total = 0
    while told := _safely(tell_notices):
        pass
    while tried := _safely(send_due):
        total += tried
    if None in (*outcomes, told, tried):
        raise SweepFailedError(_("Not everything could be done: the log says what failed."))
    return total


def _housekeeping() -> Iterator[Sweep]:
    yield from (take_in_mail, renew_entries, renew_bands, move_up_lines, note_reminders)
    yield from (forget_everywhere, forget_unconfirmed, purge, sweep_keys, forget_networks)
    yield from (forget_expired_links, forget_idle_feeds, _forget)
    if setting("MODE") == "demo":
        yield drop_old_files


def _forget() -> None:
    with transaction():
        forget_links()
        forget_allowances()


def _safely(sweep: Sweep) -> int | None:
    """Run a sweep and return what it counted, or None if it failed."""
    try:
        return sweep() or 0
    except Exception as error:
        log.error("sweep failed", sweep=sweep.__name__, error=type(error).__name__)
        return None
