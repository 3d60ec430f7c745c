"""What a city is called in a language: CLDR where it knows the city, else GeoNames' other names."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from campaign.sites.gazetteer.spelling import fold, key_of

_HANGUL = re.compile("[가-힣]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile("[\u3400-\u9fff]")
# The letters of a Korean syllable in the order of Unicode, "-" where one is silent or missing.
_LETTERS = (
    "g kk n d tt r m b pp s ss - j jj ch k t p h",
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
    "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t",
)
_LEADS, _VOWELS, _ENDS = (letters.split() for letters in _LETTERS)
# Where a Japanese reader expects the Chinese characters, and where at least knows them.
_ZONES_OF_HAN = {"Asia/Tokyo", "Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Macau"}
_ZONES_OF_HANJA = {"Asia/Seoul", "Asia/Pyongyang"}
_TRADITIONAL = re.compile("-(hant|tw|hk|mo)(-|$)")


def _sound(character: str) -> str:
    """Return roughly how a syllable of Korean or Japanese sounds, in Latin letters."""
    if _HANGUL.match(character):
        syllable = ord(character) - ord("가")
        lead, vowel, end = syllable // 588, syllable % 588 // 28, syllable % 28
        return (_LEADS[lead] + _VOWELS[vowel] + _ENDS[end]).replace("-", "")
    if _KANA.match(character):
        return unicodedata.name(character).rsplit(" ", 1)[1].lower()
    return character.lower()


def _nearest_in_sound(name: str, candidates: list[str]) -> str | None:
    """Return the candidate that sounds most like the Latin name; the first of equals.

    GeoNames lists names of all ages: Seoul's begin with that of the colonial years.
    """

    def likeness(candidate: str) -> float:
        sound = "".join(map(_sound, candidate))
        return SequenceMatcher(None, sound, key_of(name), autojunk=False).ratio()

    return max(candidates, key=likeness, default=None)


def _han(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if _HAN.search(name) and not _KANA.search(name)]


def _is_in(character_set: str, text: str) -> bool:
    try:
        text.encode(character_set)
    except UnicodeEncodeError:
        return False
    return True


def _in_han(names: list[str]) -> str | None:
    """Return the first name, but rather one that also stands with "city" behind it: "成都市"."""
    return next((name for name in names if name + "市" in names), next(iter(names), None))


def _in_korean(name: str, others: tuple[str, ...]) -> str | None:
    found = _nearest_in_sound(name, [other for other in others if _HANGUL.search(other)])
    return found and found.removesuffix(" 시")  # "city", by itself


def _in_japanese(name: str, timezone: str, others: tuple[str, ...]) -> str | None:
    spoken = _nearest_in_sound(name, [other for other in others if _KANA.search(other)])
    written = _in_han([other for other in _han(others) if _is_in("shift_jis", other)])
    if timezone in _ZONES_OF_HAN:
        return written or spoken
    return spoken or (written if timezone in _ZONES_OF_HANJA else None)


def _in_chinese(others: tuple[str, ...], *, is_traditional: bool) -> str | None:
    written = _han(others)
    national = [name for name in written if _is_in("big5" if is_traditional else "gb2312", name)]
    return _in_han(national or written)


@lru_cache(maxsize=16)
def zone_cities(language: str) -> dict[str, str]:
    """Return what CLDR calls the city of each time zone in a language, by today's zone name."""
    try:
        zones = Locale.parse(language, sep="-").time_zones
    except (UnknownLocaleError, ValueError):
        return {}
    today = get_global("zone_aliases")
    cities = {zone: names["city"] for zone, names in zones.items() if "city" in names}
    # "Tripoli (Libye)" is told apart from another Tripoli, which its country does here.
    return {today.get(zone, zone): city.partition(" (")[0] for zone, city in cities.items()}


def gives_zone_its_name(name: str, timezone: str) -> bool:
    """Tell whether a city is the one that its time zone is called by: "New York City" is."""
    city, zone = fold(name), fold(timezone.rpartition("/")[2])
    return city.removesuffix(" city") == zone


def _by_zone(name: str, timezone: str, language: str) -> str | None:
    if gives_zone_its_name(name, timezone):
        return zone_cities(language.replace("_", "-")).get(timezone)
    return None


@lru_cache(maxsize=4096)
def name_in_language(name: str, timezone: str, others: tuple[str, ...], *, language: str) -> str:
    """Return the name of a place in a language (a tag such as "zh-Hant"), else its Latin name."""
    tag = language.replace("_", "-").lower()
    spoken = tag.partition("-")[0]
    if spoken == "en":
        return name
    known = _by_zone(name, timezone, language)
    if spoken == "ko":
        # CLDR keeps names of their day here: Saigon, Rangoon.
        return _in_korean(name, others) or known or name
    if spoken == "ja":
        known = known or _in_japanese(name, timezone, others)
    elif spoken == "zh":
        is_traditional = bool(_TRADITIONAL.search(tag))
        known = known or _in_chinese(others, is_traditional=is_traditional)
    return known or name
