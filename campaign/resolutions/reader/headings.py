"""Lines that speak for what stands below them: headings, salutations, "To the Government of X:"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.addressees import Register
from campaign.resolutions.reader.clauses import Opening
from campaign.resolutions.reader.drafts import Sentence
from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.leads import LeadFinder, Setting
from campaign.resolutions.reader.noun_phrases import NounPhrase, noun_phrase
from campaign.resolutions.reader.outline import Block
from campaign.resolutions.reader.reading import ClauseKind
from campaign.resolutions.reader.requests import Requests
from campaign.resolutions.reader.scan import FIRST, Scan
from campaign.resolutions.reader.statements import Statements
from campaign.resolutions.reader.words import Token, is_word, quoted, tokens_of

LONGEST_ADDRESS = 40  # words between "To" and ", we"
_LONGEST_BODY = 10  # words of "The Assembly of ...,"
_NEAR = 4  # words in which "we" shows that a paragraph speaks for itself
_SHORTEST_CALL = 4  # words; "Calls for action" is a heading


@dataclass(frozen=True, slots=True)
class Taken:
    """Tell that a line was taken in, and which list it opens, if any."""

    opening: Opening | None = None


class Headings:
    """Take in the lines that are no clauses themselves."""

    def __init__(self, text: str, register: Register) -> None:
        self._text = text
        self._register = register
        self._section_has_list = False

    def address_whole(self, title: str, language: Language) -> None:
        """Take whom "Open letter to the Prime Minister" is for."""
        tokens = tokens_of(title)
        for index in range(len(tokens)):
            found = language.books["label_letters"].match(tokens, index)
            if found:
                phrase = noun_phrase(title, tokens[found.after :], language)
                self._register.whole = self._register.name(phrase, language) if phrase else None
                return

    def enter(self, block: Block) -> None:
        """Forget whom the last paragraph spoke to, and a section whose list has ended."""
        self._register.paragraph = self._register.last = None
        if block.depth:
            self._section_has_list = True
        elif self._section_has_list:
            self._register.section = None

    def take(
        self, block: Block, tokens: Sequence[Token], language: Language, *, leads_on: bool
    ) -> Taken | None:
        """Take in a line if it is a heading, a salutation or who adopts; None if it is not.

        leads_on: it belongs to a list, or a list follows it, so that it may be short and yet speak.
        """
        found = language.books["headings"].match(tokens, 0)
        if (
            found
            and found.after >= len(tokens) - 1
            and (block.may_be_heading or block.is_marked_heading or tokens[-1].word == ":")
        ):
            kind = None if found.meaning == "signatures" else ClauseKind(found.meaning)
            return Taken(Opening(kind, None, 0))
        if self._salutation(tokens, language):
            return Taken()
        if self._section(block, tokens, language):
            return Taken(Opening(ClauseKind.DEMAND, None, 0))
        if block.is_marked_heading or self._is_body(tokens, language):
            return Taken()
        is_heading = block.may_be_heading and not leads_on and not self._speaks(tokens, language)
        return Taken() if is_heading else None

    def paragraph(self, tokens: Sequence[Token], language: Language) -> int:
        """Read "To the People's Republic of China, we": whom a paragraph speaks to.

        Gives the index where the sentence itself begins.
        """
        if not language.any(tokens[0].word, "label_addressing"):
            return 0
        for index in range(1, min(LONGEST_ADDRESS, len(tokens) - 1)):
            if tokens[index].word not in {",", ":", "—", "–"}:
                continue
            closed = tokens[index].word == ":"
            sentence = Sentence(self._text, tokens, language)
            if language.any(tokens[index + 1].word, "firsts") or (
                closed and sentence.actions.opens(index + 1, len(tokens))
            ):
                self._register.paragraph = self._addressed(tokens[1:index], language)
                return index + 1 if self._register.paragraph else 0
            if closed:
                break
        return 0

    def _is_body(self, tokens: Sequence[Token], language: Language) -> bool:
        """Tell "The General Assembly," alone on its line."""
        if tokens[-1].word != "," or len(tokens) > _LONGEST_BODY:
            return False
        named = language.books["bodies"].match(tokens, 0)
        return named is not None and not self._has_lead(tokens, language)

    def _speaks(self, tokens: Sequence[Token], language: Language) -> bool:
        """Tell a sentence without a full stop from a heading."""
        if self._has_lead(tokens, language):
            first = any(language.any(token.word, "firsts") for token in tokens)
            return first or len(tokens) > _SHORTEST_CALL
        statements = Statements(self._text, tokens, language)
        return statements.obligation(0, len(tokens)) is not None

    def _has_lead(self, tokens: Sequence[Token], language: Language) -> bool:
        return bool(LeadFinder(tokens, language, quoted(tokens), Setting()).find().found)

    def _salutation(self, tokens: Sequence[Token], language: Language) -> bool:
        """Take in "Dear Prime Minister,"."""
        found = language.books["label_salutations"].match(tokens, 0)
        if found is None or len(tokens) > LONGEST_ADDRESS:
            return False
        if tokens[-1].word not in {",", ":", "!"}:
            return False
        phrase = noun_phrase(self._text, tokens[found.after : -1] or tokens[:-1], language)
        if phrase is None or self._are_friends(phrase, language):
            return True
        if self._register.whole is None:
            self._register.whole = self._register.name(phrase, language)
        return True

    def _are_friends(self, phrase: NounPhrase, language: Language) -> bool:
        """Tell "Dear members" from "Dear Members of the Board"."""
        return language.any(phrase.words[0].word, "label_letter_friends") and not any(
            language.any(token.word, "prepositions") for token in phrase.words
        )

    def _section(self, block: Block, tokens: Sequence[Token], language: Language) -> bool:
        """Take in "To the Government of X:" or "Recommendations to local authorities"."""
        heading = language.books["headings"].match(tokens, 0)
        named = heading is not None and heading.meaning == ClauseKind.DEMAND.value
        first = heading.after if heading and named else 0
        words = "label_addressing_after_heading" if named else "label_addressing"
        if first >= len(tokens) - 1 or not language.any(tokens[first].word, words):
            return False
        closed = tokens[-1].word == ":"
        if not closed and not (named and (block.may_be_heading or block.is_marked_heading)):
            return False
        if any(token.word in {",", "."} for token in tokens):
            return False
        name = self._addressed(tokens[first + 1 : -1 if closed else None], language)
        if name is not None:
            self._register.section, self._section_has_list = name, False
        return name is not None

    def _addressed(self, tokens: Sequence[Token], language: Language) -> str | None:
        """Give the name after "To", unless it is "To this end" or "To achieve this"."""
        if not tokens or language.books["label_not_addressed"].match(tokens, 0):
            return None
        sentence = Sentence(self._text, tokens, language)
        if sentence.is_any(0, "others_verbs") or sentence.actions.opens(0, len(tokens)):
            return None
        phrase = noun_phrase(self._text, tokens, language)
        return self._register.name(phrase, language) if phrase else None


def is_item(text: str, tokens: Sequence[Token], language: Language) -> bool:
    """Tell an unmarked list item from a paragraph: "An end to ...", "to release ..."."""
    words = sum(is_word(token) for token in tokens)
    if words > LONGEST_ADDRESS or not tokens:
        return False
    sentence = Sentence(text, tokens, language)
    if any(language.any(token.word, "firsts") for token in tokens[:_NEAR]):
        return False
    bare = Scan(tokens, language, quoted(tokens)).lead(0, FIRST)
    return (
        bare is not None
        or text[tokens[0].start].islower()
        or sentence.is_any(0, "label_infinitives", "label_infinitive_contents", "nominals")
        or sentence.actions.opens(0, len(tokens))
        or sentence.actions.names_action(0, len(tokens))
        or Requests(sentence).named(len(tokens)) is not None
    )
