"""The text of a safety sheet as paragraphs and lists. Pure."""

import re
from dataclasses import dataclass

ITEM = re.compile(r"[-•–*]\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, as one line; or the items of a list."""

    lines: tuple[str, ...]
    is_list: bool


def read_sheet(text: str) -> tuple[Block, ...]:
    """Return plain text in blocks: an empty line parts paragraphs, "- " begins an item.

    A line that begins nothing goes on with what is before it.
    """
    blocks: list[tuple[bool, list[str]]] = []
    is_parted = True
    for line in map(str.strip, text.splitlines()):
        item = ITEM.match(line)
        if not line:
            is_parted = True
        elif item and blocks and blocks[-1][0]:
            blocks[-1][1].append(line[item.end() :])
        elif item or is_parted:
            blocks.append((bool(item), [line[item.end() :] if item else line]))
        else:
            blocks[-1][1][-1] += f" {line}"
        is_parted = is_parted and not line
    return tuple(Block(tuple(lines), is_list) for is_list, lines in blocks)
