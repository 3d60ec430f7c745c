"""Hand a message to an SMTP server, or write it to a file."""

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 20  # seconds for each step of the conversation


class Outcome(StrEnum):
    """What became of one try."""

    SENT = "sent"
    LATER = "later"  # the server cannot now: try again
    NEVER = "never"  # the server refuses this message or recipient for good


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome and the server's code, or the word for what went wrong."""

    outcome: Outcome
    code: str


def deliver(message: EmailMessage, *, smtp_url: str, folder: Path) -> Answer:
    """Send one message to its one recipient; without a server, write it to a file."""
    if not smtp_url:
        return _write(message, folder)
    try:
        return _converse(message, smtp_url)
    except smtplib.SMTPRecipientsRefused as error:
        return _judge(next(iter(error.recipients.values()))[0])
    except smtplib.SMTPResponseException as error:
        return _judge(error.smtp_code)
    except (smtplib.SMTPException, OSError) as error:
        return Answer(Outcome.LATER, type(error).__name__)


def _converse(message: EmailMessage, smtp_url: str) -> Answer:
    url = urlsplit(smtp_url)
    host = url.hostname or "localhost"
    secure = ssl.create_default_context()
    with _connect(url, host, secure) as server:
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
    return Answer(Outcome.SENT, "250")


def _connect(url: SplitResult, host: str, secure: ssl.SSLContext) -> smtplib.SMTP:
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=secure)
    return smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)


def _judge(code: int) -> Answer:
    return Answer(Outcome.NEVER if code >= 500 else Outcome.LATER, str(code))


def _write(message: EmailMessage, folder: Path) -> Answer:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    handle = os.open(folder / f"{name}.eml", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes())
    return Answer(Outcome.SENT, "file")


def reach(smtp_url: str) -> bool:
    """Tell whether the mail server answers."""
    url = urlsplit(smtp_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(url.hostname or "localhost", url.port or 25, timeout=TIMEOUT) as server:
            return bool(server.noop()[0] == 250)
    except (smtplib.SMTPException, OSError):
        return False
