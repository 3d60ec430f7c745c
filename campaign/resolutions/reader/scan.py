"""A row of words under a moving finger: what stands where, and which leads match there."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.resolutions.reader.language import Language, Lead
from campaign.resolutions.reader.words import Token

# "we call", "it calls", "calling", "called"
FIRST, THIRD, PARTICIPLE, PAST = "first", "third", "participle", "past"

_MOST_ADVERBS = 6


class Scan:
    """Ask about the words of one sentence by index; beyond its ends there is nothing."""

    def __init__(self, tokens: Sequence[Token], language: Language, quotes: Sequence[bool]) -> None:
        self.tokens = tokens
        self.language = language
        self.quotes = quotes  # which words stand within quotation marks

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, index: int) -> str:
        """Give the word at an index."""
        return self.tokens[index].word if 0 <= index < len(self.tokens) else ""

    def is_any(self, index: int, *names: str) -> bool:
        """Tell whether the word at an index is in one of the named lists."""
        return self.language.any(self.word(index), *names)

    def past_adverbs(self, at: int) -> int:
        """Step over adverbs."""
        for index in range(at, min(at + _MOST_ADVERBS, len(self.tokens))):
            if not self.language.is_adverb(self.tokens[index].word):
                return index
        return min(at + _MOST_ADVERBS, len(self.tokens))

    def lead(self, at: int, *forms: str) -> tuple[Lead, int] | None:
        """Match a lead in one of the forms, the first form first; gives the index after it."""
        if at >= len(self.tokens) or self.quotes[at]:
            return None
        found = self.language.leads.match(self.tokens, at, skips=self.language.is_adverb)
        if found is None:
            return None
        for form in forms:
            if form in found.meaning:
                return found.meaning[form], found.after
        return None
