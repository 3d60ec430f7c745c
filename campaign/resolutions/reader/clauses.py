"""From the leads of a sentence to its clauses."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.resolutions.reader.addressees import Register
from campaign.resolutions.reader.conditions import find_condition
from campaign.resolutions.reader.drafts import Draft, Notes, Sentence, split_into
from campaign.resolutions.reader.language import Lead
from campaign.resolutions.reader.leads import Found, Leads
from campaign.resolutions.reader.noun_phrases import NounPhrase
from campaign.resolutions.reader.reading import ClauseKind
from campaign.resolutions.reader.requests import Request, Requests
from campaign.resolutions.reader.scan import THIRD
from campaign.resolutions.reader.statements import Obligation, Statements
from campaign.resolutions.reader.summons import is_call

_LONGEST_INTRO = 6  # words
_LEAST_UNREAD = 3  # words before a lead that are worth telling of


@dataclass(frozen=True, slots=True)
class Opening:
    """Hold a lead whose content is the list that follows: "We demand:", "calls on X to:"."""

    kind: ClauseKind | None  # None = each item tells its own: "the Senate:"
    draft: Draft | None  # the clause that the items are parts of
    depth: int  # of the block that opened the list
    resolved: bool = False
    addressee: str | None = None  # whom the paragraph that opened it speaks to


class Clauses:
    """Turn sentences into drafts."""

    def __init__(self, notes: Notes, register: Register) -> None:
        self._notes = notes
        self._register = register

    def of_leads(
        self, sentence: Sentence, leads: Leads, *, list_follows: bool, resolving: bool = False
    ) -> Opening | None:
        """Add a clause for each lead; give the opening if a list must follow the last.

        resolving: under "this Union resolves", where an order to an officer is a pledge.
        """
        opening: Opening | None = None
        for number, found in enumerate(leads.found):
            is_last = number + 1 == len(leads.found)
            end = len(sentence.tokens)
            if not is_last:
                end = self._without_intro(sentence, found, leads.found[number + 1].opening)
            end = self._until_unknown(sentence, found, end)
            open_here = list_follows and is_last
            if resolving and found.lead.own:
                self.plain(sentence, ClauseKind.PLEDGE)
                continue
            opening = self._of_lead(sentence, found, end, open_here=open_here)
        self._leading_condition(sentence, leads)
        self._unread_before(sentence, leads)
        return opening

    def _unread_before(self, sentence: Sentence, leads: Leads) -> None:
        """Say that "Three people died, and" before "we demand" was not read."""
        opening = leads.found[0].opening
        parted = sentence.is_any(opening, "coordinators") or sentence.is_any(
            opening - 1, "coordinators"
        )
        end = sentence.trimmed(leads.start, opening)
        if parted and end - leads.start >= _LEAST_UNREAD:
            self._notes.unread.append((*sentence.span(leads.start, end), "no-known-verb"))

    def _until_unknown(self, sentence: Sentence, found: Found, end: int) -> int:
        """End "calls on X to ...; foos that ..." before what no lead of ours opens."""
        if found.lead.form != THIRD or found.lead.kind is not ClauseKind.DEMAND:
            return end
        for index in range(found.after, end - 1):
            if sentence.tokens[index].word != ";":
                continue
            goes_on = sentence.is_any(index + 1, "label_infinitives", "coordinators")
            if not goes_on and not sentence.actions.opens(index + 1, end):
                rest = sentence.trimmed(index + 1, end)
                if rest > index + 1:
                    unread = (*sentence.span(index + 1, rest), "no-known-verb")
                    self._notes.unread.append(unread)
                return index
        return end

    def _without_intro(self, sentence: Sentence, found: Found, end: int) -> int:
        """Leave out "; failing that," which belongs to the lead that follows."""
        for index in range(end - 1, max(found.after, end - _LONGEST_INTRO), -1):
            if sentence.tokens[index].word == ";":
                action = sentence.is_any(index + 1, "label_infinitives", "coordinators")
                return end if action or sentence.actions.opens(index + 1, end) else index
        return end

    def of_obligation(
        self, sentence: Sentence, duty: Obligation, *, list_follows: bool
    ) -> Opening | None:
        """Add "Governments must ...", or open the list under it."""
        end = sentence.trimmed(duty.start, len(sentence.tokens))
        request = Request(duty.subject, None if duty.is_passive else duty.action, end > duty.action)
        if is_call(sentence, request, (duty.action, end), self._register):
            self._call(sentence, request, (duty.start, end))
            return None
        if not duty.is_actor:
            self._notes.unread.append((*sentence.span(duty.start, end), "no-addressee"))
            return None
        draft = self._demand(sentence, (duty.start, max(end, duty.action)), request)
        return Opening(ClauseKind.DEMAND, draft, 0) if list_follows else None

    def of_content(self, sentence: Sentence) -> bool:
        """Add an item that names who shall act, under "We demand:"; tell if it was one."""
        end = sentence.trimmed(0, len(sentence.tokens))
        if sentence.is_any(0, "label_infinitive_contents"):
            request = Requests(sentence).content(1, end)
        else:
            request = Requests(sentence).named(end)
        if request is None or not request.has_content:
            return False
        self._demand(sentence, (0, end), request)
        return True

    def plain(self, sentence: Sentence, kind: ClauseKind, start: int = 0) -> Draft:
        """Add a whole sentence as one clause."""
        end = sentence.trimmed(start, len(sentence.tokens))
        draft = self._draft(sentence, kind, (start, max(end, start + 1)))
        if kind is ClauseKind.DEMAND:
            split_into(self._notes, draft, sentence, (start, max(end, start + 1)))
        return draft

    def _draft(self, sentence: Sentence, kind: ClauseKind, stretch: tuple[int, int]) -> Draft:
        start, end = sentence.span(*stretch)
        addressee = self._register.paragraph or self._register.section
        if kind is ClauseKind.DEMAND:
            addressee = self._register.addressed
        if addressee is None and any(
            sentence.is_any(index, "seconds") for index in range(*stretch)
        ):
            addressee = self._register.whole
        return self._notes.add(Draft(kind, start, end, sentence.language, addressee=addressee))

    def _of_lead(
        self, sentence: Sentence, found: Found, hi: int, *, open_here: bool
    ) -> Opening | None:
        lead = found.lead
        end = max(sentence.trimmed(found.begin, hi), found.begin + 1)
        if lead.kind is not ClauseKind.DEMAND:
            return self._of_other(sentence, found, end, open_here=open_here)
        request = Requests(sentence).read(found, hi, list_follows=open_here)
        asks = request is not None and (request.action is not None or request.has_content)
        if request is None or not (asks or open_here):
            return self._otherwise(sentence, lead, (found.begin, end))
        if lead.own and request.asked is not None and request.asked.is_own:
            self._draft(sentence, ClauseKind.PLEDGE, (found.begin, end))
            return None
        if open_here and not request.has_content and request.asked is None:
            return Opening(ClauseKind.DEMAND, None, 0)
        if is_call(sentence, request, (found.after, end), self._register):
            self._call(sentence, request, (found.begin, end))
            return None
        is_thing = request.asked is None and bool(lead.takes & {"thing", "for"})
        draft = self._demand(
            sentence, (found.begin, end), request, things=found.after if is_thing else None
        )
        if open_here:
            return Opening(ClauseKind.DEMAND, draft, 0)
        return None

    def _of_other(
        self, sentence: Sentence, found: Found, end: int, *, open_here: bool
    ) -> Opening | None:
        """Add a clause that asks nothing; "decides that all States shall" does ask."""
        lead = found.lead
        if open_here and end - found.after <= 1 or open_here and self._ends_open(sentence, found):
            return Opening(lead.kind, None, 0)
        duty = self._decided(sentence, found, end)
        if duty is not None:
            request = Request(duty.subject, duty.action, has_content=True)
            self._demand(sentence, (found.begin, end), request)
            return None
        self._draft(sentence, lead.kind, (found.begin, end))
        return Opening(lead.kind, None, 0) if open_here else None

    def _ends_open(self, sentence: Sentence, found: Found) -> bool:
        """Tell "resolves to:" and "believes that the following" from a full clause."""
        return sentence.language.books["following"].match(sentence.tokens, found.after) is not None

    def _decided(self, sentence: Sentence, found: Found, end: int) -> Obligation | None:
        if not (found.lead.decision or found.lead.kind is ClauseKind.PLEDGE):
            return None
        if not sentence.is_any(found.after, "label_infinitive_contents"):
            return None
        statements = Statements(sentence.text, sentence.tokens, sentence.language)
        duty = statements.obligation(found.after + 1, end)
        return duty if duty and duty.subject and not duty.is_passive else None

    def _otherwise(
        self, sentence: Sentence, lead: Lead, stretch: tuple[int, int]
    ) -> Opening | None:
        if lead.otherwise is not None:
            self._draft(sentence, lead.otherwise, stretch)
        else:
            self._notes.unread.append((*sentence.span(*stretch), "no-action"))
        return None

    def _demand(
        self,
        sentence: Sentence,
        stretch: tuple[int, int],
        request: Request,
        *,
        things: int | None = None,
    ) -> Draft:
        start, end = sentence.span(*stretch)
        addressee, actor = self._whom(sentence, request.asked)
        draft = self._notes.add(
            Draft(ClauseKind.DEMAND, start, end, sentence.language, addressee, actor)
        )
        if request.action is not None:
            split_into(self._notes, draft, sentence, (request.action, stretch[1]))
        elif things is not None:
            split_into(self._notes, draft, sentence, (things, stretch[1]), things=True)
        else:
            condition = find_condition(sentence.tokens, *stretch, sentence.language)
            draft.condition = sentence.span(*condition) if condition else None
        return draft

    def _whom(self, sentence: Sentence, asked: NounPhrase | None) -> tuple[str | None, str | None]:
        register = self._register
        if asked is None:
            return register.addressed, None
        return register.resolve(asked, sentence.language)

    def _call(self, sentence: Sentence, request: Request, stretch: tuple[int, int]) -> None:
        start, end = sentence.span(*stretch)
        addressee, actor = self._whom(sentence, request.asked)
        self._notes.add(Draft(ClauseKind.CALL, start, end, sentence.language, addressee, actor))

    def _leading_condition(self, sentence: Sentence, leads: Leads) -> None:
        """Let "Unless ..., we call on ..." belong to the demand it opens."""
        if not leads.found or leads.found[0].opening <= leads.start:
            return
        end = leads.found[0].opening
        condition = find_condition(sentence.tokens, leads.start, end, sentence.language)
        if condition is None or condition[0] != leads.start:
            return
        begin = sentence.tokens[leads.found[0].begin].start
        for draft in reversed(self._notes.drafts):
            if draft.start == begin and draft.kind in {ClauseKind.DEMAND, ClauseKind.CALL}:
                draft.condition = draft.condition or sentence.span(*condition)
                draft.start = sentence.span(*condition)[0]
                return
