"""Who signed: the names below a text."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.outline import Block
from campaign.resolutions.reader.words import Token, is_capital, is_word, tokens_of

_LONGEST_NAME = 16  # words, with office and country
_FEWEST = 2  # names in a row where no heading says that they are signatures


def signature_numbers(
    text: str, blocks: Sequence[Block], language: Language
) -> tuple[list[int], set[int]]:
    """Give the numbers of the blocks that are names, and of those that head them."""
    names: list[int] = []
    number = len(blocks) - 1
    while number >= 0 and _is_name(text, blocks[number], language):
        names.insert(0, number)
        number -= 1
    heads = {
        index
        for index in range(max(number, 0), len(blocks))
        if _is_signature_heading(text, blocks[index], language)
    }
    if not names and not heads:
        return [], set()
    if heads:
        first = min(heads)
        names = [index for index in names if index > first and index not in heads]
        return names, heads
    return (names, set()) if len(names) >= _FEWEST else ([], set())


def _is_signature_heading(text: str, block: Block, language: Language) -> bool:
    tokens = tokens_of(text, block.start, block.end)
    found = language.books["headings"].match(tokens, 0)
    if found is None or found.meaning != "signatures":
        return False
    return all(not is_word(token) for token in tokens[found.after :])


def _is_name(text: str, block: Block, language: Language) -> bool:
    """Tell a line with a person's name, maybe an office and a country."""
    tokens = tokens_of(text, block.start, block.end)
    if _is_signature_heading(text, block, language):
        return True
    if len(tokens) > _LONGEST_NAME or "\n" in text[block.start : block.end]:
        return False
    if text[block.end - 1] in "!?:;" or (text[block.end - 1] == "." and not _abbreviated(tokens)):
        return False
    first_part = _until_comma(tokens)
    words = [token for token in first_part if is_word(token)]
    if not 2 <= len(words) <= 5 or any(token.word[0].isdigit() for token in words):
        return False
    if any(language.any(token.word, "titles", "stop", "determiners") for token in words[:1]):
        return False
    capitals = [token for token in words if is_capital(text, token)]
    return len(capitals) >= max(2, len(words) - 2) and is_capital(text, words[0])


def _until_comma(tokens: Sequence[Token]) -> list[Token]:
    part: list[Token] = []
    for token in tokens:
        if token.word in {",", "(", "—", "–", "-"}:
            break
        part.append(token)
    return part


def _abbreviated(tokens: Sequence[Token]) -> bool:
    return len(tokens) > 1 and tokens[-1].word != "."
