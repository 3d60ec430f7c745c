"""A mail server on this machine that keeps what it gets and fails on request."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 OK"


@dataclass(frozen=True)
class Delivery:
    """One message as the server took it: the envelope's addresses beside the content."""

    sender: str
    recipients: tuple[str, ...]
    content: EmailMessage


class MailServer:
    """A mail server that accepts everything until told otherwise.

    `deliveries` holds what was accepted, `attempts` the recipient of each attempt, both in order.
    """

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.attempts: list[str] = []
        self._answers: dict[str | None, str] = {}
        self._hangs = False
        self._cuts_after_data = False
        self._let_go = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.listening = self._socket
        self._controller.start()

    @property
    def url(self) -> str:
        """What SMTP_URL says to send by this server."""
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, code: int, *, to: str | None = None) -> None:
        """Refuse with this code from now on: each recipient, or only the one named."""
        self._answers[to] = f"{code} as the test asked"

    def hang(self) -> None:
        """Take messages from now on and never answer."""
        self._hangs = True

    def cut_after_data(self) -> None:
        """Take messages from now on, keep them, and drop the connection before saying so."""
        self._cuts_after_data = True

    def recover(self) -> None:
        """Accept everything again."""
        self._answers.clear()
        self._hangs = self._cuts_after_data = False

    def stop(self) -> None:
        """Stop listening; connections that hang are cut."""
        self._let_go.set()
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - the name by which aiosmtpd finds it
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Answer to one recipient of a message."""
        self.attempts.append(address)
        refusal = self._answers.get(address) or self._answers.get(None)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(  # noqa: N802 - the name by which aiosmtpd finds it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer to a whole message."""
        while self._hangs and not self._let_go.is_set():
            await asyncio.sleep(0.02)
        content = BytesParser(policy=policy.default).parsebytes(envelope.content)
        recipients = tuple(envelope.rcpt_tos)
        self.deliveries.append(Delivery(envelope.mail_from, recipients, content))
        if self._cuts_after_data:
            server.transport.abort()
        return ACCEPTED


class _Controller(Controller):
    """Listens on a socket that is bound already, so that its port is known and taken."""

    listening: socket.socket

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.listening)

    def _trigger_server(self) -> None:
        with smtplib.SMTP(self.hostname, self.port, timeout=10):
            pass


@pytest.fixture
def smtp_server() -> Iterator[MailServer]:
    """Give a mail server; `smtp_server.url` is its SMTP_URL."""
    server = MailServer()
    try:
        yield server
    finally:
        server.stop()
