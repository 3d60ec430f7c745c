"""Content lines of iCalendar: what a value may hold and how a line is folded (RFC 5545 3.1)."""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

_LINE_OCTETS: Final = 75  # without the CRLF; RFC 5545 3.1
# Everything that some reader takes for the end of a line, so that none may stand in a file raw.
_LINE_BREAK: Final = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_URI_CHARACTERS: Final = "%:/?#[]@!$&'()*+,;=-._~"
_URI: Final = re.compile(rf"[A-Za-z0-9{re.escape(_URI_CHARACTERS)}]*")
_BACKSLASH: Final = ord("\\")


def clean(text: str) -> str:
    """Turn every line break into a line feed and drop control characters other than the tab."""
    if text.replace("\n", "").isprintable():
        return text  # as most texts, which are told from the others five times as fast
    return _CONTROL.sub("", _LINE_BREAK.sub("\n", text))


def one_line(text: str, joint: str = " ") -> str:
    """Join the lines of a text, without their margins and without empty ones, by `joint`."""
    text = clean(text)
    if "\n" not in text:
        return text.strip()
    return joint.join(filter(None, map(str.strip, text.split("\n"))))


def escape(text: str) -> str:
    """Write a text as the value of a TEXT property (RFC 5545 3.3.11)."""
    escaped = clean(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def quoted(text: str) -> str:
    """Write a text as the value of a parameter, on one line and in quotes (RFC 6868)."""
    escaped = one_line(text).replace("^", "^^").replace('"', "^'")
    return f'"{escaped}"'


def uri(address: str) -> str:
    """Write an address as a URI: percent-encode what no URI may hold, leave all else as it is."""
    address = address.strip()
    if _URI.fullmatch(address):
        return address
    return quote(address, safe=_URI_CHARACTERS, errors="replace")


def local_time(moment: datetime) -> str:
    """Write the wall-clock time of a moment, to the second (RFC 5545 3.3.5, form 1)."""
    wall_clock = moment.isoformat()[: len("2005-04-28T12:00:00")]
    return wall_clock.replace("-", "").replace(":", "")


def utc_time(moment: datetime) -> str:
    """Write an aware moment in UTC, to the second (RFC 5545 3.3.5, form 2)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone to be written in UTC")
    return f"{local_time(moment.astimezone(UTC))}Z"


def fold(line: str) -> bytes:
    """Encode one content line, folded at 75 octets and ended by CRLF.

    No fold falls inside a UTF-8 character or between a backslash and the character it escapes:
    many readers decode, and some unescape, before they unfold. Lone surrogates become "?".
    """
    octets = line.encode("utf-8", "replace")
    if len(octets) <= _LINE_OCTETS:
        return octets + b"\r\n"
    pieces = []
    start, end = 0, _LINE_OCTETS
    while end < len(octets):
        end = _last_safe_cut(octets, start, end)
        pieces.append(octets[start:end])
        # The space that marks a continuation takes one octet of each further line.
        start, end = end, end + _LINE_OCTETS - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def _last_safe_cut(octets: bytes, start: int, end: int) -> int:
    while octets[end] & 0xC0 == 0x80:
        end -= 1
    if octets[end - 1] != _BACKSLASH:
        return end
    piece = octets[start:end]
    backslashes = len(piece) - len(piece.rstrip(b"\\"))
    return end - backslashes % 2
