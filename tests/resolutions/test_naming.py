"""Slugs and labels are made from the words of a text."""

import pytest

from campaign.resolutions.naming import LABEL_LENGTH, country_of, label, slug_for_addressee, slugify


@pytest.mark.parametrize(
    ("name", "slug", "country"),
    [
        ("People’s Republic of China", "china", "CN"),
        ("the Government of the People's Republic of China", "china", "CN"),
        ("PRC", "china", "CN"),
        ("Democratic People’s Republic of Korea", "north-korea", "KP"),
        ("the regime in North Korea", "north-korea", "KP"),
        ("Republic of Korea", "south-korea", "KR"),
        ("U.S.", "united-states", "US"),
        ("Côte d’Ivoire", "cote-divoire", "CI"),
    ],
)
def test_a_state_goes_by_its_usual_name(name, slug, country):
    assert slug_for_addressee(name) == (slug, country)


@pytest.mark.parametrize(
    "name", ["people of the Democratic People’s Republic of Korea", "European Union", "Chinatown"]
)
def test_who_only_sounds_like_a_state_is_none(name):
    assert country_of(name) is None


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("International Community", "international-community"),
        ("United Nations High Commissioner on Refugees", "united-nations-high-commissioner-on"),
        ("Międzynarodowy Komitet Olimpijski", "miedzynarodowy-komitet-olimpijski"),
        ("x" * 60, "x" * 40),
        ("탈북자를 돕는 모든 시민", "addressee"),
    ],
)
def test_everybody_else_goes_by_their_own_words_cut_at_a_word(name, slug):
    assert slug_for_addressee(name) == (slug, None)


def test_a_slug_is_never_longer_than_its_limit_nor_empty():
    assert slugify("one two three", limit=8) == "one-two"
    assert slugify("one two three", limit=7) == "one-two"
    assert slugify("…", otherwise="call") == "call"


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("call upon the PRC to end the  forced\nrepatriation", "End the forced repatriation"),
        ("We furthermore call upon you to do your job.", "Do your job"),
        ("encourage the U.S. administration to implement the Act", "Implement the Act"),
        ("urge all States that have not yet done so to ratify it", "Ratify it"),
        ("call upon parties to the Convention to comply with it", "Comply with it"),
        ("call on states party to treaties to respect them", "Respect them"),
        ("appeal to those countries to allow safe passage", "Allow safe passage"),
        ("request the Secretary-General to report to the Council", "Report to the Council"),
        ("demand the immediate release of all prisoners", "Immediate release of all prisoners"),
        ("demand an end to torture", "End to torture"),
        ("call for free elections", "Free elections"),
        ("demand that all prisoners must be freed", "All prisoners must be freed"),
        ("to release them", "Release them"),
    ],
)
def test_a_label_leaves_the_request_itself_out(words, short):
    assert label(words) == short


@pytest.mark.parametrize(
    "words",
    [
        "end the use of torture, forced abortion and infanticide",
        "urge that all states cooperate",
        "call upon Dr. Smith. He asked to go home",
        "urge",
        "",
    ],
)
def test_a_label_otherwise_keeps_the_very_words(words):
    assert label(words) == words[:1].upper() + words[1:]


def test_a_label_leaves_out_who_is_urged_where_that_is_known():
    words = "urge that the Commission continue to support his work"

    assert label(words, whom="United Nations Commission on Human Rights") == (
        "Continue to support his work"
    )
    assert label(words) == "Urge that the Commission continue to support his work"


def test_a_text_in_another_language_is_only_cut():
    assert label("demand the thing, mais en français", language="fr") == (
        "Demand the thing, mais en français"
    )
    assert label("demand the thing", language="en-GB") == "Thing"
    assert label("강제송환을 중단하라", language="ko") == "강제송환을 중단하라"


def test_a_long_label_ends_where_it_is_whole():
    words = "release all humanitarian workers, including its own citizens and those of any nation"

    assert label(words) == "Release all humanitarian workers"


def test_a_long_label_without_such_a_place_says_that_it_goes_on():
    listed = (
        "end the testing of weapons of mass destruction on people, biological and chemical ones"
    )
    endless = "work cooperatively towards a multilateral agreement that provides a haven for all"

    assert label(listed) == "End the testing of weapons of mass destruction on people…"
    assert label(endless) == (
        "Work cooperatively towards a multilateral agreement that provides a…"
    )


@pytest.mark.parametrize("length", [LABEL_LENGTH - 1, LABEL_LENGTH, LABEL_LENGTH + 1, 5_000])
def test_no_label_is_longer_than_its_limit(length):
    assert len(label("x" * length)) == min(length, LABEL_LENGTH)
