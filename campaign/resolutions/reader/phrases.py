"""Matching of fixed phrases in a row of words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from campaign.resolutions.reader.words import Token, phrase_of

GAP = "~"  # in a phrase: up to four words
_LONGEST_GAP = 4
_LONGEST_ASIDE = 8  # words between two commas, as in "Calls, in this context, on"

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Match(Generic[Meaning]):
    """Hold what a phrase means, and the index after it."""

    meaning: Meaning
    after: int


class PhraseBook(Generic[Meaning]):
    """Find the longest phrase that stands at a place."""

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for raw, meaning in phrases:
            words = phrase_of(raw)
            if words:
                self._by_first.setdefault(words[0], []).append((words, meaning))
        for known in self._by_first.values():
            known.sort(key=lambda phrase: -len(phrase[0]))

    def match(
        self,
        tokens: Sequence[Token],
        index: int,
        *,
        skips: Callable[[str], bool] | None = None,
    ) -> Match[Meaning] | None:
        """Match at an index; `skips` tells the words that may stand inside a phrase."""
        if index >= len(tokens):
            return None
        for words, meaning in self._by_first.get(tokens[index].word, ()):
            after = _after(words, tokens, index, skips)
            if after is not None:
                return Match(meaning, after)
        return None


def book_of(table: Mapping[str, str]) -> PhraseBook[str]:
    """Make a phrase book of a table: meaning -> phrases parted by "|" or lines."""
    return PhraseBook((phrase, name) for name, raw in table.items() for phrase in listed(raw))


def listed(raw: str) -> list[str]:
    """Part the phrases of a data string."""
    return [phrase.strip() for phrase in raw.replace("\n", "|").split("|") if phrase.strip()]


def _after(
    words: tuple[str, ...],
    tokens: Sequence[Token],
    index: int,
    skips: Callable[[str], bool] | None,
) -> int | None:
    at = index + 1
    for position, word in enumerate(words[1:], start=1):
        if word == GAP:
            continue
        reach = _LONGEST_GAP if words[position - 1] == GAP else 0
        found = _next(word, tokens, at, reach)
        if found is None and skips is not None:
            found = _next_past(word, tokens, at, skips)
        if found is None:
            return None
        at = found + 1
    return at


def _next(word: str, tokens: Sequence[Token], at: int, reach: int) -> int | None:
    for index in range(at, min(at + reach + 1, len(tokens))):
        if tokens[index].word == word:
            return index
        if tokens[index].word in {",", ";", ":", "."}:
            return None
    return None


def _next_past(
    word: str, tokens: Sequence[Token], at: int, skips: Callable[[str], bool]
) -> int | None:
    """Find a word past adverbs or past one aside between commas."""
    index = at
    while index < len(tokens) and index < at + 3 and skips(tokens[index].word):
        index += 1
    if index < len(tokens) and tokens[index].word == ",":
        for closing in range(index + 1, min(index + _LONGEST_ASIDE + 2, len(tokens))):
            if tokens[closing].word == ",":
                index = closing + 1
                break
    if index > at and index < len(tokens) and tokens[index].word == word:
        return index
    return None
