"""Verbs: where "to do something" or a bare "do something" begins."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import Token, is_capital, is_word


class Verbs:
    """Find the verbs in one sentence."""

    def __init__(self, text: str, tokens: Sequence[Token], language: Language) -> None:
        self._text = text
        self._tokens = tokens
        self._language = language

    def infinitive(self, lo: int, hi: int) -> tuple[int, int] | None:
        """Find "to" and the verb of the first infinitive in a stretch."""
        markers = [i for i in range(lo, hi - 1) if self._is(i, "label_infinitives")]
        for index in markers:
            if self.verb_after(index, hi) is not None:
                return index, index + 1
        for index in markers:
            if self.may_be_verb(index + 1):
                return index, index + 1
        return None

    def may_be_verb(self, at: int) -> bool:
        """Tell an unknown verb from a noun by its form alone."""
        token = self._tokens[at]
        endings = tuple(self._language.sets.get("label_noun_endings", ()))
        return (
            token.word.isalpha()
            and not is_capital(self._text, token)
            and not token.word.endswith(endings)
            and not self._language.is_determiner(token.word)
            and not self._is(at, "prepositions", "stop", "adverbs", "nominals")
        )

    def verb_after(self, marker: int, hi: int) -> int | None:
        """Give the verb that "to" introduces, past adverbs and "not"."""
        at = marker + 1
        while at < hi and self._is_before_verb(at):
            at += 1
        return at if at < hi and self._is_infinitive_verb(at, hi) else None

    def opens(self, at: int, hi: int) -> bool:
        """Tell whether a bare verb opens an action here, as in an item "(a) release ..."."""
        while at < hi and self._language.is_adverb(self._tokens[at].word):
            at += 1
        return at < hi and self._is_certain_verb(at, hi)

    def _is(self, index: int, *names: str) -> bool:
        return 0 <= index < len(self._tokens) and self._language.any(
            self._tokens[index].word, *names
        )

    def _is_before_verb(self, at: int) -> bool:
        """Tell what may stand between "to" and its verb: "not", "immediately and fully"."""
        word = self._tokens[at].word
        if self._language.is_adverb(word) or self._is(at, "negations"):
            return True
        if not self._is(at, "coordinators") or at + 1 >= len(self._tokens):
            return False
        return all(self._language.is_adverb(self._tokens[index].word) for index in (at - 1, at + 1))

    def _is_infinitive_verb(self, at: int, hi: int) -> bool:
        token = self._tokens[at]
        if not is_word(token) or is_capital(self._text, token):
            return False
        if self._is(at, "plain_verbs", "nouns_verbs", "others_verbs", "mobilising", "staging"):
            return True
        if self._language.is_determiner(token.word) or self._is(at, "prepositions", "stop"):
            return False
        following = self._tokens[at + 1].word if at + 1 < hi else ""
        return token.word.isalpha() and self._language.is_determiner(following)

    def _is_certain_verb(self, at: int, hi: int) -> bool:
        if self._is(at, "plain_verbs"):
            return True
        if not self._is(at, "nouns_verbs"):
            return False
        if at + 1 >= hi:
            return False
        named = is_capital(self._text, self._tokens[at + 1])
        return named or self._language.is_determiner(self._tokens[at + 1].word)
