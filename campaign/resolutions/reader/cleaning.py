"""From the bytes of a file to the text that offsets count in."""

from __future__ import annotations

MAX_BYTES = 2_000_000  # some 300,000 words; the longest resolutions have 60,000
_BOM = b"\xef\xbb\xbf"


class UnreadableText(ValueError):
    """Say why a text is refused: not-utf8, nul, empty or too-long; and where, from 1."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        place = "" if line is None else f" at line {line}, column {column}"
        super().__init__(f"{reason}{place}")
        self.reason = reason
        self.line = line
        self.column = column


def clean(raw: bytes) -> str:
    """Turn a file into text: UTF-8 without a byte order mark, every line ended by LF.

    Nothing else changes. Raises UnreadableText.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableText("too-long")
    raw = raw.removeprefix(_BOM)
    try:
        text = _unix_lines(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = _unix_lines(raw[: error.start].decode("utf-8"))
        raise UnreadableText("not-utf8", *_position(before)) from error
    refuse_unreadable(text)
    return text


def refuse_unreadable(text: str) -> None:
    """Raise UnreadableText where a text is blank, holds NUL or lone surrogates, or is too long."""
    if not text.strip():
        raise UnreadableText("empty")
    nul = text.find("\0")
    if nul >= 0:
        raise UnreadableText("nul", *_position(text[:nul]))
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise UnreadableText("not-utf8", *_position(text[: error.start])) from error
    if size > MAX_BYTES:
        raise UnreadableText("too-long")


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _position(before: str) -> tuple[int, int]:
    """Tell line and column, from 1, of what follows a stretch of text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
