"""Words with their places, and the sentences they form; knows no language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?: [^\W\d_] \. ){2,}                  # U.N., e.g.
    | \d+ (?: [.,/\-‐‑] \d+ )+            # 28.4.2005, 2005-04-28
    | [^\W_] (?: [^\W_] | [\u0300-\u036f\u00ad\u200c\u200d] )*  # words, at-risk, People’s
      (?: ['’\-‐‑] [^\W_] (?: [^\W_] | [\u0300-\u036f\u00ad] )* )*
    | \S                                   # everything else, one by one
    """,
    re.VERBOSE,
)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200c\u200d"))
_STRAIGHT = str.maketrans({"’": "'", "‐": "-", "‑": "-", "‘": "'"})
_OPENING = {"“": "”", "«": "»", "„": "“”"}
DASHES = frozenset("—–-")
_STOPS = frozenset(".!?…")
_CLOSERS = frozenset("”\"»)]'")
_FORMAT = frozenset(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF))
)
_UNSPOKEN = _FORMAT | {"*", "_"}  # direction marks, and the marks of emphasis
_SPACES = (*range(0x2000, 0x200B), 0x00A0, 0x1680, 0x2028, 0x2029, 0x202F, 0x3000)
BLANKS = " \t\n\r\f\v" + "".join(map(chr, _SPACES)) + "".join(sorted(_FORMAT))


class Token(NamedTuple):
    """Hold one word or mark: folded for comparison, and where it stands."""

    word: str  # lower case, straight apostrophes
    start: int
    end: int


@lru_cache(maxsize=65536)
def fold(raw: str) -> str:
    """Bring a word to the form in which words are compared."""
    return unicodedata.normalize("NFC", raw).translate(_INVISIBLE).translate(_STRAIGHT).casefold()


def tokens_of(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """List the words and marks of a stretch of text, without marks of direction and emphasis."""
    stop = len(text) if end is None else end
    return [
        Token(word, found.start(), found.end())
        for found in _TOKEN.finditer(text, start, stop)
        # What is invisible through and through is no word.
        if found.group() not in _UNSPOKEN and (word := fold(found.group()))
    ]


def is_word(token: Token) -> bool:
    """Tell words and numbers from marks."""
    return token.word[0].isalnum()


def is_capital(text: str, token: Token) -> bool:
    """Tell whether a word is written with a capital."""
    return text[token.start].isupper()


def phrase_of(raw: str) -> tuple[str, ...]:
    """Fold a phrase of the language data into the words that it is matched by."""
    return tuple(token.word for token in tokens_of(raw))


@dataclass(frozen=True, slots=True)
class Stops:
    """Hold the words that tell which full stops end a sentence."""

    abbreviations: frozenset[str]  # "art." goes on
    starters: frozenset[str]  # after "the U.N." a capital article or pronoun opens a sentence


def sentences(text: str, tokens: Sequence[Token], stops: Stops) -> Iterator[tuple[int, int]]:
    """Part a paragraph into sentences, as index ranges of its tokens."""
    begin = 0
    for index in range(len(tokens)):
        after = _sentence_end(tokens, index) if index >= begin else None
        if after is None:
            continue
        if after < len(tokens) and _is_inside(text, tokens, (index, after), stops):
            continue
        yield begin, after
        begin = after
    if begin < len(tokens):
        yield begin, len(tokens)


def _sentence_end(tokens: Sequence[Token], index: int) -> int | None:
    """Give the index after a full stop and its closing quotes, if one stands here."""
    token = tokens[index]
    dotted = len(token.word) > 1 and token.word.endswith(".")
    if token.word not in _STOPS and not dotted:
        return None
    after = index + 1
    while after < len(tokens) and (
        tokens[after].word in _STOPS
        or (tokens[after].word in _CLOSERS and tokens[after].start == tokens[after - 1].end)
    ):
        after += 1
    if after < len(tokens) and tokens[after].start == tokens[after - 1].end:
        return None
    return after


def _is_inside(text: str, tokens: Sequence[Token], stop: tuple[int, int], stops: Stops) -> bool:
    """Tell whether a full stop with more behind it belongs to an abbreviation or a quote."""
    index, after = stop
    following = tokens[after]
    if is_word(following) and text[following.start].islower():
        return True
    if tokens[index].word not in _STOPS:
        return following.word not in stops.starters
    if tokens[index].word not in {".", "…"}:
        return False
    before = tokens[index - 1] if index else None
    if before is None or before.end != tokens[index].start:
        return False
    initial = before.end - before.start == 1 and text[before.start].isupper()
    return initial or before.word in stops.abbreviations


def quoted(tokens: Sequence[Token]) -> list[bool]:
    """Tell for each token whether it stands within quotation marks."""
    closing = ""
    marks = []
    for token in tokens:
        mark = token.word
        if closing and mark in closing:
            closing = ""
        elif not closing and mark in _OPENING:
            closing = _OPENING[mark]
        elif not closing and mark == '"':
            closing = '"'
        marks.append(bool(closing))
    return marks
