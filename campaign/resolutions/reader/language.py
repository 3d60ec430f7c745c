"""What the reader knows of a language: word lists and phrases, read from languages/*.toml."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from campaign.resolutions.reader.countries import Countries
from campaign.resolutions.reader.phrases import PhraseBook, book_of, listed
from campaign.resolutions.reader.reading import ClauseKind
from campaign.resolutions.reader.words import Token, fold, is_word

UNDETERMINED = "und"
_LEAST_SHARE = 0.1  # of frequent words; prose has 0.3 and more, terse lists 0.15, others 0.05
_LEAST_BLOCK = 12  # words; a shorter paragraph tells nothing of its language
_FORMS = ("first", "third", "participle", "past")


@dataclass(frozen=True, slots=True)
class Lead:
    """Describe a verb phrase that tells the function of what follows it."""

    kind: ClauseKind
    form: str  # first ("we call"), third ("it calls"), participle ("calling"), past ("called")
    takes: frozenset[str] = frozenset()  # addressee, that, thing, for, from
    otherwise: ClauseKind | None = None  # the kind where it takes none of these
    own: bool = False  # an order to one's own officers is a pledge
    decision: bool = False  # an act of the adopting body itself
    closed: bool = False  # what is said inside is told, not asked


@dataclass(frozen=True, slots=True)
class Language:
    """Hold one language file, ready for matching."""

    code: str
    sets: Mapping[str, frozenset[str]]
    books: Mapping[str, PhraseBook[str]]
    leads: PhraseBook[Mapping[str, Lead]]  # by form: one spelling may be two forms
    countries: Countries
    tables: Mapping[str, Any]  # the file itself, for the small sections

    def any(self, word: str, *names: str) -> bool:
        """Tell whether a word is in one of the named lists."""
        return any(word in self.sets.get(name, ()) for name in names)

    def is_adverb(self, word: str) -> bool:
        """Tell whether a word may stand around a verb without changing its function."""
        if self.any(word, "adverbs"):
            return True
        endings = tuple(self.sets.get("adverb_endings", ()))
        return bool(endings) and word.endswith(endings) and not self.any(word, "adverb_like")

    def is_determiner(self, word: str) -> bool:
        """Tell whether a word opens a noun phrase."""
        return self.any(word, "determiners", "pointers", "possessives", "quantifiers", "determined")

    def share(self, words: Sequence[str]) -> float:
        """Tell how many of these words are frequent in this language."""
        return sum(self.any(word, "detection") for word in words) / max(len(words), 1)


@cache
def known_languages() -> Mapping[str, Language]:
    """Load every language file of the package, by code."""
    folder = files("campaign.resolutions.reader") / "languages"
    loaded = [
        language_of(tomllib.loads(entry.read_text("utf-8")))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]
    return {language.code: language for language in loaded}


def language_of(table: Mapping[str, Any]) -> Language:
    """Prepare one language file for matching; what a file leaves out is empty."""
    sets: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    sets |= {name: _words(raw) for name, raw in table["words"].items()}
    sets["detection"] = _words(table["detection"]["words"])
    sets["abbreviations"] = _words(table.get("abbreviations", {}).get("words", ""))
    sets |= {f"{name}_verbs": _words(raw) for name, raw in table["verbs"].items()}
    conditions = table.get("conditions", {})
    sets |= {f"condition_{k}": _words(raw) for k, raw in conditions.items() if k != "markers"}
    books: defaultdict[str, PhraseBook[str]] = defaultdict(lambda: PhraseBook(()))
    books |= {name: _book(raw) for name, raw in table.get("phrases", {}).items()}
    books["headings"] = book_of(table.get("headings", {}))
    books["conditions"] = _book(conditions.get("markers", ""))
    books["aims"] = _book(table.get("aims", {}).get("markers", ""))
    books["aim_continuations"] = _book(table.get("aims", {}).get("continuations", ""))
    books["sites"] = book_of(table.get("sites", {}).get("kinds", {}))
    books |= {f"label_{name}": _book(raw) for name, raw in table.get("labels", {}).items()}
    sets |= {f"label_{name}": _words(raw) for name, raw in table.get("labels", {}).items()}
    return Language(
        code=table["code"],
        sets=sets,
        books=books,
        leads=PhraseBook(_leads(table["leads"])),
        countries=Countries(table["code"], table.get("countries", {}), table.get("demonyms", {})),
        tables=table,
    )


def recognise(words: Sequence[str], known: Mapping[str, Language]) -> str:
    """Tell the language of a text by its frequent words; "und" where none fits."""
    best = max(known.values(), key=lambda language: language.share(words))
    return best.code if best.share(words) >= _LEAST_SHARE else UNDETERMINED


def recognise_paragraph(
    tokens: Sequence[Token], whole: Language, known: Mapping[str, Language]
) -> Language | None:
    """Tell the language of a paragraph in a text of another; None where it is unknown."""
    words = [token.word for token in tokens if is_word(token) and token.word.isalpha()]
    if len(words) < _LEAST_BLOCK or whole.share(words) >= _LEAST_SHARE:
        return whole
    code = recognise(words, known)
    if code != UNDETERMINED:
        return known[code]
    return None if whole.share(words) < _LEAST_SHARE / 4 else whole


def _words(raw: str) -> frozenset[str]:
    return frozenset(fold(word) for word in raw.split())


def _book(raw: str) -> PhraseBook[str]:
    return PhraseBook((phrase, phrase) for phrase in listed(raw))


def _leads(groups: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Lead]]]:
    """Give every spelling of every lead, with what it means in each form it may have."""
    meanings: dict[str, dict[str, Lead]] = {}
    for group in groups:
        for forms in group["forms"]:
            for form, raw in zip(_FORMS, forms, strict=False):
                if raw:
                    meanings.setdefault(raw, {}).setdefault(form, _lead(group, form))
    yield from meanings.items()


def _lead(group: Mapping[str, Any], form: str) -> Lead:
    otherwise = group.get("otherwise")
    return Lead(
        kind=ClauseKind(group["kind"]),
        form=form,
        takes=frozenset(group.get("takes", "").split()),
        otherwise=ClauseKind(otherwise) if otherwise else None,
        own=group.get("own", False),
        decision=group.get("decision", False),
        closed=group.get("closed", False),
    )
