"""Hand messages to an SMTP server, or write them to files."""

import os
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

TIMEOUT = 20  # seconds for each step of the conversation
LONGEST = 35  # seconds for one message, however slowly its server drips; a lease lasts longer
CLOSING = 421  # "service not available", said at any step (RFC 5321 4.2.2)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Outcome(StrEnum):
    """What became of one try."""

    SENT = "sent"
    LATER = "later"  # the server cannot take this message now: try it again
    NEVER = "never"  # the server refuses this message or its recipient for good
    DOWN = "down"  # the server takes nothing from us now: this message is not to blame
    STALE = "stale"  # it was not handed over: too late for what it says


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome and the server's code, or the word for what went wrong."""

    outcome: Outcome
    code: str


class NoEncryptionError(smtplib.SMTPException):
    """A server that is elsewhere wants our password in the clear."""


class Courier:
    """One conversation with the mail server, kept up over several messages while all goes well.

    Without a server, each message becomes a file.
    """

    def __init__(self, *, smtp_url: str, folder: Path, own_name: str) -> None:
        """Know where mails go, and the name by which we greet the server."""
        self._smtp_url, self._folder, self._own_name = smtp_url, folder, own_name
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Begin; the server is called when there is a message."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take leave. What was accepted stays sent, whatever the server says to that."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
        self._hang_up()

    def deliver(self, message: EmailMessage, name: str, *, returns_to: str | None = None) -> Answer:
        """Hand over one message to its one recipient; `name` is that of its file.

        `returns_to` is the envelope's sender, to whom servers report; None = as in From.
        """
        try:
            if not self._smtp_url:
                return _write(message, self._folder / f"{name}.eml")
            server = self._server or connect(self._smtp_url, self._own_name)
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Outcome.DOWN, _code(error))
        self._server = server
        answer = _send(server, message, returns_to)
        if answer.outcome is not Outcome.SENT:
            self._hang_up()
        return answer

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None


def connect(smtp_url: str, own_name: str) -> smtplib.SMTP:
    """Greet the mail server: encrypted where it can, and always where it wants our password.

    Raises SMTPException or OSError.
    """
    url = urlsplit(smtp_url)
    host, is_secure = url.hostname or "localhost", url.scheme == "smtps"
    server = _call(host, url.port, own_name, is_secure=is_secure)
    try:
        server.ehlo()
        if not is_secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif not is_secure and url.username and host not in LOOPBACK:
            raise NoEncryptionError
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


def _call(host: str, port: int | None, own_name: str, *, is_secure: bool) -> smtplib.SMTP:
    if not is_secure:
        return smtplib.SMTP(host, port or 25, own_name, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(host, port or 465, own_name, timeout=TIMEOUT, context=context)


def reach(smtp_url: str) -> bool:
    """Tell whether the mail server answers, and lets us in."""
    try:
        server = connect(smtp_url, "localhost")
    except (smtplib.SMTPException, OSError):
        return False
    server.close()
    return True


def _send(server: smtplib.SMTP, message: EmailMessage, returns_to: str | None) -> Answer:
    watch = Timer(LONGEST, _cut, (server.sock,))
    watch.daemon = True
    watch.start()
    try:
        server.send_message(message, from_addr=returns_to)
    except smtplib.SMTPRecipientsRefused as error:
        return _judge(next(iter(error.recipients.values()))[0])
    except smtplib.SMTPSenderRefused as error:
        return Answer(Outcome.DOWN, str(error.smtp_code))  # Our own address: nobody else's fault.
    except smtplib.SMTPResponseException as error:
        return _judge(error.smtp_code)
    except smtplib.SMTPNotSupportedError:
        return Answer(Outcome.NEVER, "SMTPUTF8")  # This server knows no such addresses.
    except (smtplib.SMTPException, OSError) as error:
        return Answer(Outcome.LATER, _code(error))
    finally:
        watch.cancel()
    return Answer(Outcome.SENT, "250")


def _cut(connection: socket.socket | None) -> None:
    """End what blocks on a connection. Through the base class: TLS would wait for a farewell."""
    if connection is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _judge(code: int) -> Answer:
    if code == CLOSING:
        return Answer(Outcome.DOWN, str(code))
    return Answer(Outcome.NEVER if code >= 500 else Outcome.LATER, str(code))


def _code(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    return type(error).__name__


def _write(message: EmailMessage, path: Path) -> Answer:
    """Write the file whole or not at all, for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes())
    unfinished.replace(path)
    return Answer(Outcome.SENT, "file")
