"""Find the verbs that tell the function of each part of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.language import Language, Lead
from campaign.resolutions.reader.reading import ClauseKind
from campaign.resolutions.reader.scan import FIRST, PARTICIPLE, PAST, THIRD, Scan
from campaign.resolutions.reader.subjects import Subjects
from campaign.resolutions.reader.words import DASHES, Token

_LONGEST_INTRO = 6  # words before "we" without a comma, as in "For these reasons we demand"
_MOST_OPENERS = 12  # phrases, as in "And, finally, be it further resolved that"
_LONGEST_BODY = 20  # words between "resolved by" and "that"
_LONGEST_ASIDE = 10  # words between commas, as in "Urges, in this regard, the Council"
_REACH = 60  # words in which a main verb shows that "calls for ..." was a noun
_AFTER_NOUN = frozenset({"of", "for", "by", "from", "", ",", "."})


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
    adopters: str = ""  # the head of the text, folded
    tells: bool = False  # the whole text tells what was resolved: "The Conference called upon"


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
        self._scan = Scan(tokens, language, quotes)
        self._setting = setting
        self._subjects = Subjects(self._scan, setting.adopters)
        self._found: list[Found] = []
        self._resolved = False
        self._start = 0
        self._reports = False  # since the last lead: within "that ..." or "which ..."
        self._ours = False  # since then: "we" is the nearest subject

    def find(self) -> Leads:
        """Give the leads in order."""
        self._start = self._past_openers(0)
        index = 0
        while index < len(self._scan):
            found = self._lead_at(index) if self._is_slot(index) else None
            if found:
                self._found.append(found)
                self._reports = self._ours = False
                index = found.after
            else:
                self._pass(index)
                index += 1
        negated = self._subjects.is_negated and not self._found
        return Leads(tuple(self._found), negated, self._resolved, self._start)

    def _pass(self, index: int) -> None:
        """Remember what may turn a later verb into somebody else's words."""
        if self._scan.is_any(index, "reporting"):
            self._reports, self._ours = True, False
        elif self._scan.is_any(index, "firsts"):
            self._ours = True

    def _is_slot(self, index: int) -> bool:
        """Tell whether a lead may begin at an index."""
        scan = self._scan
        if scan.quotes[index]:
            return False
        before = scan.word(index - 1)
        if index == 0 or before in {",", ";"} or before in DASHES:
            return True
        if scan.is_any(index - 1, "coordinators"):
            return True
        if before == ":":
            return index <= _LONGEST_INTRO + 2
        return scan.is_any(index, "firsts") and self._is_after_intro(index)

    def _is_after_intro(self, index: int) -> bool:
        """Tell "For these reasons we demand" from "the changes we demand"."""
        if not 2 <= index <= _LONGEST_INTRO or self._found:
            return False
        return self._scan.is_any(0, "prepositions", "adverbs") and not self._scan.is_any(
            index - 1, "subordinators", "reporting"
        )

    def _past_openers(self, at: int) -> int:
        """Step over adverbs, "and", "to", "be it resolved that" before subject or verb."""
        scan = self._scan
        for _ in range(_MOST_OPENERS):
            if at >= len(scan):
                break
            resolver = scan.language.books["resolvers"].match(scan.tokens, at)
            self._resolved = self._resolved or resolver is not None
            opener = resolver or scan.language.books["intros"].match(scan.tokens, at)
            if opener is None and not self._is_opener(at):
                break
            at = opener.after if opener else at + 1
            if resolver and scan.is_any(at, "label_by"):
                at = self._past_resolving_body(at)
        return at

    def _past_resolving_body(self, at: int) -> int:
        """Step over "Resolved by the House (the Senate concurring), that"."""
        for index in range(at, min(at + _LONGEST_BODY, len(self._scan))):
            if self._scan.is_any(index, "label_infinitive_contents"):
                return index
        return at

    def _is_opener(self, at: int) -> bool:
        scan = self._scan
        if scan.word(at) in {",", ":"} or scan.word(at) in DASHES:
            return True
        if self._setting.bare and scan.is_any(at, "label_infinitives"):
            return True
        if (self._resolved or self._setting.bare) and scan.is_any(at, "label_infinitive_contents"):
            return True
        return scan.language.is_adverb(scan.word(at)) or scan.is_any(at, "coordinators")

    def _lead_at(self, index: int) -> Found | None:
        last = self._found[-1] if self._found else None
        at = self._past_openers(index)
        if last and last.lead.closed and not self._may_leave_closed(index, at):
            return None
        return (
            self._after_we(index, at)
            or self._after_body(index, at, last)
            or self._without_subject(index, at, last)
        )

    def _may_leave_closed(self, index: int, at: int) -> bool:
        """Tell what may follow "whereas ...;": another "whereas", or the resolution itself."""
        if self._resolved:
            return True
        found = self._scan.language.leads.match(self._scan.tokens, at)
        opens = found is not None and any(lead.closed for lead in found.meaning.values())
        return self._scan.word(index - 1) == ";" and opens

    def _after_we(self, index: int, at: int) -> Found | None:
        """Read "we, the undersigned, therefore call upon"."""
        scan = self._scan
        if not scan.is_any(at, "firsts") or scan.is_any(index - 1, "subordinators", "reporting"):
            return None
        verbs = self._subjects.verbs_after_we(at + 1)
        purpose = self._subjects.purpose_of_gathering(at + 1) if index == 0 else None
        for verb in [*verbs, *([purpose] if purpose else [])]:
            found = scan.lead(verb, FIRST) or self._progressive(verb)
            if found:
                return Found(found[0], index, verb, found[1])
        return None

    def _progressive(self, verb: int) -> tuple[Lead, int] | None:
        """Read "we are calling for"."""
        if not self._scan.is_any(verb, "progressives"):
            return None
        return self._scan.lead(self._scan.past_adverbs(verb + 1), PARTICIPLE)

    def _after_body(self, index: int, at: int, last: Found | None) -> Found | None:
        """Read "the City Council hereby urges", "Congress calls on"."""
        if last is not None and self._scan.word(index - 1) != ";":
            return None
        verbs = self._subjects.verbs_after_body(
            at, goes_on=self._setting.after_body, starts=at == self._start
        )
        for verb in verbs:
            forms = (THIRD, FIRST, PAST) if self._setting.tells else (THIRD, FIRST)
            found = self._scan.lead(verb, *forms)
            if found:
                return Found(found[0], index, verb, found[1])
        return None

    def _without_subject(self, index: int, at: int, last: Found | None) -> Found | None:
        """Read "Calls upon" at the start, or "and encourage" after another lead."""
        if last is None:
            found = self._scan.lead(at, *self._start_forms()) if at == self._start else None
        elif self._may_coordinate(index, last):
            found = self._scan.lead(at, last.lead.form)
            found = (found[0], self._past_aside(*found)) if found else None
            if found and not self._is_certain(index, found, last):
                found = None
        else:
            found = None
        if found is None:
            return None
        lead = Found(found[0], index, at, self._past_aside(*found))
        return None if self._is_noun(lead) else lead

    def _past_aside(self, lead: Lead, after: int) -> int:
        """Step over ", once again," between a lead and what it speaks of."""
        if self._scan.word(after) != "," or lead.closed:
            return after
        for index in range(after + 2, min(after + _LONGEST_ASIDE, len(self._scan))):
            if self._scan.word(index) == ",":
                is_aside = index > after + 2 or self._scan.language.is_adverb(
                    self._scan.word(after + 1)
                )
                return index + 1 if is_aside else after
        return after

    def _start_forms(self) -> tuple[str, ...]:
        participle = (PARTICIPLE,) if self._setting.opens_block else ()
        bare = (FIRST,) if self._setting.bare or self._resolved else ()
        return (THIRD, *participle, *bare)

    def _may_coordinate(self, index: int, last: Found) -> bool:
        """Tell whether a verb after "," or "and" can have the subject of the last lead."""
        before = self._scan.word(index - 1)
        if before == ";" or not self._reports:
            return True
        if last.lead.form == FIRST:
            return self._ours
        return (
            last.lead.form == THIRD and before == "," and self._scan.is_any(index, "coordinators")
        )

    def _is_certain(self, index: int, found: tuple[Lead, int], last: Found) -> bool:
        """Tell a second lead from one more thing that the addressee is asked to do."""
        lead, after = found
        if lead.form == PARTICIPLE and lead.kind is ClauseKind.DEMAND:
            return False
        if lead.form == FIRST and last.lead.kind is ClauseKind.DEMAND:
            if self._scan.word(index - 1) == ";":
                return True
            return bool(lead.takes & {"addressee", "for"}) and "thing" not in lead.takes
        return self._scan.word(after) not in {",", ""} and not self._scan.is_any(
            after, "coordinators"
        )

    def _is_noun(self, found: Found) -> bool:
        """Tell "Demands for higher wages have grown" from "Demands the release"."""
        if found.lead.form != THIRD or found.lead.closed:
            return False
        if found.after - found.begin == 1 and (
            self._scan.word(found.after) in _AFTER_NOUN
            or self._scan.is_any(found.after, "coordinators", "finite", "modals")
        ):
            return True
        return "for" in found.lead.takes and self._has_main_verb(found.after)

    def _has_main_verb(self, at: int) -> bool:
        """Tell whether a verb follows that no relative pronoun opened."""
        for index in range(at, min(at + _REACH, len(self._scan))):
            if self._scan.word(index) == ";" or self._scan.is_any(
                index, "relatives", "subordinators", "firsts"
            ):
                return False
            if self._scan.is_any(index, "finite", "modals"):
                return True
        return False


def is_open(tokens: Sequence[Token]) -> bool:
    """Tell whether a paragraph ends so that a list must follow."""
    return bool(tokens) and (tokens[-1].word == ":" or tokens[-1].word in DASHES)
