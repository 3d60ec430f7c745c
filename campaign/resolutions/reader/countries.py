"""Names of countries and of their people, as ISO 3166-1 alpha-2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError

from campaign.resolutions.reader.phrases import Match, PhraseBook, listed
from campaign.resolutions.reader.words import Token, fold

_ISO_LENGTH = 2


class Countries:
    """Know a language's names of countries: Babel's, and the aliases of the language file."""

    def __init__(self, code: str, aliases: Mapping[str, str], demonyms: Mapping[str, str]) -> None:
        names = [(name, iso) for iso, raw in aliases.items() for name in listed(raw)]
        names += [(name, iso) for name, iso in _territories(code) if iso not in aliases]
        people = [(name, iso) for iso, raw in demonyms.items() for name in listed(raw)]
        self._names = PhraseBook(names)
        self._people = PhraseBook(people)

    def name_at(self, tokens: Sequence[Token], index: int) -> Match[str] | None:
        """Find a country's name at an index; the meaning is its code."""
        return self._names.match(tokens, index)

    def people_at(self, tokens: Sequence[Token], index: int) -> Match[str] | None:
        """Find an adjective such as "Chinese" at an index; the meaning is the code."""
        return self._people.match(tokens, index)

    def exactly(self, tokens: Sequence[Token]) -> str | None:
        """Give the code where the words are a country's name and nothing else."""
        found = self._names.match(tokens, 0)
        return found.meaning if found and found.after == len(tokens) else None


def _territories(code: str) -> list[tuple[str, str]]:
    try:
        territories = Locale.parse(code).territories
    except (UnknownLocaleError, ValueError):
        return []
    return [
        (fold(name), iso)
        for iso, name in territories.items()
        if len(iso) == _ISO_LENGTH and iso.isalpha() and iso not in {"EU", "UN", "EZ", "ZZ"}
    ]
