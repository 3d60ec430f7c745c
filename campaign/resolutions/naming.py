"""Short names made once from the words of a text: slugs and labels. Pure."""

import re
import unicodedata
from functools import cache

from babel import Locale

LABEL_LENGTH = 72  # characters
OPENING = re.compile(  # What stands before the deed itself: "call upon the PRC to release …".
    r"^(?:we\s+)?(?:also\s+|further(?:more)?\s+|\w+ly\s+)*"
    r"(?:(?:calls?\s+(?:up)?on|calls?\s+for|urges?|requests?|asks?|appeals?\s+to|encourages?|invites?"
    r"|demands?|implores?|exhorts?|recommends?)\b[^.;]{0,140}?\s)?(?:to|that)\s+",
    re.IGNORECASE,
)
STATE_WORDS = re.compile(
    r"^(?:the\s+)?(?:(?:government|regime|authorities|state)\s+of\s+)?(?:the\s+)?", re.IGNORECASE
)
STATES_IN_FULL = {  # Names that states give themselves, beside those that Babel knows.
    "democratic peoples republic of korea": "KP",
    "dprk": "KP",
    "peoples republic of china": "CN",
    "prc": "CN",
    "republic of korea": "KR",
    "rok": "KR",
    "united states of america": "US",
    "usa": "US",
    "u s": "US",
    "russian federation": "RU",
    "republic of france": "FR",
    "islamic republic of iran": "IR",
    "syrian arab republic": "SY",
    "kingdom of norway": "NO",
    "republic of poland": "PL",
}


def slugify(text: str, *, limit: int = 40) -> str:
    """Return a-z, 0-9 and hyphens, cut at a word; "x" where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = re.sub(r"[’'‘`]", "", plain)
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > limit:
        slug = slug[: limit + 1].rpartition("-")[0] or slug[:limit]
    return slug.strip("-") or "x"


def slug_for_addressee(name: str) -> tuple[str, str | None]:
    """Return the slug of an addressee and, where it is a state, its ISO 3166-1 code.

    A state goes by its usual name ("china"), everybody else by their own words.
    """
    country = country_of(name)
    if country is None:
        return slugify(name), None
    return slugify(Locale("en").territories[country]), country


def country_of(name: str) -> str | None:
    """Return the ISO 3166-1 code of the state that a name means, or None."""
    known = _states()
    return known.get(_plain(name)) or known.get(_plain(STATE_WORDS.sub("", name)))


def label(text: str) -> str:
    """Return a demand's or call's words as a short title that starts with a capital.

    Cut at a comma or a semicolon where that leaves at least half the length, else at a word.
    """
    words = " ".join(text.split())
    words = OPENING.sub("", words).strip(" ,;:.–—")
    if len(words) > LABEL_LENGTH:
        words = _cut(words)
    return words[:1].upper() + words[1:]


def _cut(words: str) -> str:
    head = words[: LABEL_LENGTH + 1]
    mark = max(head.rfind(mark) for mark in (", ", "; ", ": "))
    if mark >= LABEL_LENGTH // 2:
        return head[:mark]
    return head.rpartition(" ")[0].rstrip(" ,;:") + "…"


@cache
def _states() -> dict[str, str]:
    territories = Locale("en").territories
    states = {code: name for code, name in territories.items() if re.fullmatch("[A-Z]{2}", code)}
    return {_plain(name): code for code, name in states.items()} | STATES_IN_FULL


def _plain(name: str) -> str:
    name = re.sub(r"[’'‘`]", "", unicodedata.normalize("NFKD", name).casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name).split())
