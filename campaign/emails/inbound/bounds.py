"""What a mail may be before it is taken apart: the parser knows no bounds of its own."""

import re
from typing import Final

LARGEST_MAIL: Final = 512 * 1024  # octets; replies of calendars have 5 to 30 kB
MOST_LINES: Final = 20_000
MOST_PARTS: Final = 50
MOST_SEPARATORS: Final = 200  # lines that begin with two hyphens, as those between parts do
LONGEST_HEADER: Final = 2_000  # octets; of those that we read
_HEADER: Final = re.compile(
    rb"(?<![^\r\n])(?:content-[a-z-]+|from)[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(rb"(?<![^\r\n])--")


def is_bounded(mail: bytes) -> bool:
    """Tell whether a mail can be parsed in no time, whoever wrote it."""
    return (
        len(mail) <= LARGEST_MAIL
        and mail.count(b"\n") + mail.count(b"\r") <= 2 * MOST_LINES
        # Every level of nesting needs a type, a few implied ones (RFC 2046 5.1.5) an outer one.
        and mail.lower().count(b"content-type") <= MOST_PARTS
        and len(_SEPARATOR.findall(mail)) <= MOST_SEPARATORS
        and all(len(found[0]) <= LONGEST_HEADER for found in _HEADER.finditer(mail))
    )
