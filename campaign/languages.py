"""The languages we speak, and the one door to gettext. Catalogs are read as they are written."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flask_babel
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale

FOLDER = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages."""

    tag: str  # BCP 47, as in addresses
    locale: str  # Babel's name of its catalog
    own_name: str
    forms: str  # Babel's name of the locale whose dates, times and numbers it uses


LANGUAGES = {
    language.tag: language
    for language in (
        Language("en", "en", "English", "en_GB"),
        Language("ko", "ko", "한국어", "ko"),
        Language("ja", "ja", "日本語", "ja"),
        Language("zh-Hant", "zh_Hant", "繁體中文", "zh_Hant"),
        Language("zh-Hans", "zh_Hans", "简体中文", "zh_Hans"),
        Language("fr", "fr", "Français", "fr"),
        Language("nb", "nb", "Norsk", "nb"),
        Language("pl", "pl", "Polski", "pl"),
        Language("ru", "ru", "Русский", "ru"),
    )
}


def gettext(words: str, /, **values: object) -> str:
    """Return words in the language spoken now."""
    return str(flask_babel.gettext(words, **values))


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Return the form for a number, in the language spoken now; `num` is the number itself."""
    return str(flask_babel.ngettext(one, many, number, **values))


def lazy_gettext(words: str, /, **values: object) -> object:
    """Return what becomes words where it is shown, in the language spoken there."""
    return flask_babel.lazy_gettext(words, **values)


class CatalogDomain(Domain):  # type: ignore[misc]
    """Catalogs straight from the .po files: nothing to compile, so nothing can be stale."""

    def get_translations(self) -> NullTranslations:
        """Return the catalog of the language spoken now."""
        locale = get_locale()
        return _catalog(str(locale)) if locale else NullTranslations()


@cache
def _catalog(locale: str) -> NullTranslations:
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale))
    compiled.seek(0)
    return Translations(compiled)


def init_app(app: Flask) -> None:
    """Let pages, forms and mails speak the language of the request."""
    babel = Babel()
    babel.domain_instance = CatalogDomain()
    babel.init_app(app, locale_selector=lambda: LANGUAGES[current()].locale)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda words: _spoken().ugettext(words),
        lambda one, many, number: _spoken().ungettext(one, many, number),
        newstyle=True,
    )


def _spoken() -> NullTranslations:
    """Return the catalog in use, looked up by Flask-Babel once a request, not once a word."""
    locale = get_locale()
    held: tuple[Locale, NullTranslations] | None = g.get("catalog")
    if held is None or held[0] is not locale:
        held = (locale, _catalog(str(locale)))
        g.catalog = held
    return held[1]


def current() -> str:
    """Return the tag of the language spoken now: the address's, else the browser's, else ours."""
    if has_request_context():
        if "language" not in g:  # No page stands at this address: its first part may still tell.
            first = request.path.strip("/").partition("/")[0]
            g.language = first if first in LANGUAGES else best_match()
        return str(g.language)
    locale = str(get_locale_or_none() or "")
    for language in LANGUAGES.values():
        if language.locale == locale:
            return language.tag
    return default()


def get_locale_or_none() -> Locale | None:
    """Return the locale forced by `speaking`, outside of requests."""
    held = g.get("_flask_babel") if current_app else None
    return getattr(held, "babel_locale", None)


def default() -> str:
    """Return the installation's own language."""
    tag = str(current_app.config["DEFAULT_LANGUAGE"])
    return tag if tag in LANGUAGES else "en"


def best_match() -> str:
    """Return the tag that suits the browser's Accept-Language best."""
    wished = [(_our_tag(tag), quality) for tag, quality in request.accept_languages]
    for tag, quality in sorted(wished, key=lambda pair: -pair[1]):
        if tag and quality > 0:
            return tag
    return default()


def known(tag: str | None) -> str:
    """Return the tag if we speak it, else the installation's own."""
    return (_our_tag(tag) if tag else None) or default()


def _our_tag(tag: str) -> str | None:
    """Map any BCP 47 tag to one of ours: zh-TW is zh-Hant, no is nb, ko-KR is ko."""
    parts = tag.replace("_", "-").casefold().split("-")
    primary = {"no": "nb", "nn": "nb"}.get(parts[0], parts[0])
    if primary == "zh":
        traditional = {"hant", "tw", "hk", "mo"} & set(parts)
        primary = "zh-Hant" if traditional else "zh-Hans"
    return primary if primary in LANGUAGES else None


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak another language for a while, with or without a request."""
    tag = known(tag)
    before = g.get("language")
    g.language = tag
    try:
        with force_locale(LANGUAGES[tag].locale):
            yield
    finally:
        if before is None:
            g.pop("language")
        else:
            g.language = before
