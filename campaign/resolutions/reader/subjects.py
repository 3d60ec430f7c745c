"""Who speaks: where the verb may stand after "we" or "the City Council"."""

from __future__ import annotations

from campaign.resolutions.reader.scan import FIRST, PAST, THIRD, Scan

_LONGEST_APPOSITION = 30  # words, as in "we, the undersigned ..., call upon"
_LONGEST_NAME = 12  # words of an adopter's name


class Subjects:
    """Find the verbs of those who adopt a text."""

    def __init__(self, scan: Scan, adopters: str) -> None:
        self._scan = scan
        self._adopters = adopters  # those parts of the text, folded, that name who adopts it
        self.is_negated = False  # a subject was met that says what it does not do

    def verbs_after_we(self, at: int) -> list[int]:
        """List where the verb may stand after "we": after a wish, at once, after an aside."""
        scan, places = self._scan, []
        verb = scan.past_adverbs(at)
        if self._is_denied(verb):
            self.is_negated = True
            return []
        wish = scan.language.books["wishes"].match(scan.tokens, verb, skips=scan.language.is_adverb)
        if wish:
            places.append(scan.past_adverbs(wish.after))
        places.append(verb)
        aside = self._past_comma_aside(at) if scan.word(at) == "," else self._past_apposition(at)
        if aside is not None:
            places.append(scan.past_adverbs(aside))
        return places

    def purpose_of_gathering(self, at: int) -> int | None:
        """Find the verb of "we have gathered ..., to affirm": the purpose is what is done."""
        scan = self._scan
        verb = scan.past_adverbs(at)
        if not scan.language.books["gatherings_of_first"].match(scan.tokens, verb):
            return None
        for place in range(verb + 1, len(scan) - 1):
            if scan.is_any(place, "label_infinitives"):
                purpose = scan.past_adverbs(place + 1)
                if scan.lead(purpose, FIRST):
                    return purpose
        return None

    def verbs_after_body(self, at: int, *, goes_on: bool, starts: bool) -> list[int]:
        """List where the verb may stand after "the Council", at the start of a sentence.

        goes_on: "it" means the body that the sentence before was about. starts: the sentence
        begins here, so that the name of an adopter may stand here.
        """
        scan = self._scan
        body = scan.language.books["bodies"].match(scan.tokens, at)
        if body is not None:
            end = body.after
        elif goes_on and scan.is_any(at, "label_it"):
            end = at + 1
        else:
            return self._verbs_after_adopter(at) if starts else []
        verb = scan.past_adverbs(end)
        if scan.is_any(verb, "negations"):
            self.is_negated = True
            return []
        adopter = self._verbs_after_adopter(at) if starts else []
        return [verb, *self._after_asides(verb), *adopter]

    def _is_denied(self, verb: int) -> bool:
        """Tell "we do not", "we cannot", "we refuse to"."""
        scan = self._scan
        if scan.is_any(verb, "negations"):
            return True
        if not scan.is_any(verb + 1, "negations"):
            return False
        return scan.is_any(verb, "modals") or scan.lead(verb, FIRST) is None

    def _past_comma_aside(self, at: int) -> int | None:
        """Step over ", the undersigned ...," after "we"."""
        scan = self._scan
        for index in range(at + 1, min(at + _LONGEST_APPOSITION, len(scan))):
            if scan.word(index) == "," and scan.lead(scan.past_adverbs(index + 1), FIRST):
                return index + 1
        return None

    def _past_apposition(self, at: int) -> int | None:
        """Step over "the undersigned organizations" after "we"."""
        scan = self._scan
        if not scan.is_any(at, "determiners", "label_asides"):
            return None
        for index in range(at + 1, min(at + _LONGEST_APPOSITION, len(scan))):
            if scan.word(index) in {",", ";"} or scan.is_any(index, "reporting", "firsts"):
                return None
            if scan.lead(index, FIRST) and not scan.is_any(index - 1, "determiners"):
                return index
        return None

    def _after_asides(self, at: int) -> list[int]:
        """List where the verb may stand in "The Assembly, recalling ..., calls on"."""
        scan = self._scan
        if scan.word(at) != ",":
            return []
        until = min(at + _LONGEST_APPOSITION, len(scan))
        commas = [index for index in range(at + 1, until) if scan.word(index) == ","]
        return [scan.past_adverbs(index + 1) for index in commas]

    def _verbs_after_adopter(self, at: int) -> list[int]:
        """Find the verb after a name that the head of the text gives: it adopts the text."""
        scan = self._scan
        start = at + 1 if scan.is_any(at, "determiners", "pointers") else at
        name: list[str] = []
        for index in range(start, min(start + _LONGEST_NAME, len(scan))):
            verb = scan.past_adverbs(index)
            bounded = f" {' '.join(name)} " in f" {self._adopters} "
            if name and bounded and scan.lead(verb, THIRD, FIRST, PAST):
                return [verb]
            name.append(scan.word(index))
        return []
