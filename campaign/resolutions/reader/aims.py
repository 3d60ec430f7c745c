"""What a call says it is for, and which demands that means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import Token, is_word

_STEM = 6  # letters; "repatriation" and "repatriated" are one
_SHORTEST = 3  # letters of a word that means something
_RARE = 40  # demands; a stem in more of them tells nothing
_LEAST_SCORE = 0.34  # of the weight of all words of the aim
_LEAST_SHARED = 2  # stems
_MARGIN = 1.15  # how much better the best demand fits than the next
_SAME_COUNTRY = 1.25  # where the call's sites are the addressee's


@dataclass(frozen=True, slots=True)
class Aim:
    """Hold one stated purpose of a call."""

    start: int  # characters
    end: int
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """Hold a demand that an aim may mean."""

    number: int
    stems: frozenset[str]
    country: str | None


def aims_of(tokens: Sequence[Token], language: Language) -> list[Aim]:
    """Find the purposes in a call: "aimed at ... and at gaining ..."."""
    starts: list[int] = []
    index = 0
    ends: list[int] = []
    while index < len(tokens):
        book = language.books["aim_continuations"] if starts else language.books["aims"]
        found = book.match(tokens, index) or language.books["aims"].match(tokens, index)
        if found:
            ends.extend([index] if starts else [])
            starts.append(found.after)
            index = found.after
        else:
            index += 1
    ends.append(len(tokens))
    aims = [_aim(tokens[lo:hi], language) for lo, hi in zip(starts, ends, strict=False)]
    return [aim for aim in aims if aim is not None]


def stems_of(tokens: Sequence[Token], language: Language) -> frozenset[str]:
    """Give the words that carry meaning, shortened so that their forms agree."""
    return frozenset(
        token.word.removesuffix("'s")[:_STEM]
        for token in tokens
        if is_word(token) and len(token.word) >= _SHORTEST and not language.any(token.word, "stop")
    )


class Linker:
    """Find the demand that an aim means, by the words that both use."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = {target.number: target for target in targets}
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        for target in targets:
            for stem in target.stems:
                self._by_stem[stem].append(target.number)

    def demand(self, aim: Aim, country: str | None) -> int | None:
        """Give the number of the one demand that fits best; None where none clearly does."""
        scores: dict[int, float] = defaultdict(float)
        shared: dict[int, int] = defaultdict(int)
        for stem in aim.stems:
            having = self._by_stem.get(stem, ())
            if len(having) > _RARE:
                continue
            for number in having:
                scores[number] += self._weight(stem)
                shared[number] += 1
        whole = sum(self._weight(stem) for stem in aim.stems if stem in self._by_stem)
        ranked = sorted(
            ((self._fitting(number, score, country), number) for number, score in scores.items()),
            key=lambda pair: (-pair[0], pair[1]),
        )
        if not ranked or shared[ranked[0][1]] < min(_LEAST_SHARED, len(aim.stems)):
            return None
        best, number = ranked[0]
        if best < _LEAST_SCORE * whole:
            return None
        if len(ranked) > 1 and best < ranked[1][0] * _MARGIN:
            return None
        return number

    def _weight(self, stem: str) -> float:
        return log(1 + len(self._targets) / (1 + len(self._by_stem.get(stem, ()))))

    def _fitting(self, number: int, score: float, country: str | None) -> float:
        same = country is not None and self._targets[number].country == country
        return score * (_SAME_COUNTRY if same else 1)


def _aim(tokens: Sequence[Token], language: Language) -> Aim | None:
    words = [token for token in tokens if is_word(token)]
    stems = stems_of(words, language)
    return Aim(words[0].start, words[-1].end, stems) if stems else None
