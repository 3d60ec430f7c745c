"""Calendar files of other programs are read as they were meant, and within bounds."""

import time
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.calendars.lines import clean, one_line
from campaign.calendars.reading import (
    CalendarRefused,
    CalendarTooLarge,
    Moments,
    NestedTooDeep,
    NotACalendar,
    Note,
    ReadEntry,
    ReadProblem,
    Reason,
    TooManyEvents,
    WallTime,
    WholeDays,
    ZonesTooIntricate,
    in_words,
    read_calendar,
)
from campaign.calendars.reading.components import find_calendars
from campaign.calendars.reading.content_lines import content_lines
from campaign.calendars.reading.events import derived_uid
from campaign.calendars.reading.file_zones import Effort, read_zone
from campaign.calendars.reading.refusals import LARGEST_FILE, MOST_EVENTS
from campaign.calendars.rendering import Entry, EntryStatus, Feed, render_calendar
from campaign.calendars.zones import render_timezone
from campaign.languages import speaking

DAILY = "RRULE:FREQ=DAILY;COUNT=2"
YEARLY = "RRULE:FREQ=YEARLY"
NOON = "DTSTART:20050428T120000Z"
IN_SEOUL = "DTSTART;TZID=Asia/Seoul:20050428T120000"
# As Outlook writes the zones of its users.
CENTRAL_EUROPE = """\
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def calendar(*parts: str, line_end: str = "\r\n") -> bytes:
    """Write a calendar of parts, such as events and zones."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *parts, "END:VCALENDAR", ""]
    return "\n".join(lines).replace("\n", line_end).encode()


def event(*lines: str, uid: str = "UID:one") -> str:
    return "\n".join(["BEGIN:VEVENT", *([uid] if uid else []), *lines, "END:VEVENT"])


def only(*lines: str, zones: str = "", uid: str = "UID:one") -> ReadEntry:
    """Read a calendar of one event."""
    parts = [zones, event(*lines, uid=uid)] if zones else [event(*lines, uid=uid)]
    file = read_calendar(calendar(*parts))
    assert not file.problems
    (entry,) = file.entries
    return entry


def all_of(*events: str) -> tuple[ReadEntry, ...]:
    return read_calendar(calendar(*events)).entries


def problems_of(*events: str) -> list[tuple[str, Reason]]:
    found = read_calendar(calendar(*events)).problems
    return [(problem.uid, problem.reason) for problem in found]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def starts(entries: tuple[ReadEntry, ...]) -> list[str]:
    """When entries begin, as short as can be."""
    found = []
    for entry in entries:
        when = entry.when
        if isinstance(when, WholeDays):
            found.append(when.starts_on.isoformat())
        else:
            start = when.starts_at if isinstance(when, Moments) else when.starts_local
            found.append(f"{start:%m-%dT%H:%M}")
    return found


# --- When ------------------------------------------------------------------------------------


def test_a_time_in_utc_is_a_known_moment():
    entry = only(NOON, "DTEND:20050428T140000Z")

    assert entry.when == Moments(utc("2005-04-28T12:00"), utc("2005-04-28T14:00"), None)
    assert entry.notes == ()


def test_a_time_in_a_known_zone_is_a_moment_by_the_clocks_of_that_zone():
    entry = only(IN_SEOUL, "DTEND;TZID=Asia/Seoul:20050428T140000")

    assert entry.when == Moments(utc("2005-04-28T03:00"), utc("2005-04-28T05:00"), "Asia/Seoul")


def test_a_time_without_zone_stays_a_wall_time():
    entry = only("DTSTART:20050428T120000", "DTEND:20050428T140000")

    assert entry.when == WallTime(local("2005-04-28T12:00"), local("2005-04-28T14:00"))
    assert entry.notes == (Note.FLOATING,)


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["DTSTART;VALUE=DATE:20050428"], "2005-04-28"),
        (["DTSTART:20050428", "DTEND:20050429"], "2005-04-28"),
        (["DTSTART;VALUE=DATE:20050428", "DTEND;VALUE=DATE:20050501"], "2005-04-30"),
        (["DTSTART;VALUE=DATE:20050428", "DTEND;VALUE=DATE:20050428"], "2005-04-28"),
        (["DTSTART;VALUE=DATE:20050428", "DURATION:P3D"], "2005-04-30"),
        (["DTSTART;VALUE=DATE:20050428", "DURATION:PT48H"], "2005-04-29"),
        (
            [
                "DTSTART;TZID=Europe/Oslo:20050428T000000",
                "DTEND;TZID=Europe/Oslo:20050429T000000",
                "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            ],
            "2005-04-28",
        ),
    ],
)
def test_a_day_is_a_day_everywhere(lines, last):
    entry = only(*lines)

    assert entry.when == WholeDays(date(2005, 4, 28), date.fromisoformat(last))
    assert entry.notes == ()


def test_hours_are_no_whole_day_whatever_outlook_says():
    assert isinstance(only(NOON, "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE").when, Moments)


@pytest.mark.parametrize(
    ("start", "when"),
    [
        ("DTSTART;VALUE=DATE-TIME;TZID=Asia/Seoul:20050428T120000", "2005-04-28T03:00"),
        ('DTSTART;TZID="Asia/Seoul";X-A="b;c:d":20050428T120000', "2005-04-28T03:00"),
        ("dtstart;tzid=asia/seoul:20050428t120000", "2005-04-28T03:00"),
        ("DTSTART;TZID=Asia/Seoul:20050428T120000Z", "2005-04-28T12:00"),
        ("DTSTART:2005-04-28T12:00:00Z", "2005-04-28T12:00"),
        ("DTSTART:20050428T120000+0900", "2005-04-28T03:00"),
        ("DTSTART:2005-04-28T12:00:00.000-04:00", "2005-04-28T16:00"),
        ("DTSTART;TZID=Asia/Seoul:20050428T1200", "2005-04-28T03:00"),
        ("DTSTART;TZID=UTC:20050428T120000", "2005-04-28T12:00"),
        ("DTSTART;TZID=(UTC+09:00) Seoul:20050428T120000Z", "2005-04-28T12:00"),
        ("DTSTART:20050428T235960Z", "2005-04-28T23:59:59"),
    ],
)
def test_times_are_read_however_programs_write_them(start, when):
    found = only(start).when

    assert isinstance(found, Moments)
    assert found.starts_at == utc(when)


def test_a_moment_keeps_the_clocks_by_which_it_was_set():
    entry = only("DTSTART;TZID=Europe/Oslo:20051030T003000Z")
    later = only("DTSTART;TZID=Europe/Oslo:20051030T013000Z")

    assert entry.when == Moments(utc("2005-10-30T00:30"), None, "Europe/Oslo")
    # 02:30 comes twice in Oslo then, and no wall time tells the second.
    assert later.when == Moments(utc("2005-10-30T01:30"), None, None)


@pytest.mark.parametrize(
    ("end", "ends_at", "note"),
    [
        ("DTEND:20050428T133000Z", "2005-04-28T13:30", None),
        ("DTEND;TZID=Europe/Oslo:20050428T160000", "2005-04-28T14:00", None),
        ("DTEND:20050428T133000", "2005-04-28T13:30", None),
        ("DURATION:PT1H30M", "2005-04-28T13:30", None),
        ("DURATION:P1DT2H", "2005-04-29T14:00", None),
        ("DURATION:+P1W", "2005-05-05T12:00", None),
        ("X-NOTHING:", None, Note.NO_END),
        ("DTEND:20050428T120000Z", None, Note.NO_END),
        ("DTEND;VALUE=DATE:20050428", None, Note.NO_END),
        ("DTEND;VALUE=DATE:20050429", None, Note.NO_END),
        ("DTEND:soon", None, Note.NO_END),
        ("DURATION:-PT1H", None, Note.NO_END),
        ("DURATION:P", None, Note.NO_END),
        ("DURATION:PT0S", None, Note.NO_END),
        ("DURATION:PT99999999999H", None, Note.NO_END),
        ("DTEND:20050428T110000Z", None, Note.END_BEFORE_START),
        ("DTEND:99991231T110000Z", None, Note.NO_END),
    ],
)
def test_an_end_is_what_the_file_says_or_is_not_known(end, ends_at, note):
    entry = only(NOON, end)

    assert entry.when == Moments(utc("2005-04-28T12:00"), utc(ends_at) if ends_at else None, None)
    assert entry.notes == ((note,) if note else ())


def test_a_length_in_days_is_by_the_clock_on_the_wall_and_hours_are_time_that_passes():
    start = "DTSTART;TZID=Europe/Oslo:20050326T120000"  # clocks go forward in the night

    days, hours = (only(start, length).when for length in ("DURATION:P1D", "DURATION:PT24H"))

    assert days.ends_at == utc("2005-03-27T10:00")
    assert hours.ends_at == utc("2005-03-27T11:00")


@pytest.mark.parametrize(
    ("zone", "wall", "moment", "note"),
    [
        # Clocks jump from 02:00 to 03:00, and on 30 October from 03:00 to 02:00.
        ("Europe/Oslo", "20050327T015959", "2005-03-27T00:59:59", None),
        ("Europe/Oslo", "20050327T023000", "2005-03-27T01:30", Note.SKIPPED_TIME),
        ("Europe/Oslo", "20050327T030000", "2005-03-27T01:00", None),
        ("Europe/Oslo", "20051030T023000", "2005-10-30T00:30", Note.DOUBLE_TIME),
        ("Europe/Oslo", "20051030T030000", "2005-10-30T02:00", None),
        ("Customized Time Zone", "20050327T015959", "2005-03-27T00:59:59", Note.ZONE_FROM_FILE),
        ("Customized Time Zone", "20050327T023000", "2005-03-27T01:30", Note.ZONE_FROM_FILE),
        ("Customized Time Zone", "20050327T030000", "2005-03-27T01:00", Note.ZONE_FROM_FILE),
        ("Customized Time Zone", "20051030T023000", "2005-10-30T00:30", Note.ZONE_FROM_FILE),
        ("Customized Time Zone", "20051030T030000", "2005-10-30T02:00", Note.ZONE_FROM_FILE),
    ],
)
def test_a_time_that_is_skipped_or_doubled_goes_by_the_offset_before(zone, wall, moment, note):
    entry = only(f"DTSTART;TZID={zone}:{wall}", "DURATION:PT1H", zones=CENTRAL_EUROPE)

    assert entry.when.starts_at == utc(moment)
    assert entry.notes == ((note,) if note else ())


# --- Zones -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("US/Eastern", "US/Eastern"),
        ("america/NEW_YORK", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Oslo", "Europe/Oslo"),
        ("/freeassociation.sourceforge.net/Europe/Oslo", "Europe/Oslo"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/citadel.org/20210210_1/America/Indiana/Knox", "America/Indiana/Knox"),
        ("/softwarestudio.org/Olson_20011030_5/Asia/Seoul", "Asia/Seoul"),
        ("/example.org/Japan", "Japan"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("korea standard time", "Asia/Seoul"),
        ('"Eastern Standard Time"', "America/New_York"),
        ("US/Pacific-New", "America/Los_Angeles"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_known_by_any_of_its_names(tzid, name):
    entry = only(f"DTSTART;TZID={tzid}:20050715T120000", "DURATION:PT1H")

    noon = datetime(2005, 7, 15, 12, tzinfo=ZoneInfo(name)).astimezone(UTC)
    assert entry.when == Moments(noon, noon + timedelta(hours=1), name)
    assert entry.notes == ()


@pytest.mark.parametrize("tzid", ["UTC", "Etc/UTC", "Zulu", "tzone://Microsoft/Utc"])
def test_utc_is_no_place_whose_clocks_we_keep(tzid):
    entry = only(f"DTSTART;TZID={tzid}:20050428T120000", "DURATION:PT1H")

    assert entry.when == Moments(utc("2005-04-28T12:00"), utc("2005-04-28T13:00"), None)
    assert entry.notes == ()


def test_what_we_know_of_a_zone_goes_before_what_the_file_says():
    wrong = CENTRAL_EUROPE.replace("Customized Time Zone", "Asia/Seoul")

    assert only(IN_SEOUL, zones=wrong).when.starts_at == utc("2005-04-28T03:00")


@pytest.mark.parametrize(
    "tzid", ["Customized Time Zone", "Mars/Phobos", "KST", "Factory", "My/Japan", "x" * 300]
)
def test_a_zone_that_nobody_knows_leaves_a_wall_time(tzid):
    entry = only(f"DTSTART;TZID={tzid}:20050428T120000", "DTEND:20050428T140000")

    assert entry.when == WallTime(local("2005-04-28T12:00"), local("2005-04-28T14:00"))
    assert entry.notes == (Note.ZONE_UNKNOWN,)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("Customized Time Zone", "Customized Time Zone"),
        ("Mars/Phobos", "Mars/Phobos"),
        ('"(UTC+01:00) Amsterdam\\, Berlin"', '"(UTC+01:00) Amsterdam, Berlin"'),
        ("(UTC+01:00) Amsterdam\\, Berlin", "(UTC+01:00) Amsterdam, Berlin"),
        ("OWN ZONE", "Own Zone"),
    ],
)
@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("20050115T120000", "2005-01-15T11:00"),
        ("20050428T120000", "2005-04-28T10:00"),
        ("20051231T235959", "2005-12-31T22:59:59"),
        ("19000101T000000", "1899-12-31T23:00"),
        ("21990701T120000", "2199-07-01T10:00"),
    ],
)
def test_a_zone_that_only_the_file_knows_is_worked_out_from_it(written, named, wall, moment):
    zones = CENTRAL_EUROPE.replace("Customized Time Zone", written)

    entry = only(f"DTSTART;TZID={named}:{wall}", "DURATION:PT1H", zones=zones)

    assert entry.when == Moments(utc(moment), utc(moment) + timedelta(hours=1), None)
    assert entry.notes == (Note.ZONE_FROM_FILE,)


def test_a_zone_that_says_where_it_lies_is_known_from_that():
    zones = CENTRAL_EUROPE.replace("BEGIN:STANDARD", "X-LIC-LOCATION:Asia/Seoul\nBEGIN:STANDARD", 1)

    entry = only("DTSTART;TZID=Customized Time Zone:20050428T120000", zones=zones)

    assert entry.when == Moments(utc("2005-04-28T03:00"), None, "Asia/Seoul")


def observance(kind: str, onset: str, offsets: str, *more: str) -> str:
    before, after = offsets.split()
    lines = [f"DTSTART:{onset}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", *more]
    return "\n".join([f"BEGIN:{kind}", *lines, f"END:{kind}"])


def zone_of(*observances: str) -> str:
    return "\n".join(["BEGIN:VTIMEZONE", "TZID:Own", *observances, "END:VTIMEZONE"])


@pytest.mark.parametrize(
    ("wall", "offset"),
    [
        ("19800101T000000", -8),  # before all: as before the first
        ("19850101T000000", -5),
        ("20050403T015959", -5),
        ("20050428T120000", -4),
        ("20051030T015959", -4),
        ("20051031T020000", -5),
        ("20060701T120000", -4),
        ("20061029T030000", -5),
        ("20061201T120000", -5),
        ("20070320T120000", -4),  # by the rule of 2007, a fortnight earlier
        ("20091231T120000", -5),
        ("20101107T030000", -5),
        ("20100701T120000", -4),  # the last
        ("20120701T120000", -3),  # all rules over
        ("20300101T120000", -3),
    ],
)
def test_a_zone_whose_rules_changed_is_right_for_each_year(wall, offset):
    zones = zone_of(
        observance("STANDARD", "19840101T000000", "-0800 -0500"),
        observance("DAYLIGHT", "19870405T020000", "-0500 -0400",
                   "RRULE:FREQ=YEARLY;UNTIL=20060402T070000Z;BYMONTH=4;BYDAY=1SU"),
        observance("STANDARD", "19861026T020000", "-0400 -0500",
                   "RRULE:FREQ=YEARLY;UNTIL=20061029T060000Z;BYMONTH=10;BYDAY=-1SU"),
        observance("DAYLIGHT", "20070311T020000", "-0500 -0400",
                   "RRULE:FREQ=YEARLY;COUNT=4;BYMONTH=3;BYDAY=2SU"),
        observance("STANDARD", "20071104T020000", "-0400 -0500",
                   "RDATE:20081102T020000,20091101T020000", "RDATE:20101107T060000Z"),
        observance("STANDARD", "20110101T000000", "-0500 -0300"),
    )  # fmt: skip

    entry = only(f"DTSTART;TZID=Own:{wall}", zones=zones)

    assert local(wall) - entry.when.starts_at.replace(tzinfo=None) == timedelta(hours=offset)


@pytest.mark.parametrize(
    "name",
    [
        *("Europe/Oslo", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe"),
        *("America/Havana", "Africa/Casablanca", "Asia/Tehran", "Pacific/Apia", "Asia/Seoul"),
        *("America/Santiago", "Antarctica/Troll", "America/Nuuk", "Africa/Windhoek"),
    ],
)
def test_zones_as_we_write_them_are_worked_out_as_they_were(name):
    written = render_timezone(name, date(2004, 1, 1), date(2013, 12, 31)).decode()
    zones = written.replace(f"TZID:{name}", "TZID:Own").replace("\r\n", "\n").strip()
    (found,) = find_calendars(content_lines(calendar(zones)))
    zone = read_zone(found.zones["own"], Effort())
    hours = [datetime(2004, 1, 2) + timedelta(hours=hour) for hour in range(9 * 8_766)]

    wrong = [at for at in hours if zone.offset(at) != at.replace(tzinfo=ZoneInfo(name)).utcoffset()]

    # Of a time that comes twice or never, zoneinfo tells the same offset as we.
    assert not wrong


@pytest.mark.parametrize(
    ("until", "offset"),
    [
        ("20051030T010000Z", 1),
        ("20051030T005959Z", 2),
        ("20051030T030000", 1),
        ("20051030T025959", 2),
        ("20051030", 1),
        ("20051029", 2),
    ],
)
def test_a_rule_of_a_zone_ends_with_the_onset_that_it_names(until, offset):
    zones = CENTRAL_EUROPE.replace("BYMONTH=10", f"BYMONTH=10;UNTIL={until}")

    entry = only("DTSTART;TZID=Customized Time Zone:20051201T120000", zones=zones)

    assert entry.when.starts_at == utc("2005-12-01T12:00") - timedelta(hours=offset)


@pytest.mark.parametrize(
    ("year", "offset"), [(2000, 1), (2001, 2), (2002, 1), (2003, 2), (2004, 1), (2005, 2)]
)
def test_a_rule_of_a_zone_may_leave_out_years(year, offset):
    zones = zone_of(
        observance("STANDARD", "20000701T000000", "+0200 +0100", f"{YEARLY};INTERVAL=2"),
        observance("DAYLIGHT", "20010701T000000", "+0100 +0200", f"{YEARLY};INTERVAL=2"),
    )

    entry = only(f"DTSTART;TZID=Own:{year}1201T120000", zones=zones)

    assert entry.when.starts_at == utc(f"{year}-12-01T12:00") - timedelta(hours=offset)


def test_a_rule_of_a_zone_does_not_begin_before_its_observance():
    zones = zone_of(
        observance("STANDARD", "20040101T000000", "+0100 +0100"),
        observance("DAYLIGHT", "20050601T000000", "+0100 +0200", f"{YEARLY};BYMONTH=3;BYDAY=-1SU"),
    )

    before, after = (
        only(f"DTSTART;TZID=Own:{day}T120000", zones=zones) for day in ("20050428", "20050701")
    )

    assert (before.when.starts_at.hour, after.when.starts_at.hour) == (11, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        ("-1SU;BYMONTH=10", "-1SU;BYMONTH=10;BYHOUR=3"),
        ("FREQ=YEARLY", "FREQ=SECONDLY"),
        ("FREQ=YEARLY", "FREQ=MONTHLY"),
        ("TZOFFSETTO:+0100", "TZOFFSETTO:north"),
        ("TZOFFSETTO:+0100", "TZOFFSETTO:+2400"),
        ("TZOFFSETFROM:+0200\n", ""),
        ("DTSTART:16010101T030000", "DTSTART:00010101T000000"),
        ("DTSTART:16010101T030000", "DTSTART:long ago"),
    ],
)
def test_a_zone_that_cannot_be_worked_out_is_not_guessed(wrong):
    zones = CENTRAL_EUROPE.replace(*wrong)

    entry = only("DTSTART;TZID=Customized Time Zone:20050428T120000", zones=zones)

    assert Note.ZONE_UNKNOWN in entry.notes
    assert entry.when == WallTime(local("2005-04-28T12:00"), None)


def test_each_calendar_of_a_file_has_its_own_zones():
    other = CENTRAL_EUROPE.replace("+01", "+07").replace("+02", "+08")
    start = "DTSTART;TZID=Customized Time Zone:20050428T120000"

    file = read_calendar(
        calendar(CENTRAL_EUROPE, event(start)) + calendar(event(start, uid="UID:two"), other)
    )

    assert [entry.when.starts_at.hour for entry in file.entries] == [10, 4]


# --- Who and what ----------------------------------------------------------------------------


def test_an_event_is_read_with_all_that_it_says():
    entry = only(
        "DTSTART;TZID=Asia/Seoul:20050428T120000",
        "DTEND;TZID=Asia/Seoul:20050428T140000",
        "SEQUENCE:3",
        "STATUS:TENTATIVE",
        r"SUMMARY:Stop\, now\; \"all\" of C:\\it",
        r"DESCRIPTION:One\nTwo\N\nThree",
        r"LOCATION:Embassy\, 27 Street\nSeoul",
        "GEO:37.5619;126.9826",
        "URL:https://example.org/a,b;c?d=e",
        "CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+1-555",
        'CONFERENCE;VALUE=URI;LABEL="a:b":https://stream.example/1',
    )

    assert entry == ReadEntry(
        uid="one",
        sequence=3,
        status=EntryStatus.TENTATIVE,
        title='Stop, now; "all" of C:\\it',
        when=Moments(utc("2005-04-28T03:00"), utc("2005-04-28T05:00"), "Asia/Seoul"),
        description="One\nTwo\n\nThree",
        location="Embassy, 27 Street, Seoul",
        latitude=37.5619,
        longitude=126.9826,
        url="https://example.org/a,b;c?d=e",
        stream_url="https://stream.example/1",
    )


@pytest.mark.parametrize(
    ("line", "status", "notes"),
    [
        ("STATUS:confirmed", EntryStatus.CONFIRMED, ()),
        ("STATUS:CANCELLED", EntryStatus.CANCELLED, ()),
        ("STATUS:CANCELED", EntryStatus.CANCELLED, ()),
        ("X-NOTHING:", EntryStatus.CONFIRMED, ()),
        ("STATUS:POSTPONED", EntryStatus.CONFIRMED, (Note.STATUS_UNKNOWN,)),
    ],
)
def test_a_status_is_understood_or_said_to_be_unknown(line, status, notes):
    entry = only(NOON, "DURATION:PT1H", line)

    assert (entry.status, entry.notes) == (status, notes)


def test_a_calendar_that_withdraws_its_events_cancels_them():
    (entry,) = all_of("METHOD:CANCEL", event(NOON, "STATUS:CONFIRMED"))
    (published,) = all_of("METHOD:PUBLISH", event(NOON))

    assert entry.status is EntryStatus.CANCELLED
    assert published.status is EntryStatus.CONFIRMED


@pytest.mark.parametrize(
    ("lines", "point"),
    [
        (["GEO:37.5;126.9"], (37.5, 126.9)),
        (["GEO:37.5,126.9"], (37.5, 126.9)),
        (["GEO:37.5\\;126.9"], (37.5, 126.9)),
        (["GEO:37,5;126,9"], (37.5, 126.9)),
        (["GEO: -33.9 ; +151.2 "], (-33.9, 151.2)),
        (['X-APPLE-STRUCTURED-LOCATION;X-TITLE="a:b":geo:37.5,126.9'], (37.5, 126.9)),
        (["X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:37.5,126.9;u=9"], (37.5, 126.9)),
        (["GEO:91;0"], (None, None)),
        (["GEO:0;181"], (None, None)),
        (["GEO:nan;nan"], (None, None)),
        (["GEO:inf;0"], (None, None)),
        (["GEO:Seoul"], (None, None)),
        (["GEO:1;2;3"], (None, None)),
        (["GEO:"], (None, None)),
    ],
)  # fmt: skip
def test_a_point_is_read_however_it_is_parted(lines, point):
    entry = only(NOON, *lines)

    assert (entry.latitude, entry.longitude) == point


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "//example.org", "https://a b", "https://"),
        *("mailto:a@b.example", f"https://example.org/{'a' * 2_000}"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_left_out(address):
    entry = only(NOON, f"URL:{address}", f"CONFERENCE:{address}")

    assert (entry.url, entry.stream_url) == (None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
        ('Go <a href="https://a.example/?y&amp;z">there</a>', "Go there (https://a.example/?y&z)"),
        ('<a href="https://a.example">https://a.example</a>', "https://a.example"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ("<html><head><title>T</title></head><style>p {}</style><body>Words</html>", "Words"),
        ("<p>a<script>alert('<b>')</script>b</p>", "ab"),
        ("<p>never closed <script>x", "never closed"),
        ("a <!-- unseen --> <b>b</b>", "a b"),
        ("<p>2 <3 and 5> 4</p>", "2 <3 and 5> 4"),
        ("<div>One</div> <div>Two</div>", "One\nTwo"),
        (r"<p>One\nline</p>\n\n\n<p>Two</p>", "One line\n\nTwo"),
        (r"One\n<b>Two</b>\n\nThree", "One\nTwo\n\nThree"),
        ("<p>&#9999999999999;&#x41;</p>", "A"),
        ("I <3 you & 2 < 3 > 1 <noon>", "I <3 you & 2 < 3 > 1 <noon>"),
        ("Tom &amp; Jerry", "Tom &amp; Jerry"),
    ],
)  # fmt: skip
def test_a_description_in_html_becomes_plain_text(written, read):
    assert only(NOON, f"DESCRIPTION:{written.replace(';', chr(92) + ';')}").description == read


@pytest.mark.parametrize("name", ["X-ALT-DESC;FMTTYPE=text/html", "STYLED-DESCRIPTION"])
def test_a_description_in_html_alone_is_taken(name):
    html = f"{name}:<html><body><p>Come at noon</p></body></html>"

    assert only(NOON, html).description == "Come at noon"
    assert only(NOON, "DESCRIPTION:Plain", html).description == "Plain"


def test_control_characters_are_in_no_text():
    entry = only(
        NOON, "SUMMARY:a\x00b\x1bc\vd\u2028e", "DESCRIPTION:x\x07y\u2029z", "LOCATION:\x7f"
    )

    assert (entry.title, entry.description, entry.location) == ("abc d e", "xy\nz", "")


def test_a_text_without_end_is_cut_and_says_so():
    entry = only(NOON, "DURATION:PT1H", f"SUMMARY:{'a' * 5_000}", f"DESCRIPTION:{'b' * 999_999}")

    assert len(entry.title) == 5_000
    assert len(entry.description) == 100_000
    assert entry.notes == (Note.TEXT_CUT,)


def test_a_calendar_is_called_what_it_calls_itself():
    assert read_calendar(calendar(r"X-WR-CALNAME:April 28\, 2005")).name == "April 28, 2005"
    assert read_calendar(calendar("NAME:Noon")).name == "Noon"
    assert read_calendar(calendar() + calendar("NAME:Second")).name == "Second"
    assert read_calendar(calendar()).name == ""


# --- As programs write -----------------------------------------------------------------------


KOREAN = calendar(event(NOON, "SUMMARY:한국 é", "DESCRIPTION:세계"))


@pytest.mark.parametrize(
    "content",
    [
        KOREAN,
        KOREAN.replace(b"\r\n", b"\n"),
        KOREAN.replace(b"\r\n", b"\r"),
        KOREAN.replace(b"\r\n", b"\r\r\n"),
        KOREAN.replace(b"\r\n", b"\r\n\r\n"),
        b"\xef\xbb\xbf" + KOREAN,
        b"\r\n \r\n" + KOREAN,
        b"  " + KOREAN,
        KOREAN.decode().encode("utf-16"),
        KOREAN.decode().encode("utf-16-le"),
        b"\xfe\xff" + KOREAN.decode().encode("utf-16-be"),
        KOREAN.decode().encode("utf-16-be"),
        KOREAN.replace("한".encode(), "한".encode()[:1] + b"\r\n " + "한".encode()[1:]),
        KOREAN.replace(b"SUMMARY", b"SUM\r\n\tMARY"),
        KOREAN.replace(b"VEVENT", b"vevent").replace(b"SUMMARY", b"summary"),
        KOREAN.replace(b"SUMMARY:", b"SUMMARY;LANGUAGE=ko;X-A=\"b:c\":"),
        KOREAN.removesuffix(b"\r\n"),
        KOREAN.removesuffix(b"END:VCALENDAR\r\n"),
        KOREAN + b"\x00\x1a",
    ],
)  # fmt: skip
def test_a_file_is_read_in_any_dress(content):
    (entry,) = read_calendar(content).entries

    assert (entry.title, entry.description) == ("한국 é", "세계")
    assert entry.when.starts_at == utc("2005-04-28T12:00")


def test_one_line_in_an_old_encoding_does_not_spoil_the_others():
    content = calendar(event(NOON, "SUMMARY:한국", "LOCATION:Café – 1"))

    (entry,) = read_calendar(content.replace("Café – 1".encode(), b"Caf\xe9 \x96 1")).entries

    assert (entry.title, entry.location) == ("한국", "Café – 1")


def test_bytes_that_no_encoding_knows_are_no_reason_to_refuse():
    content = calendar(event(NOON, "LOCATION:Café"), "X-A:b")

    (entry,) = read_calendar(content.replace("é".encode(), b"\xe9\x81")).entries

    assert entry.location == "Café"


@pytest.mark.parametrize("written", ['="b:Come', '="b:Come "now', '="b":Come "a": b'])
def test_a_quotation_mark_that_is_never_closed_is_a_character(written):
    title = written.partition(":")[2]

    assert only(NOON, f"SUMMARY;X-A{written}").title == title


def test_a_line_that_belongs_to_nothing_is_passed_over():
    entry = only(NOON, "by our clocks", "END:VTODO", "SUMMARY:Come")

    assert entry.title == "Come"
    assert entry.when.starts_at == utc("2005-04-28T12:00")


def test_a_text_whose_line_ends_were_left_as_they_are_is_read_whole():
    entry = only(NOON, "DESCRIPTION:First line\nsecond line\n(third)", "LOCATION:There")

    assert entry.description == "First line\nsecond line\n(third)"
    assert entry.location == "There"


def test_parts_of_an_event_do_not_speak_for_it():
    alarm = "BEGIN:VALARM\nUID:alarm\nDESCRIPTION:Ring\nDURATION:PT5M\nEND:VALARM"

    entry = only(alarm, NOON, "DURATION:PT1H", "DESCRIPTION:Come")

    assert (entry.uid, entry.description) == ("one", "Come")
    assert entry.when.ends_at == utc("2005-04-28T13:00")


def test_the_first_of_two_values_counts():
    assert only(NOON, "SUMMARY:First", "SUMMARY:Second").title == "First"


def test_an_event_that_was_never_closed_ends_where_the_next_begins():
    unclosed = event(NOON).removesuffix("\nEND:VEVENT")

    assert [entry.uid for entry in all_of(unclosed, event(NOON, uid="UID:two"))] == ["one", "two"]


def test_what_is_no_event_is_passed_over():
    todo = event(NOON, uid="UID:todo").replace("VEVENT", "VTODO")

    assert [entry.uid for entry in all_of("END:VEVENT", todo, event(NOON))] == ["one"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["SUMMARY:x"], Reason.NO_START),
        (["DTSTART:tomorrow"], Reason.START_UNREADABLE),
        (["DTSTART:20050230T120000Z"], Reason.START_UNREADABLE),
        (["DTSTART:00010101T000000Z"], Reason.START_UNREADABLE),
        (["DTSTART:99991231T235959Z"], Reason.START_UNREADABLE),
        (["DTSTART:٢٠٠٥٠٤٢٨"], Reason.START_UNREADABLE),
        ([NOON, "RECURRENCE-ID:then"], Reason.START_UNREADABLE),
    ],
)
def test_an_event_that_is_at_no_time_is_left_out_and_told(lines, reason):
    file = read_calendar(calendar(event(NOON, uid="UID:two"), event(*lines, "SUMMARY:Lost\\, one")))

    assert [entry.uid for entry in file.entries] == ["two"]
    title = "Lost, one" if "SUMMARY:x" not in lines else "x"
    assert file.problems == (ReadProblem(8, "one", title, reason),)


def test_an_event_that_the_file_cuts_off_is_left_out_and_told():
    whole = calendar(event(NOON, uid="UID:two"), event(NOON, "SUMMARY:Half"))

    file = read_calendar(whole[: whole.index(b"Half") + 2])

    assert [entry.uid for entry in file.entries] == ["two"]
    assert file.problems == (ReadProblem(8, "one", "Ha", Reason.CUT_OFF),)


# --- Versions and identity -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["SEQUENCE:2", "SUMMARY:new"], ["SEQUENCE:1", "LAST-MODIFIED:20060101T000000Z"]),
        (["SEQUENCE:1"], ["SEQUENCE:2", "SUMMARY:new"]),
        (["SEQUENCE:x", "LAST-MODIFIED:20060101T0000Z", "SUMMARY:new"], ["DTSTAMP:20050101T0000Z"]),
        (["DTSTAMP:20050101T000000Z"], ["DTSTAMP:20060101T000000Z", "SUMMARY:new"]),
        ([], ["SUMMARY:new"]),
    ],
)  # fmt: skip
def test_of_two_events_with_one_uid_the_newer_counts_and_the_other_is_told(first, second):
    events = event(NOON, *first), event(NOON, *second)

    assert [entry.title for entry in all_of(*events)] == ["new"]
    assert problems_of(*events) == [("one", Reason.OTHER_VERSION)]


def test_an_event_without_uid_is_recognised_again():
    lines = [NOON, "SUMMARY:Come", "LOCATION:Embassy", "DURATION:PT1H"]
    written = [*lines, "DESCRIPTION:Now with a text", "SEQUENCE:4"]

    before, after = only(*lines, uid=""), only(*written, uid="")

    assert before.uid == after.uid
    assert UUID(before.uid).version == 5
    assert before.notes == (Note.NO_UID,)
    elsewhere = only(NOON, "SUMMARY:Come", "LOCATION:Consulate", uid="")
    assert elsewhere.uid != before.uid


def test_a_uid_without_end_is_replaced():
    entry = only(NOON, uid=f"UID:{'x' * 10_000}")

    assert UUID(entry.uid)
    assert Note.NO_UID in entry.notes


def test_a_uid_stays_as_it_is():
    assert only(NOON, uid=r"UID: a\,b@Example.org ").uid == "a,b@Example.org"


# --- Repeating -------------------------------------------------------------------------------


WEEKLY = event(
    IN_SEOUL, "DTEND;TZID=Asia/Seoul:20050428T140000", "SUMMARY:Vigil", "RRULE:FREQ=WEEKLY;COUNT=3"
)


def test_each_occurrence_is_an_entry_and_the_first_keeps_the_uid():
    entries = all_of(WEEKLY)

    assert starts(entries) == ["04-28T03:00", "05-05T03:00", "05-12T03:00"]
    assert entries[0].uid == "one"
    assert [UUID(entry.uid).version for entry in entries[1:]] == [5, 5]
    assert all(entry.title == "Vigil" and entry.notes == () for entry in entries)
    assert entries[2].when.ends_at == utc("2005-05-12T05:00")


def test_occurrences_are_recognised_again_though_an_event_changed():
    changed = WEEKLY.replace("COUNT=3", "COUNT=4").replace("Vigil", "Long vigil")
    in_utc = WEEKLY.replace(";TZID=Asia/Seoul:20050428T12", ":20050428T03")
    in_utc = in_utc.replace("T030000", "T030000Z")

    uids = [entry.uid for entry in all_of(WEEKLY)]

    assert [entry.uid for entry in all_of(changed)][:3] == uids
    assert [entry.uid for entry in all_of(in_utc)] == uids
    assert uids[1] == derived_uid("one", "2005-05-05T03:00:00+00:00")


def test_an_occurrence_keeps_its_hour_when_clocks_change():
    rule = "RRULE:FREQ=WEEKLY;COUNT=3"

    entries = all_of(event("DTSTART;TZID=Europe/Oslo:20050320T120000", "DURATION:PT1H", rule))

    assert starts(entries) == ["03-20T11:00", "03-27T10:00", "04-03T10:00"]


def test_an_occurrence_at_a_time_that_is_skipped_says_so():
    start = "DTSTART;TZID=Europe/Oslo:20050326T023000"

    entries = all_of(event(start, "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"))

    assert [entry.notes for entry in entries] == [(), (Note.SKIPPED_TIME,), ()]
    assert [entry.notes for entry in all_of(event(start.replace("26T", "27T"), DAILY))] == [
        (Note.SKIPPED_TIME, Note.NO_END),
        (Note.NO_END,),
    ]


@pytest.mark.parametrize(
    ("start", "until", "count"),
    [
        (IN_SEOUL, "20050505T030000Z", 2),
        (IN_SEOUL, "20050505T025959Z", 1),
        (IN_SEOUL, "20050505T120000", 2),
        (IN_SEOUL, "20050505T115959", 1),
        (IN_SEOUL, "20050505", 2),
        ("DTSTART:20050428T120000", "20050505T120000", 2),
        ("DTSTART:20050428T120000", "20050505T115959Z", 1),
        ("DTSTART;VALUE=DATE:20050428", "20050505", 2),
        ("DTSTART;VALUE=DATE:20050428", "20050504", 1),
        ("DTSTART;VALUE=DATE:20050428", "20050505T000000Z", 2),
        (IN_SEOUL, "20040101", 1),
    ],
)
def test_a_rule_ends_with_the_moment_that_it_names(start, until, count):
    entries = all_of(event(start, f"RRULE:FREQ=WEEKLY;UNTIL={until}"))

    assert len(entries) == count
    assert Note.REPEATS_CUT not in entries[0].notes


@pytest.mark.parametrize(
    ("rule", "count"),
    [("FREQ=DAILY", 100), ("FREQ=WEEKLY", 100), ("FREQ=MONTHLY", 25), ("FREQ=YEARLY;COUNT=4", 3)],
)
def test_a_rule_that_goes_on_is_cut_and_its_first_entry_says_so(rule, count):
    entries = all_of(event(NOON, "DURATION:PT1H", f"RRULE:{rule}"))

    assert len(entries) == count
    assert entries[0].notes == (Note.REPEATS_CUT,)
    assert not any(entry.notes for entry in entries[1:])


@pytest.mark.parametrize(
    "lines",
    [
        ["RRULE:FREQ=SECONDLY"],
        ["RRULE:FREQ=YEARLY;BYWEEKNO=20"],
        ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY"],
        ["RRULE:FREQ=WEEKLY", "EXRULE:FREQ=DAILY"],
        ["RRULE:FREQ=DAILY;BYSECOND=" + ",".join(["0"] * 100_000)],
    ],
)
def test_of_a_rule_that_we_do_not_read_only_the_first_is_taken(lines):
    entry = only(NOON, "DURATION:PT1H", *lines)

    assert entry.uid == "one"
    assert entry.notes == (Note.REPEATS_UNKNOWN,)


@pytest.mark.parametrize(
    ("excluded", "left"),
    [
        ("EXDATE;TZID=Asia/Seoul:20050505T120000", "04-28T03:00 05-12T03:00"),
        ("EXDATE:20050505T030000Z,20050512T030000Z", "04-28T03:00"),
        ("EXDATE:20050505T120000", "04-28T03:00 05-12T03:00"),
        ("EXDATE;VALUE=DATE:20050505", "04-28T03:00 05-12T03:00"),
        ("EXDATE;TZID=Asia/Seoul:20050428T120000", "05-05T03:00 05-12T03:00"),
        ("EXDATE;TZID=Asia/Seoul:20050505T130000", "04-28T03:00 05-05T03:00 05-12T03:00"),
        ("EXDATE:20050505T030000Z\nEXDATE:20050512T030000Z", "04-28T03:00"),
        ("EXDATE:never", "04-28T03:00 05-05T03:00 05-12T03:00"),
    ],
)
def test_an_excluded_occurrence_is_left_out_however_it_is_named(excluded, left):
    entries = all_of(WEEKLY.replace("SUMMARY", f"{excluded}\nSUMMARY"))

    assert starts(entries) == left.split()


def test_no_later_occurrence_takes_the_uid_of_the_first():
    whole = all_of(WEEKLY)
    without_first = all_of(WEEKLY.replace("SUMMARY", "EXDATE:20050428T030000Z\nSUMMARY"))

    assert [entry.uid for entry in without_first] == [entry.uid for entry in whole[1:]]


def test_further_dates_are_occurrences_in_their_order():
    entries = all_of(
        event(
            IN_SEOUL,
            "DURATION:PT2H",
            "RDATE;TZID=Asia/Seoul:20050601T120000,20050501T120000,20050428T120000",
            "RDATE:20050510T030000Z",
            "RDATE;VALUE=PERIOD:20050520T030000Z/PT30M,20050521T030000Z/20050521T060000Z",
        )
    )

    dates = "04-28 05-01 05-10 05-20 05-21 06-01"
    assert starts(entries) == [f"{day}T03:00" for day in dates.split()]
    lengths = [entry.when.ends_at - entry.when.starts_at for entry in entries]
    assert lengths == [timedelta(minutes=minutes) for minutes in (120, 120, 120, 30, 180, 120)]


def test_a_further_date_that_is_no_other_changes_nothing():
    again = "RDATE;VALUE=PERIOD:20050428T030000Z/PT30M"

    (entry,) = all_of(event(IN_SEOUL, "DURATION:PT2H", again))
    (timed,) = all_of(event(IN_SEOUL, "DURATION:PT2H", "RDATE;VALUE=DATE:20050501"))

    assert entry.when.ends_at == utc("2005-04-28T05:00")
    assert timed == entry


def test_dates_after_the_thousandth_are_not_looked_at():
    dates = ",".join(["20040101T000000Z"] * 1_000)

    excluded = all_of(WEEKLY.replace("SUMMARY", f"EXDATE:{dates},20050505T030000Z\nSUMMARY"))
    further = all_of(event(NOON, f"RDATE:{dates},20050505T030000Z"))

    assert starts(excluded) == ["04-28T03:00", "05-05T03:00", "05-12T03:00"]
    assert starts(further) == ["01-01T00:00", "04-28T12:00"]


def test_further_dates_that_are_too_many_or_too_late_are_cut():
    many = ",".join(
        f"2005{month:02}{day:02}T120000Z" for month in (5, 6, 7, 8) for day in range(1, 31)
    )

    crowd = all_of(event(NOON, "DURATION:PT1H", f"RDATE:{many}"))
    late = all_of(event(NOON, "DURATION:PT1H", "RDATE:20070428T120000Z,20070429T120000Z"))

    assert (len(crowd), crowd[0].notes) == (100, (Note.REPEATS_CUT,))
    assert (len(late), late[0].notes) == (2, (Note.REPEATS_CUT,))


MOVED = event(
    "RECURRENCE-ID;TZID=Asia/Seoul:20050505T120000",
    "DTSTART;TZID=Asia/Seoul:20050506T180000",
    "DURATION:PT1H",
    "SUMMARY:Moved",
    "SEQUENCE:1",
)


@pytest.mark.parametrize(
    "named",
    [
        ";TZID=Asia/Seoul:20050505T120000",
        ":20050505T030000Z",
        ":20050505T120000",
        ";VALUE=DATE:20050505",
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_an_occurrence_that_was_changed_is_as_it_was_changed(named, is_first):
    moved = MOVED.replace(";TZID=Asia/Seoul:20050505T120000", named)

    entries = all_of(*((moved, WEEKLY) if is_first else (WEEKLY, moved)))

    assert starts(entries) == ["04-28T03:00", "05-06T09:00", "05-12T03:00"]
    assert [entry.title for entry in entries] == ["Vigil", "Moved", "Vigil"]
    assert [entry.uid for entry in entries] == [entry.uid for entry in all_of(WEEKLY)]


def test_one_occurrence_can_be_cancelled():
    cancelled = MOVED.replace("SUMMARY", "STATUS:CANCELLED\nSUMMARY")

    statuses = [entry.status.value for entry in all_of(WEEKLY, cancelled)]

    assert statuses == ["CONFIRMED", "CANCELLED", "CONFIRMED"]


def test_the_newest_change_of_an_occurrence_counts():
    older = MOVED.replace("SEQUENCE:1", "SEQUENCE:0").replace("Moved", "Older")

    assert [entry.title for entry in all_of(WEEKLY, MOVED, older)] == ["Vigil", "Moved", "Vigil"]
    assert problems_of(WEEKLY, MOVED, older) == [("one", Reason.OTHER_VERSION)]


def test_a_changed_first_occurrence_keeps_the_uid_of_the_event():
    moved = MOVED.replace(
        "RECURRENCE-ID;TZID=Asia/Seoul:20050505", "RECURRENCE-ID;TZID=Asia/Seoul:20050428"
    )

    entries = all_of(WEEKLY, moved)
    excluded = all_of(WEEKLY.replace("SUMMARY", "EXDATE:20050428T030000Z\nSUMMARY"), moved)

    assert [(entry.uid, entry.title) for entry in entries][0] == ("one", "Moved")
    assert [entry.uid for entry in excluded if entry.title == "Moved"] == ["one"]


def test_a_changed_occurrence_stands_without_its_event():
    (alone,) = all_of(MOVED)

    assert alone.uid == all_of(WEEKLY)[1].uid
    assert starts((alone,)) == ["05-06T09:00"]


def test_a_change_beyond_the_window_is_taken_all_the_same():
    late = MOVED.replace("20050505T120000", "20150505T120000").replace("20050506", "20150506")

    assert [entry.title for entry in all_of(WEEKLY, late)] == ["Vigil"] * 3 + ["Moved"]


def test_a_change_of_all_later_occurrences_says_that_it_changes_one():
    lasting = MOVED.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")

    assert [entry.notes for entry in all_of(WEEKLY, lasting)] == [(), (Note.LATER_CHANGES,), ()]


def test_a_change_without_a_time_of_its_own_stays_at_its_time():
    silent = MOVED.replace("DTSTART;TZID=Asia/Seoul:20050506T180000\n", "")

    assert starts(all_of(WEEKLY, silent)) == ["04-28T03:00", "05-05T03:00", "05-12T03:00"]


def test_of_very_many_repeating_events_only_the_first_is_taken():
    twice = [event(NOON, "DURATION:PT1H", DAILY, uid=f"UID:{n}") for n in range(1_200)]

    entries = all_of(*twice)

    assert len(entries) == 1_200 + 1_000
    assert entries[-1].notes == (Note.REPEATS_CUT,)


def test_many_repeating_events_do_not_grow_without_bounds():
    daily = [event(NOON, "DURATION:PT1H", "RRULE:FREQ=DAILY", uid=f"UID:{n}") for n in range(300)]

    entries = all_of(*daily)

    assert len(entries) == 300 + 10_000
    assert {entry.uid for entry in entries} >= {str(n) for n in range(300)}
    assert entries[-1].notes == (Note.REPEATS_CUT,)


# --- Bounds ----------------------------------------------------------------------------------


def at_noon(tzid: str, number: int, year: int) -> str:
    return event(f"DTSTART;TZID={tzid}:{year}0428T120000", uid=f"UID:{number}")


def many(part: str, count: int) -> str:
    return "\n".join([part] * count)


STILL = "STANDARD", "20050101T000000", "+0100 +0200"  # an observance
IN_OWN = "\n" + event("DTSTART;TZID=Own:20050428T120000")
ONES, NINES = ",".join(["1"] * 5_000_000), "9" * 1_000_000
DATES = ",".join(["20050101T000000"] * 900_000)


HUGE = {
    "events": (TooManyEvents, lambda: calendar(many(event(NOON), 100_000))),
    "events nested": (TooManyEvents, lambda: b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 100_000),
    "calendars nested": (NestedTooDeep, lambda: b"BEGIN:VCALENDAR\n" * 100_000),
    "parts nested": (NestedTooDeep, lambda: calendar(many("BEGIN:X-A", 100_000))),
    "bytes": (CalendarTooLarge, lambda: calendar("X-A:" + "a" * LARGEST_FILE)),
    "lines": (CalendarTooLarge, lambda: b"BEGIN:VCALENDAR" + b"\r\nA:" * 600_000),
    "folds": (CalendarTooLarge, lambda: b"BEGIN:VCALENDAR" + b"\n " * 8_000_000),
    "zones": (
        ZonesTooIntricate,
        lambda: calendar(
            *(CENTRAL_EUROPE.replace("Customized", f"Zone{n}") for n in range(9_000)),
            *(at_noon(f"Zone{n} Time Zone", n, 2005) for n in range(9_000)),
        ),
    ),
    "onsets of zones": (
        ZonesTooIntricate,
        lambda: calendar(
            *(
                zone_of(observance(*STILL, f"RDATE:{DATES[:16_000]}")).replace("Own", f"Own{n}")
                for n in range(60)
            ),
            *(at_noon(f"Own{n}", n, 2005) for n in range(60)),
        ),
    ),
    "years of zones": (
        ZonesTooIntricate,
        lambda: calendar(
            zone_of(
                *(
                    observance("STANDARD", f"1601{month:02}{day:02}T000000", "+0100 +0200", YEARLY)
                    for month in range(1, 13)
                    for day in range(1, 29)
                )
            ),
            *(at_noon("Own", year, year) for year in range(1900, 2199)),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HUGE)
def test_a_file_without_measure_is_refused_at_once(kind):
    refusal, make = HUGE[kind]
    content = make()
    started = time.process_time()

    with pytest.raises(refusal):
        read_calendar(content)
    assert time.process_time() - started < 5


BOUNDED = {
    "a line": lambda: event(NOON, "DESCRIPTION:" + "<p>a\\n" * 2_500_000),
    "open brackets": lambda: event(NOON, "DESCRIPTION:<p>" + "<a " * 5_000_000),
    "backslashes": lambda: event(NOON, "DESCRIPTION:" + "\\" * 16_000_000),
    "empty quotes": lambda: event("SUMMARY;" + '""' * 8_000_000 + ":x", NOON),
    "quotes": lambda: event("SUMMARY;" + '":"' * 5_000_000 + ":x", NOON),
    "open quotes": lambda: event("SUMMARY;" + 'A=":' * 4_000_000 + ":x", NOON),
    "parameters": lambda: event("DTSTART" + ";A=b" * 100_000 + ":20050428T120000Z"),
    "parameters of dates": lambda: event(NOON, "RDATE" + ";A=b" * 100_000 + ":20050428T120000Z"),
    "control characters": lambda: event(NOON, many("A\x01B:c", 400_000)),
    "broken lines": lambda: event(NOON, "DESCRIPTION:x", many("y", 400_000)),
    "ends": lambda: event(NOON, many("END:X", 400_000)),
    "observances": lambda: zone_of(many(observance(*STILL), 90_000)) + IN_OWN,
    "onsets": lambda: zone_of(observance(*STILL, f"RDATE:{DATES}")) + IN_OWN,
    "zones unused": lambda: many(zone_of(), 100_000) + IN_OWN,
    "dates": lambda: event(NOON, f"RDATE:{DATES}"),
    "lines of dates": lambda: event(NOON, many("EXDATE:20050429", 400_000), f"{YEARLY};COUNT=1"),
    "a rule": lambda: event(NOON, f"{YEARLY};BYMONTHDAY={ONES}"),
    "numbers": lambda: event(NOON, f"SEQUENCE:{NINES}", f"GEO:{NINES};1", f"DURATION:PT{NINES}S"),
    "characters by number": lambda: event(NOON, f"DESCRIPTION:<p>&#{NINES[:90_000]};</p>"),
}


@pytest.mark.parametrize("kind", BOUNDED)
def test_an_event_without_measure_takes_no_time(kind):
    content = calendar(BOUNDED[kind]())
    assert len(content) < LARGEST_FILE + 1_000_000
    started = time.process_time()

    try:
        entries = read_calendar(content[:LARGEST_FILE]).entries
    finally:
        took = time.process_time() - started
    assert took < 5
    assert all(len(entry.description) <= 100_000 for entry in entries)
    assert len(entries) <= 2


def test_a_file_of_nothing_takes_no_memory():
    content = b"\n" * LARGEST_FILE
    tracemalloc.start()
    with pytest.raises(CalendarTooLarge):
        read_calendar(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3 * LARGEST_FILE


def test_repeating_events_without_measure_take_no_time():
    rules = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    content = calendar(*(event(NOON, rules, uid=f"UID:{n}") for n in range(MOST_EVENTS)))
    started = time.process_time()

    assert len(read_calendar(content).entries) == MOST_EVENTS
    assert time.process_time() - started < 8


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"<html>BEGIN:VCALENDAR</html>",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        b"\xff\xfe",
    ],
)
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(NotACalendar):
        read_calendar(content)


def test_ten_thousand_events_are_read_in_seconds():
    content = render_calendar(FEED, [entry_of(uid=f"event-{n}") for n in range(MOST_EVENTS)])
    started = time.process_time()

    assert len(read_calendar(content).entries) == MOST_EVENTS
    assert time.process_time() - started < 8


PIECES = st.sampled_from(
    [
        *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "TZID:Own", "END:VTIMEZONE", "UID:a"),
        *("BEGIN:STANDARD", "END:STANDARD", "TZOFFSETFROM:+0100", "TZOFFSETTO:-2359", "UID:b"),
        *("DTSTART:19000101T000000Z", "DTSTART;TZID=Own:21991231T235959", "DTSTART:20050428"),
        *("DTSTART;TZID=Europe/Oslo:20050327T023000", "DTSTART:00020101T000000", "DTSTART;:"),
        *("DTEND:21991231", "DTEND;TZID=Own:20050429T000000", "DURATION:P9999W", "DURATION:PT0S"),
        *("RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;UNTIL=21991231", "RRULE:FREQ=YEARLY;COUNT=999999"),
        *("RRULE:FREQ=YEARLY;INTERVAL=999999", "RRULE:UNTIL=00010101", "RDATE:20050428/P1D"),
        *("RDATE:21991231T235959Z,19000101", "EXDATE:20050428", "RECURRENCE-ID:20050428"),
        *("RECURRENCE-ID;RANGE=THISANDFUTURE:20050429", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
        *("SUMMARY:<p>&#x110000;", "STATUS:", "GEO:1e999;1", "END:VCALENDAR", "BEGIN:VCALENDAR"),
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.text(max_size=20), max_size=60))
def test_no_file_is_answered_but_by_entries_or_a_refusal(lines):
    try:
        file = read_calendar(calendar(*lines))
    except CalendarRefused:
        return

    uids = [entry.uid for entry in file.entries]
    assert len(uids) == len(set(uids))
    assert all(uids)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_answered(content, is_begun):
    try:
        file = read_calendar(b"BEGIN:VCALENDAR\n" * is_begun + content)
    except NotACalendar:
        return

    assert not file.entries


def test_every_note_and_every_reason_has_words(app):
    with app.app_context():
        for meaning in (*Note, *Reason):
            with speaking("en"):
                assert str(in_words(meaning)).endswith(".")


# --- What we write ourselves -----------------------------------------------------------------


FEED = Feed(
    "28 April; everywhere, at noon", "…", "https://example.org/", "", utc("2005-03-01T18:00")
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<"), max_size=200)
ZONES = ["Asia/Seoul", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "UTC"]


def entry_of(**changes) -> Entry:
    usual = {
        "uid": "0b5b7e0e-2d0c-4c1e-9a52-0f6f2d7a1c11",
        "sequence": 2,
        "created_at": utc("2005-02-20T09:30"),
        "modified_at": utc("2005-03-01T18:00"),
        "status": EntryStatus.CONFIRMED,
        "title": "Demonstration at the embassy in Seoul",
        "starts_local": local("2005-04-28T12:00"),
        "ends_local": local("2005-04-28T14:00"),
        "timezone": "Asia/Seoul",
        "description": '"Halt the forced repatriation; protect them."\n\nhttps://example.org/en/x',
        "location": "Embassy of the PRC, 27 Myeongdong 2-gil, Seoul",
        "latitude": 37.5619,
        "longitude": 126.9826,
        "url": "https://example.org/en/north-korea-2005/events/seoul-kr-2005-04-28",
    }
    return Entry(**{**usual, **changes})


def test_a_calendar_of_ours_is_read_as_it_was_written():
    day = {"starts_local": None, "ends_local": None, "timezone": None}
    written = [entry_of(), entry_of(uid="day", all_day_on=date(2005, 4, 28), **day)]

    file = read_calendar(render_calendar(FEED, written))

    assert file.name == FEED.name
    assert not file.problems
    assert file.entries[0] == ReadEntry(
        uid=written[0].uid,
        sequence=2,
        status=EntryStatus.CONFIRMED,
        title=written[0].title,
        when=Moments(utc("2005-04-28T03:00"), utc("2005-04-28T05:00"), "Asia/Seoul"),
        description=written[0].description,
        location=written[0].location,
        latitude=37.5619,
        longitude=126.9826,
        url=written[0].url,
    )
    assert file.entries[1].when == WholeDays(date(2005, 4, 28), date(2005, 4, 28))


@settings(max_examples=200, deadline=None)
@given(
    WORDS, WORDS, WORDS, st.sampled_from(ZONES), st.sampled_from(list(EntryStatus)),
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31)), st.integers(1, 100_000),
)  # fmt: skip
def test_any_entry_of_ours_is_read_as_it_was_written(
    title, description, location, zone, status, start, minutes
):
    start = start.replace(microsecond=0)
    end = start + timedelta(minutes=minutes)
    entry = entry_of(
        title=title, description=description, location=location, timezone=zone, status=status,
        starts_local=start, ends_local=end,
    )  # fmt: skip

    (found,) = read_calendar(render_calendar(FEED, [entry])).entries

    assert found.title == one_line(title)
    assert found.description == clean(description).strip()
    assert found.location == one_line(location, ", ")
    assert found.status is status
    moments = [each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in (start, end)]
    assert [found.when.starts_at, found.when.ends_at or moments[1]] == moments
    assert found.when.timezone == (None if zone == "UTC" else zone)
