"""Conditions: "unless", "provided that", and what follows them."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import Token, is_word


def find_condition(
    tokens: Sequence[Token], lo: int, hi: int, language: Language
) -> tuple[int, int] | None:
    """Find the first condition in a stretch, as token indexes, its leading word included."""
    for index in range(lo, hi):
        found = language.books["conditions"].match(tokens, index)
        if found and found.after <= hi and _counts(tokens, index, (found.after, hi), language):
            return index, _end(tokens, found.after, hi)
    return None


def _counts(tokens: Sequence[Token], index: int, rest: tuple[int, int], language: Language) -> bool:
    """Tell a condition from "if necessary", "as if", "until 2030"."""
    after, hi = rest
    if after >= hi:
        return False
    word, following = tokens[index].word, tokens[after].word
    if not language.any(word, "condition_weak"):
        return True
    before = tokens[index - 1].word if index else ""
    if language.any(before, "condition_weak_not_after"):
        return False
    if language.any(following, "condition_weak_not_before") or following[0].isdigit():
        return False
    scope = tokens[after : min(hi, after + 25)]
    return any(language.any(token.word, "condition_weak_needs") for token in scope)


def _end(tokens: Sequence[Token], after: int, hi: int) -> int:
    """Give where a condition ends: at a semicolon, or with the stretch."""
    for index in range(after, hi):
        if tokens[index].word in {";", ":"}:
            hi = index
            break
    while hi > after and not is_word(tokens[hi - 1]) and tokens[hi - 1].word not in {")", "”"}:
        hi -= 1
    return hi
