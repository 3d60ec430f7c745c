"""All sweeps of the installation in one place; each is idempotent and may run anywhere."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event as Signal

import structlog

from campaign import clock
from campaign.accounts.services import forget_links
from campaign.database import setting, transaction
from campaign.emails.jobs import drop_old_files, send_due
from campaign.emails.services import forget_allowances
from campaign.signups.jobs import forget_unconfirmed, purge, renew_bands, sweep_keys

log = structlog.get_logger()

PAUSE = 1.0  # seconds between two looks at the outbox
HOUSEKEEPING_EVERY = timedelta(minutes=1)


def work(stop: Signal) -> None:
    """Run every due sweep again and again until told to stop; a failing one delays no other."""
    next_housekeeping = clock.real_now()
    while not stop.is_set():
        tried = _safely(send_due)
        if clock.real_now() >= next_housekeeping:
            next_housekeeping = _keep_house()
        if not tried:
            stop.wait(PAUSE)


def work_once() -> int:
    """Run every due sweep until no mail is due; return how many mails were tried."""
    _keep_house()
    total = 0
    while tried := send_due():
        total += tried
    return total


def _keep_house() -> datetime:
    for sweep in (renew_bands, forget_unconfirmed, purge, sweep_keys, _forget):
        _safely(sweep)
    if setting("MODE") == "demo":
        _safely(drop_old_files)
    return clock.real_now() + HOUSEKEEPING_EVERY


def _forget() -> None:
    with transaction():
        forget_links()
        forget_allowances()


def _safely(sweep: Callable[[], int | None]) -> int:
    try:
        return sweep() or 0
    except Exception as error:
        log.error("sweep failed", sweep=sweep.__name__, error=type(error).__name__)
        time.sleep(PAUSE)
        return 0
