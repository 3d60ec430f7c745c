"""What people type, made safe to show, print and export: no hidden characters. Pure."""

import re
import unicodedata

LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")  # As str.splitlines sees them.
JOINERS = frozenset("\u200c\u200d")  # Persian, Hindi and emoji are spelled with them.
HIDDEN = frozenset({"Cc", "Cf", "Cs"})  # controls, formats such as bidi marks, lone surrogates


def one_line(text: str | None) -> str:
    """Return text without hidden characters, its blanks joined; line breaks stay, to be refused."""
    return re.sub(" +", " ", _visible(text or "", LINE_BREAKS)).strip()


def several_lines(text: str | None) -> str:
    """Return text without hidden characters, every line break as one newline."""
    lines = (text or "").replace("\r\n", "\n").splitlines()
    return "\n".join(_visible(line, frozenset()).rstrip() for line in lines).strip()


def has_line_break(text: str | None) -> bool:
    """Tell whether text is more than one line."""
    return any(character in LINE_BREAKS for character in text or "")


def _visible(text: str, kept: frozenset[str]) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\t", " "))
    return "".join(
        character
        for character in composed
        if character in kept | JOINERS or unicodedata.category(character) not in HIDDEN
    )
