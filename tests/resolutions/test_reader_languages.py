"""A language is data: a file of words teaches the reader to read."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from campaign.resolutions.reader import ClauseKind, read_resolution
from campaign.resolutions.reader.language import Language, known_languages, language_of
from campaign.resolutions.reader.whole import read_with

FRENCH = """Motion du congrès

Adopté à Lyon 3 mars 2021

Nous saluons le travail des bénévoles.

Nous demandons à la Commission de publier les documents et de garantir la liberté, à moins que
le secret ne soit levé.

Nous appelons les citoyens à manifester le 1er mai 2021 devant les ambassades de Chine.
"""
GERMAN = """Beschluss

Wir fordern die Regierung auf, alle Gefangenen freizulassen und die Grenze zu öffnen.
"""


@pytest.fixture
def french() -> Language:
    path = Path(__file__).parent / "languages" / "fr.toml"
    return language_of(tomllib.loads(path.read_text("utf-8")))


def test_another_file_is_another_language(french: Language) -> None:
    reading = read_with({**known_languages(), "fr": french}, FRENCH)

    commendation, demand, publish, guarantee, call = reading.clauses
    assert reading.language == "fr"
    assert (reading.place, reading.adopted_on) == ("Lyon", date(2021, 3, 3))
    assert commendation.kind is ClauseKind.COMMENDATION
    assert (demand.kind, demand.addressee) == (ClauseKind.DEMAND, "Commission")
    assert demand.condition == "à moins que\nle secret ne soit levé"
    assert (publish.text, guarantee.text) == ("publier les documents", "garantir la liberté")
    assert (call.kind, call.addressee) == (ClauseKind.CALL, "citoyens")
    assert call.dates == (date(2021, 5, 1),)
    assert call.site_class == "embassies of CN"
    assert {clause.language for clause in reading.clauses} == {"fr"}


def test_each_paragraph_is_read_in_its_own_language(french: Language) -> None:
    english = (
        "We call on the Commission to open the archives and to publish all that is in them.\n\n"
    )
    known = {**known_languages(), "fr": french}

    reading = read_with(known, english * 3 + FRENCH.partition("\n\n")[2])

    assert {clause.language for clause in reading.clauses} == {"en", "fr"}
    assert "Commission" in {c.addressee for c in reading.clauses if c.language == "fr"}


def test_a_text_in_an_unknown_language_is_left_unread() -> None:
    reading = read_resolution(GERMAN)

    assert reading.language == "und"
    assert reading.clauses == ()
    assert {span.reason for span in reading.unread} == {"unknown-language"}
    assert [span.text for span in reading.unread] == GERMAN.split("\n\n")[0:1] + [
        GERMAN.split("\n\n")[1].strip()
    ]


def test_a_language_that_is_given_but_unknown_reads_nothing() -> None:
    reading = read_resolution("We demand that the Council act.", language="nb-NO")

    assert (reading.language, reading.clauses) == ("nb-NO", ())
    assert [span.reason for span in reading.unread] == ["unknown-language"]


def test_a_given_language_is_trusted() -> None:
    terse = "Stop!\n\nDemands:\n- Peace\n- Bread\n"

    reading = read_resolution(terse, language="en-GB")

    assert reading.language == "en-GB"
    assert [clause.text for clause in reading.clauses] == ["Peace", "Bread"]


def test_a_paragraph_in_another_language_is_left_unread() -> None:
    text = Path(__file__).parent.joinpath("texts", "mixed-languages.txt").read_text("utf-8")

    reading = read_resolution(text)

    assert [clause.addressee for clause in reading.clauses] == ["European Commission"] * 2
    foreign = [span.text[:10] for span in reading.unread if span.reason == "unknown-language"]
    assert foreign == ["Wir forder", "Nous deman"]
