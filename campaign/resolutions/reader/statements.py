"""Sentences without a lead: "Governments must ...", "is urged to", imperatives, facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.actions import Actions
from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.noun_phrases import (
    NounPhrase,
    is_acronym,
    is_actor,
    noun_phrase,
)
from campaign.resolutions.reader.words import Token, is_capital, is_word

_LONGEST_SUBJECT = 24  # words
_SHORT_SUBJECT = 6  # words; a second subject in one sentence is short


@dataclass(frozen=True, slots=True)
class Obligation:
    """Hold "somebody must do something" by token indexes."""

    start: int  # of the subject
    subject: NounPhrase | None  # None where nobody is named: "Prisoners must be released"
    action: int  # after "must", or after "to"
    is_passive: bool
    is_actor: bool = True  # the subject can be asked to act; else it is people who may join in


class Statements:
    """Read one sentence that no lead opens."""

    def __init__(self, text: str, tokens: Sequence[Token], language: Language) -> None:
        self._text = text
        self._tokens = tokens
        self._language = language
        self._actions = Actions(text, tokens, language)

    def obligation(self, lo: int, hi: int) -> Obligation | None:
        """Read "Governments must act", "States are urged to act", "Prisoners must be released"."""
        modal = self._modal(lo, hi)
        if modal is None:
            return None
        at, action = modal
        start = self._subject_start(lo, at)
        subject_tokens = self._tokens[start:at]
        if not subject_tokens or self._is_clause(subject_tokens):
            return None
        subject = noun_phrase(self._text, subject_tokens, self._language)
        if subject is None or self._is_alien(action, hi):
            return None
        if self._language.any(self._tokens[at].word, "copulas"):  # "are urged to", whoever they are
            return Obligation(start, subject, action, is_passive=False)
        return self._obligation(subject, (start, action, hi), subject_tokens)

    def next_obligations(self, lo: int, hi: int) -> list[int]:
        """List where duties of somebody else begin: "and ministers must ..."."""
        return [
            index + 1
            for index in range(lo, hi - 2)
            if self._language.any(self._tokens[index].word, "coordinators")
            and self._is_duty(index + 1, hi)
        ]

    def _is_duty(self, lo: int, hi: int) -> bool:
        for modal in range(lo + 1, min(lo + _SHORT_SUBJECT, hi - 1)):
            if self._language.any(self._tokens[modal].word, "modals"):
                subject = noun_phrase(self._text, self._tokens[lo:modal], self._language)
                return subject is not None and is_actor(self._text, subject, self._language)
        return False

    def is_obligation_without_actor(self, lo: int, hi: int) -> bool:
        """Tell "Everybody should have ...": something shall be, and nobody is asked."""
        return self._modal(lo, hi) is not None

    def is_imperative(self, lo: int, hi: int) -> bool:
        """Tell whether a sentence begins with what to do, and says to what."""
        words = sum(is_word(token) for token in self._tokens[lo:hi])
        return words > 1 and self._actions.opens(lo, hi)

    def is_mobilising(self, lo: int, hi: int) -> bool:
        """Tell "Join us", "March with us": an imperative to supporters."""
        at = lo
        if (
            hi - lo > 2
            and self._tokens[lo + 1].word == ","
            and self._language.any(self._tokens[lo].word, "supporters")
        ):
            at = lo + 2  # "Sisters, come ..."
        while at < hi and self._language.is_adverb(self._tokens[at].word):
            at += 1
        following = self._tokens[at + 1].word if at + 1 < hi else ""
        return (
            at < hi
            and self._language.any(self._tokens[at].word, "mobilising")
            and not following[:1].isdigit()
            and (
                self._language.is_determiner(following)
                or self._language.any(following, "prepositions", "adverbs", "label_infinitives")
            )
        )

    def is_fact(self, lo: int, hi: int) -> bool:
        """Tell a plain statement about somebody else: "The regime is ..."."""
        if self._language.any(self._tokens[lo].word, "firsts", "seconds", "permitting"):
            return False
        for index in range(lo + 1, hi):
            if self._language.any(self._tokens[index].word, "firsts", "subordinators"):
                return False
            if self._language.any(self._tokens[index].word, "modals"):
                return False
            if self._language.any(self._tokens[index].word, "copulas") and not self._in_relative(
                self._tokens[lo:], index - lo
            ):
                return True
        return False

    def is_right(self, lo: int) -> bool:
        """Tell "Everyone has the right to ..."."""
        return self._language.books["rights"].match(self._tokens, lo) is not None

    def _modal(self, lo: int, hi: int) -> tuple[int, int] | None:
        """Find "must" and the action after it, or "are urged to"."""
        language = self._language
        for index in range(lo + 1, min(hi - 1, lo + _LONGEST_SUBJECT + 12)):
            word = self._tokens[index].word
            if language.any(word, "modals"):
                return index, index + 1
            following = self._tokens[index + 1].word
            if language.any(word, "long_modals") and language.any(following, "label_infinitives"):
                return index, index + 2
            if language.any(word, "permissions") and language.any(self._tokens[lo].word, "nobody"):
                return index, index + 1
            if language.any(word, "copulas"):
                asked = language.books["passive_requests"].match(
                    self._tokens, index + 1, skips=language.is_adverb
                )
                if asked and word in {"is", "are"}:
                    return index, asked.after
                if not self._in_relative(self._tokens[lo : index + 1], index - lo):
                    return None
        return None

    def _subject_start(self, lo: int, modal: int) -> int:
        """Step over "In addition," and "By 2030," before a subject."""
        language = self._language
        if not (
            language.any(self._tokens[lo].word, "prepositions", "adverbs", "label_infinitives")
            or language.is_adverb(self._tokens[lo].word)
        ):
            return lo
        commas = [i for i in range(lo, modal) if self._tokens[i].word == ","]
        return commas[-1] + 1 if commas else lo + 1

    def _is_clause(self, subject: Sequence[Token]) -> bool:
        """Tell whether what should be a subject holds a sentence of its own."""
        language = self._language
        if len(subject) > _LONGEST_SUBJECT:
            return True
        if language.any(subject[0].word, "firsts", "subordinators", "prepositions"):
            return True
        return any(
            language.any(token.word, "label_infinitive_contents", "firsts", "subordinators")
            or token.word in {":", ";", "“", '"'}
            or (language.any(token.word, "finite") and not self._in_relative(subject, index))
            for index, token in enumerate(subject)
        )

    def _in_relative(self, tokens: Sequence[Token], index: int) -> bool:
        """Tell the verb of "crews who have been abandoned" from a main verb."""
        return any(
            self._language.any(token.word, "relatives")
            for token in tokens[max(0, index - 2) : index]
        ) or (index > 0 and self._language.any(tokens[index - 1].word, "finite"))

    def _is_alien(self, action: int, hi: int) -> bool:
        """Tell "must have known", "should be noted": no action."""
        if self._language.books["negative_modal_tails"].match(
            self._tokens, self._past_negation(action, hi)
        ):
            return True
        at = self._past_negation(action, hi)
        return at < hi and self._language.any(self._tokens[at].word, "perfects")

    def _past_negation(self, at: int, hi: int) -> int:
        while at < hi and (
            self._language.any(self._tokens[at].word, "negations")
            or self._language.is_adverb(self._tokens[at].word)
        ):
            at += 1
        return at

    def _obligation(
        self, subject: NounPhrase, place: tuple[int, int, int], subject_tokens: Sequence[Token]
    ) -> Obligation | None:
        start, action, hi = place
        verb = self._past_negation(action, hi)
        if verb >= hi:
            verb = action
        passive = verb < hi and self._language.any(self._tokens[verb].word, "passives")
        acting = (
            is_actor(self._text, subject, self._language)
            or is_acronym(self._text, subject)
            or self._language.any(subject_tokens[0].word, "seconds")
        )
        joins = subject.is_of(self._language, "supporters", "followers") and self._language.any(
            self._tokens[verb].word, "mobilising", "staging"
        )
        named = None if self._language.any(subject_tokens[0].word, "nobody") else subject
        if passive:
            done = self._past_negation(verb + 1, hi)
            if done < hi and self._language.any(self._tokens[done].word, "participles_verbs"):
                return Obligation(start, None, action, is_passive=True)
        if not (acting or joins):
            return None
        return Obligation(start, named, action, is_passive=False, is_actor=acting)


def is_sentence(text: str, tokens: Sequence[Token]) -> bool:
    """Tell whether there is anything to read: some words, or two of which one is capital."""
    words = [token for token in tokens if is_word(token)]
    if len(words) < len("a b"):
        return False
    return len(words) > len("a b") or is_capital(text, words[0])
