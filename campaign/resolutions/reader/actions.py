"""What is asked: where an action begins, and how it parts into several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.resolutions.reader.verbs import Verbs
from campaign.resolutions.reader.words import Token, is_capital, is_word

_LONGEST_NOMINAL = 5  # words, as in "the full and immediate release"
_LONGEST_LINK = 8  # words between two actions, as in ", and, in particular, to"
_REACH = 60  # words of one more action before the last
_LEAST_OBJECT = 2  # words of an action before "to": "to realize, and to admit, that" is one
_LEAST_WORDS = 3  # of an action before "and": "defend and protect workers" is one


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold one action by token indexes, "to" left out; instruments it names may be parts of it."""

    start: int
    end: int
    parts: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class _SoFar:
    """Hold what is known of an action whose end is not reached yet."""

    words: int = 0
    last: tuple[str, str] = ("", "")  # its last two words
    is_nested: bool = False  # it holds "to" itself: "take measures to protect"

    def take(self, token: Token) -> None:
        """Go one word further."""
        if is_word(token):
            self.words += 1
            self.last = (self.last[1], token.word)


class Actions(Verbs):
    """Read the actions in one sentence."""

    def split(self, lo: int, hi: int) -> list[Piece]:
        """Part "release ..., to lift ... and hold ..." where that is certain; else give nothing."""
        cuts = self._cuts(lo, hi)
        elaborated = self._elaborated(cuts)
        starts = [start for _, start in cuts]
        ends = [end for end, _ in cuts] + [hi]
        pieces = list(zip([lo, *starts], ends, strict=True))
        if elaborated:
            pieces = pieces[1:]
        trimmed = [self._trim(start, end) for start, end in pieces]
        if len(cuts) == 0:
            parts = self._instruments(lo, hi)
            return [Piece(*part) for part in parts]
        return [Piece(start, end, self._instruments(start, end)) for start, end in trimmed]

    def split_things(self, lo: int, hi: int) -> list[Piece]:
        """Part "the release of ..., an end to ... and the repeal of ..."."""
        if not self.names_action(lo, hi):
            return []
        starts, ends = [lo], []
        for index in range(lo + 1, hi):
            if self._tokens[index].word != "," and not self._is(index, "coordinators"):
                continue
            after = self._past_separators(index, hi)
            if index >= starts[-1] and after < hi and self.names_action(after, hi):
                starts.append(after)
                ends.append(index)
        pieces = zip(starts, [*ends, hi], strict=True)
        return [Piece(*self._trim(start, end)) for start, end in pieces]

    def names_action(self, at: int, hi: int) -> bool:
        """Tell "the immediate release of": an article and a noun of action."""
        if not self._is(at, "determiners"):
            return False
        for index in range(at + 1, min(at + _LONGEST_NOMINAL, hi - 1)):
            if self._is(index, "nominals") and self._is(
                index + 1, "prepositions", "label_infinitives"
            ):
                return True
            if self._is(index, "prepositions"):
                return False
        return False

    def _cuts(self, lo: int, hi: int) -> list[tuple[int, int]]:
        """List where one action ends and the next begins."""
        cuts: list[tuple[int, int]] = []
        sofar = _SoFar()
        depth = 0
        begin = lo
        for index in range(lo, hi):
            word = self._tokens[index].word
            depth += (word in "([") - (word in ")]")
            if index < begin or depth > 0:
                continue
            start = self._start_of_next(index, hi, sofar) if index > begin else None
            if start is not None:
                cuts.append((index, start))
                begin, sofar = start, _SoFar()
                continue
            sofar.take(self._tokens[index])
            if index > begin and self._is(index, "label_infinitives"):
                sofar.is_nested |= self.verb_after(index, hi) is not None
        return cuts

    def _start_of_next(self, index: int, hi: int, sofar: _SoFar) -> int | None:
        """Give where the next action begins if a separator at `index` ends the one before."""
        is_mark = self._tokens[index].word in {",", ";"}
        if not is_mark and not self._is(index, "coordinators"):
            return None
        at = self._past_separators(index, hi)
        if at >= hi:
            return None
        if self._is(at, "label_infinitives") and self.verb_after(at, hi) is not None:
            parts = sofar.words >= _LEAST_OBJECT and (is_mark or not sofar.is_nested)
            return at + 1 if parts else None
        if self._is(at - 1, "modals"):
            return at
        bare = is_mark or not sofar.is_nested
        if not bare or not self._is_whole(sofar) or not self._is_certain_verb(at, hi):
            return None
        listed = not is_mark or self._is(index + 1, "coordinators") or self._ends_in_and(at, hi)
        return at if listed else None

    def _past_separators(self, index: int, hi: int) -> int:
        at = index
        while at < min(hi, index + _LONGEST_LINK):
            if self._tokens[at].word in {",", ";"} or self._is(at, "coordinators", "adverbs"):
                at += 1
                continue
            if at > index and self._is(at, "modals"):
                return self._past_modal(at, hi)
            books = self._language.books
            also = books["additions"].match(self._tokens, at)
            if also:
                at = also.after
                continue
            aside = books["elaborations"].match(self._tokens, at)
            if aside is None or not self._is(aside.after, "label_infinitives"):
                break
            at = aside.after
        return at

    def _past_modal(self, at: int, hi: int) -> int:
        """Step over the second "must" of "must pay and must not leave", if a verb follows."""
        verb = at + 1
        while verb < hi and self._is(verb, "negations"):
            verb += 1
        return at + 1 if verb < hi and self._is_infinitive_verb(verb, hi) else at

    def _is_whole(self, sofar: _SoFar) -> bool:
        """Tell whether an action before "and" has its own object."""
        if sofar.words < _LEAST_WORDS:
            return False
        before, last = sofar.last
        if self._language.any(last, "plain_verbs", "prepositions", "determiners"):
            return False
        if not self._language.any(last, "nouns_verbs"):
            return True
        is_noun = self._language.is_determiner(before)
        return is_noun or self._language.any(before, "prepositions")

    def _ends_in_and(self, at: int, hi: int) -> bool:
        """Tell whether "a, b" goes on to "and c", c being a verb too."""
        for index in range(at, min(at + _REACH, hi)):
            if self._is(index, "coordinators") and self._is_certain_verb(
                self._past_separators(index, hi), hi
            ):
                return True
        return False

    def _elaborated(self, cuts: Sequence[tuple[int, int]]) -> bool:
        """Tell whether the first action is only spelled out by the others ("specifically to")."""
        if not cuts:
            return False
        at, start = cuts[0]
        book = self._language.books["elaborations"]
        return any(book.match(self._tokens, index) for index in range(at, start))

    def _instruments(self, lo: int, hi: int) -> tuple[tuple[int, int], ...]:
        """List the treaties that "abide by" and its like name, if there are several."""
        if not self._is(lo, "heedings"):
            return ()
        starts = [lo + 1]
        for index in range(lo + 1, hi - 1):
            if self._tokens[index].word == "," or self._is(index, "coordinators"):
                after = self._past_separators(index, hi)
                named = self._is(after, "determiners") or self._named_at(after, hi)
                if named and index >= starts[-1]:
                    starts.append(after)
        ends = [*starts[1:], hi]
        spans = [self._trim(start, end) for start, end in zip(starts, ends, strict=True)]
        named_spans = [
            self._past_determiners(*span)
            for span in spans
            if any(self._named_at(index, span[1]) for index in range(*span))
        ]
        whole = [span for span in named_spans if span[1] > span[0]]
        return tuple(whole) if len(whole) > 1 and len(whole) >= len(spans) - 1 else ()

    def _named_at(self, index: int, hi: int) -> bool:
        return (
            index < hi
            and self._is(index, "instruments")
            and is_capital(self._text, self._tokens[index])
        )

    def _past_determiners(self, lo: int, hi: int) -> tuple[int, int]:
        at = lo
        while at < hi and self._is(at, "prepositions", "determiners"):
            at += 1
        return at, hi

    def _trim(self, lo: int, hi: int) -> tuple[int, int]:
        while hi > lo and (
            self._tokens[hi - 1].word in {",", ";", ".", ":", "—", "–"}
            or self._is(hi - 1, "coordinators")
        ):
            hi -= 1
        return lo, hi
