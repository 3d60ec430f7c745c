"""Which places a call names: "embassies and consulates of CN"."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.words import Token

_REACH = 10  # words between the kinds of places and the name of the country


def site_class(tokens: Sequence[Token], language: Language) -> str | None:
    """Give the class of sites in a call: kinds, and whose they are, as ISO 3166-1 alpha-2."""
    for index, token in enumerate(tokens):
        if not language.any(token.word, "label_site_prepositions"):
            continue
        kinds, first, after = _kinds(tokens, index + 1, language)
        if kinds:
            order = [kind for kind in language.tables["sites"]["kinds"] if kind in kinds]
            whose = _before(tokens, (index + 1, first), language) or _after(tokens, after, language)
            name = " and ".join(order)
            return f"{name} of {' and '.join(whose)}" if whose else name
    return None


def _kinds(tokens: Sequence[Token], at: int, language: Language) -> tuple[list[str], int, int]:
    """Read "the embassies and consulate offices" near an index: kinds, first and after."""
    for start in range(at, min(at + 5, len(tokens))):
        kinds: list[str] = []
        index = start
        while index < len(tokens):
            found = language.books["sites"].match(tokens, index)
            if found:
                kinds.append(found.meaning)
                index = found.after
            elif kinds and (
                tokens[index].word in {",", "/"}
                or language.any(tokens[index].word, "coordinators", "determiners")
            ):
                index += 1
            else:
                break
        if kinds:
            return kinds, start, index
        if language.any(tokens[start].word, "label_site_prepositions") or not (
            tokens[start].word[0].isalpha()
        ):
            break
    return [], at, at


def _before(tokens: Sequence[Token], stretch: tuple[int, int], language: Language) -> list[str]:
    """Find whose places they are in "Chinese embassies"."""
    found = []
    for index in range(*stretch):
        people = language.countries.people_at(tokens, index)
        named = people or language.countries.name_at(tokens, index)
        if named:
            found.append(named.meaning)
    return list(dict.fromkeys(found))


def _after(tokens: Sequence[Token], at: int, language: Language) -> list[str]:
    """Find whose places they are in "embassies of Spain and Portugal"."""
    if at >= len(tokens) or not language.any(tokens[at].word, "label_site_of"):
        return []
    found: list[str] = []
    index = at + 1
    while index < min(at + _REACH, len(tokens)):
        named = language.countries.name_at(tokens, index)
        if named:
            found.append(named.meaning)
            index = named.after
        elif tokens[index].word in {",", ";", "."} or (
            found and not language.any(tokens[index].word, "coordinators", "determiners")
        ):
            break
        else:
            index += 1
    return found
