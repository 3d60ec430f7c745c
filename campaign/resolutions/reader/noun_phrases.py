"""Who is spoken of: noun phrases, cleaned of articles and asides, and their heads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import BLANKS, Token, is_capital, is_word

_SPACES = re.compile(rf"[{re.escape(BLANKS)}]+")
_LONGEST = 60  # words; whatever is longer is no name
_SHORTEST_ACRONYM = 2
_LONGEST_ACRONYM = 8


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """Hold somebody's name as the text gives it, without article."""

    name: str
    words: tuple[Token, ...]
    heads: tuple[str, ...]  # of each part of "the Council and the Commission"
    is_definite: bool  # "the Government", not "governments"
    is_own: bool  # "its President", "our Government"
    alias: str | None  # the abbreviation that the text gives in brackets

    def is_of(self, language: Language, *names: str) -> bool:
        """Tell whether any head stands in one of the language's lists."""
        return any(language.any(head, *names) for head in self.heads)


def noun_phrase(text: str, tokens: Sequence[Token], language: Language) -> NounPhrase | None:
    """Read a noun phrase in a stretch of tokens, from its beginning; None where there is none."""
    lo = _skip_opening(tokens, language)
    definite = any(language.any(t.word, "determiners", "pointers") for t in tokens[:lo])
    own = any(language.any(t.word, "possessives") for t in tokens[:lo])
    hi = _closing(text, tokens, lo, language)
    alias, hi = _alias(text, tokens, lo, hi)
    words = tuple(tokens[lo:hi])
    if not words or len(words) > _LONGEST or not any(is_word(token) for token in words):
        return None
    return NounPhrase(
        name=plain(text, words[0].start, words[-1].end),
        words=words,
        heads=_heads(words, language),
        is_definite=definite,
        is_own=own,
        alias=alias,
    )


def plain(text: str, start: int, end: int) -> str:
    """Give a stretch of text on one line."""
    return _SPACES.sub(" ", text[start:end]).strip()


def is_actor(text: str, phrase: NounPhrase, language: Language) -> bool:
    """Tell whether a noun phrase names somebody who can be asked to act."""
    return phrase.is_of(language, "actors") or names_country(text, phrase.words, language)


def is_acronym(text: str, phrase: NounPhrase) -> bool:
    """Tell "the ILO": an organization, whatever its letters stand for."""
    raw = text[phrase.words[0].start : phrase.words[0].end]
    short = _SHORTEST_ACRONYM <= len(raw) <= _LONGEST_ACRONYM
    return phrase.is_definite and len(phrase.words) == 1 and short and raw.isupper()


def names_country(text: str, words: Sequence[Token], language: Language) -> bool:
    """Tell whether the words begin with a country's name and are little else."""
    found = language.countries.name_at(words, 0)
    if found is None or not is_capital(text, words[0]):
        return False
    rest = words[found.after :]
    return not rest or not is_word(rest[0]) or language.any(rest[0].word, "coordinators")


def _skip_opening(tokens: Sequence[Token], language: Language) -> int:
    index = 0
    while index < len(tokens) and (
        language.any(tokens[index].word, "determiners", "pointers", "possessives")
        or not is_word(tokens[index])
    ):
        index += 1
    return index


def _closing(text: str, tokens: Sequence[Token], lo: int, language: Language) -> int:
    """Find where a name ends: before a relative clause, an aside, a full stop."""
    hi = lo
    while hi < len(tokens) and hi - lo <= _LONGEST:
        word = tokens[hi].word
        if word in {";", ":", "—", "–"} or (hi > lo and language.any(word, "relatives")):
            break
        if word == "," and not _goes_on(tokens, hi, language):
            break
        hi += 1
    while hi > lo and _is_trailing(tokens[hi - 1], language):
        hi -= 1
    return hi


def _is_trailing(token: Token, language: Language) -> bool:
    if token.word in {")", "]", "”"}:
        return False
    return (
        not is_word(token)
        or language.is_adverb(token.word)
        or language.any(token.word, "coordinators", "prepositions", "determiners", "negations")
    )


def _goes_on(tokens: Sequence[Token], comma: int, language: Language) -> bool:
    """Tell whether a comma parts the members of a list, or opens an aside."""
    after = comma + 1
    if after < len(tokens) and language.any(tokens[after].word, "coordinators"):
        after += 1
    if after >= len(tokens):
        return False
    word = tokens[after].word
    if language.any(word, "breaks", "seconds") or language.is_adverb(word):
        return False
    if _is_participle(word, language):
        return False
    if after > comma + 1:
        return True
    return any(
        language.any(token.word, "coordinators") for token in tokens[after : after + _LONGEST]
    )


def _alias(text: str, tokens: Sequence[Token], lo: int, hi: int) -> tuple[str | None, int]:
    """Take "(UNHCR)" or "(hereinafter ...)" off the end of a name; the former is an alias."""
    if hi - lo <= len("(X)") or tokens[hi - 1].word != ")":
        return None, hi
    opening = next((at for at in range(hi - 2, lo, -1) if tokens[at].word == "("), None)
    if opening is None:
        return None, hi
    raw = text[tokens[opening + 1].start : tokens[hi - 2].end]
    short = _SHORTEST_ACRONYM <= len(raw) <= _LONGEST_ACRONYM
    return (raw.casefold() if short and raw[0].isupper() else None), opening


def _heads(words: Sequence[Token], language: Language) -> tuple[str, ...]:
    """Find the head of each part: the last word before a preposition or a participle."""
    heads: list[str] = []
    head: str | None = None
    is_closed = False
    for token in words:
        if token.word == "," or language.any(token.word, "coordinators"):
            heads.extend([head] if head else [])
            head, is_closed = None, False
        elif _ends_head(token.word, language) and head is not None:
            is_closed = True
        elif not is_closed and is_word(token):
            head = token.word
    heads.extend([head] if head else [])
    return tuple(heads) or (words[-1].word,)


def _ends_head(word: str, language: Language) -> bool:
    return _is_participle(word, language) or language.any(
        word, "prepositions", "relatives", "label_infinitives"
    )


def _is_participle(word: str, language: Language) -> bool:
    endings = tuple(language.sets.get("participle_endings", ()))
    return bool(endings) and word.endswith(endings)
