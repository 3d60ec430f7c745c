"""From the lines of a text to its paragraphs, whether lines were wrapped or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.markers import Levels, Marker, marker_at
from campaign.resolutions.reader.words import BLANKS, fold

_FIRST_WORD = re.compile(r"\S+")
_LAST_WORD = re.compile(r"(\S+)\s*$")
_TAB = 4
_WIDEST = 130  # a longer line was not wrapped by hand or by a mailer
_NARROWEST = 38
_SLACK = 6
_CENTRED = 24  # columns; a line that begins further right was set apart
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line, blanks at both ends left out."""

    start: int
    end: int
    indent: int  # columns
    is_blank: bool


@dataclass(slots=True)
class Paragraph:
    """Hold lines that belong together, and the marker that opened them."""

    opens: int  # with the marker
    start: int  # after the marker
    end: int
    indent: int
    marker: Marker | None
    follows_gap: bool  # a blank line stands before it
    lines: int = 1


def paragraphs_of(text: str, language: Language) -> list[Paragraph]:
    """Join the lines of a text into paragraphs and list items."""
    lines = _lines(text)
    joiner = _Joiner(text, language, _wrap_width(text, lines))
    found: list[Paragraph] = []
    gap = True
    for line in lines:
        if line.is_blank:
            gap = True
            continue
        marker = marker_at(text, line.start, line.end, language.sets.get("label_sections", _NONE))
        if found and not gap and joiner.continues(found[-1], line, marker):
            found[-1].end = line.end
            found[-1].lines += 1
        else:
            start = marker.after if marker else line.start
            found.append(Paragraph(line.start, start, line.end, line.indent, marker, gap))
            joiner.enter(found[-1])
        joiner.last = line
        gap = False
    return [paragraph for paragraph in found if paragraph.start < paragraph.end]


_NONE: frozenset[str] = frozenset()


class _Joiner:
    """Decide whether a line goes on with the paragraph above it."""

    def __init__(self, text: str, language: Language, width: int | None) -> None:
        self._text = text
        self._language = language
        self._width = width
        self._levels = Levels()
        self.last: Line | None = None

    def enter(self, paragraph: Paragraph) -> None:
        """Remember which lists are open."""
        if paragraph.marker:
            self._levels.place(paragraph.marker.readings, paragraph.indent)

    def continues(self, above: Paragraph, line: Line, marker: Marker | None) -> bool:
        """Tell whether a line is the rest of the paragraph above it."""
        if self.last is None:
            return False
        ending = self._text[self.last.end - 1]
        filled = self._is_filled(self.last, line)
        if marker:
            open_end = filled and ending not in ".!?:;,—–"
            return open_end and not marker.is_bullet and not self._levels.would_follow(marker)
        if ending in ":" or self._text[line.start] in "#":
            return False
        if ending in '.!?;”"':
            return filled
        return filled or self._runs_on(above, line)

    def _runs_on(self, above: Paragraph, line: Line) -> bool:
        """Tell a sentence broken over two lines by its words alone."""
        word = _LAST_WORD.search(self._text, max(above.start, self.last_start()), above.end)
        if word and self._language.any(fold(word[1]), "joiners"):
            return True
        return self._text[line.start].islower() or self._text[line.start] in ",;)"

    def last_start(self) -> int:
        """Give where the last line starts."""
        return self.last.start if self.last else 0

    def _is_filled(self, before: Line, line: Line) -> bool:
        """Tell whether the first word of a line would not have fitted on the line before."""
        return self._width is not None and _is_filled(self._text, (before, line), self._width)


def _is_filled(text: str, pair: tuple[Line, Line], width: int) -> bool:
    before, line = pair
    if before.indent >= _CENTRED and before.indent != line.indent:
        return False
    word = _FIRST_WORD.match(text, line.start, line.end)
    length = before.indent + before.end - before.start
    return length + 1 + (word.end() - word.start() if word else 0) > width


def _wrap_width(text: str, lines: Sequence[Line]) -> int | None:
    """Estimate the width that a text was wrapped at; None where it was not."""
    lengths = sorted(line.indent + line.end - line.start for line in lines if not line.is_blank)
    if not lengths:
        return None
    width = lengths[int(len(lengths) * 0.9)]
    if not _NARROWEST <= width <= _WIDEST:
        return None
    pairs = [
        (before, line)
        for before, line in zip(lines, lines[1:], strict=False)
        if not before.is_blank and not line.is_blank
    ]
    unmarked = [pair for pair in pairs if not marker_at(text, pair[1].start, pair[1].end, _NONE)]
    filled = sum(_is_filled(text, pair, width - _SLACK) for pair in unmarked)
    return width - _SLACK if unmarked and filled >= _MOSTLY * len(unmarked) else None


def _lines(text: str) -> list[Line]:
    lines = []
    start = 0
    for raw in text.split("\n"):
        lines.append(_line(raw, start))
        start += len(raw) + 1
    return lines


def _line(raw: str, start: int) -> Line:
    stripped = raw.strip(BLANKS)
    if not stripped:
        return Line(start, start, 0, is_blank=True)
    lead = len(raw) - len(raw.lstrip(BLANKS))
    indent = len(raw[:lead].expandtabs(_TAB))
    return Line(start + lead, start + lead + len(stripped), indent, is_blank=False)
