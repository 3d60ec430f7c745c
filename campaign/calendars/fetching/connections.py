"""Connections to public servers alone, that end at a deadline and at a size."""

import io
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign.calendars.fetching.addresses import Address, is_public
from campaign.calendars.fetching.refusals import (
    LARGEST_ANSWER,
    FetchTooLarge,
    FetchTooSlow,
    HostUnknown,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MOST_ATTEMPTS: Final = 4  # IP addresses of one host
# Headers and marks between chunks included: a chunk that names no size would be read without end.
_MOST_BYTES: Final = 2 * LARGEST_ANSWER


class Internet:
    """The way out: names, connections and whom we trust. Tests give another."""

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Answer the IP addresses of a name. Raises OSError."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(each[4][0]) for each in found))

    def is_allowed(self, address: str) -> bool:
        """Tell whether an IP address may be connected to."""
        return is_public(address)

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Connect to an IP address. Raises OSError."""
        return socket.create_connection((address, port), timeout=seconds)

    def trust(self) -> ssl.SSLContext:
        """Answer the certificates that are believed."""
        return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which all must be done."""

    at: float  # by time.monotonic

    def left(self) -> float:
        """Answer the seconds that are left. Raises FetchTooSlow."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise FetchTooSlow
        return seconds


def look_up(internet: Internet, where: Address, deadline: Deadline) -> list[str]:
    """Answer the IP addresses of a name, looked up once.

    Raises HostUnknown unless every one of them is public, FetchTooSlow.
    """
    found: list[str] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(internet.addresses(where.host, where.port))

    # A resolver keeps no deadline, so it is left behind when ours has passed.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if thread.is_alive():
        raise FetchTooSlow
    if not found or not all(map(internet.is_allowed, found)):
        raise HostUnknown
    return found[:_MOST_ATTEMPTS]


def connect(
    internet: Internet, addresses: list[str], port: int, deadline: Deadline
) -> socket.socket:
    """Connect to the first address that answers, each having its share of the time left."""
    failure: OSError = ConnectionError()
    for number, address in enumerate(addresses):
        try:
            return internet.connect(address, port, deadline.left() / (len(addresses) - number))
        except OSError as reason:
            failure = reason
    raise failure


def secure(
    plain: socket.socket, trust: ssl.SSLContext, host: str, deadline: Deadline
) -> ssl.SSLSocket:
    """Begin TLS with a server that can prove its name. Raises OSError, FetchTooSlow."""
    plain.settimeout(deadline.left())
    return trust.wrap_socket(plain, server_hostname=host)


class Watched:
    """A connection that ends at a deadline or a size, however slowly or much its server sends.

    It stands in for a socket in what `http.client` asks of one.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        """Take a connection, which stays its owner's to close."""
        self._connection = connection
        self._deadline = deadline

    def sendall(self, content: bytes) -> None:
        """Send a request. Raises OSError, FetchTooSlow."""
        self._connection.settimeout(self._deadline.left())
        self._connection.sendall(content)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Answer what the server sends, as a file."""
        return io.BufferedReader(_Arriving(self._connection, self._deadline))

    def close(self) -> None:
        """Leave the connection open: an answer is read after its request was closed."""


class _Arriving(io.RawIOBase):
    """What a server sends."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline
        self._room = _MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._connection.settimeout(self._deadline.left())
        count = self._connection.recv_into(buffer)
        self._room -= count
        if self._room < 0:
            raise FetchTooLarge
        return count
