"""The head of a text: its title, when and where it was adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaign.resolutions.reader.dates import FoundDate, find_dates
from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.noun_phrases import plain
from campaign.resolutions.reader.outline import Block
from campaign.resolutions.reader.words import Token, is_capital, is_word, tokens_of

_HEAD_BLOCKS = 12
_TAIL_BLOCKS = 15
_LONGEST_TITLE = 80  # words
_TITLE_REACH = 8  # words among which a long title names its kind
_SHORTEST_TITLE = 3  # words; "RESOLUTION" alone is none
_LONGEST_LINE = 40  # words of a line that tells place and date
_LONGEST_PLACE = 6  # words


@dataclass(frozen=True, slots=True)
class Head:
    """Hold title, day and place of adoption, and how many blocks are nothing else."""

    title: str
    adopted_on: date | None
    place: str | None
    blocks: frozenset[int]  # numbers of the blocks that are part of the head


def read_head(text: str, blocks: Sequence[Block], language: Language) -> Head:
    """Read title, place and date from the first and the last lines of a text."""
    numbers = _heading_numbers(text, blocks, language)
    title_number = _title_number(text, blocks, numbers, language)
    title = "" if title_number is None else _title(text, blocks[title_number])
    lines = [
        (number, tokens_of(text, blocks[number].start, blocks[number].end))
        for number in _candidates(len(blocks))
    ]
    adopted = _adopted(text, lines, language) or _dated(text, lines, numbers, (title, language))
    used = set(numbers)
    if adopted is None:
        return Head(title, None, None, frozenset(used))
    number, day, place = adopted
    return Head(title, day, place, frozenset(used | {number}))


def _candidates(count: int) -> list[int]:
    tail = range(max(_HEAD_BLOCKS, count - _TAIL_BLOCKS), count)
    return [*range(min(_HEAD_BLOCKS, count)), *tail]


def _heading_numbers(text: str, blocks: Sequence[Block], language: Language) -> list[int]:
    """List the blocks before the first sentence that are headings."""
    numbers = []
    for number, block in enumerate(blocks[:_HEAD_BLOCKS]):
        tokens = tokens_of(text, block.start, block.end)
        if block.depth or not _is_heading(text, block, tokens, language, is_first=not number):
            break
        numbers.append(number)
    return numbers


def _is_heading(
    text: str, block: Block, tokens: Sequence[Token], language: Language, *, is_first: bool
) -> bool:
    if block.is_marked_heading:
        return True
    if is_first and _is_long_title(text, block, tokens, language):
        return True
    if not block.may_be_heading or not tokens:
        return False
    if language.any(tokens[-1].word, "coordinators", "label_infinitive_contents"):
        return False
    if is_first:
        return True
    speaks = any(language.any(token.word, "firsts") for token in tokens)
    opens = language.books["headings"].match(tokens, 0) or language.books["bodies"].match(tokens, 0)
    return not speaks and opens is None


def _is_long_title(text: str, block: Block, tokens: Sequence[Token], language: Language) -> bool:
    """Tell a title of more than a line: it says what it is, and ends without a full stop."""
    if len(tokens) > _LONGEST_TITLE or text[block.end - 1] in ".:;,!?":
        return False
    near = tokens[:_TITLE_REACH]
    return any(language.any(token.word, "titles") for token in near) and not any(
        language.any(token.word, "firsts", "modals") for token in tokens
    )


def _title_number(
    text: str, blocks: Sequence[Block], numbers: Sequence[int], language: Language
) -> int | None:
    if numbers and blocks[numbers[0]].is_marked_heading:
        return numbers[0]
    others = []
    for number in numbers:
        block = blocks[number]
        words = [token.word for token in tokens_of(text, block.start, block.end)]
        if len(words) >= _SHORTEST_TITLE and any(language.any(word, "titles") for word in words):
            return number
        if not any(language.any(word, "not_titles") for word in words):
            others.append(number)
    return next(iter(others or numbers), None)


def _title(text: str, block: Block) -> str:
    return plain(text, block.start, block.end).rstrip("#*_ ").lstrip("*_ ")


Adopted = tuple[int, date, str | None]
Lines = Sequence[tuple[int, list[Token]]]


def _adopted(text: str, lines: Lines, language: Language) -> Adopted | None:
    """Read "Adopted at Geneva on 3 March 2021", "Done at Bandung this 24th day of April 1955"."""
    for number, tokens in lines:
        if not tokens or len(tokens) > _LONGEST_LINE:
            continue
        start = 1 if tokens[0].word in {"(", "["} and len(tokens) > 1 else 0
        marker = language.books["label_adopted"].match(tokens, start)
        found = find_dates(text, tokens, language, None)
        if marker and found and found[0].days:
            before = [token for token in tokens[marker.after :] if token.start < found[0].start]
            place = (
                _place_between(text, before, language)
                or _place_listed(text, before, language)
                or _place_after(text, tokens, found[0], language)
            )
            return number, found[0].days[-1], place
    return None


def _place_between(text: str, inside: Sequence[Token], language: Language) -> str | None:
    """Find the name after "at" or "in", before the date; or right at the marker."""
    for index, token in enumerate(inside):
        begins = index == 0 and is_capital(text, token) and is_word(token)
        if begins or language.any(token.word, "label_adopted_at"):
            names = _names(text, inside[index if begins else index + 1 :], language)
            if names:
                return plain(text, names[0].start, names[-1].end)
    return None


def _place_listed(text: str, before: Sequence[Token], language: Language) -> str | None:
    """Find "Porto, Portugal" in "at the Congress of Librarians, Porto, Portugal,"."""
    start = 0
    for index, token in enumerate(before):
        if token.word == "," and any(not is_capital(text, t) for t in before[start:index]):
            start = index + 1
    names = _names(text, before[start:], language) if start else []
    return plain(text, names[0].start, names[-1].end) if names else None


def _names(text: str, tokens: Sequence[Token], language: Language) -> list[Token]:
    """Take capitalised words and commas from the beginning of a stretch."""
    names: list[Token] = []
    for token in tokens:
        if not (is_capital(text, token) or token.word in {",", "-"}):
            break
        names.append(token)
    while names and not is_word(names[-1]):
        names.pop()
    short = len(names) <= _LONGEST_PLACE
    bodies = language.sets.get("titles", frozenset())
    return names if short and not any(token.word in bodies for token in names) else []


def _dated(
    text: str, lines: Lines, numbers: Sequence[int], title: tuple[str, Language]
) -> Adopted | None:
    """Read a heading or a last line such as "Seoul, South Korea, February 16, 2005"."""
    name, language = title
    for number, tokens in lines:
        if number not in numbers and not _is_place_line(text, tokens, language):
            continue
        found = [day for day in find_dates(text, tokens, language, None) if day.days]
        if found:
            place = _place_before(text, tokens, found[0], (name, language))
            place = place or _place_after(text, tokens, found[0], language)
            return number, found[0].days[-1], place
    return None


def _is_place_line(text: str, tokens: Sequence[Token], language: Language) -> bool:
    """Tell a line that holds nothing but a place and a date."""
    words = [token for token in tokens if is_word(token)]
    if not words or len(words) > _LONGEST_PLACE + 5:
        return False
    return all(
        token.word[0].isdigit() or is_capital(text, token) or language.any(token.word, "stop")
        for token in words
    ) and not any(language.any(token.word, "firsts", "finite") for token in words)


def _place_before(
    text: str, tokens: Sequence[Token], day: FoundDate, title: tuple[str, Language]
) -> str | None:
    name, language = title
    before = [token for token in tokens if token.end <= day.start]
    while before and (not is_word(before[-1]) or language.any(before[-1].word, "stop")):
        before.pop()
    titled = {token.word for token in tokens_of(name)}
    line = plain(text, tokens[0].start, tokens[-1].end)
    start = 0
    for index, token in enumerate(before):
        titled_here = line != name and token.word in titled and is_word(token)
        mark = token.word in {".", "|", "—", "–"}
        if titled_here or mark or language.any(token.word, "label_adopted_at"):
            start = index + 1
        elif not (is_capital(text, token) or token.word in {",", "-"}):
            start = len(before)
    names = _names(text, before[start:], language)
    if not names or len(names) < len(before) - start:
        return None
    return plain(text, names[0].start, names[-1].end)


def _place_after(
    text: str, tokens: Sequence[Token], day: FoundDate, language: Language
) -> str | None:
    after = [token for token in tokens if token.start >= day.end]
    while after and (not is_word(after[0]) or language.any(after[0].word, "label_adopted_at")):
        after.pop(0)
    names = _names(text, after, language)
    return plain(text, names[0].start, names[-1].end) if names else None
