"""Who is addressed: one name for each, whatever the text calls them next."""

from __future__ import annotations

import re

from campaign.resolutions.reader.language import Language
from campaign.resolutions.reader.noun_phrases import NounPhrase
from campaign.resolutions.reader.words import is_word

_ACRONYM = re.compile(r"[A-Z][A-Z.]{1,9}$")


class Register:
    """Know every addressee that a text has named so far."""

    def __init__(self) -> None:
        self._by_key: dict[str, str] = {}
        self._by_initials: dict[str, str] = {}
        self._by_head: dict[str, str] = {}
        self._heads: dict[str, tuple[str, ...]] = {}
        self.whole: str | None = None  # whom the text as a whole speaks to: "Dear Prime Minister"
        self.section: str | None = None  # whom the paragraphs under a heading speak to
        self.paragraph: str | None = None  # whom the paragraph speaks to: "To the ..., we ..."

        self.last: str | None = None  # who was asked last in this paragraph: "and asks it to"

    @property
    def addressed(self) -> str | None:
        """Give whom "you" means."""
        return self.paragraph or self.section or self.whole

    def name(self, phrase: NounPhrase, language: Language) -> str | None:
        """Give the one name of somebody; None for "you" where nobody is addressed."""
        if all(language.any(token.word, "seconds") for token in phrase.words):
            return self.addressed
        if all(language.any(token.word, "label_pronouns") for token in phrase.words):
            return self.paragraph or self.last
        key = _key(phrase, language)
        known = self._by_key.get(key) or self._known_by_letters(phrase, language)
        known = known or self._known_by_head(phrase, language)
        if known:
            self._by_key.setdefault(key, known)
            return known
        self._enter(phrase, key, language)
        return phrase.name

    def resolve(self, phrase: NounPhrase, language: Language) -> tuple[str | None, str | None]:
        """Tell addressee and actor of a demand that names somebody to act."""
        name = self.name(phrase, language)
        self.last = name
        spoken_to = self.paragraph or self.section
        if spoken_to is None:
            return name, None
        if name == spoken_to or name is None or self._is_generic(phrase, language):
            return spoken_to, None
        return spoken_to, name

    def _known_by_letters(self, phrase: NounPhrase, language: Language) -> str | None:
        """Find "PRC" and "the People's Republic of China" to be the same."""
        if phrase.alias and phrase.alias in self._by_key:
            return self._by_key[phrase.alias]
        if len(phrase.words) == 1 and _ACRONYM.match(phrase.name):
            return self._by_initials.get(phrase.words[0].word.replace(".", ""))
        return self._by_key.get(_initials(phrase, language))

    def _known_by_head(self, phrase: NounPhrase, language: Language) -> str | None:
        """Find whom "the Commission" means: the addressee, else the last one named so."""
        if len(phrase.words) != 1 or not phrase.is_definite:
            return None
        word = phrase.words[0].word
        if self.paragraph and word in self._heads.get(self.paragraph, ()):
            return self.paragraph
        return self._by_head.get(word) if language.any(word, "generics") else None

    def _is_generic(self, phrase: NounPhrase, language: Language) -> bool:
        """Tell "the regime", said of whom the paragraph speaks to."""
        return (
            len(phrase.words) == 1
            and phrase.is_definite
            and language.any(phrase.words[0].word, "generics")
        )

    def _enter(self, phrase: NounPhrase, key: str, language: Language) -> None:
        name = phrase.name
        self._by_key[key] = name
        if phrase.alias:
            self._by_key[phrase.alias] = name
        initials = _initials(phrase, language)
        if initials:
            self._by_initials.setdefault(initials, name)
        heads = tuple(token.word for token in phrase.words if language.any(token.word, "generics"))
        self._heads[name] = phrase.heads + heads
        if len(phrase.words) > 1 and len(phrase.heads) == 1:
            self._by_head[phrase.heads[0]] = name


def _key(phrase: NounPhrase, language: Language) -> str:
    """Give what two names of the same addressee share."""
    country = language.countries.exactly(phrase.words)
    if country:
        return f"country {country}"
    governed = _government(phrase, language)
    return governed or " ".join(token.word for token in phrase.words)


def _government(phrase: NounPhrase, language: Language) -> str | None:
    """Bring "Government of China", "Chinese Government" to one key."""
    words = phrase.words
    people = language.countries.people_at(words, 0)
    if people and people.after == len(words) - 1 and language.any(words[-1].word, "generics"):
        return f"{words[-1].word} {people.meaning}"
    if language.any(words[0].word, "generics"):
        for index in range(2, min(4, len(words))):
            found = language.countries.exactly(words[index:])
            if found:
                return f"{words[0].word} {found}"
    return None


def _initials(phrase: NounPhrase, language: Language) -> str:
    """Give the letters that a name is shortened to; empty for a single word."""
    words = [
        token.word
        for token in phrase.words
        if is_word(token)
        and not language.any(token.word, "prepositions", "determiners", "coordinators")
    ]
    return "".join(word[0] for word in words) if len(words) > 1 else ""
