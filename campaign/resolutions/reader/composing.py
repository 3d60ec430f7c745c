"""Read block by block: which list an item is of, what each sentence says, what is left unread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from campaign.resolutions.reader.addressees import Register
from campaign.resolutions.reader.bounds import statements_of
from campaign.resolutions.reader.clauses import Clauses, Opening
from campaign.resolutions.reader.dates import FoundDate, find_dates
from campaign.resolutions.reader.drafts import Draft, Notes, Sentence, split_into
from campaign.resolutions.reader.headings import Headings, is_item
from campaign.resolutions.reader.language import Language, recognise_paragraph
from campaign.resolutions.reader.leads import LeadFinder, Leads, Setting, is_open
from campaign.resolutions.reader.outline import Block
from campaign.resolutions.reader.reading import ClauseKind
from campaign.resolutions.reader.scan import PAST, THIRD
from campaign.resolutions.reader.statements import Statements, is_sentence
from campaign.resolutions.reader.words import Token, is_capital, is_word, quoted, tokens_of

_TOLD = frozenset(
    {ClauseKind.FINDING, ClauseKind.AFFIRMATION, ClauseKind.COMMENDATION, ClauseKind.THANKS}
)
_NO_LIST = ".;,!?"  # a block that ends so leads into no list


@dataclass(frozen=True, slots=True)
class _Place:
    """Say where a sentence stands."""

    governing: Opening | None  # the lead of the list that it is an item of
    list_follows: bool
    is_item: bool


class Composer:
    """Compose a reading out of the blocks of a text."""

    def __init__(
        self,
        text: str,
        language: Language,
        known: Mapping[str, Language],
        adopted_on: date | None,
        *,
        tells: bool = False,
    ) -> None:
        self._text = text
        self._whole = language
        self._known = known
        self._adopted_on = adopted_on
        self._tells = tells  # "The Conference called upon" is a demand, for all are told so
        self.notes = Notes()
        self.dates: list[FoundDate] = []
        register = Register()
        self._headings = Headings(text, register)
        self._register = register
        self._clauses = Clauses(self.notes, register)
        self._openings: list[Opening] = []
        self._adopters = ""
        self._demands = False  # its title says that the lists in the text are demands
        self._proposes = False  # its title says that what its lists order is demanded
        self._met = False  # whoever opens the first paragraph
        self._after_body = False  # the last sentence said what the adopting body does
        self._spoke = False  # the block had a lead of its own

    def read(self, blocks: Sequence[Block], title: str, adopters: str) -> None:
        """Read all blocks in order.

        adopters: the lines of the head, where those who adopt the text are named.
        """
        self._headings.address_whole(title, self._whole)
        self._adopters = " ".join(token.word for token in tokens_of(adopters))
        words = [token.word for token in tokens_of(title)]
        self._demands = any(self._whole.any(word, "demanding_titles") for word in words)
        self._proposes = any(self._whole.any(word, "proposing_titles") for word in words)
        for number, block in enumerate(blocks):
            following = blocks[number + 1] if number + 1 < len(blocks) else None
            self._read_block(block, following)

    def _read_block(self, block: Block, following: Block | None) -> None:
        tokens = tokens_of(self._text, block.start, block.end)
        if not any(is_word(token) for token in tokens):
            return
        language = recognise_paragraph(tokens, self._whole, self._known)
        if language is None:
            self.notes.unread.append((block.start, block.end, "unknown-language"))
            return
        self.dates.extend(find_dates(self._text, tokens, language, self._adopted_on))
        self._headings.enter(block)
        governing = self._governing(block, tokens, language)
        has_items = (
            following is not None
            and following.depth > block.depth
            and self._text[block.end - 1] not in _NO_LIST
        )
        self._register.paragraph = governing.addressee if governing else None
        leads_on = governing is not None or has_items
        taken = self._headings.take(block, tokens, language, leads_on=leads_on)
        if taken:
            self._openings = [taken.opening] if taken.opening else self._openings
            return
        place = _Place(governing, has_items, block.depth > 0)
        self._read_sentences(block, tokens, language, place)

    def _governing(
        self, block: Block, tokens: Sequence[Token], language: Language
    ) -> Opening | None:
        """Give the lead of the list that a block is in; close the lists that it ends."""
        while self._openings and self._openings[-1].depth >= max(block.depth, 1):
            self._openings.pop()
        if self._openings and block.depth == 0:
            loose = block.follows_gap and not is_item(self._text, tokens, language)
            if loose or self._openings[-1].depth > 0:
                self._openings.clear()
        return self._openings[-1] if self._openings else None

    def _read_sentences(
        self, block: Block, tokens: Sequence[Token], language: Language, place: _Place
    ) -> None:
        bounds = statements_of(self._text, tokens, language)
        quotes = quoted(tokens)
        opened: Opening | None = None
        self._after_body = self._spoke = False
        self._meet_adopter(tokens, language)
        for number, (lo, hi) in enumerate(bounds):
            lo += self._headings.paragraph(tokens[lo:hi], language)
            sentence = Sentence(self._text, tokens[lo:hi], language)
            self._register.last = None
            is_last = number + 1 == len(bounds)
            here = _Place(
                place.governing if number == 0 else None,
                is_last and (is_open(sentence.tokens) or place.list_follows),
                place.is_item and number == 0,
            )
            setting = Setting(
                opens_block=number == 0,
                bare=self._may_be_bare(sentence, here) and number == 0,
                after_body=self._after_body,
                adopters=self._adopters,
                tells=self._tells,
            )
            finder = LeadFinder(sentence.tokens, language, quotes[lo:hi], setting)
            opened = self._read_sentence(sentence, finder.find(), here)
        goes_on = place.governing is not None and place.governing.kind is None
        if block.depth == 0 and self._spoke and not goes_on:
            self._openings.clear()
        if opened:
            spoken_to = self._register.paragraph
            self._openings.append(replace(opened, depth=block.depth, addressee=spoken_to))

    def _meet_adopter(self, tokens: Sequence[Token], language: Language) -> None:
        """Take the name that opens the first paragraph: "The Parliament of Students calls on"."""
        if self._met:
            return
        self._met = True
        name = list(takewhile(lambda token: self._is_named(token, language), tokens))
        words = [token for token in name if is_capital(self._text, token)]
        if len(words) > 1 and language.countries.name_at(name, 0) is None:
            self._adopters += " | " + " ".join(token.word for token in name)

    def _is_named(self, token: Token, language: Language) -> bool:
        small = language.any(token.word, "determiners", "prepositions", "coordinators")
        return is_word(token) and (small or is_capital(self._text, token))

    def _may_be_bare(self, sentence: Sentence, place: _Place) -> bool:
        """Tell whether "Call on ..." may lead: in a list under "resolves to", or above a list."""
        contentless = place.governing is not None and place.governing.draft is None
        return contentless or is_open(sentence.tokens)

    def _read_sentence(self, sentence: Sentence, leads: Leads, place: _Place) -> Opening | None:
        governing = place.governing
        if governing and governing.kind in _TOLD:
            self._clauses.plain(sentence, governing.kind)
            return Opening(governing.kind, None, 0) if place.list_follows else None
        self._after_body = bool(leads.found) and leads.found[0].lead.form in {THIRD, PAST}
        if governing and governing.draft and not self._stands_alone(sentence, leads):
            return self._part(sentence, governing.draft, list_follows=place.list_follows)
        if leads.found:
            self._spoke = True
            return self._clauses.of_leads(
                sentence,
                leads,
                list_follows=place.list_follows,
                resolving=governing is not None and governing.kind is ClauseKind.PLEDGE,
            )
        return self._without_lead(sentence, leads, place)

    def _stands_alone(self, sentence: Sentence, leads: Leads) -> bool:
        """Tell an item that has its own "we urge" or "calls on" from one more thing asked."""
        if not leads.found:
            return False
        first = leads.found[0]
        ours = any(sentence.is_any(index, "firsts") for index in range(first.begin))
        return ours or first.lead.form in {THIRD, PAST}

    def _part(self, sentence: Sentence, whole: Draft, *, list_follows: bool) -> Opening | None:
        """Add an item as a part of the demand that opened its list."""
        lo = 0
        while sentence.is_any(lo, "label_infinitives", "coordinators", "label_infinitive_contents"):
            lo += 1
        hi = sentence.trimmed(lo, len(sentence.tokens))
        if lo >= hi:
            return None
        start, end = sentence.span(lo, hi)
        part = self.notes.add(
            Draft(whole.kind, start, end, sentence.language, whole.addressee, whole.actor, whole)
        )
        split_into(self.notes, part, sentence, (lo, hi))
        return Opening(whole.kind, part, 0) if list_follows else None

    def _without_lead(self, sentence: Sentence, leads: Leads, place: _Place) -> Opening | None:
        statements = Statements(self._text, sentence.tokens, sentence.language)
        governing, hi = place.governing, len(sentence.tokens)
        start = min(leads.start, hi - 1)
        if place.list_follows and self._names_body(sentence, start):
            return Opening(governing.kind if governing else None, None, 0, leads.resolved)
        duty = None if leads.is_negated else statements.obligation(start, hi)
        if duty:
            self._spoke = True
            starts = [start, *statements.next_obligations(duty.action, hi)]
            return self._duties(sentence, starts, list_follows=place.list_follows)
        asks = governing is not None and governing.kind is ClauseKind.DEMAND
        if asks and self._clauses.of_content(sentence):
            return None
        kind = self._fallback(sentence, statements, leads, place)
        if kind is None:
            self._leave_unread(sentence, statements, leads)
            return None
        asking = kind in {ClauseKind.DEMAND, ClauseKind.CALL}
        draft = self._clauses.plain(sentence, kind, start if asking else 0)
        opens = place.list_follows and kind is ClauseKind.DEMAND
        return Opening(kind, draft, 0) if opens else None

    def _duties(
        self, sentence: Sentence, starts: Sequence[int], *, list_follows: bool
    ) -> Opening | None:
        """Add "Governments must ... and ministers must ...", each from its own start."""
        opened: Opening | None = None
        for start, end in zip(starts, [*starts[1:], len(sentence.tokens)], strict=True):
            part = sentence.between(start, end)
            duty = Statements(self._text, part.tokens, part.language).obligation(0, end - start)
            if duty:
                is_last = end == len(sentence.tokens)
                opened = self._clauses.of_obligation(
                    part, duty, list_follows=list_follows and is_last
                )
        return opened

    def _names_body(self, sentence: Sentence, start: int) -> bool:
        """Tell "Resolved, That the Senate:" and "We, the undersigned:", whose items follow."""
        if sentence.is_any(start, "firsts"):
            return True
        body = sentence.language.books["bodies"].match(sentence.tokens, start)
        rest = sentence.tokens[body.after if body else start :]
        return all(not is_word(token) for token in rest)

    def _fallback(
        self,
        sentence: Sentence,
        statements: Statements,
        leads: Leads,
        place: _Place,
    ) -> ClauseKind | None:
        """Tell the function of a sentence by its form and its place."""
        lo, hi, governing = leads.start, len(sentence.tokens), place.governing
        if leads.is_negated or lo >= hi:
            return None
        ends = sentence.tokens[-1].word
        if statements.is_mobilising(lo, hi) and ends in {".", "!"}:
            return ClauseKind.CALL
        if governing and governing.kind:
            return governing.kind
        if statements.is_right(lo):
            return ClauseKind.AFFIRMATION
        if leads.resolved or (governing and governing.resolved):
            return ClauseKind.PLEDGE
        if self._demands and place.is_item and not statements.is_fact(lo, hi):
            return ClauseKind.DEMAND
        listed = self._proposes and place.is_item
        addressed = ends == "!" or listed or self._register.addressed is not None
        if addressed and statements.is_imperative(lo, hi):
            return ClauseKind.DEMAND
        return ClauseKind.FINDING if statements.is_fact(lo, hi) else None

    def _leave_unread(self, sentence: Sentence, statements: Statements, leads: Leads) -> None:
        if leads.start >= len(sentence.tokens) or not is_sentence(self._text, sentence.tokens):
            return
        reason = "no-known-verb"
        if leads.is_negated:
            reason = "negated"
        elif statements.is_obligation_without_actor(0, len(sentence.tokens)):
            reason = "no-addressee"
        hi = sentence.trimmed(0, len(sentence.tokens))
        self.notes.unread.append((*sentence.span(0, max(hi, 1)), reason))
