"""Zones as we write them agree with `zoneinfo` every hour, for readers that know only the file."""

import csv
import re
import zoneinfo
from bisect import bisect_left
from calendar import monthcalendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
import vobject

from campaign.calendars.zones import (
    UnknownZone,
    known_zone,
    render_timezone,
    render_timezones,
    zone_version,
)

ROOT = Path(__file__).parents[2]
MISSIONS = ROOT / "campaign/data/prc_missions.csv"
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
JANUARY_NOON = datetime.fromisoformat("2005-01-15T12:00")
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
YEARS = [2005, 2006, 2007, 2026, 2027, 2028]
# Clocks that jump by half an hour or a day, at midnight, four times a year, backwards, or no more.
INTRICATE = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Windhoek",
    "America/Havana",
    "America/Indiana/Indianapolis",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Pacific/Apia",
]


def mission_zones() -> list[str]:
    with MISSIONS.open(encoding="utf-8") as rows:
        return sorted({row["timezone"] for row in csv.DictReader(rows)})


MISSION_ZONES = mission_zones()
# "localtime" is whatever the machine is set to.
ALL_ZONES = sorted(available_timezones() - {"localtime"})


def read_blocks(content: bytes) -> list[dict[str, str]]:
    """Read a VTIMEZONE of the only form that we may write."""
    text = content.decode("ascii")
    body = re.fullmatch(r"BEGIN:VTIMEZONE\r\nTZID:[^\r]+\r\n(.+)END:VTIMEZONE\r\n", text, re.S)[1]
    form = re.compile(
        r"BEGIN:(?P<kind>STANDARD|DAYLIGHT)\r\n"
        r"DTSTART:(?P<start>\d{8}T\d{6})\r\n"
        r"TZOFFSETFROM:(?P<before>[+-]\d{4,6})\r\n"
        r"TZOFFSETTO:(?P<after>[+-]\d{4,6})\r\n"
        r"(RRULE:FREQ=YEARLY;BYMONTH=(?P<month>\d+);BYDAY=(?P<nth>-1|[1-4])(?P<day>[A-Z]{2})"
        r"(;UNTIL=(?P<until>\d{8}T\d{6})Z)?\r\n)?"
        r"TZNAME:(?P<name>[^\r]+)\r\n"
        r"END:(?P=kind)\r\n"
    )
    assert form.sub("", body) == ""
    return [found.groupdict() for found in form.finditer(body)]


def seconds(offset: str) -> int:
    hours, minutes, rest = int(offset[1:3]), int(offset[3:5]), int(offset[5:] or 0)
    return int(f"{offset[0]}1") * (hours * 3600 + minutes * 60 + rest)


def block_onsets(block: dict[str, str], last_year: int) -> Iterator[datetime]:
    """Expand one block into its onsets in UTC, by a plain calendar of weeks."""
    start = datetime.strptime(f"{block['start']}Z", "%Y%m%dT%H%M%S%z")
    before = timedelta(seconds=seconds(block["before"]))
    if not block["month"]:
        yield start - before
        return
    weekday, nth = WEEKDAYS.index(block["day"]), int(block["nth"])
    for year in range(start.year, last_year + 1):
        days = [week[weekday] for week in monthcalendar(year, int(block["month"]))]
        day = list(filter(None, days))[nth if nth < 0 else nth - 1]
        onset = start.replace(year=year, month=int(block["month"]), day=day)
        assert onset >= start, "the first onset of a rule is its DTSTART"
        onset -= before
        if block["until"] and f"{onset:%Y%m%dT%H%M%S}" > block["until"]:
            return
        yield onset


def read_onsets(content: bytes, last_year: int) -> list[tuple[datetime, timedelta]]:
    """Read from when on which offset holds."""
    return sorted(
        (onset, timedelta(seconds=seconds(block["after"])))
        for block in read_blocks(content)
        for onset in block_onsets(block, last_year)
    )


def moments(first: int, last: int, step: timedelta) -> list[datetime]:
    """List moments of the years, and of the half days around them that some zones count in."""
    start = datetime(first, 1, 1, tzinfo=UTC) - 14 * HOUR
    count = (datetime(last + 1, 1, 1, tzinfo=UTC) + 14 * HOUR - start) // step
    return [start + n * step for n in range(count + 1)]


def faults(tzid: str, at: list[datetime]) -> list[datetime]:
    """Answer the moments that the file tells wrong: of those given, and of those around each onset.

    Between two onsets the file says one thing, so whole stretches are compared at once.
    """
    zone, (first, last) = ZoneInfo(tzid), (at[0] + 14 * HOUR, at[-1] - 14 * HOUR)
    content = render_timezone(tzid, first.date(), (last - HOUR).date())
    onsets = read_onsets(content, last.year)
    assert onsets[0][0] <= at[0], "something holds from the first hour on"
    ends = [onset for onset, _ in onsets[1:]] + [at[-1] + HOUR]
    wrong = []
    for (onset, offset), end in zip(onsets, ends, strict=True):
        stretch = at[bisect_left(at, onset) : bisect_left(at, end)]
        edges = [onset, onset + HOUR, onset + 2 * HOUR, end - 2 * HOUR, end - HOUR, end - SECOND]
        stretch += [edge for edge in edges if max(onset, at[0]) <= edge < min(end, at[-1])]
        wrong += [moment for moment in stretch if moment.astimezone(zone).utcoffset() != offset]
    return wrong


@pytest.mark.parametrize("year", YEARS)
def test_every_zone_with_a_mission_is_right_all_year(year):
    at = moments(year, year, HOUR)

    assert {tzid: wrong for tzid in MISSION_ZONES if (wrong := faults(tzid, at))} == {}


@pytest.mark.parametrize("year", [2004, *YEARS, 2010, 2011, 2016])
def test_intricate_zones_are_right_every_hour(year):
    at = moments(year, year, HOUR)

    assert {tzid: wrong for tzid in INTRICATE if (wrong := faults(tzid, at))} == {}


def test_every_zone_there_is_is_right_all_2005():
    at = moments(2005, 2005, HOUR)

    assert {tzid: wrong for tzid in ALL_ZONES if (wrong := faults(tzid, at))} == {}


def test_a_calendar_from_2005_to_2027_is_right_in_every_zone_with_a_mission():
    at = moments(2005, 2027, 12 * HOUR)

    assert {tzid: wrong for tzid in MISSION_ZONES if (wrong := faults(tzid, at))} == {}


def test_old_zones_are_right_to_the_second():
    at = moments(1939, 1947, 12 * HOUR)
    zones = ["Africa/Freetown", "Africa/Monrovia", "Europe/Amsterdam", "Europe/London"]

    assert {tzid: wrong for tzid in zones if (wrong := faults(tzid, at))} == {}


@pytest.mark.parametrize("tzid", MISSION_ZONES[::9] + INTRICATE)
def test_other_readers_take_the_same_hours_from_the_file(tzid):
    content = render_timezone(tzid, date(2005, 4, 28), date(2027, 4, 28))
    calendar = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n%bEND:VCALENDAR\r\n" % content
    zone = ZoneInfo(tzid)

    readers = [
        icalendar.Timezone.from_ical(content).to_tz(lookup_tzid=False),
        vobject.readOne(calendar.decode()).vtimezone.tzinfo,
    ]

    for local in (JANUARY_NOON + timedelta(days=30 * n) for n in range(275)):
        expected = local.replace(tzinfo=zone).utcoffset()
        assert [local.replace(tzinfo=reader).utcoffset() for reader in readers] == [expected] * 2


def test_missions_are_at_the_offset_that_was_looked_up_for_them():
    noon = datetime(2005, 4, 28, 12, tzinfo=UTC)
    with MISSIONS.open(encoding="utf-8") as rows:
        expected = {row["timezone"]: row["utc_offset_2005_04_28"] for row in csv.DictReader(rows)}

    for tzid, offset in expected.items():
        onsets = read_onsets(render_timezone(tzid, noon.date(), noon.date()), 2005)
        before = [after for onset, after in onsets if onset + after <= noon]
        assert before[-1] == timedelta(seconds=seconds(offset.replace(":", ""))), tzid


@pytest.mark.parametrize("first", [*YEARS, 1995, 2011, 2040])
@pytest.mark.parametrize("span", [0, 1, 10])
def test_the_blocks_are_those_that_simple_readers_need(first, span):
    for tzid in ALL_ZONES[:: 1 + 6 * span]:
        blocks = read_blocks(render_timezone(tzid, date(first, 5, 1), date(first + span, 5, 1)))

        assert any(block["kind"] == "STANDARD" for block in blocks)
        assert [block["start"] for block in blocks] == sorted(block["start"] for block in blocks)
        if len(blocks) == 1:
            continue
        for kind in ("STANDARD", "DAYLIGHT"):
            of_kind = [block for block in blocks if block["kind"] == kind]
            assert all(block["until"] for block in of_kind[:-1] if block["month"])


def test_two_blocks_suffice_where_a_year_has_a_summer():
    for tzid in ["Europe/Berlin", "Europe/Dublin", "America/Sao_Paulo", "Australia/Lord_Howe"]:
        blocks = read_blocks(render_timezone(tzid, date(2005, 4, 28), date(2005, 4, 28)))

        assert sorted(block["kind"] for block in blocks) == ["DAYLIGHT", "STANDARD"]
        assert all(block["month"] and not block["until"] for block in blocks)


def test_the_fewest_blocks_are_written():
    def count(tzid: str, first: int, last: int) -> int:
        return len(read_blocks(render_timezone(tzid, date(first, 1, 1), date(last, 1, 1))))

    assert {tzid for tzid in ALL_ZONES if count(tzid, 2005, 2005) > 2} == {"Antarctica/Troll"}
    assert count("Asia/Seoul", 2005, 2027) == 1
    assert count("Europe/Berlin", 2005, 2027) == 2
    assert count("America/New_York", 2005, 2027) == 4


def test_a_zone_without_a_change_is_one_standard_block_without_a_rule():
    assert render_timezone("Asia/Seoul", date(2005, 4, 28), date(2027, 4, 28)) == (
        b"BEGIN:VTIMEZONE\r\nTZID:Asia/Seoul\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        b"TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nTZNAME:KST\r\nEND:STANDARD\r\n"
        b"END:VTIMEZONE\r\n"
    )


def test_summer_time_that_lasts_all_year_is_standard_too():
    [block] = read_blocks(render_timezone("America/Havana", date(2005, 4, 28), date(2005, 4, 28)))

    assert (block["kind"], block["after"], block["name"]) == ("STANDARD", "-0400", "CDT")


def test_winter_is_standard_where_the_law_calls_it_the_exception():
    blocks = read_blocks(render_timezone("Europe/Dublin", date(2005, 4, 28), date(2005, 4, 28)))

    assert [(block["kind"], block["name"], block["after"]) for block in blocks] == [
        ("DAYLIGHT", "IST", "+0100"),
        ("STANDARD", "GMT", "+0000"),
    ]


def test_an_onset_is_in_the_local_time_before_the_change():
    day = date(2005, 4, 28)
    summer, winter = read_blocks(render_timezone("America/New_York", day, day))

    assert (summer["start"], summer["before"], summer["after"]) == (
        ("20030406T020000", "-0500", "-0400")
    )
    assert (winter["start"], winter["before"], winter["after"]) == (
        ("20031026T020000", "-0400", "-0500")
    )


@pytest.mark.parametrize("tzid", ["America/New_York", "Africa/Windhoek", "Africa/Cairo"])
def test_every_rule_has_begun_before_the_year_that_is_asked_for(tzid):
    """Some readers miss the first onset of a rule, and some fail on what lies before it."""
    blocks = read_blocks(render_timezone(tzid, date(2005, 1, 1), date(2005, 12, 31)))

    assert {block["start"][:4] for block in blocks} == {"2003"}


def test_an_older_rule_ends_and_the_newest_comes_last_and_goes_on():
    content = render_timezone("America/New_York", date(2005, 4, 28), date(2008, 4, 28))

    assert [(block["kind"], block["start"], block["until"]) for block in read_blocks(content)] == [
        ("DAYLIGHT", "20030406T020000", "20060403T070000"),
        ("STANDARD", "20031026T020000", "20061030T060000"),
        ("DAYLIGHT", "20070311T020000", None),
        ("STANDARD", "20071104T020000", None),
    ]


def test_a_zone_that_gave_up_summer_time_ends_every_rule():
    blocks = read_blocks(render_timezone("Europe/Moscow", date(2009, 1, 1), date(2011, 1, 1)))

    assert [block["after"] for block in blocks] == ["+0400", "+0300", "+0400"]
    assert [block["kind"] for block in blocks] == ["DAYLIGHT", "STANDARD", "STANDARD"]
    assert [block["until"] for block in blocks] == ["20100328T230000", "20101031T230000", None]


def test_a_change_that_came_once_has_no_rule():
    blocks = read_blocks(render_timezone("Europe/Moscow", date(2011, 1, 1), date(2011, 1, 1)))

    assert [(block["start"], block["after"], block["month"]) for block in blocks] == [
        ("19700101T000000", "+0300", None),
        ("20110327T020000", "+0400", None),
    ]


def test_a_change_that_nothing_undoes_is_not_repeated():
    blocks = read_blocks(render_timezone("Pacific/Apia", date(2011, 1, 1), date(2011, 12, 31)))

    assert [(block["after"], block["until"], block["month"]) for block in blocks] == [
        ("-1000", "20110925T140000", "9"),
        ("-1100", None, None),
        ("+1400", None, None),
    ]


def test_summer_time_on_top_of_summer_time_never_leaves_daylight_alone():
    blocks = read_blocks(render_timezone("Europe/London", date(1943, 1, 1), date(1943, 12, 31)))

    assert [(block["kind"], block["name"]) for block in blocks] == [
        ("DAYLIGHT", "BDST"),
        ("STANDARD", "BST"),
    ]


def test_days_of_the_same_years_share_one_zone():
    first = render_timezone("Europe/Oslo", date(2005, 4, 28), date(2005, 4, 28))

    assert render_timezone("Europe/Oslo", date(2005, 1, 1), date(2005, 12, 31)) is first


@pytest.mark.parametrize("year", [1, 1900, 2199, 9999])
def test_a_mistyped_year_neither_fails_nor_takes_long(year):
    content = render_timezone(
        "Europe/Oslo", min(date(2005, 1, 1), date(year, 1, 1)), date(year, 12, 31)
    )

    assert len(content) < 5000
    assert read_blocks(content)


def test_zones_are_written_once_each_by_name_and_utc_not_at_all():
    day = date(2005, 4, 28)

    zones = render_timezones(["Europe/Oslo", "UTC", "Asia/Seoul", "Europe/Oslo"], day, day)

    assert zones == [render_timezone(tzid, day, day) for tzid in ("Asia/Seoul", "Europe/Oslo")]


@pytest.mark.parametrize(
    "tzid",
    ["", "Europe", "Europe/Atlantis", "/etc/passwd", "../../etc/passwd", "Europe/Oslo\r\nX:1"]
    + ["a\0b", "\ud800", "tzdata.zi", "서울", "x" * 5000],
)
def test_an_unknown_zone_is_named_in_the_error(tzid):
    day = date(2005, 4, 28)

    with pytest.raises(UnknownZone, match=re.escape(repr(tzid))):
        render_timezone(tzid, day, day)
    with pytest.raises(UnknownZone):
        known_zone(tzid)


@pytest.fixture
def zone_folder(tmp_path):
    """Give the folder where Python looks for zones first."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(tmp_path)])
    zone_version.cache_clear()
    yield tmp_path
    zoneinfo.reset_tzpath(before)
    zone_version.cache_clear()


@pytest.mark.parametrize(
    ("name", "content"), [("tzdata.zi", "# version 2031c\n# more\n"), ("+VERSION", "2031c\n")]
)
def test_the_version_is_that_of_the_machine_where_its_zones_are_used(zone_folder, name, content):
    (zone_folder / name).write_text(content)

    assert zone_version() == "2031c"


def test_the_version_is_that_of_the_package_where_the_machine_has_no_zones(zone_folder):
    assert zone_version() == version("tzdata")
