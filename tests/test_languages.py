"""Nine languages: no word falls back to English, and numbers have the right forms."""

from gettext import NullTranslations

import pytest

from campaign import languages
from campaign.languages import LANGUAGES, ngettext, speaking
from tests.factories import make_campaign_of_2005
from tests.stories.browsing import Page

HOME = "north-korea-2005"
OTHERS = [tag for tag in LANGUAGES if tag != "en"]
TAGS = ("en", "ko", "ja", "zh-Hant", "zh-Hans", "fr", "nb", "pl", "ru")
MOST_PAGES = 60


class FellBackError(Exception):
    """Words that a catalog does not hold were to be shown in English."""


class NoFallback(NullTranslations):
    """Refuses what the catalog before it did not hold."""

    def gettext(self, message: str) -> str:
        """Refuse."""
        raise FellBackError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Refuse."""
        raise FellBackError(msgid1)

    ugettext, ungettext = gettext, ngettext


@pytest.fixture
def strict(monkeypatch):
    """Let a word that is missing in a catalog fail the page that shows it."""
    read = languages._catalog.__wrapped__
    held = {}

    def catalog(locale: str):
        if locale not in held:
            held[locale] = read(locale)
            if locale != "en":
                held[locale].add_fallback(NoFallback())
        return held[locale]

    monkeypatch.setattr(languages, "_catalog", catalog)


def test_the_nine_languages_are_spoken():
    assert tuple(LANGUAGES) == TAGS


@pytest.mark.parametrize("language", OTHERS)
def test_no_word_of_a_public_page_falls_back(sqlite_app, strict, language):
    make_campaign_of_2005(sqlite_app)
    client = sqlite_app.test_client()
    waiting, seen = [f"/{language}/"], set()

    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code in (200, 302), path
        if answer.mimetype == "text/html":
            found = [link.partition("#")[0] for _words, link in Page(answer.text).links]
            waiting += [
                link
                for link in dict.fromkeys(found)
                if link.startswith(f"/{language}/") and link not in seen and link not in waiting
            ]

    assert len(seen) > 20


def test_a_word_that_is_missing_would_be_found(sqlite_app, strict):
    with sqlite_app.test_request_context("/fr/"), pytest.raises(FellBackError):
        languages.gettext("Words that nobody has translated.")


@pytest.mark.parametrize(
    ("language", "alike", "unlike"),
    [
        ("pl", (2, 3, 4, 22), (1, 5, 12, 25)),
        ("ru", (2, 3, 4, 22), (5, 12, 25)),
        ("fr", (0, 1), (2, 5)),
        ("nb", (0, 2, 5), (1,)),
        ("en", (0, 2, 5), (1,)),
    ],
)
def test_numbers_have_the_forms_of_their_language(sqlite_app, language, alike, unlike):
    def form(number: int) -> str:
        return ngettext("We expect you alone.", "We expect %(num)s of you.", number).replace(
            str(number), "#"
        )

    with sqlite_app.test_request_context(), speaking(language):
        forms = {form(number) for number in alike}

        assert len(forms) == 1
        assert not forms & {form(number) for number in unlike}


@pytest.mark.parametrize("language", ["ko", "ja", "zh-Hant", "zh-Hans"])
def test_languages_without_plurals_have_one_form(sqlite_app, language):
    with sqlite_app.test_request_context(), speaking(language):
        words = {
            ngettext("We expect you alone.", "We expect %(num)s of you.", number).replace(
                str(number), "#"
            )
            for number in (1, 2, 5)
        }

    assert len(words) == 1
