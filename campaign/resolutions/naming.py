"""Short names made once from the words of a text: slugs and labels. Pure."""

import re
import unicodedata
from functools import cache

from babel import Locale

LABEL_LENGTH = 72  # characters
LEAST_LENGTH = 24  # characters; a shorter head would say too little
# What stands before the deed itself: "we further call upon", in English texts.
LEAD = re.compile(
    r"(?:we\s+)?(?:(?:also|further(?:more)?|once\s+again|[a-z]+ly)\s+)*"
    r"(?P<verb>(?:calls?\s+(?:up)?on|calls?\s+for|urges?|requests?|asks?|appeals?\s+(?:to|for)"
    r"|encourages?|invites?|demands?|implores?|exhorts?|recommends?|insists?(?:\s+on)?))\s+",
    re.IGNORECASE,
)
TAKES_A_THING = re.compile(r"(?:calls?|appeals?)\s+for|demands?|insists?\s+on", re.IGNORECASE)
# A "to" that begins a deed: not the one of "party to", nor one before a thing or a name.
DEED = re.compile(
    r"(?<!\bparty)(?<!\bparties)(?<!\baccording)(?<!\bdue)(?<!\bregard)(?<!\brespect)\s+to\s+"
    r"(?!(?:the|an?|th[eio]s[e]?|that|their|its|h[ei][rs]|our|your|my|all|any|each|every|some|no"
    r"|which|whom|whose|both|one|another|other)\b)(?=[a-z])"
)
ANOTHER_SENTENCE = re.compile(r"[;!?]|(?<![A-Z])\.\s+(?=[A-Z])")
THAT = re.compile(r"that\s+", re.IGNORECASE)
ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
MODAL = re.compile(r"\b(?:should|must|shall|ought)\b", re.IGNORECASE)
# What may be left off a label unmarked, since what stands before it is whole without it.
TAIL = re.compile(
    r",\s+(?:including|especially|specifically|particularly|in particular|such as|namely|unless"
    r"|which|who|where|while|at|in|on|by|with|from|under|through|as|so)\b"
    r"|\s+in order to\b|\s+so as to\b|\s+so that\b|\s+unless\b",
    re.IGNORECASE,
)
STATE_WORDS = re.compile(
    r"^(?:the\s+)?(?:(?:government|regime|authorities|state)\s+(?:of|in)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
STATES_IN_FULL = {  # Names that states give themselves, beside those that Babel knows.
    "democratic peoples republic of korea": "KP",
    "democratic peoples republic of north korea": "KP",
    "dprk": "KP",
    "peoples republic of china": "CN",
    "prc": "CN",
    "republic of korea": "KR",
    "rok": "KR",
    "united states of america": "US",
    "usa": "US",
    "u s a": "US",
    "u s": "US",
    "us": "US",
    "uk": "GB",
    "u k": "GB",
    "great britain": "GB",
    "russian federation": "RU",
    "republic of france": "FR",
    "french republic": "FR",
    "islamic republic of iran": "IR",
    "syrian arab republic": "SY",
    "kingdom of norway": "NO",
    "republic of poland": "PL",
    "republic of the union of myanmar": "MM",
    "burma": "MM",
    "turkey": "TR",
    "ivory coast": "CI",
    "czech republic": "CZ",
}
NO_STATES = frozenset({"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"})  # though CLDR names them


def slugify(text: str, *, limit: int = 40, otherwise: str = "x") -> str:
    """Return a-z, 0-9 and hyphens, cut at a word; `otherwise` where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = re.sub(r"[’'‘`]", "", "".join(c for c in plain if not unicodedata.combining(c)))
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > limit:
        slug = slug[: limit + 1].rpartition("-")[0] or slug[:limit]
    return slug.strip("-") or otherwise


def slug_for_addressee(name: str) -> tuple[str, str | None]:
    """Return the slug of an addressee and, where it is a state, its ISO 3166-1 code.

    A state goes by its usual name ("china"), everybody else by their own words.
    """
    country = country_of(name)
    if country is None:
        return slugify(name, otherwise="addressee"), None
    return slugify(Locale("en").territories[country]), country


def country_of(name: str) -> str | None:
    """Return the ISO 3166-1 code of the state that a name means, or None."""
    known = _states()
    return known.get(_plain(name)) or known.get(_plain(STATE_WORDS.sub("", name)))


def label(text: str, *, whom: str | None = None, language: str = "en") -> str:
    """Return a demand's or call's words as a short title that starts with a capital.

    In English the request itself is left out ("call upon the PRC to", "urge that the Commission",
    where `whom` names the Commission); every other text is only cut. What is cut off ends in "…",
    unless the words before it are whole without it.
    """
    words = " ".join(text.split())
    if language.partition("-")[0].lower() == "en":
        words = _without_lead(words, whom)
    words = words.strip(" ,;:.–—")
    if len(words) > LABEL_LENGTH:
        words = _cut(words)
    return words[:1].upper() + words[1:]


def _without_lead(words: str, whom: str | None) -> str:
    lead = LEAD.match(words)
    if lead is None:
        return re.sub(r"^to\s+(?=[a-z])", "", words)
    rest = words[lead.end() :]
    if that := THAT.match(rest):
        return _statement(rest[that.end() :], whom) or words
    if whole := re.match(r"to\s+(?=[a-z])", rest):
        return rest[whole.end() :]
    is_thing = bool(TAKES_A_THING.fullmatch(lead["verb"]))
    article = ARTICLE.match(rest) if is_thing else None
    if article:
        return rest[article.end() :]
    deed = DEED.search(rest)
    if deed and not ANOTHER_SENTENCE.search(rest, 0, deed.start()):
        return rest[deed.end() :]
    return rest if is_thing else words


def _statement(rest: str, whom: str | None) -> str | None:
    """Return what stands behind "urge that": the deed of `whom`, or a whole "X must …"."""
    last_word = re.escape(whom.split()[-1]) if whom and whom.split() else r"(?!)"
    shortened = "|".join(map(re.escape, (whom or "").split()[1:])) or r"(?!)"
    subject = re.match(
        rf"(?:the\s+)?(?:\S+\s+){{0,8}}?(?:{last_word}|{shortened})\s+"
        r"(?:should\s+|must\s+|shall\s+)?(?=[a-z]+\s)(?!of\b|on\b|for\b|and\b|in\b|to\b)",
        rest,
        re.IGNORECASE,
    )
    if subject:
        return rest[subject.end() :]
    return rest if MODAL.search(rest[:LABEL_LENGTH]) else None


def _cut(words: str) -> str:
    tails = (tail.start() for tail in TAIL.finditer(words, LEAST_LENGTH))
    if whole := max((at for at in tails if at <= LABEL_LENGTH), default=0):
        return words[:whole]
    head = words[: LABEL_LENGTH - 1]
    comma = max(head.rfind(", "), head.rfind("; "))
    if comma >= LABEL_LENGTH // 2:
        return head[:comma] + "…"
    if not words[len(head)].isspace():
        head = head.rpartition(" ")[0] or head
    return head.rstrip(" ,;:–—") + "…"


@cache
def _states() -> dict[str, str]:
    territories = Locale("en").territories
    states = {
        code: name
        for code, name in territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in NO_STATES
    }
    return {_plain(name): code for code, name in states.items()} | STATES_IN_FULL


def _plain(name: str) -> str:
    name = re.sub(r"[’'‘`]", "", unicodedata.normalize("NFKD", name).casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name).split())
