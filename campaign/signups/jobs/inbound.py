"""Take in what comes back by mail: calendars that decline, and mails that were not delivered."""

import time
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from campaign import clock
from campaign.calendars.itip.attachments import UnreadableReply
from campaign.calendars.itip.replies import read_reply
from campaign.database import reading, setting, transaction
from campaign.emails.inbound import folder
from campaign.emails.inbound.addresses import header_of, returned_to
from campaign.emails.inbound.bounces import final_failure
from campaign.emails.services import bounce
from campaign.signups.services.replies import decline, declined_by

log = structlog.get_logger()

SECONDS_AT_ONCE = 10.0  # then other sweeps have their turn
TRIED_FOR = timedelta(days=1)  # what cannot be taken in is kept so long: it holds personal data


class Taken(StrEnum):
    """What a mail that came in has done."""

    DECLINED = "declined"  # a sign-up was given back
    BOUNCED = "bounced"  # a mail of ours was not delivered
    NOTHING = "nothing"  # it says nothing that counts, or nothing new
    UNREADABLE = "unreadable"  # it is nothing that we read


def take_in_mail() -> None:
    """Take in the mails in the inbound folder, oldest first, and delete them.

    A mail that fails by our own fault is tried for a day. Killed in between, the same mail is read
    again and does nothing.
    """
    if not setting("REPLY_MAILBOX"):
        return
    begun, numbers = time.monotonic(), Counter[str]()
    for path in folder.waiting(Path(setting("INBOUND_FOLDER"))):
        numbers[_take_in_file(path)] += 1
        if time.monotonic() - begun > SECONDS_AT_ONCE:
            break
    if numbers:
        log.info("mails taken in", **numbers)


def take_in(mail: bytes) -> Taken:
    """Do what a mail says, once: whoever sends it again changes nothing.

    Nobody is ever answered, by whatever mistake: that would tell strangers what is true.
    """
    email_id = returned_to(header_of(mail))
    status = final_failure(mail) if email_id is not None else None
    if email_id is not None and status is not None:
        return _take_bounce(email_id, status)
    return _take_reply(mail)


def _take_bounce(email_id: int, status: str) -> Taken:
    with transaction():
        is_news = bounce(email_id, status)
    if not is_news:
        return Taken.NOTHING
    log.info("mail came back", email=email_id, status=status)
    return Taken.BOUNCED


def _take_reply(mail: bytes) -> Taken:
    try:
        reply = read_reply(mail, setting("REPLY_MAILBOX"))
    except UnreadableReply:
        return Taken.UNREADABLE
    with reading():  # Whatever strangers send must not take the write lock.
        if declined_by(reply) is None:
            return Taken.NOTHING
    with transaction():
        return Taken.DECLINED if decline(reply) else Taken.NOTHING


def _take_in_file(path: Path) -> str:
    try:
        outcome = take_in(folder.read(path)).value
    except FileNotFoundError:
        return "gone"  # Another worker was first.
    except DBAPIError:
        raise  # It will be back, and the mail waits.
    except Exception as error:
        log.error("mail cannot be taken in", error=type(error).__name__)
        outcome = "failed"
        if not _is_old(path):
            return outcome
    _delete(path)
    return outcome


def _is_old(path: Path) -> bool:
    try:
        age = clock.real_now().timestamp() - path.stat().st_mtime
    except OSError:
        return False
    return age > TRIED_FOR.total_seconds()


def _delete(path: Path) -> None:
    """Delete a mail; where we may not, say so, but never its name, which may be an address."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.error("mail cannot be deleted", error=type(error).__name__)
