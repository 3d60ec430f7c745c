"""One calendar fetched, from the address to its bytes."""

import http.client
import socket
import time
import zlib
from contextlib import closing
from typing import Final, cast

from campaign.calendars.fetching.addresses import Address, read_address
from campaign.calendars.fetching.connections import (
    Deadline,
    Internet,
    Watched,
    connect,
    look_up,
    secure,
)
from campaign.calendars.fetching.refusals import (
    LARGEST_ANSWER,
    SECONDS,
    FetchFailed,
    FetchMoved,
    FetchTooLarge,
    FetchTooSlow,
)
from campaign.calendars.reading import NotACalendar

_HEADERS: Final = {
    "User-Agent": "calendar-import",
    "Accept": "text/calendar",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}


def fetch_calendar(
    address: str, *, internet: Internet | None = None, seconds: float = SECONDS
) -> bytes:
    """Fetch a calendar from an address that somebody gave.

    The name is looked up once, all its addresses must be public, and the connection goes to one
    of these. No redirect is followed and nothing of the answer is told but the calendar itself.
    Raises AddressUnreadable, HostUnknown, FetchMoved, FetchTooSlow, FetchTooLarge, FetchFailed,
    NotACalendar.
    """
    internet, where = internet or Internet(), read_address(address)
    deadline = Deadline(time.monotonic() + seconds)
    ips = look_up(internet, where, deadline)
    try:
        with closing(connect(internet, ips, where.port, deadline)) as plain:
            is_secure = where.is_secure
            line = secure(plain, internet.trust(), where.host, deadline) if is_secure else plain
            with closing(line):
                content = _get(Watched(line, deadline), where)
    except TimeoutError as reason:
        raise FetchTooSlow from reason
    # A ValueError is the length of a chunk that is no number.
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as reason:
        raise FetchFailed from reason
    # Also in UTF-16, whose every second byte is nought here.
    if b"BEGIN:VCALENDAR" not in content[:1_000].replace(b"\0", b"").upper():
        raise NotACalendar
    return content


def _get(connection: Watched, where: Address) -> bytes:
    """Ask for what an address names and read the answer, unpacked.

    Raises FetchMoved, FetchFailed, FetchTooLarge, FetchTooSlow, HTTPException, zlib.error.
    """
    client = http.client.HTTPConnection(where.host)
    client.sock = cast(socket.socket, connection)
    client.request("GET", where.target, headers={"Host": where.authority, **_HEADERS})
    response = client.getresponse()
    if 300 <= response.status < 400:
        raise FetchMoved
    if response.status != 200:
        raise FetchFailed
    content = response.read(LARGEST_ANSWER + 1)
    if len(content) <= LARGEST_ANSWER and response.length:  # it ended before its time
        raise FetchFailed
    content = _unpacked(content, response.getheader("Content-Encoding", ""))
    if len(content) > LARGEST_ANSWER:
        raise FetchTooLarge
    return content


def _unpacked(content: bytes, encoding: str) -> bytes:
    """Unpack an answer, to just over what is taken. Raises zlib.error, FetchFailed."""
    if encoding.strip().lower() in {"", "identity"} or len(content) > LARGEST_ANSWER:
        return content
    if encoding.strip().lower() not in {"gzip", "x-gzip"}:
        raise FetchFailed
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    unpacked = unpacking.decompress(content, LARGEST_ANSWER + 1)
    is_whole = unpacking.eof and not unpacking.unused_data
    if not is_whole and len(unpacked) <= LARGEST_ANSWER:
        raise FetchFailed
    return unpacked
