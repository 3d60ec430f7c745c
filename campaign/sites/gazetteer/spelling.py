"""How one spelling of a name is made comparable with another."""

import re
import unicodedata
from collections.abc import Iterator

# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "ŋ": "n",
        "ə": "a",
        "ß": "ss",
    }
)
# As people write these letters on a keyboard without them.
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
# Only the marks of alphabets: a kana without its own would be another kana.
_MARKS = re.compile("[\u0300-\u036f]")
_UNWRITTEN = re.compile("['’‘`´ʻʼ.·・\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return the words of a name in small plain letters, one blank between them.

    Accents, apostrophes, full points and invisible marks go, full-width letters become narrow,
    hiragana becomes katakana, hyphens and commas become blanks.
    """
    text = text.casefold()
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
        text = unicodedata.normalize("NFC", text).translate(_PLAIN).translate(_KATAKANA)
    return _BETWEEN_WORDS.sub(" ", _UNWRITTEN.sub("", text)).strip()


def key_of(text: str) -> str:
    """Return a name as it is compared: folded, without blanks ("Port-Vila" is "Port Vila")."""
    return fold(text).replace(" ", "")


def _spellings(name: str) -> Iterator[str]:
    words = fold(name)
    yield words
    yield words.removeprefix("the ")
    yield words.removesuffix(" city")
    if words.startswith("saint "):
        yield "st " + words.removeprefix("saint ")
    elif words.startswith("st "):
        yield "saint " + words.removeprefix("st ")
    if not name.isascii():
        composed = unicodedata.normalize("NFC", name).casefold()
        yield fold(composed.translate(_TWO_LETTERS))


def keys_of(name: str) -> set[str]:
    """Return every key under which a name is looked for: "The Hague" also as "Hague".

    Likewise "New York City" as "New York", "St. John's" as "Saint John's", "Zürich" as "Zuerich".
    """
    return {words.replace(" ", "") for words in _spellings(name)} - {""}
