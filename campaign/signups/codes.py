"""Codes of six short words, easy to say, write and type in any language. Pure."""

import re
import secrets
from typing import Final

WORDS: Final = 6
# Sounds that the languages of our pages tell apart, written as one would guess them.
CONSONANTS: Final = "bdfghjklmnpstvz"
VOWELS: Final = "aeiou"
SYLLABLES: Final = tuple(consonant + vowel for consonant in CONSONANTS for vowel in VOWELS)
UNSAID: Final = frozenset({"fuka", "kuka", "puta", "pedo", "nazi", "homo", "zabi", "jude", "dupa"})
_CODE: Final = re.compile(rf"[{CONSONANTS}{VOWELS}]{{4}}(?:-[{CONSONANTS}{VOWELS}]{{4}}){{5}}")


def new_code() -> str:
    """Make a code such as "mika-tobe-lusa-dogi-nepu-hasi": 74 random bits."""
    return "-".join(_new_word() for _number in range(WORDS))


def read_code(typed: str) -> str | None:
    """Return the code that was typed, whatever parts its words; None if it is none.

    Case, blanks, commas and dots do not matter.
    """
    words = re.findall(r"\w+", typed.casefold())
    code = "-".join(words)
    return code if _CODE.fullmatch(code) else None


def _new_word() -> str:
    while True:
        first, second = secrets.choice(SYLLABLES), secrets.choice(SYLLABLES)
        if first != second and first + second not in UNSAID:
            return first + second
