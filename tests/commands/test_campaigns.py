"""Campaigns and resolutions from the command line."""

import json
from hashlib import sha256

import pytest

from campaign.commands.demo import DATA, SLUG
from campaign.resolutions.reader import MAX_BYTES
from tests.commands.refusals import everything, refused
from tests.factories import command, make_campaign_of_2005

SEOUL = DATA / "resolution-seoul-2005.txt"
KEYS = ["title", "adopted_on", "place", "language", "length", "sha256", "clauses"]
CLAUSE_KEYS = [
    "kind", "addressee", "actor", "text", "start", "end", "parent", "condition", "dates",
    "site_class", "purpose", "language",
]  # fmt: skip


def test_a_reading_is_printed_with_exactly_the_keys_that_others_build_on(app):
    printed = json.loads(command(app, "read-resolution", str(SEOUL), "--json"))
    text = SEOUL.read_text(encoding="utf-8")

    assert list(printed) == KEYS
    assert printed["length"] == len(text)
    assert printed["sha256"] == sha256(text.encode()).hexdigest()
    for clause in printed["clauses"]:
        assert list(clause) == CLAUSE_KEYS
        assert text[clause["start"] : clause["end"]] == clause["text"]


def test_a_reading_is_printed_for_people_and_kept_nowhere(app):
    before = everything(app)
    printed = command(app, "read-resolution", str(SEOUL))

    assert "(2005-02-16, Seoul, South Korea)" in printed
    assert "call to citizens of the world: call on the citizens of the world" in printed
    assert everything(app) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"one\ntwo \xff\n", "text.txt, line 2, column 5: this is not UTF-8 text."),
        (b"one\n\0", "text.txt, line 2, column 1: a NUL byte; this is not a text file."),
        (b"", "text.txt holds no text."),
        (b"\xef\xbb\xbf \r\n", "text.txt holds no text."),
        (b"x" * (MAX_BYTES + 1), "text.txt is too long: a resolution has at most 2 MB."),
    ],
)
def test_a_file_that_is_no_text_is_refused_where_it_is_wrong(app, tmp_path, content, said):
    file = tmp_path / "text.txt"
    file.write_bytes(content)
    command(app, "create-campaign", "peace", "--title", "Peace")

    assert refused(app, "read-resolution", file) == f"Error: {said}\n"
    assert (
        refused(app, "import-resolution", file, "--campaign", "peace", "--title", "T")
        == f"Error: {said}\n"
    )


def test_a_file_that_is_not_there_is_refused(app, tmp_path):
    assert "does not exist" in refused(app, "read-resolution", tmp_path / "none.txt")
    assert "is a directory" in refused(app, "read-resolution", tmp_path)


def test_a_resolution_goes_from_its_file_to_everybody(app, client):
    command(app, "create-campaign", "peace", "--title", "Peace")
    stored = command(
        app, "import-resolution", str(SEOUL), "--campaign", "peace", "--title", " Seoul "
    )
    hidden = client.get("/en/peace/resolution").status_code
    published = command(app, "publish-resolution", "peace")

    assert stored.startswith("Stored “Seoul” with ")
    assert hidden == 404
    assert sha256(SEOUL.read_bytes()).hexdigest() in published
    assert client.get("/en/peace/resolution").status_code == 200


def test_a_rehearsed_import_shows_what_it_finds_and_keeps_nothing(app):
    command(app, "create-campaign", "peace", "--title", "Peace")
    before = everything(app)
    said = command(
        app, "import-resolution", str(SEOUL), "--campaign", "peace", "--title", "T", "--dry-run"
    )

    assert "call to citizens of the world" in said
    assert said.endswith("Nothing was kept.\n")
    assert everything(app) == before


def test_a_rehearsed_import_says_no_where_the_import_would(app, tmp_path):
    make_campaign_of_2005(app, countries=("NO",))
    file = tmp_path / "other.txt"
    file.write_text("We call upon Norway to stop.", encoding="utf-8")
    line = ["import-resolution", file, "--campaign", SLUG, "--title", "T"]

    assert "published and frozen" in refused(app, *line)
    assert "published and frozen" in refused(app, *line, "--dry-run")


def test_a_second_import_of_the_same_text_changes_nothing(app):
    make_campaign_of_2005(app, countries=("NO",))
    before = everything(app)
    command(app, "import-resolution", str(SEOUL), "--campaign", SLUG, "--title", "Another")
    command(app, "publish-resolution", SLUG)

    assert everything(app) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create-campaign", "organize", "--title", "T"], "“organize” is the address of something"),
        (["create-campaign", "A B", "--title", "T"], "use a-z, 0-9 and single hyphens"),
        (["create-campaign", "p" * 61, "--title", "T"], "at most 60 characters"),
        (["create-campaign", "peace", "--title", " "], "needs a title"),
        (["create-campaign", "peace"], "Missing option '--title'"),
        (["create-campaign", "peace", "--title", "T", "--language", "?"], "“?” is no language"),
        (["publish-resolution", "nowhere"], "no campaign at this address"),
        (
            ["import-resolution", str(SEOUL), "--campaign", "nowhere", "--title", "T"],
            "no campaign at this address",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(app, arguments, said):
    sentence = refused(app, *arguments)

    assert said in sentence
    assert sentence.rstrip().rpartition("\n")[2].startswith("Error: ")


def test_a_campaign_is_created_once(app):
    command(app, "create-campaign", "peace", "--title", "Peace")

    assert "called “peace” already" in refused(app, "create-campaign", "peace", "--title", "Again")


def test_there_must_be_something_to_publish(app):
    command(app, "create-campaign", "peace", "--title", "Peace")

    assert "has no resolution yet" in refused(app, "publish-resolution", "peace")
