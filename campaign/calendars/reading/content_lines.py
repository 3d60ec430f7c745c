"""Content lines as real programs write them: any encoding, any line end (RFC 5545 3.1)."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import Final, NamedTuple

from campaign.calendars.reading.refusals import MOST_LINES, CalendarTooLarge

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_PARAMETER: Final = re.compile(r';\s*([A-Za-z0-9_-]+)\s*=\s*("[^"]*"|[^";]*)')
_SHORTEST_DATE: Final = len("20050428")
# Their values hold no colon, but some programs name zones like "(UTC+01:00) Oslo" without quotes.
_DATES: Final = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")


class Property(NamedTuple):
    """One content line, split but not yet understood."""

    name: str  # upper case
    parameters: str  # as written, each after its semicolon
    value: str  # as written
    line: int

    def parameter(self, name: str) -> str:
        """Answer a parameter without its quotes, or "" where it is not given."""
        for match in _PARAMETER.finditer(self.parameters):
            if match[1].upper() == name:
                return match[2].strip('" \t')
        return ""


def content_lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Unfold and decode: the number where each line begins, and the line.

    Unfolded as bytes, since some programs fold inside a character. Raises CalendarTooLarge.
    """
    lines = _as_utf8(content).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    begins, pieces = 0, [b""]
    for number, line in enumerate(lines.split(b"\n", MOST_LINES), 1):
        if number > MOST_LINES and line:
            raise CalendarTooLarge
        if line[:1] in {b" ", b"\t"} and begins:
            pieces.append(line[1:])
        elif line:
            if begins:
                yield begins, _text(b"".join(pieces))
            begins, pieces = number, [line.lstrip()]
    if begins:
        yield begins, _text(b"".join(pieces))


def split_line(number: int, line: str) -> Property | None:
    """Part a line into name, parameters and value; None where it is no content line."""
    match = _NAME.match(line)
    if not match:
        return None
    name, end = match[0].upper(), match.end()
    mark = line[end : end + 1]
    colon = end if mark == ":" else _colon(line, name, end) if mark == ";" else -1
    return Property(name, line[end:colon], line[colon + 1 :], number) if colon >= 0 else None


def _colon(line: str, name: str, start: int) -> int:
    """Answer where the value's colon stands: the first outside of quotes."""
    if name in _DATES and len(line) - (last := line.rfind(":")) > _SHORTEST_DATE:
        return last
    colon, at = line.find(":", start), start
    while colon >= 0:
        quote = line.find('"', at, colon)
        closing = line.find('"', quote + 1) if quote >= 0 else -1
        if closing < 0:  # a quotation mark that is never closed is a character like any other
            return colon
        at = closing + 1
        if colon < at:
            colon = line.find(":", at)
    return line.find(":", start)  # marks around every colon are none


def _as_utf8(content: bytes) -> bytes:
    for mark, encoding in ((BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be")):
        # Without a mark, the nought beside the first letter tells.
        if content.startswith((mark, "B".encode(encoding))):
            return content.decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    return content.removeprefix(BOM_UTF8)


def _text(line: bytes) -> str:
    """Decode one line: a single bad line must not spoil the others."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")
