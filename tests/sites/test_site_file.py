"""A file of sites is taken whole or not at all, and then everything wrong with it is told."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import campaign.sites
from campaign.sites.site_file import Problem, Reason, SiteFileError, parse_sites

FILES = Path(campaign.sites.__file__).parents[1] / "data"
OSLO = {
    "id": "cn-embassy-no-oslo",
    "kind": "embassy",
    "name": "Embassy in Oslo",
    "country": "NO",
    "city": "Oslo",
    "latitude": "59.93",
    "longitude": "10.68",
    "timezone": "Europe/Oslo",
}


def file_of(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in rows for key in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def problems_in(raw: bytes) -> tuple[Problem, ...]:
    with pytest.raises(SiteFileError) as caught:
        parse_sites(raw)
    return caught.value.problems


def only_problem_in(raw: bytes) -> Problem:
    (problem,) = problems_in(raw)
    return problem


@pytest.mark.parametrize(
    ("name", "count", "owners"),
    [("prc_missions.csv", 298, {"CN"}), ("other_sites.csv", 368, {"JP", "KR", "KP", None})],
)
def test_the_files_of_the_product_are_read_whole(name: str, count: int, owners: set[str | None]):
    sites = parse_sites((FILES / name).read_bytes())

    assert len(sites) == count
    assert {site.owner_country for site in sites} == owners
    assert len({site.id for site in sites}) == count


def test_the_posts_of_28_april_2005_are_those_that_the_list_counts():
    sites = parse_sites((FILES / "prc_missions.csv").read_bytes())
    day = date(2005, 4, 28)
    posts = [
        site
        for site in sites
        if site.kind in {"embassy", "consulate-general", "consulate"}
        and dict(site.existed_on)[day] == "yes"
    ]

    assert len(posts) == 214
    assert len({site.country for site in posts}) == 158
    assert len({site.timezone for site in posts}) == 167


def test_every_cell_has_its_type():
    row = OSLO | {
        "organisation": "",
        "address": "Tuengen allé 2B, Oslo",
        "opened": "1954",
        "closed": "",
        "source": "csc;wikidata",
        "precision": "site",
        "existed_2005_04_28": "Yes",
        "existed_1999_12_31": "",
        "basis_2005": "read",
        "exists_now": "unknown",
        "name_zh": "中国驻挪威大使馆",
        "wikidata": "Q1",
        "notes": "",
    }
    (site,) = parse_sites(file_of(row))

    assert (site.latitude, site.longitude) == (59.93, 10.68)
    assert (site.opened, site.closed) == (1954, None)
    assert (site.organisation, site.notes) == (None, None)
    assert (site.address, site.source) == ("Tuengen allé 2B, Oslo", "csc;wikidata")
    assert site.existed_on == ((date(1999, 12, 31), "unknown"), (date(2005, 4, 28), "yes"))
    assert (site.precision, site.exists_now) == ("site", "unknown")
    assert (site.name_zh, site.wikidata) == ("中国驻挪威大使馆", "Q1")


def test_eight_columns_are_enough():
    (site,) = parse_sites(file_of(OSLO))

    assert (site.precision, site.exists_now, site.existed_on) == ("city", "unknown", ())
    assert site.address is site.opened is site.name_zh is site.source is None


def test_marks_ends_of_lines_case_and_blanks_do_not_matter():
    plain = file_of(OSLO | {"country": " no ", "name": "  Embassy \t in\u200e Oslo "})
    windows = b"\xef\xbb\xbf" + plain.replace(b"latitude", b" Latitude ")
    mac = plain.replace(b"\r\n", b"\r")

    quoted = b"\xef\xbb\xbf" + file_of(OSLO).replace(b"id,", b'"id",')

    assert parse_sites(windows) == parse_sites(mac) == parse_sites(file_of(OSLO))
    assert parse_sites(quoted) == parse_sites(file_of(OSLO))


def test_empty_lines_are_no_sites():
    raw = file_of(OSLO).replace(b"\r\n", b"\n\n , , ,,,,,\n")

    assert parse_sites(b"\n" + raw) == parse_sites(file_of(OSLO))


@pytest.mark.parametrize(
    ("changes", "owner"),
    [
        ({}, "CN"),
        ({"id": "kp-office-no", "kind": "office"}, "KP"),
        ({"id": "un-office-no", "kind": "office"}, None),
        ({"id": "no-stortinget", "kind": "legislature"}, None),
        ({"id": "embassy-1"}, None),
        ({"owner": "kr"}, "KR"),
        ({"owner": ""}, "CN"),
        ({"id": "no-stortinget", "kind": "legislature", "owner": "NO"}, "NO"),
    ],
)
def test_a_mission_belongs_to_the_state_that_its_row_or_its_id_names(
    changes: dict[str, str], owner: str | None
):
    (site,) = parse_sites(file_of(OSLO | changes))

    assert site.owner_country == owner


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("id", "Oslo Embassy", Reason.NO_SLUG),
        ("id", "-oslo", Reason.NO_SLUG),
        ("id", "osló", Reason.NO_SLUG),
        ("kind", "Embassy!", Reason.NO_SLUG),
        ("id", " ", Reason.BLANK),
        ("kind", "", Reason.BLANK),
        ("name", "\u200e \x07", Reason.BLANK),
        ("country", "", Reason.BLANK),
        ("city", "", Reason.BLANK),
        ("latitude", "", Reason.BLANK),
        ("longitude", "", Reason.BLANK),
        ("timezone", "", Reason.BLANK),
        ("latitude", "90.01", Reason.OUT_OF_RANGE),
        ("latitude", "-91", Reason.OUT_OF_RANGE),
        ("longitude", "180.5", Reason.OUT_OF_RANGE),
        ("longitude", "9" * 400, Reason.OUT_OF_RANGE),
        ("latitude", "nan", Reason.NO_NUMBER),
        ("latitude", "-inf", Reason.NO_NUMBER),
        ("latitude", "59,93", Reason.NO_NUMBER),
        ("longitude", "10°40'", Reason.NO_NUMBER),
        ("longitude", "1_0", Reason.NO_NUMBER),
        ("longitude", "１０", Reason.NO_NUMBER),
        ("country", "Norway", Reason.UNKNOWN_COUNTRY),
        ("country", "ZZ", Reason.UNKNOWN_COUNTRY),
        ("country", "UN", Reason.UNKNOWN_COUNTRY),
        ("owner", "PRC", Reason.UNKNOWN_COUNTRY),
        ("timezone", "CET+1", Reason.UNKNOWN_TIME_ZONE),
        ("timezone", "europe/oslo", Reason.UNKNOWN_TIME_ZONE),
        ("timezone", "../../etc/passwd", Reason.UNKNOWN_TIME_ZONE),
        ("timezone", "Factory", Reason.UNKNOWN_TIME_ZONE),
        ("opened", "about 1954", Reason.NO_YEAR),
        ("opened", "54", Reason.NO_YEAR),
        ("closed", "2005-04-28", Reason.NO_YEAR),
        ("existed_2005_04_28", "maybe", Reason.NO_ANSWER),
        ("exists_now", "1", Reason.NO_ANSWER),
        ("precision", "street", Reason.NO_PRECISION),
    ],
)
def test_a_cell_that_cannot_be_is_told_with_its_line_and_column(
    column: str, value: str, reason: Reason
):
    problem = only_problem_in(file_of(OSLO | {column: value}))

    assert (problem.line, problem.column, problem.reason) == (2, column, reason)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("latitude", "-90"),
        ("latitude", "+.5"),
        ("latitude", "-1E-05"),
        ("longitude", "180"),
        ("timezone", "Asia/Calcutta"),
        ("timezone", "Etc/UTC"),
        ("country", "XK"),
    ],
)
def test_a_cell_at_the_edge_of_what_can_be_is_taken(column: str, value: str):
    assert len(parse_sites(file_of(OSLO | {column: value}))) == 1


def test_a_site_is_not_closed_before_it_opened():
    problem = only_problem_in(file_of(OSLO | {"opened": "1990", "closed": "1989"}))

    assert (problem.column, problem.reason) == ("closed", Reason.CLOSED_BEFORE_OPENED)


def test_an_id_that_stands_twice_names_both_lines():
    other = OSLO | {"id": "other"}
    problems = problems_in(file_of(OSLO, other, OSLO, OSLO))

    assert [(problem.line, problem.first_line) for problem in problems] == [(4, 2), (5, 2)]
    assert {problem.reason for problem in problems} == {Reason.DOUBLE_ID}
    assert problems[0].value == "cn-embassy-no-oslo"


def test_lines_are_counted_as_an_editor_counts_them():
    long = OSLO | {"notes": "one\ntwo\r\nthree"}
    wrong = OSLO | {"id": "second", "notes": "", "latitude": "x"}
    problem = only_problem_in(b"\n" + file_of(long, wrong))

    assert problem.line == 6


def test_all_problems_are_told_at_once_in_the_order_of_their_lines():
    raw = file_of(OSLO | {"latitude": "x", "city": ""}, OSLO | {"id": "b", "country": "?"})
    problems = problems_in(raw + b"too,few\r\n")

    assert [(problem.line, problem.column, problem.reason) for problem in problems] == [
        (2, "city", Reason.BLANK),
        (2, "latitude", Reason.NO_NUMBER),
        (3, "country", Reason.UNKNOWN_COUNTRY),
        (4, None, Reason.CELL_COUNT),
    ]
    assert problems[3].value == "2 / 8"


def test_fifty_problems_are_enough():
    problems = problems_in(file_of(OSLO) + b"x,y\r\n" * 500)

    assert len(problems) == 50
    assert problems[-1].line == 52


def test_what_stands_in_a_wrong_cell_is_shown_short_and_clean():
    problem = only_problem_in(file_of(OSLO | {"latitude": "a\x1b[31m\u202eb\n" + "c" * 500}))

    assert problem.value == "a [31mb " + "c" * 52


def test_the_error_says_in_one_text_what_is_wrong():
    with pytest.raises(SiteFileError, match="line 2, column latitude: 99 degrees"):
        parse_sites(file_of(OSLO | {"latitude": "99"}))


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b"\n\n", b" , \n", file_of(OSLO)[:60]])
def test_a_file_without_a_site_is_refused(raw: bytes):
    assert problems_in(raw)


@pytest.mark.parametrize("raw", [b"", b"\r\n \n", ",".join(OSLO).encode() + b"\n"])
def test_an_empty_file_is_called_so(raw: bytes):
    assert only_problem_in(raw).reason == Reason.EMPTY


def test_missing_columns_are_each_named():
    short = {key: value for key, value in OSLO.items() if key not in {"city", "timezone"}}
    problems = problems_in(file_of(short))

    assert [(problem.column, problem.reason) for problem in problems] == [
        ("city", Reason.MISSING_COLUMN),
        ("timezone", Reason.MISSING_COLUMN),
    ]


@pytest.mark.parametrize("separator", [b";", b"\t"])
def test_a_file_that_is_not_separated_by_commas_is_called_so(separator: bytes):
    problem = only_problem_in(file_of(OSLO).replace(b",", separator))

    assert (problem.line, problem.reason) == (1, Reason.NO_COMMAS)


def test_a_column_may_stand_once_only_but_nameless_ones_do_not_count():
    raw = file_of(OSLO)
    double = raw.replace(b"timezone", b"timezone,City").replace(b"Europe/Oslo", b"Europe/Oslo,x")
    nameless = raw.replace(b"\r\n", b",,\r\n")

    assert only_problem_in(double).reason == Reason.DOUBLE_COLUMN
    assert parse_sites(nameless) == parse_sites(raw)


def test_a_column_named_for_no_day_is_refused():
    problem = only_problem_in(file_of(OSLO | {"existed_2005_02_29": "yes"}))

    assert (problem.column, problem.reason) == ("existed_2005_02_29", Reason.NO_DATE)


def test_bytes_that_are_no_utf_8_are_told_by_line():
    raw = file_of(OSLO, OSLO | {"id": "b", "city": "Troms\xf8"}).decode().encode("latin-1")
    problem = only_problem_in(raw)

    assert (problem.line, problem.reason) == (3, Reason.NOT_UTF8)
    assert problems_in(file_of(OSLO).decode().encode("utf-16"))[0].reason == Reason.NOT_UTF8


def test_a_nul_is_told_by_line():
    problem = only_problem_in(file_of(OSLO, OSLO | {"id": "b", "city": "Os\x00lo"}))

    assert (problem.line, problem.reason) == (3, Reason.NUL)


def test_a_quotation_that_never_ends_is_told_where_it_begins():
    problem = only_problem_in(file_of(OSLO) + b'b,embassy,"Embassy\n in,Oslo\n')

    assert (problem.line, problem.reason) == (3, Reason.NOT_READABLE)


def test_a_cell_without_end_is_refused():
    problem = only_problem_in(file_of(OSLO | {"notes": "x" * 200_000}))

    assert (problem.line, problem.reason) == (2, Reason.NOT_READABLE)


def test_a_file_that_is_too_large_is_not_read():
    problem = only_problem_in(file_of(OSLO) + b"\n" * (20 * 1024 * 1024))

    assert problem.reason == Reason.TOO_LARGE


@settings(max_examples=200)
@given(
    st.binary(max_size=300) | st.text(st.characters(codec="utf-8"), max_size=200).map(str.encode)
)
def test_any_bytes_are_either_sites_or_told_problems(tail: bytes):
    for raw in (tail, file_of(OSLO) + tail):
        try:
            assert parse_sites(raw)
        except SiteFileError as error:
            assert 0 < len(error.problems) <= 50
            assert all(len(problem.value) <= 60 for problem in error.problems)


printable = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)


@given(st.lists(st.tuples(printable, st.floats(-90, 90), st.floats(-180, 180)), min_size=1))
def test_what_was_written_is_read_back(values: list[tuple[str, float, float]]):
    rows = [
        OSLO
        | {
            "id": f"s-{number}",
            "name": name,
            "latitude": f"{north:.5f}",
            "longitude": f"{east:.5f}",
        }
        for number, (name, north, east) in enumerate(values)
    ]
    sites = parse_sites(file_of(*rows))

    assert [site.name for site in sites] == [row["name"] for row in rows]
    assert [site.latitude for site in sites] == [float(row["latitude"]) for row in rows]
