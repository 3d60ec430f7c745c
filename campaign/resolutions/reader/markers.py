"""Numbers, letters and bullets at the head of a list item, and how deep they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_BULLETS = "-*+•‣◦▪■●○–—·➤►✓✔→"
_NUMBER = r"(?P<value>\d{1,3}(?:\.\d{1,2})*|[ivxlc]{1,7}|[IVXLC]{1,7}|[a-z]{1,2}|[A-Z])"
_ROMANS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_CLOSED = re.compile(r"\(?" + _NUMBER + r"(?P<close>[.)]\)?|\.\))(?=\s|$)")
_BULLET = re.compile(rf"(?P<bullet>[{re.escape(_BULLETS)}]|o(?=\t|\s\s))(?=\s)")
INLINE = re.compile(r"\(" + _NUMBER + r"\)(?=\s|[A-Za-z])")

_BULLETED = "bullet"
LABEL = "label"

Styled = tuple[str, int]  # the style of a number and its value
_Place = tuple[int, tuple[str, int, int]]  # under how many lists; style, value, indent


@dataclass(frozen=True, slots=True)
class Marker:
    """Hold what a marker may mean ("i" is a letter or a Roman one), and where its text begins."""

    readings: tuple[Styled, ...]
    after: int

    @property
    def is_bullet(self) -> bool:
        """Tell bullets from numbers and letters."""
        return self.readings[0][0].startswith(_BULLETED)


@cache
def _labelled(labels: frozenset[str]) -> re.Pattern[str]:
    names = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    return re.compile(rf"(?:{names})\.?\s*(?P<value>\d{{1,3}})\s*[.:)–—-]+(?=\s)", re.IGNORECASE)


def marker_at(text: str, start: int, end: int, labels: frozenset[str]) -> Marker | None:
    """Read the marker that opens a line, if there is one."""
    bullet = _BULLET.match(text, start, end)
    if bullet:
        return Marker(((f"bullet {bullet['bullet']}", 0),), _skip_blanks(text, bullet.end(), end))
    found = _CLOSED.match(text, start, end)
    if found:
        readings = readings_of(found["value"], found["close"])
        return Marker(readings, _skip_blanks(text, found.end(), end))
    label = _labelled(labels).match(text, start, end) if labels else None
    if label:
        return Marker(((LABEL, int(label["value"])),), _skip_blanks(text, label.end(), end))
    return None


def readings_of(value: str, close: str) -> tuple[Styled, ...]:
    """List what a number or letter may mean, the likelier first."""
    if value[0].isdigit():
        parts = value.split(".")
        return ((f"{len(parts)} digits {close}", int(parts[-1])),)
    case = "upper" if value.isupper() else "lower"
    readings: list[Styled] = []
    if len(set(value)) == 1:
        readings.append((f"{case} letter {close}", _letter(value)))
    if set(value.lower()) <= set(_ROMANS):
        readings.append((f"{case} roman {close}", _roman(value.lower())))
    return tuple(readings) or ((f"{case} letters {close}", 0),)


class Levels:
    """Keep which lists are open, and tell how deep the next item stands, from 1."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int, int]] = []  # style, last value, indent

    def close(self) -> None:
        """Forget all lists: a plain paragraph follows."""
        self._open.clear()

    @property
    def last_value(self) -> int:
        """Give the number of the item placed last."""
        return self._open[-1][1]

    def would_follow(self, marker: Marker) -> bool:
        """Tell whether a marker is the very next of an open list."""
        return any(
            style == known and value == last + 1
            for style, value in marker.readings
            for known, last, _ in self._open
        )

    def place(self, readings: Sequence[Styled], indent: int, *, nests: bool = True) -> int | None:
        """Give the depth of an item, or None for a letter that neither begins nor continues.

        nests: the item before leads into a list of its own.
        """
        for step in (self._next, self._first, self._later):
            found = step(readings, indent, nests)
            if found is not None:
                return self._enter(*found)
        return None

    def _next(self, readings: Sequence[Styled], indent: int, nests: bool) -> _Place | None:
        """Find the open list in which an item is the very next, or one more bullet."""
        for depth in range(len(self._open), 0, -1):
            known, last, known_indent = self._open[depth - 1]
            for style, value in readings:
                bullet = style.startswith(_BULLETED) and _is_near(indent, known_indent, depth)
                if style == known and (bullet or value == last + 1):
                    return depth - 1, (style, value, indent)
        return None

    def _first(self, readings: Sequence[Styled], indent: int, nests: bool) -> _Place | None:
        """Begin a list, or begin an open one again."""
        for style, value in reversed(readings):
            again = [depth for depth, level in enumerate(self._open) if level[0] == style]
            if value == 1 and again:
                return again[-1], (style, value, indent)
            if value == 1 or style.startswith(_BULLETED):
                return self._above(indent, nests), (style, value, indent)
        return None

    def _later(self, readings: Sequence[Styled], indent: int, nests: bool) -> _Place | None:
        """Go on with a list of which items are missing; figures may begin anywhere."""
        for depth in range(len(self._open), 0, -1):
            known, last, _ = self._open[depth - 1]
            for style, value in readings:
                if style == known and value > last:
                    return depth - 1, (style, value, indent)
        for style, value in readings:
            if "digits" in style or style == LABEL:
                return self._above(indent, nests), (style, value, indent)
        return None

    def _above(self, indent: int, nests: bool) -> int:
        """Tell under how many open lists a new one begins."""
        if nests:
            return len(self._open)
        return next(
            (depth for depth, level in enumerate(self._open) if level[2] >= indent),
            len(self._open),
        )

    def _enter(self, above: int, level: tuple[str, int, int]) -> int:
        del self._open[above:]
        self._open.append(level)
        return above + 1


def _is_near(indent: int, known: int, depth: int) -> bool:
    """Tell a bullet of the same list from one of a list within or around it."""
    return indent <= known + 1 and (indent >= known - 1 or depth == 1)


def _letter(value: str) -> int:
    return ord(value[0].lower()) - ord("a") + 1 + 26 * (len(value) - 1)


def _roman(value: str) -> int:
    total = 0
    for here, following in zip(value, value[1:] + " ", strict=True):
        worth = _ROMANS[here]
        total += -worth if _ROMANS.get(following, 0) > worth else worth
    return total


def _skip_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at
