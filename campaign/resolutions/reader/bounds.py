"""Where the statements of a paragraph begin: its sentences, and each "be it resolved" in them."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import Stops, Token, sentences


def statements_of(text: str, tokens: Sequence[Token], language: Language) -> list[tuple[int, int]]:
    """Part a paragraph into statements, as index ranges of its tokens."""
    stops = Stops(language.sets["abbreviations"], language.sets["starters"])
    bounds = []
    for lo, hi in sentences(text, tokens, stops):
        begin = lo
        for index in range(lo + 1, hi):
            if _resolves(tokens, index, language):
                bounds.append((begin, index))
                begin = index
        bounds.append((begin, hi))
    return bounds


def _resolves(tokens: Sequence[Token], index: int, language: Language) -> bool:
    """Tell whether "now, therefore, be it resolved" begins here, after a mark or "and"."""
    before = tokens[index - 1].word
    if before not in {";", ":", ","} and not language.any(before, "coordinators"):
        return False
    return language.books["resolvers"].match(tokens, index) is not None
