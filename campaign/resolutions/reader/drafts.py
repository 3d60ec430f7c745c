"""Clauses while they are being read, and the small judgements that make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from campaign.resolutions.reader.actions import Actions, Piece
from campaign.resolutions.reader.conditions import find_condition
from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.reading import ClauseKind
from campaign.resolutions.reader.words import Token, is_word


@dataclass(slots=True, eq=False)
class Draft:
    """Hold a clause by character offsets; its number is not known yet."""

    kind: ClauseKind
    start: int
    end: int
    language: Language
    addressee: str | None = None
    actor: str | None = None
    parent: Draft | None = None
    condition: tuple[int, int] | None = None
    children: int = 0

    def contain(self, end: int) -> None:
        """Let this clause and those it is a part of reach to the end of a part."""
        draft: Draft | None = self
        while draft is not None and draft.end < end:
            draft.end = end
            draft = draft.parent


@dataclass(slots=True)
class Notes:
    """Collect what a reading finds, in the order of finding."""

    drafts: list[Draft] = field(default_factory=list)
    unread: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, draft: Draft) -> Draft:
        """Keep a clause."""
        if draft.parent is not None:
            draft.parent.children += 1
            draft.parent.contain(draft.end)
        self.drafts.append(draft)
        return draft


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold the words of one sentence and the language they are in."""

    text: str
    tokens: Sequence[Token]
    language: Language

    @property
    def actions(self) -> Actions:
        """Give the reader of actions for these words."""
        return Actions(self.text, self.tokens, self.language)

    def is_any(self, index: int, *names: str) -> bool:
        """Tell whether the word at an index is in one of the named lists."""
        return 0 <= index < len(self.tokens) and self.language.any(self.tokens[index].word, *names)

    def between(self, lo: int, hi: int) -> Sentence:
        """Give a part of the sentence."""
        return Sentence(self.text, self.tokens[lo:hi], self.language)

    def trimmed(self, lo: int, hi: int) -> int:
        """Give the end of a clause without closing marks and a trailing "and"."""
        while hi > lo and self._is_loose(hi - 1):
            hi -= 1
        return hi

    def _is_loose(self, index: int) -> bool:
        token = self.tokens[index]
        if is_word(token):
            return self.language.any(token.word, "coordinators", "trailing")
        return token.word in {",", ";", ".", ":", "—", "–", "-", "!", "|"}

    def span(self, lo: int, hi: int) -> tuple[int, int]:
        """Give the characters that tokens cover."""
        return self.tokens[lo].start, self.tokens[hi - 1].end


def split_into(
    notes: Notes,
    whole: Draft,
    sentence: Sentence,
    stretch: tuple[int, int],
    *,
    things: bool = False,
) -> None:
    """Add the parts of a demand: actions, things or treaties, and its condition."""
    lo, hi = stretch
    condition = find_condition(sentence.tokens, lo, hi, sentence.language)
    stop = hi
    if condition and (sentence.tokens[condition[0] - 1].word == "," or condition[1] < hi):
        whole.condition = sentence.span(*condition)
        stop, condition = condition[0], None
    actions = sentence.actions
    pieces = actions.split_things(lo, stop) if things else actions.split(lo, stop)
    if len(pieces) < len("ab"):
        pieces = []
    if condition and not pieces:
        whole.condition = sentence.span(*condition)
    for piece in pieces:
        _add_piece(notes, whole, sentence, piece)


def _add_piece(notes: Notes, whole: Draft, sentence: Sentence, piece: Piece) -> None:
    part = notes.add(_part(whole, sentence, (piece.start, piece.end)))
    condition = find_condition(sentence.tokens, piece.start, piece.end, sentence.language)
    part.condition = sentence.span(*condition) if condition else None
    for span in piece.parts:
        notes.add(_part(part, sentence, span))


def _part(whole: Draft, sentence: Sentence, stretch: tuple[int, int]) -> Draft:
    start, end = sentence.span(*stretch)
    return Draft(
        whole.kind,
        start,
        end,
        sentence.language,
        addressee=whole.addressee,
        actor=whole.actor,
        parent=whole,
    )
