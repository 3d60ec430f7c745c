"""From the words after "calls upon" to whom is asked and for what."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.resolutions.reader.drafts import Sentence
from campaign.resolutions.reader.leads import Found
from campaign.resolutions.reader.noun_phrases import NounPhrase, is_actor, noun_phrase
from campaign.resolutions.reader.statements import Statements
from campaign.resolutions.reader.words import is_capital

_LONGEST_NAME = 16  # words before "to" in an item such as "the President to impose sanctions"
_LONGEST_NOMINAL = 4  # words before "by", as in "the immediate adoption by"


@dataclass(frozen=True, slots=True)
class Request:
    """Hold what a demand's lead asks, by token indexes."""

    asked: NounPhrase | None  # who shall act; None where nobody is named
    action: int | None  # the first word of what shall be done; None = a thing, or a list follows
    has_content: bool  # something is asked in these very words


class Requests:
    """Read the requests of one sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence
        self._tokens = sentence.tokens
        self._language = sentence.language

    def read(self, found: Found, hi: int, *, list_follows: bool) -> Request | None:
        """Read what a lead asks in a stretch; None where it asks nothing that can be told."""
        takes, after = found.lead.takes, found.after
        hi = self._sentence.trimmed(after, hi)
        if after >= hi:
            return Request(None, None, has_content=False)
        if "that" in takes and self._sentence.is_any(after, "label_infinitive_contents"):
            return self.content(after + 1, hi)
        if "from" in takes and self._sentence.is_any(after, "label_from"):
            return self._from(after + 1, hi)
        return self._of_somebody(found, hi, list_follows=list_follows) or self._of_thing(found, hi)

    def _of_somebody(self, found: Found, hi: int, *, list_follows: bool) -> Request | None:
        """Read "the Government to release ...", or "the Government:" above a list."""
        takes = found.lead.takes
        asked = self._with_infinitive(found, hi) if takes - {"that", "from"} else None
        if asked or not list_follows or "addressee" not in takes:
            return asked
        listed = self._list_follows(found.after, hi)
        fits = listed and listed.asked and self._can_be_asked(found, listed.asked)
        return listed if fits else None

    def _of_thing(self, found: Found, hi: int) -> Request | None:
        """Read "an end to torture", "the adoption by firms", or "the banks for credit"."""
        if "for" in found.lead.takes:
            return self._by(found.after, hi)
        if "thing" in found.lead.takes:
            return self._thing(found.after, hi)
        return self._list_follows(found.after, hi)

    def named(self, hi: int) -> Request | None:
        """Read an item "the President to impose sanctions" under "urges:"."""
        place = self._sentence.actions.infinitive(0, hi)
        if place is None or not 0 < place[0] < _LONGEST_NAME or self._says(place[0]):
            return None
        phrase = self._asked(self._phrase(0, place[0]))
        return Request(phrase, place[1], has_content=True) if phrase else None

    def _says(self, hi: int) -> bool:
        """Tell whether the words before "to" are a sentence of their own, not a name."""
        return any(
            self._sentence.is_any(index, "modals", "finite", "firsts")
            or self._tokens[index].word == "."
            for index in range(hi)
        )

    def content(self, lo: int, hi: int) -> Request | None:
        """Read "that the Government release ...", "that prisoners be released"."""
        if lo >= hi:
            return Request(None, None, has_content=False)
        statement = Statements(self._sentence.text, self._tokens, self._language)
        duty = statement.obligation(lo, hi)
        if duty:
            action = None if duty.is_passive else duty.action
            return Request(duty.subject, action, has_content=True)
        verb = self._finite_verb(lo, hi)
        if verb is None:
            phrase = self._phrase(lo, hi)
            open_list = phrase is not None and len(phrase.words) >= hi - lo - 2
            if open_list and self._asked(phrase):
                return Request(phrase, None, has_content=False)
            return Request(None, None, has_content=True)
        asked = self._asked(self._phrase(lo, verb))
        passive = self._sentence.is_any(verb, "passives")
        return Request(asked, None if passive and not asked else verb, has_content=True)

    def _asked(self, phrase: NounPhrase | None) -> NounPhrase | None:
        """Give a noun phrase if it names somebody who can act."""
        if phrase is None:
            return None
        if is_actor(self._sentence.text, phrase, self._language):
            return phrase
        if phrase.is_definite and is_capital(self._sentence.text, phrase.words[0]):
            return phrase
        return phrase if phrase.is_of(self._language, "seconds") else None

    def _phrase(self, lo: int, hi: int) -> NounPhrase | None:
        return noun_phrase(self._sentence.text, self._tokens[lo:hi], self._language)

    def _finite_verb(self, lo: int, hi: int) -> int | None:
        """Find the verb of "that the Commission continue to support"."""
        actions = self._sentence.actions
        for index in range(lo + 1, hi):
            if self._sentence.is_any(index, "reporting"):
                return None
            if self._sentence.is_any(index, "passives") or actions.opens(index, hi):
                return index
        for index in range(lo + 1, min(lo + _LONGEST_NOMINAL + 1, hi)):
            if self._sentence.is_any(index - 1, "actors") and actions.may_be_verb(index):
                return index
        return None

    def _with_infinitive(self, found: Found, hi: int) -> Request | None:
        """Read "the Government of X to release ..."."""
        place = self._sentence.actions.infinitive(found.after, hi)
        if place is None or place[0] == found.after:
            return None
        phrase = self._phrase(found.after, place[0])
        if phrase is None or not self._can_be_asked(found, phrase):
            return None
        return Request(phrase, place[1], has_content=True)

    def _can_be_asked(self, found: Found, phrase: NounPhrase) -> bool:
        """Tell "urges the parties to stop" from "urges action to stop"."""
        takes = found.lead.takes
        if takes == {"addressee"}:
            return True
        if phrase.heads and self._language.any(phrase.heads[0], "nominals"):
            return False
        if "addressee" in takes and "from" not in takes:
            return True
        return is_actor(self._sentence.text, phrase, self._language) or phrase.is_of(
            self._language, "supporters", "seconds"
        )

    def _from(self, lo: int, hi: int) -> Request | None:
        """Read "of the Government that it release ...", "from the Council to be heard"."""
        for index in range(lo + 1, hi):
            if self._sentence.is_any(index, "label_infinitive_contents"):
                inner = self.content(index + 1, hi)
                action = inner.action if inner else None
                return Request(self._phrase(lo, index), action, has_content=True)
        place = self._sentence.actions.infinitive(lo, hi)
        if place:
            return Request(self._phrase(lo, place[0]), place[1], has_content=True)
        return Request(None, None, has_content=True)

    def _by(self, lo: int, hi: int) -> Request | None:
        """Read "the adoption by business firms ... of a code": the firms are asked."""
        for index in range(lo + 1, min(lo + _LONGEST_NOMINAL + 1, hi - 1)):
            if self._sentence.is_any(index, "label_by"):
                phrase = self._phrase(index + 1, hi)
                return Request(self._asked(phrase), None, has_content=True)
            if self._sentence.is_any(index, "prepositions"):
                break
        return self._thing(lo, hi)

    def _thing(self, lo: int, hi: int) -> Request | None:
        following = self._language.books["following"].match(self._tokens, lo)
        return Request(None, None, has_content=following is None)

    def _list_follows(self, lo: int, hi: int) -> Request | None:
        """Read "calls on the Government of X to" before a list."""
        end = hi
        while end > lo and self._sentence.is_any(end - 1, "label_infinitives"):
            end -= 1
        for index in range(lo + 1, end):
            if self._sentence.is_any(index, "label_beneficial"):
                return Request(self._phrase(lo, index), None, has_content=index + 1 < end)
        phrase = self._phrase(lo, end)
        return Request(phrase, None, has_content=False) if phrase else None
