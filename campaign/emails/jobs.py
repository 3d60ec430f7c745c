"""Send the mails that are due: lease, render, hand over, mark."""

from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog

from campaign import clock
from campaign.database import db, reading, setting, transaction
from campaign.emails.rendering import render
from campaign.emails.transport import Answer, Outcome, deliver
from campaign.models import Email, EmailState
from campaign.vault.sealing import SealError
from campaign.vault.services import KeyGoneError, unseal

log = structlog.get_logger()

BATCH = 20
LEASE = timedelta(seconds=60)
MAIL_FILES_KEPT = timedelta(hours=24)
WAITS = (1, 5, 15, 60, 240, 480, 960)  # minutes before each further try; then it has failed


def send_due() -> int:
    """Send the due mails that nobody else holds; return how many were tried."""
    leased = _lease()
    for position, email_id in enumerate(leased):
        if position and position % 5 == 0:
            _renew(leased[position:])
        _send(email_id)
    return len(leased)


def drop_old_files() -> None:
    """Delete mail files older than a day: a demonstration keeps no archive."""
    oldest = (clock.real_now() - MAIL_FILES_KEPT).timestamp()
    for path in _folder().glob("*.eml"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _lease() -> list[int]:
    moment = clock.real_now()
    due = (
        sa.select(Email)
        .where(Email.state == EmailState.DUE, Email.due_at <= moment)
        .where(sa.or_(Email.leased_until.is_(None), Email.leased_until < moment))
        .order_by(Email.due_at, Email.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    with transaction():
        emails = db.session.scalars(due).all()
        for email in emails:
            email.leased_until = moment + LEASE
            email.attempts += 1
        return [email.id for email in emails]


def _renew(email_ids: list[int]) -> None:
    with transaction():
        db.session.execute(
            sa.update(Email)
            .where(Email.id.in_(email_ids))
            .values(leased_until=clock.real_now() + LEASE)
        )


def _send(email_id: int) -> None:
    with reading():
        email = db.session.get(Email, email_id)
    if email is None or email.contents is None:
        return
    answer = _try(email)
    log.info("mail tried", email=email_id, attempt=email.attempts, answer=answer.code)
    with transaction():
        kept = db.session.get(Email, email_id, with_for_update=True)
        if kept is not None:
            _mark(kept, answer, clock.real_now())


def _try(email: Email) -> Answer:
    """Render and hand over one mail; whatever goes wrong with it must not delay the others."""
    try:
        values = unseal(email.scope, f"emails/{email.key}", email.contents or b"")
        message = _message(email, values)
    except (KeyGoneError, SealError):
        return Answer(Outcome.NEVER, "sealed")
    except Exception as error:
        log.error("mail cannot be written", email=email.id, error=type(error).__name__)
        return Answer(Outcome.LATER, type(error).__name__)
    return deliver(message, smtp_url=setting("SMTP_URL"), folder=_folder())


def _mark(email: Email, answer: Answer, moment: datetime) -> None:
    email.last_answer, email.leased_until = answer.code, None
    if answer.outcome is Outcome.LATER and email.attempts <= len(WAITS):
        email.due_at = moment + timedelta(minutes=WAITS[email.attempts - 1])
        return
    email.state = EmailState.SENT if answer.outcome is Outcome.SENT else EmailState.FAILED
    email.finished_at, email.contents = moment, None


def _message(email: Email, values: dict[str, object]) -> EmailMessage:
    words = render(email.template, email.language, values)
    message = EmailMessage()
    message["From"] = setting("MAIL_FROM")
    message["To"] = Address(addr_spec=str(values["address"]))
    message["Subject"] = words.subject
    message["Date"] = format_datetime(email.created_at)
    message["Message-ID"] = _message_id(email.key)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = email.language
    message.set_content(words.text, cte="base64")
    message.add_alternative(words.html, subtype="html", cte="base64")
    return message


def _message_id(key: str) -> str:
    """Derive the Message-ID from the outbox key: a mail sent twice is the same mail."""
    host = urlsplit(setting("BASE_URL")).hostname
    digest = sha256(f"{setting('SECRET_KEY')}|{key}".encode()).hexdigest()
    return f"<{digest[:40]}@{host}>"


def _folder() -> Path:
    return Path(setting("INSTANCE_FOLDER")) / "mail"
