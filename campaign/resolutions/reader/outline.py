"""From paragraphs to blocks: where each stands in the text, and under which list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.lines import Paragraph, paragraphs_of
from campaign.resolutions.reader.markers import INLINE, Levels, Styled, readings_of
from campaign.resolutions.reader.words import BLANKS, fold

_HEADING_WORDS = 14
_TITLE_WORDS = 30  # of a longer heading most words must be capitalised
_TITLE_SHARE = 0.6
_HEADING_LINES = 3
_LEAST_WORDS = 2  # between two markers within a sentence; "subparagraphs (a) and (b)" are no list

_FIRST_WORD = re.compile(r"\s*(\w+)")


@dataclass(frozen=True, slots=True)
class Block:
    """Hold one paragraph or list item, its marker left out."""

    start: int
    end: int
    depth: int  # 0 = plain paragraph, 1 = item, 2 = item of an item
    may_be_heading: bool
    is_marked_heading: bool  # "# Title"
    follows_gap: bool


def outline_of(text: str, language: Language) -> list[Block]:
    """List the blocks of a text in order."""
    levels = Levels()
    blocks: list[Block] = []
    for paragraph in paragraphs_of(text, language):
        depth = _depth(paragraph, levels, nests=not blocks or _leads_on(text, blocks[-1]))
        if not depth:
            paragraph.start = paragraph.opens
        blocks.extend(_blocks(text, paragraph, depth, language))
    return blocks


def _leads_on(text: str, block: Block) -> bool:
    """Tell whether a block ends without a full stop, so that a list may follow."""
    return text[block.end - 1] not in ".;,!?"


def _depth(paragraph: Paragraph, levels: Levels, *, nests: bool) -> int:
    if paragraph.marker is None:
        levels.close()
        return 0
    return levels.place(paragraph.marker.readings, paragraph.indent, nests=nests) or 0


def _blocks(text: str, paragraph: Paragraph, depth: int, language: Language) -> Iterator[Block]:
    """Give a paragraph as one block, or as a lead and the items numbered within it."""
    start = paragraph.start
    hashes = 0
    while start + hashes < paragraph.end and text[start + hashes] == "#":
        hashes += 1
    start = _skip(text, start + hashes, paragraph.end)
    cuts = _inline_items(text, start, paragraph.end, language)
    heading = depth == 0 and not cuts and _looks_like_heading(text, start, paragraph)
    ends = [cut.opens for cut in cuts] + [paragraph.end]
    starts = [start] + [cut.after for cut in cuts]
    depths = [depth] + [depth + cut.depth for cut in cuts]
    for number, (begin, end, deep) in enumerate(zip(starts, ends, depths, strict=True)):
        begin = _skip(text, begin, end)
        end = begin + len(text[begin:end].rstrip(BLANKS))
        if begin < end:
            gap = paragraph.follows_gap and number == 0
            yield Block(begin, end, deep, heading, hashes > 0, gap)


def _looks_like_heading(text: str, start: int, paragraph: Paragraph) -> bool:
    if paragraph.lines > _HEADING_LINES or text[paragraph.end - 1] in '.!?;:,—–”"':
        return False
    words = text[start : paragraph.end].split()
    capitals = sum(not word[0].islower() for word in words)
    return len(words) <= _HEADING_WORDS or (
        len(words) <= _TITLE_WORDS and capitals >= _TITLE_SHARE * len(words)
    )


@dataclass(slots=True)
class _Cut:
    opens: int
    after: int
    depth: int
    group: int


def _inline_items(text: str, start: int, end: int, language: Language) -> list[_Cut]:
    """Find "(1) ...; (2) ..." within a paragraph; a number that has no second is no list."""
    levels = Levels()
    groups: dict[int, int] = {}  # by depth: the list that is open there
    cuts: list[_Cut] = []
    for found in INLINE.finditer(text, start, end):
        readings = readings_of(found["value"], "inline")
        following = _FIRST_WORD.match(text, found.end(), end)
        leads = following and language.any(fold(following[1]), "label_infinitives")
        if not leads and not _may_open(text, (start, found.start()), readings, language):
            continue
        depth = levels.place(readings, 0)
        if depth is None:
            continue
        if levels.last_value == 1 or depth not in groups:
            groups[depth] = len(cuts)
        cuts.append(_Cut(found.start(), found.end(), depth, groups[depth]))
    return _with_company(text, cuts)


def _may_open(
    text: str, stretch: tuple[int, int], readings: Sequence[Styled], language: Language
) -> bool:
    """Tell whether the words before a number let a list item stand here."""
    start, at = stretch
    before = text[max(start, at - 40) : at].rstrip(BLANKS)
    if not before:
        return True
    if before[-1] in ":;—–-":
        return True
    word = fold(before.rsplit(None, 1)[-1])
    if any(value == 1 for _, value in readings):
        return language.any(word, "label_infinitives", "label_infinitive_contents")
    return before[-1] in ",." or language.any(word, "coordinators")


def _with_company(text: str, cuts: list[_Cut]) -> list[_Cut]:
    sizes: dict[int, int] = {}
    for cut in cuts:
        sizes[cut.group] = sizes.get(cut.group, 0) + 1
    kept = [cut for cut in cuts if sizes[cut.group] > 1]
    for cut, following in zip(kept, kept[1:], strict=False):
        short = len(text[cut.after : following.opens].split()) < _LEAST_WORDS
        if short and following.depth <= cut.depth:
            return []
    return kept


def _skip(text: str, at: int, end: int) -> int:
    while at < end and text[at] in BLANKS:
        at += 1
    return at
