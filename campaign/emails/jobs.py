"""Send the mails that are due: lease, render, hand over, mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog

from campaign import clock
from campaign.database import db, reading, setting, transaction
from campaign.emails.inbound.addresses import return_address
from campaign.emails.messages import compose
from campaign.emails.transport import Answer, Courier, Outcome
from campaign.models import Email, EmailState
from campaign.vault.services import KeyGoneError, unseal

log = structlog.get_logger()

BATCH = 20
LEASE = timedelta(seconds=60)
MAIL_FILES_KEPT = timedelta(hours=24)
WAITS = (1, 5, 15, 60, 240, 480, 960)  # minutes before each further try; then it has failed
WAIT_FOR_SERVER = timedelta(seconds=30)  # while the server is down, which counts as no try
SERVER_AWAITED = timedelta(days=3)  # then what the mail says is too old
ENDS = {Outcome.SENT: EmailState.SENT, Outcome.STALE: EmailState.STALE}  # any other has failed


@dataclass(frozen=True, slots=True)
class Lease:
    """The mails that this worker alone may send until a moment (real time), in order."""

    email_ids: tuple[int, ...]
    until: datetime


def send_due() -> int:
    """Send due mails that nobody else holds; return how many were tried.

    With the server out of reach, one is tried and 0 returned: look again after a pause.
    """
    lease, tried = _lease(), 0
    with _courier() as courier:
        while lease.email_ids:
            answer = _try(lease.email_ids[0], courier)
            lease = _settle(lease, answer)
            tried += 1
            if answer.outcome is Outcome.DOWN:
                return 0
    return tried


def drop_old_files() -> None:
    """Delete mail files older than a day: a demonstration keeps no archive."""
    oldest = (clock.real_now() - MAIL_FILES_KEPT).timestamp()
    for path in _folder().glob("*"):  # Those that were never finished, too.
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _lease() -> Lease:
    """Lease the next mails; those that have become stale are ended on the way to them."""
    moment = clock.real_now()
    until = moment + LEASE
    is_free = sa.or_(Email.leased_until.is_(None), Email.leased_until < moment)
    due = (
        sa.select(Email)
        .where(Email.state == EmailState.DUE, Email.due_at <= moment, is_free)
        .order_by(Email.due_at, Email.id)
        .limit(BATCH)
    )
    while True:
        with reading():
            if db.session.scalar(due.with_only_columns(Email.id).limit(1)) is None:
                return Lease((), until)
        with transaction():
            emails = db.session.scalars(due.with_for_update(skip_locked=True)).all()
            fresh = [email for email in emails if not _is_stale(email, moment)]
            _end_stale(emails, moment)
            if fresh or not emails:  # None: another worker was faster.
                return _hold(fresh, until)


def _is_stale(email: Email, moment: datetime) -> bool:
    return email.stale_at is not None and email.stale_at <= moment


def _end_stale(emails: Sequence[Email], moment: datetime) -> None:
    for email in emails:
        if _is_stale(email, moment):
            _end(email, EmailState.STALE, moment)


def _hold(emails: Sequence[Email], until: datetime) -> Lease:
    """Lease mails; the first is about to be tried, which counts even if we do not survive it."""
    for email in emails:
        email.leased_until = until
    for email in emails[:1]:
        email.attempts += 1
    return Lease(tuple(email.id for email in emails), until)


def _try(email_id: int, courier: Courier) -> Answer:
    """Render and hand over one mail; whatever goes wrong with it must not delay the others."""
    with reading():
        email = db.session.get_one(Email, email_id)
    answer = _deliver(email, courier)
    log.info("mail tried", email=email_id, attempt=email.attempts, answer=answer.code)
    return answer


def _deliver(email: Email, courier: Courier) -> Answer:
    if email.contents is None or email.attempts > len(WAITS) + 1:
        return Answer(Outcome.NEVER, "given up")
    try:
        values = unseal(email.scope, f"emails/{email.key}", email.contents)
        message = compose(email, values)
    except KeyGoneError:
        return Answer(Outcome.NEVER, "key gone")
    except Exception as error:
        log.error("mail cannot be written", email=email.id, error=type(error).__name__)
        return Answer(Outcome.LATER, type(error).__name__)
    if _is_stale(email, clock.real_now()):
        return Answer(Outcome.STALE, "stale")
    return courier.deliver(message, f"{email.id:09d}", returns_to=return_address(email.id))


def _settle(lease: Lease, answer: Answer) -> Lease:
    """Write down what became of the first mail, and hold the others for another while.

    A lease that was lost, because we were slow, is not taken back. With the server down the others
    are let go, so that next time another one is first.
    """
    moment, (email_id, *others) = clock.real_now(), lease.email_ids
    ours = (
        sa.select(Email)
        .where(Email.id.in_(others), Email.state == EmailState.DUE)
        .where(Email.leased_until == lease.until)
        .order_by(Email.due_at, Email.id)
        .with_for_update()
    )
    with transaction():
        email = db.session.get_one(Email, email_id, with_for_update=True)
        is_ours = email.leased_until == lease.until
        if email.state is EmailState.DUE and (is_ours or answer.outcome is Outcome.SENT):
            _mark(email, answer, moment)
        emails = db.session.scalars(ours).all()
        if answer.outcome is not Outcome.DOWN:
            return _hold(emails, moment + LEASE)
        for other in emails:
            other.leased_until = None
        return Lease((), moment)


def _mark(email: Email, answer: Answer, moment: datetime) -> None:
    email.last_answer, email.leased_until = answer.code, None
    if answer.outcome is Outcome.DOWN and moment - email.created_at < SERVER_AWAITED:
        email.attempts -= 1
        _try_again(email, moment + WAIT_FOR_SERVER)
    elif answer.outcome is Outcome.LATER and email.attempts <= len(WAITS):
        _try_again(email, moment + timedelta(minutes=WAITS[email.attempts - 1]))
    else:
        _end(email, ENDS.get(answer.outcome, EmailState.FAILED), moment)


def _try_again(email: Email, due_at: datetime) -> None:
    """Let a mail be due again, at the latest when it becomes stale: it ends then."""
    email.due_at = due_at if email.stale_at is None else min(due_at, email.stale_at)


def _end(email: Email, state: EmailState, moment: datetime) -> None:
    email.state, email.finished_at = state, moment
    email.contents = email.leased_until = None


def _courier() -> Courier:
    own_name = urlsplit(setting("BASE_URL")).hostname or "localhost"
    return Courier(smtp_url=setting("SMTP_URL"), folder=_folder(), own_name=own_name)


def _folder() -> Path:
    return Path(setting("INSTANCE_FOLDER")) / "mail"
