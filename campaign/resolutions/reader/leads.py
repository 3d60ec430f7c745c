"""Find the verbs that tell the function of each part of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.language import Language, Lead
from campaign.resolutions.reader.reading import ClauseKind
from campaign.resolutions.reader.words import DASHES, Token, is_word

_LONGEST_APPOSITION = 30  # words, as in "we, the undersigned ..., call upon"
_LONGEST_INTRO = 6  # words before "we" without a comma, as in "For these reasons we demand"
FIRST, THIRD, PARTICIPLE = "first", "third", "participle"


@dataclass(frozen=True, slots=True)
class Found:
    """Hold one lead of a sentence, by token indexes."""

    lead: Lead
    opening: int  # where its subject and adverbs begin
    begin: int  # the verb itself
    after: int  # what it speaks of


@dataclass(frozen=True, slots=True)
class Setting:
    """Say where a sentence stands."""

    opens_block: bool = True  # a participle may lead: "Recalling ..."
    bare: bool = False  # "Call on ..." may stand for "we call on": under "resolves to"
    after_body: bool = False  # "It calls on" goes on with what "the Senate" did


@dataclass(slots=True)
class _State:
    """Remember what a scan has passed since the last lead."""

    found: list[Found]
    reports: bool = False  # within "that ..." or "which ..."
    ours: bool = False  # "we" is the nearest subject since
    negated: int | None = None


@dataclass(frozen=True, slots=True)
class Leads:
    """Hold the leads of one sentence."""

    found: tuple[Found, ...]
    is_negated: bool  # "we do not call for ..." and nothing else
    resolved: bool  # "be it resolved that ..."
    start: int  # the first word after "be it resolved that", "furthermore", ...


class LeadFinder:
    """Scan one sentence for its leads."""

    def __init__(
        self, tokens: Sequence[Token], language: Language, quotes: Sequence[bool], setting: Setting
    ) -> None:
        self._tokens = tokens
        self._language = language
        self._quotes = quotes
        self._setting = setting
        self._state = _State([])
        self._resolved = False
        self._start = 0

    def find(self) -> Leads:
        """Give the leads in order."""
        self._start = self._after_openers(0)
        index = 0
        while index < len(self._tokens):
            found = self._lead_at(index) if self._is_slot(index) else None
            if found:
                self._state.found.append(found)
                self._state.reports = self._state.ours = False
                index = found.after
            else:
                self._pass(index)
                index += 1
        negated = self._state.negated is not None and not self._state.found
        return Leads(tuple(self._state.found), negated, self._resolved, self._start)

    def _is(self, index: int, *names: str) -> bool:
        return index < len(self._tokens) and self._language.any(self._tokens[index].word, *names)

    def _word(self, index: int) -> str:
        return self._tokens[index].word if 0 <= index < len(self._tokens) else ""

    def _pass(self, index: int) -> None:
        """Remember what may turn a later verb into somebody else's words."""
        if self._is(index, "reporting"):
            self._state.reports, self._state.ours = True, False
        elif self._is(index, "firsts"):
            self._state.ours = True

    def _is_slot(self, index: int) -> bool:
        """Tell whether a lead may begin at an index."""
        if self._quotes[index]:
            return False
        if index == 0:
            return True
        before = self._word(index - 1)
        if before in {",", ";"} or before in DASHES or self._is(index - 1, "coordinators"):
            return True
        if before == ":":
            return index <= _LONGEST_INTRO + 2
        return self._is(index, "firsts") and self._is_after_intro(index)

    def _is_after_intro(self, index: int) -> bool:
        """Tell "For these reasons we demand" from "the changes we demand"."""
        if not 2 <= index <= _LONGEST_INTRO or self._state.found:
            return False
        return self._is(0, "prepositions", "adverbs") and not self._is(
            index - 1, "subordinators", "reporting"
        )

    def _after_openers(self, index: int) -> int:
        """Step over adverbs, "and", "to", "be it resolved that" before subject or verb."""
        language, at = self._language, index
        while at < len(self._tokens):
            resolver = language.books["resolvers"].match(self._tokens, at)
            intro = language.books["intros"].match(self._tokens, at)
            if resolver:
                self._resolved = True
                at = resolver.after
            elif intro:
                at = intro.after
            elif self._is_opener(at):
                at += 1
            else:
                break
        return at

    def _is_opener(self, at: int) -> bool:
        word = self._word(at)
        if word in {",", ":"} or word in DASHES:
            return True
        if self._setting.bare and self._language.any(word, "label_infinitives"):
            return True
        if (self._resolved or self._setting.bare) and self._language.any(
            word, "label_infinitive_contents"
        ):
            return True
        return self._language.is_adverb(word) or self._language.any(word, "coordinators")

    def _lead_at(self, index: int) -> Found | None:
        last = self._state.found[-1] if self._state.found else None
        at = self._after_openers(index)
        if last and last.lead.closed and not self._may_leave_closed(index, at):
            return None
        found = (
            self._after_first_person(index, at)
            or self._after_body(index, at, last)
            or self._without_subject(index, at, last)
        )
        return found

    def _may_leave_closed(self, index: int, at: int) -> bool:
        """Tell what may follow "whereas ...;": another "whereas", or the resolution itself."""
        if self._word(index - 1) != ";" and not self._resolved:
            return False
        found = self._language.leads.match(self._tokens, at)
        return self._resolved or bool(found and any(v.closed for v in found.meaning.values()))

    def _after_first_person(self, index: int, at: int) -> Found | None:
        """Read "we, the undersigned, therefore call upon"."""
        if not self._is(at, "firsts") or self._is(index - 1, "subordinators", "reporting"):
            return None
        for verb in self._verb_places(at + 1):
            found = self._match(verb, (FIRST,))
            if found:
                return Found(found[0], index, verb, found[1])
        return self._gathered(index, at + 1)

    def _verb_places(self, subject_end: int) -> list[int]:
        """List where the verb may stand after "we": at once, after a wish, after an aside."""
        places = []
        at = self._past_adverbs(subject_end)
        if self._is(at, "negations") or self._negation_follows(at):
            self._state.negated = at
            return []
        wish = self._language.books["wishes"].match(
            self._tokens, at, skips=self._language.is_adverb
        )
        if wish:
            places.append(self._past_adverbs(wish.after))
        places.append(at)
        aside = self._past_apposition(subject_end)
        if aside is not None:
            places.append(self._past_adverbs(aside))
        return places

    def _negation_follows(self, at: int) -> bool:
        """Tell "do not", "will not", "are not"."""
        return self._is(at + 1, "negations") and not self._match(at, (FIRST,)) or (
            self._is(at, "modals") and self._is(at + 1, "negations")
        )

    def _past_adverbs(self, at: int) -> int:
        while at < len(self._tokens) and self._language.is_adverb(self._word(at)):
            at += 1
        return at

    def _past_apposition(self, at: int) -> int | None:
        """Step over ", the undersigned ...," or "the undersigned ..." after "we"."""
        if self._word(at) == ",":
            for index in range(at + 1, min(at + _LONGEST_APPOSITION, len(self._tokens))):
                if self._word(index) == "," and self._match(
                    self._past_adverbs(index + 1), (FIRST,)
                ):
                    return index + 1
            return None
        if not self._is(at, "determiners") and self._word(at) not in self._language.sets.get(
            "label_asides", ()
        ):
            return None
        for index in range(at + 1, min(at + _LONGEST_APPOSITION, len(self._tokens))):
            if self._word(index) in {",", ";"} or self._is(index, "reporting", "firsts"):
                return None
            if self._match(index, (FIRST,)) and not self._is(index - 1, "determiners"):
                return index
        return None

    def _gathered(self, index: int, at: int) -> Found | None:
        """Read "we have gathered ..., to affirm": the purpose is the lead."""
        book = self._language.books["gatherings_of_first"]
        if index != 0 or not book.match(self._tokens, self._past_adverbs(at)):
            return None
        for place in range(at + 1, len(self._tokens) - 1):
            if self._is(place, "label_infinitives"):
                found = self._match(self._past_adverbs(place + 1), (FIRST,))
                if found:
                    return Found(found[0], index, self._past_adverbs(place + 1), found[1])
        return None

    def _after_body(self, index: int, at: int, last: Found | None) -> Found | None:
        """Read "the City Council hereby urges", "Congress calls on"."""
        if last is not None and self._word(index - 1) != ";":
            return None
        body = self._language.books["bodies"].match(self._tokens, at)
        if body is None and not (self._setting.after_body and self._is(at, "label_it")):
            return None
        verb = self._past_adverbs(body.after if body else at + 1)
        if self._word(verb) in {":", "—", "–"}:
            return None
        if self._is(verb, "negations"):
            self._state.negated = verb
            return None
        for place in (verb, *self._after_asides(verb)):
            found = self._match(place, (THIRD, FIRST))
            if found:
                return Found(found[0], index, place, found[1])
        return None

    def _after_asides(self, at: int) -> list[int]:
        """List where the verb may stand in "The Assembly, recalling ..., calls on"."""
        if self._word(at) != ",":
            return []
        until = min(at + _LONGEST_APPOSITION, len(self._tokens))
        return [
            self._past_adverbs(index + 1)
            for index in range(at + 1, until)
            if self._word(index) == ","
        ]

    def _without_subject(self, index: int, at: int, last: Found | None) -> Found | None:
        """Read "Calls upon" at the start, or "and encourage" after another lead."""
        if last is None:
            found = self._match(at, self._start_forms()) if at == self._start else None
        elif self._may_coordinate(index, at, last):
            found = self._match(at, (last.lead.form,))
            if found and not self._is_certain(index, found, last):
                found = None
        else:
            found = None
        if found is None:
            return None
        lead = Found(found[0], index, at, found[1])
        return None if self._is_noun(lead) else lead

    def _start_forms(self) -> tuple[str, ...]:
        forms = [THIRD]
        if self._setting.opens_block:
            forms.append(PARTICIPLE)
        if self._setting.bare or self._resolved:
            forms.append(FIRST)
        return tuple(forms)

    def _may_coordinate(self, index: int, at: int, last: Found) -> bool:
        """Tell whether a verb after "," or "and" can have the subject of the last lead."""
        if self._word(index - 1) == ";":
            return True
        return not self._state.reports or (self._state.ours and last.lead.form == FIRST) or (
            last.lead.form == THIRD and self._word(index - 1) == "," and self._is(index, "coordinators")
        )

    def _is_certain(self, index: int, found: tuple[Lead, int], last: Found) -> bool:
        """Tell a second lead from one more thing that the addressee is asked to do."""
        lead, after = found
        if lead.form == PARTICIPLE and lead.kind is ClauseKind.DEMAND:
            return False
        if lead.form == FIRST and last.lead.kind is ClauseKind.DEMAND:
            if self._word(index - 1) == ";":
                return True
            return bool(lead.takes & {"addressee", "for"}) and "thing" not in lead.takes
        return self._word(after) not in {",", ""} and not self._is(after, "coordinators")

    def _match(self, at: int, forms: tuple[str, ...]) -> tuple[Lead, int] | None:
        """Match a lead at an index in one of the forms."""
        if at >= len(self._tokens) or self._quotes[at]:
            return None
        found = self._language.leads.match(self._tokens, at, skips=self._language.is_adverb)
        if found is None:
            return None
        for form in forms:
            if form in found.meaning:
                return found.meaning[form], found.after
        return None

    def _is_noun(self, found: Found) -> bool:
        """Tell "Demands for higher wages have grown" from "Demands the release"."""
        if found.lead.form != THIRD or found.lead.closed:
            return False
        following = self._word(found.after)
        if found.after - found.begin == 1 and (
            self._is(found.after, "coordinators", "finite", "modals", "copulas", "passives")
            or following in {"of", "for", "by", "from", "", ",", ".", ":"}
        ):
            return following != ":"
        if "for" not in found.lead.takes:
            return False
        return self._has_finite_verb(found.after)

    def _has_finite_verb(self, at: int) -> bool:
        """Tell whether a main verb follows that no relative pronoun opened."""
        open_clause = False
        for index in range(at, len(self._tokens)):
            if self._is(index, "relatives", "subordinators", "firsts"):
                open_clause = True
            elif self._word(index) in {";"}:
                return False
            elif self._is(index, "finite", "modals") and not open_clause:
                return True
        return False


def is_open(tokens: Sequence[Token]) -> bool:
    """Tell whether a paragraph ends so that a list must follow."""
    return bool(tokens) and (tokens[-1].word == ":" or tokens[-1].word in DASHES)


def last_word(tokens: Sequence[Token]) -> Token | None:
    """Give the last word of a stretch, marks left out."""
    return next((token for token in reversed(tokens) if is_word(token)), None)
