"""Sites, events and calendars from the command line."""

import pytest

from campaign.commands.demo import DATA, MISSIONS, SLUG
from tests.commands.refusals import everything, refused
from tests.factories import command, make_campaign_of_2005

HEAD = "id,kind,name,country,city,latitude,longitude,timezone\n"
OSLO = "no-1,embassy,Embassy,NO,Oslo,59.9,10.7,Europe/Oslo\n"
CALL = f"{SLUG}/2005-04-28"
WHEN = ["--on", "2005-04-28", "--at", "12:00", "--lasting", "90"]
NOON = ["--at", "12:00", "--lasting", "90"]


def fan_out(*options: str, path: str = CALL, sites: str = MISSIONS) -> list[str]:
    """Return the words of a fan-out."""
    return ["fan-out", path, "--list", sites, *options]


# --- Sites ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            HEAD + OSLO.replace("Europe/Oslo", "Europe/Olso"),
            "line 2, column timezone: “Europe/Olso”",
        ),
        (HEAD + OSLO.replace("59.9", "95"), "line 2, column latitude: 95 degrees is not on this"),
        (HEAD + OSLO.replace("59.9", "north"), "line 2, column latitude: “north” is no number"),
        (HEAD + OSLO + OSLO, "line 3, column id: “no-1” stands on line 2 already."),
        (HEAD.replace(",timezone", "") + "a", "line 1, column timezone: this column is missing."),
        (HEAD + OSLO.replace(",NO,", ",XX,"), "line 2, column country: “XX” is no country"),
        (HEAD + "no-1,embassy\n", "line 2: not as many cells as columns (2 / 8)."),
        (HEAD + OSLO + "\udcff", "line 3: this is not UTF-8 text"),
        (HEAD + "\0", "line 2: a NUL byte; this is no text file."),
        (HEAD.replace(",", ";"), "line 1: the columns must be parted by commas."),
        (HEAD, "there is no site in this file."),
        ("", "there is no site in this file."),
        ("x" * (50 * 1024 * 1024), "the file is too large (52428800 B); it may have 20 MB."),
    ],
)
def test_a_wrong_file_of_sites_is_refused_line_by_line(app, tmp_path, content, said):
    file = tmp_path / "sites.csv"
    file.write_bytes(content.encode(errors="surrogateescape"))
    sentence = refused(app, "import-sites", file, "--list", "missions")

    assert sentence.startswith("Error: sites.csv was not imported:\n")
    assert f"\n  {said}" in sentence


def test_all_that_is_wrong_is_said_at_once(app, tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text(HEAD + OSLO.replace("59.9", "95").replace("10.7", "east").replace("no-1", ""))
    lines = refused(app, "import-sites", file, "--list", "missions").splitlines()

    assert [line.split(":")[0] for line in lines[1:]] == [
        "  line 2, column id",
        "  line 2, column latitude",
        "  line 2, column longitude",
    ]


def test_an_import_of_sites_says_what_it_did(app, tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text(HEAD + OSLO + OSLO.replace("no-1", "no-2"))
    first = command(app, "import-sites", str(file), "--list", "missions")
    file.write_text(HEAD + OSLO.replace("Embassy", "The embassy") + OSLO.replace("no-1", "no-3"))
    second = command(app, "import-sites", str(file), "--list", "missions")

    assert first == "2 added, 0 changed, 0 unchanged, 0 taken off the list.\n"
    assert second == "1 added, 1 changed, 0 unchanged, 1 taken off the list.\n"


def test_a_rehearsed_import_of_sites_says_what_it_would_do_and_keeps_nothing(app, tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text(HEAD + OSLO)
    command(app, "import-sites", str(file), "--list", "missions")
    before = everything(app)
    file.write_text(HEAD + OSLO.replace("Embassy", "The embassy"))
    said = command(app, "import-sites", str(file), "--list", "missions", "--dry-run")

    assert said == "0 added, 1 changed, 0 unchanged, 0 taken off the list.\nNothing was kept.\n"
    assert everything(app) == before


def test_a_list_has_a_name(app, tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text(HEAD + OSLO)

    assert "needs a name" in refused(app, "import-sites", file, "--list", " ")


# --- Fan-out -------------------------------------------------------------------------------


def test_a_call_is_fanned_out_and_a_second_run_adds_only_what_is_missing(app):
    make_campaign_of_2005(app, countries=("NO",))

    assert command(app, *fan_out(*WHEN)) == "211 events made, 1 were there, 86 left out.\n"
    assert command(app, *fan_out(*WHEN)) == "0 events made, 212 were there, 86 left out.\n"
    assert command(app, *fan_out(*WHEN, "--publish")) == (
        "0 events made, 212 were there, 211 of them published now, 86 left out.\n"
    )


def test_a_rehearsed_fan_out_shows_each_site_and_keeps_nothing(app):
    make_campaign_of_2005(app, countries=("NO",))
    before = everything(app)
    said = command(app, *fan_out(*WHEN, "--except", "cn-embassy-se-stockholm", "--dry-run"))
    lines = said.splitlines()

    assert everything(app) == before
    assert lines[-1] == "210 events would be made, 1 are there."
    assert len(lines) == 298 + 1
    assert any(
        line.startswith("there 2005-04-28 12:00 2005-04-28T10:00Z cn-embassy-no-oslo Embassy of")
        for line in lines
    )
    assert any(
        line.startswith("new   2005-04-28 12:00 2005-04-28T03:00Z cn-embassy-kr-seoul ")
        for line in lines
    )
    assert any(
        line.startswith("out   cn-embassy-kp-pyongyang ")
        and line.endswith(": a public protest there would endanger people")
        for line in lines
    )
    assert any(line.endswith(": left out by the organizer") for line in lines)


def test_another_day_than_the_calls_own_is_said(app):
    make_campaign_of_2005(app, countries=("NO",))
    said = command(app, *fan_out("--on", "2021-04-28", *NOON, "--country", "NO", "--dry-run"))
    own = command(app, *fan_out(*WHEN, "--country", "NO", "--dry-run"))

    assert said.startswith("Note: the call itself names 2005-04-28, not 2021-04-28.\n")
    assert "Note" not in own


def test_a_demand_may_be_added_to_the_calls_own(app, client):
    make_campaign_of_2005(app, countries=("NO",))
    command(app, *fan_out(*WHEN, "--country", "KR", "--demand", "china-8", "--publish"))
    feed = client.get(f"/{SLUG}/demands/china-8.ics").text

    assert feed.count("BEGIN:VEVENT") == 2
    assert "no demand at this address" in refused(app, *fan_out(*WHEN, "--demand", "china-99"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (fan_out("--on", "2005-02-30", *NOON), "--on 2005-02-30: there is no such day"),
        (fan_out("--on", "20050428", *NOON), "--on 20050428: there is no such day"),
        (fan_out("--on", "0000-00-00", *NOON), "there is no such day"),
        (fan_out("--on", "1492-10-12", *NOON), "from 1900 to 2199 only"),
        (fan_out("--on", "2005-04-28", "--at", "24:00", "--lasting", "9"), "no such time"),
        (fan_out("--on", "2005-04-28", "--at", "12:00+02:00", "--lasting", "9"), "no such time"),
        (fan_out("--on", "2005-04-28", "--at", "noon", "--lasting", "9"), "no such time"),
        (fan_out("--on", "2005-04-28", "--lasting", "9"), "Give either a local time or one"),
        (fan_out(*WHEN, "--instant", "2005-04-28T10:00Z"), "Give either a local time or one"),
        (
            fan_out("--on", "2005-04-28", "--instant", "2005-04-28T10:00", "--lasting", "9"),
            "say the offset",
        ),
        (fan_out("--on", "2005-04-28", "--instant", "now", "--lasting", "9"), "no such moment"),
        (
            fan_out("--on", "2005-04-28", "--instant", "2005-05-28T10:00Z", "--lasting", "9"),
            "more than a day away",
        ),
        (
            fan_out("--on", "2005-04-28", "--instant", "0001-01-01T00:00+14:00", "--lasting", "9"),
            "more than a day away",
        ),
        (fan_out("--on", "2005-04-28", "--at", "12:00", "--lasting", "0"), "one minute to two"),
        (fan_out("--on", "2005-04-28", "--at", "12:00", "--lasting", "x"), "'x' is not a valid"),
        (fan_out(*WHEN, "--country", "UK"), "no site or country called UK"),
        (fan_out(*WHEN, "--include", "nowhere"), "no site or country called nowhere"),
        (fan_out(*WHEN, "--except", "nowhere"), "no site or country called nowhere"),
        (fan_out(*WHEN, sites="nowhere"), "no site list called “nowhere”"),
        (fan_out(*WHEN, path="nowhere/2005-04-28"), "no campaign at this address"),
        (fan_out(*WHEN, path=f"{SLUG}/nowhere"), "no call at this address"),
        (fan_out(*WHEN, path=SLUG), "no call at this address"),
        (
            fan_out("--on", "2005-03-27", "--at", "02:30", "--lasting", "9", "--country", "NO",
                    "--include", "cn-embassy-no-oslo"),
            "2005-03-27 02:30 does not exist in Europe/Oslo",
        ),
        (fan_out("--on", "1950-04-28", *NOON), "No site of this list is left"),
    ],
)  # fmt: skip
def test_a_fan_out_that_makes_no_sense_is_refused_in_one_sentence(refusing_app, line, said):
    sentence = refused(refusing_app, *line)

    assert said in sentence
    assert sentence.count("Error: ") == 1


@pytest.fixture
def refusing_app(sqlite_app):
    """Give an app with one event in Oslo; what is refused here never reaches the database."""
    make_campaign_of_2005(sqlite_app, countries=("NO",))
    return sqlite_app


# --- Calendars -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["nowhere"], "no campaign at this address"),
        ([SLUG, "--demand", "china-99"], "no demand at this address"),
        ([SLUG, "--country", "ZZ"], "no city in this country"),
        ([SLUG, "--country", "NO", "--city", "oslo-no"], "Give one of --demand"),
    ],
)
def test_a_calendar_of_nothing_known_is_not_written(refusing_app, tmp_path, options, said):
    target = tmp_path / "calendar.ics"

    assert said in refused(refusing_app, "export-calendar", *options, "-o", target)
    assert not target.exists()


def test_a_calendar_that_cannot_be_written_is_said(refusing_app, tmp_path):
    sentence = refused(refusing_app, "export-calendar", SLUG, "-o", tmp_path / "no" / "x.ics")

    assert sentence == f"Error: {tmp_path}/no/x.ics: No such file or directory.\n"


def test_the_lists_of_the_demonstration_are_imported(app):
    said = command(app, "import-sites", str(DATA / "other_sites.csv"), "--list", "others")

    assert said == "368 added, 0 changed, 0 unchanged, 0 taken off the list.\n"
