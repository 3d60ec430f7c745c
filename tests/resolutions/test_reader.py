"""The resolution of 2005 is read as a careful person reads it."""

import json
import textwrap
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from campaign.resolutions.reader import ClauseKind, ReadClause, Reading, clean, read_resolution

DPRK = "Democratic People’s Republic of Korea"
PRC = "People’s Republic of China"
WORLD = "International Community"
UNCHR = "United Nations Commission on Human Rights"
UNHCR = "United Nations High Commissioner on Refugees"
REGION = "countries in the region"
FIRMS = "business firms investing in the DPRK"
UNIONS = "international trade union movement"
IOC = "International Olympic Committee"
CONFERENCE = "6th International Conference on North Korea Human Rights and Refugees"
SOURCE = Path(__file__).parents[2] / "campaign" / "data" / "resolution-seoul-2005.txt"


@pytest.fixture(scope="module")
def text() -> str:
    return clean(SOURCE.read_bytes())


@pytest.fixture(scope="module")
def reading(text: str) -> Reading:
    return read_resolution(text)


def of_kind(reading: Reading, kind: ClauseKind) -> list[ReadClause]:
    return [clause for clause in reading.clauses if clause.kind is kind]


def found(reading: Reading, beginning: str) -> ReadClause:
    """Give the one clause that begins so."""
    (clause,) = [clause for clause in reading.clauses if clause.text.startswith(beginning)]
    return clause


def parts(reading: Reading, whole: ReadClause) -> list[str]:
    number = reading.clauses.index(whole)
    return [clause.text for clause in reading.clauses if clause.parent == number]


def test_the_head_tells_title_day_and_place(reading: Reading, text: str) -> None:
    assert reading.title == (
        "Resolution of the Sixth International Conference on North Korean Human Rights and Refugees"
    )
    assert reading.adopted_on == date(2005, 2, 16)
    assert reading.place == "Seoul, South Korea"
    assert reading.language == "en"
    assert reading.length == 6993
    assert reading.sha256 == sha256(text.encode()).hexdigest()


def test_all_twelve_addressees_are_found_and_each_has_one_name(reading: Reading) -> None:
    assert list(dict.fromkeys(c.addressee for c in reading.clauses if c.addressee)) == [
        DPRK,
        PRC,
        WORLD,
        "citizens of the world",
        REGION,
        FIRMS,
        UNIONS,
        UNCHR,
        UNHCR,
        IOC,
        f"people of the {DPRK}",
        CONFERENCE,
    ]


def test_every_demand_is_found_with_addressee_and_actor(reading: Reading) -> None:
    whole = [clause for clause in of_kind(reading, ClauseKind.DEMAND) if clause.parent is None]

    assert [(c.addressee, c.actor, " ".join(c.text.split()[:4])) for c in whole] == [
        (DPRK, None, "call upon the regime"),
        (PRC, None, "call upon the PRC"),
        (PRC, None, "call upon the PRC"),
        (WORLD, "U.S. administration", "encourage the U.S. administration"),
        (WORLD, "other legislatures around the world", "call for other legislatures"),
        (REGION, None, "appeal to those countries"),
        (FIRMS, None, "call for the adoption"),
        (UNIONS, None, "call upon the international"),
        (UNCHR, None, "urge that the Commission"),
        (UNHCR, None, "ask you to simply"),
        (UNHCR, "nations in the region", "call upon the nations"),
        (IOC, None, "call upon you to"),
    ]


def test_the_regime_is_asked_four_things(reading: Reading) -> None:
    whole = found(reading, "call upon the regime")

    assert whole.text.endswith("against their will")
    assert parts(reading, whole) == [
        "abolish the political prison camps and detention centers in North Korea where people are "
        "subjected to inhumane and cruel treatment",
        "end the use of torture, forced abortion and infanticide",
        "end the use of the testing of weapons of mass destruction, biological and chemical "
        "weapons experimentation on political prisoners",
        "release all returnees, detainees, abducted citizens of Japan and South Korea, "
        "prisoners of the Korean War, and any citizens currently being held in North Korea "
        "against their will",
    ]


def test_the_second_paragraph_to_the_prc_parts_into_three(reading: Reading) -> None:
    whole = found(reading, "call upon the PRC to abide")
    agreements, repatriation, access = (
        found(reading, beginning) for beginning in parts(reading, whole)
    )

    assert parts(reading, agreements) == [
        "1951 U.N. Convention Relating to the Status of Refugees",
        "1967 Protocol Relating to the Status of Refugees",
        "Article III, paragraph 5 of the 1995 agreement on the Upgrading of the UNHCR Mission in "
        "the UNHCR Branch office in the PRC",
    ]
    assert repatriation.text == "end the forced repatriation of North Korean refugees"
    assert access.text == (
        "provide unimpeded access to the UNHCR to interview all North Koreans seeking refuge"
    )


def test_a_demand_whose_parts_are_not_certain_stays_whole(reading: Reading) -> None:
    for beginning in (
        "call upon the PRC to release",
        "encourage the U.S.",
        "urge that the Commission continue to support his work and use all",
        "call upon the international trade union movement",
    ):
        assert parts(reading, found(reading, beginning)) == []


def test_the_same_words_under_two_addressees_are_two_demands(reading: Reading) -> None:
    passages = [clause for clause in reading.clauses if "allow safe passage" in clause.text]

    smallest = [c for c in passages if reading.clauses.index(c) not in {p.parent for p in passages}]
    assert [(c.addressee, c.actor) for c in smallest] == [
        (REGION, None),
        (UNHCR, "nations in the region"),
    ]


def test_the_only_condition_is_the_one_put_to_the_ioc(reading: Reading) -> None:
    (conditional,) = [clause for clause in reading.clauses if clause.condition]

    assert conditional.addressee == IOC
    assert conditional.condition is not None
    assert conditional.condition.startswith("unless the People’s Republic of China ends")
    assert conditional.text.endswith(conditional.condition)


def test_the_four_applauds_are_commendations(reading: Reading) -> None:
    commendations = of_kind(reading, ClauseKind.COMMENDATION)

    assert [" ".join(c.text.split()[:4]) for c in commendations] == [
        "applaud the United States",
        "applaud the legislators in",
        "applaud the Commission for",
        "applaud the Special Rapporteur’s",
    ]
    assert commendations[-1].text.endswith("“refugees sur place.”")


def test_the_one_call_names_day_sites_and_two_demands_of_the_prc(reading: Reading) -> None:
    (call,) = of_kind(reading, ClauseKind.CALL)

    assert call.addressee == "citizens of the world"
    assert call.dates == (date(2005, 4, 28),)
    assert call.site_class == "embassies and consulates of CN"
    release, repatriation = (reading.clauses[number] for number in call.purpose)
    assert release.text.startswith("call upon the PRC to release all humanitarian workers")
    assert repatriation.text == "end the forced repatriation of North Korean refugees"


def test_pledges_affirmations_and_thanks_are_apart(reading: Reading) -> None:
    rest = [
        (clause.kind.value, clause.addressee, " ".join(clause.text.split()[:3]))
        for kind in (ClauseKind.AFFIRMATION, ClauseKind.PLEDGE, ClauseKind.THANKS)
        for clause in of_kind(reading, kind)
    ]

    assert rest == [
        ("affirmation", None, "affirm to the"),
        ("affirmation", f"people of the {DPRK}", "affirm to you"),
        ("pledge", f"people of the {DPRK}", "pledge to work"),
        ("pledge", CONFERENCE, "pledge to continue"),
        ("thanks", None, "express our deep"),
    ]


def test_the_signatories_close_the_text_and_nothing_is_left_unread(reading: Reading) -> None:
    assert [span.text for span in reading.signatories] == [
        "Suzanne Scholte, Chairman, USA",
        "Seong-Phil Hong, ROK",
        "Pierre Rigoulot, France",
        "Ann Buwalda, USA",
        "Fumiaki Yamada, Japan",
    ]
    assert reading.unread == ()


def test_the_reading_as_json_keeps_the_contract(reading: Reading) -> None:
    told = json.loads(json.dumps(reading.as_json()))

    assert set(told) == {
        "title", "adopted_on", "place", "language", "length", "sha256", "clauses", "signatories",
        "unread",
    }  # fmt: skip
    assert told["adopted_on"] == "2005-02-16"
    (call,) = [clause for clause in told["clauses"] if clause["kind"] == "call"]
    assert list(call) == [
        "kind", "addressee", "actor", "text", "start", "end", "parent", "condition", "dates",
        "site_class", "purpose", "language",
    ]  # fmt: skip
    assert call["dates"] == ["2005-04-28"]
    assert [told["clauses"][n]["addressee"] for n in call["purpose"]] == [PRC, PRC]
    assert set(told["signatories"][0]) == {"text", "start", "end"}


def outline(reading: Reading) -> list[tuple[object, ...]]:
    """List what stays the same however the lines are broken."""
    return [
        (c.kind, c.addressee, c.actor, " ".join(c.text.split()), c.parent, c.purpose)
        for c in reading.clauses
    ]


def test_a_copy_from_windows_reads_alike(text: str, reading: Reading) -> None:
    copy = "\ufeff" + text.replace("\n", "\r\n")

    assert read_resolution(clean(copy.encode())) == reading


@pytest.mark.parametrize(
    ("width", "between"), [(60, "\n"), (72, "\n"), (60, "\n\n"), (72, "\n\n"), (100, "\n\n")]
)
def test_a_copy_wrapped_by_a_mailer_reads_alike(
    text: str, reading: Reading, width: int, between: str
) -> None:
    paragraphs = text.replace("and\nRefugees", "and Refugees").split("\n")
    copy = between.join(textwrap.fill(paragraph, width) for paragraph in paragraphs)

    wrapped = read_resolution(copy)

    assert outline(wrapped) == outline(reading)
    assert (wrapped.title, wrapped.place) == (reading.title, reading.place)
    assert len(wrapped.signatories) == len(reading.signatories)
