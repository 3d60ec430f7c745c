"""Entries become calendars that other programs read as they were meant."""

import csv
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.calendars.markup import html_of
from campaign.calendars.rendering import (
    PRODID,
    Conference,
    DemandLink,
    Entry,
    EntryStatus,
    Feed,
    Picture,
    in_utc,
    render_calendar,
    render_entry,
    render_feed,
)
from campaign.calendars.zones import UnknownZone, render_timezone
from tests.pinning import assert_is_pinned

ROOT = Path(__file__).parents[2]
SNAPSHOTS = Path(__file__).parent / "snapshots"
MADE = datetime(2005, 2, 20, 9, 30, tzinfo=UTC)
CHANGED = datetime(2005, 3, 1, 18, 0, 5, tzinfo=UTC)
WORLD_DAY_UID = "7f1f4c52-5d0b-4a0e-8a55-0c9f3f0f2b60"
FEED = Feed(
    name="28 April 2005; everywhere, at noon",
    description="Demonstrations, by city.\nAll times are local.",
    url="https://example.org/en/north-korea-2005/",
    source="https://example.org/north-korea-2005/calendar.ics?lang=en",
    modified_at=CHANGED,
)
DEMAND = DemandLink("china-1", "Stop repatriation", "https://example.org/en/demands/china-1")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
# What breaks writers and readers at the end of a physical line.
PIECES = st.sampled_from(
    ["\\", ";", ",", ":", '"', " ", "\t", "x", "가", "é", "e\u0301", "\u202e", "\ufeff", "\xa0"]
    + ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\x00", "\x1b", "\x7f"]
    + ["👩\u200d👩\u200d👧\u200d👦", "🇰🇷", "🕯\ufe0f", "🏴\U000e0067\U000e007f", "\ud83d", "\udd6f"]
)
LONG_TEXTS = st.builds(
    lambda before, pieces: (before + "".join(pieces) * 5000)[:5000],
    st.text("x", max_size=80),
    st.lists(PIECES | st.characters(exclude_categories=[]), min_size=1, max_size=40),
)
HOSTILE = 'x"\r\nEND:VEVENT\r\nATTENDEE:mailto:a@b.c\rX-A:1\nX-B:2\x85X-C:3\u2028X-D:4\v;,:\\^'


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def entry(**changes) -> Entry:
    """Make the demonstration in Seoul, with changes."""
    seoul = Entry(
        uid="0b5b7e0e-2d0c-4c1e-9a52-0f6f2d7a1c11",
        sequence=2,
        created_at=MADE,
        modified_at=CHANGED,
        status=EntryStatus.CONFIRMED,
        title="Demonstration at the embassy in Seoul",
        starts_local=local("2005-04-28T12:00"),
        ends_local=local("2005-04-28T14:00"),
        timezone="Asia/Seoul",
        description='"Halt the forced repatriation; protect them."\n\nhttps://example.org/en/x',
        location="Embassy of the PRC, 27 Myeongdong 2-gil, Seoul",
        latitude=37.5619,
        longitude=126.9826,
        url="https://example.org/en/north-korea-2005/events/seoul-kr-2005-04-28",
        categories=("Demonstration",),
        demands=(DEMAND,),
        demand_relation="https://example.org/rel/demand",
        parent_uid=WORLD_DAY_UID,
        contact="seoul@example.org",
    )
    return replace(seoul, **changes)


def world_day(**changes) -> Entry:
    """Make the entry that stands for the day all over the world, with changes."""
    return entry(
        **{
            "uid": WORLD_DAY_UID,
            "title": "세계 행동의 날: 28 апреля 2005, 全世界で同時に立ち上がる日 🕯️ noon everywhere",
            "all_day_on": date(2005, 4, 28),
            "starts_local": None,
            "ends_local": None,
            "timezone": None,
            "location": None,
            "latitude": None,
            "longitude": None,
            "parent_uid": None,
            "contact": None,
            **changes,
        }
    )


@pytest.fixture(autouse=True)
def _forgotten_zones():
    """Let vobject forget the zones of other files, which it would take for those of the next."""
    known = getattr(vobject.icalendar, "__tzidMap")
    before = dict(known)
    yield
    known.clear()
    known.update(before)


def read(content: bytes) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(content)


def read_entry(made: Entry) -> icalendar.Event:
    [event] = read(render_calendar(FEED, [made])).events
    return event


def properties(content: bytes) -> list[str]:
    """List the names of all properties, in order, from the unfolded lines."""
    lines = content.replace(b"\r\n ", b"").decode().splitlines()
    return [re.match(r"[A-Z-]+", line)[0] for line in lines]


def test_one_event_is_pinned():
    assert_is_pinned(render_calendar(FEED, [entry()]), SNAPSHOTS / "event.ics")


def test_a_campaign_with_its_world_day_is_pinned():
    washington = entry(
        uid="5c7a3f0a-93a7-4f58-9f0d-6d3b0e3f9d02",
        title="Demonstration in Washington",
        timezone="America/New_York",
        location="2300 Connecticut Avenue NW\nWashington",
        latitude=38.9226,
        longitude=-77.0526,
        status=EntryStatus.TENTATIVE,
        contact=None,
    )
    moscow = entry(
        uid="c2f3f7d8-6a52-4f0c-b7ab-0f8f3a7c1e03",
        title="Отменено: Демонстрация в Москве",
        timezone="Europe/Moscow",
        location="Посольство КНР, ул. Дружбы, 6",
        latitude=55.7153,
        longitude=37.5180,
        status=EntryStatus.CANCELLED,
        sequence=3,
    )

    content = render_calendar(FEED, [world_day(), washington, moscow, entry()])
    assert_is_pinned(content, SNAPSHOTS / "campaign.ics")


def test_a_calendar_without_events_is_pinned_and_still_a_calendar():
    content = render_calendar(replace(FEED, description="", url="", source=""), [])

    assert_is_pinned(content, SNAPSHOTS / "empty.ics")
    assert len(read(content).subcomponents) == 1


def test_an_event_comes_back_whole():
    event = read_entry(entry())

    assert event["UID"] == "0b5b7e0e-2d0c-4c1e-9a52-0f6f2d7a1c11"
    assert (event["SEQUENCE"], event["STATUS"], event["CLASS"]) == (2, "CONFIRMED", "PUBLIC")
    assert event["SUMMARY"] == "Demonstration at the embassy in Seoul"
    assert event["DESCRIPTION"] == entry().description
    assert event["LOCATION"] == "Embassy of the PRC, 27 Myeongdong 2-gil, Seoul"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (37.5619, 126.9826)
    assert event["URL"] == entry().url
    assert event["CONTACT"] == "seoul@example.org"
    assert event["CATEGORIES"].cats == ["Demonstration", "Stop repatriation"]
    assert local("2005-04-28T12:00+09:00") == event.DTSTART
    assert local("2005-04-28T14:00+09:00") == event.DTEND
    assert event["DTSTART"].params == event["DTEND"].params == {"TZID": "Asia/Seoul"}
    assert event["CREATED"].dt == MADE


def test_the_stamp_is_the_last_change():
    event = read_entry(entry())

    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == CHANGED


def test_a_personal_download_is_pinned():
    made = entry(
        html=html_of(entry().description),
        picture=Picture("https://example.org/static/candle.svg", "image/svg+xml"),
        conference=Conference("https://example.org/live?city=seoul", "Watch: the square, live"),
        alarm_minutes=120,
    )

    assert_is_pinned(render_calendar(FEED, [made]), SNAPSHOTS / "personal.ics")


def test_a_description_stands_as_html_beside_the_plain_text():
    html = "<p>One, two; three</p>\r\n<p>C:\\new\x1b</p>\u2028"

    event = read_entry(entry(html=html))

    assert event["X-ALT-DESC"] == "<p>One, two; three</p> <p>C:&#92;new</p>"
    assert event["X-ALT-DESC"].params == {"FMTTYPE": "text/html"}
    assert event["DESCRIPTION"] == entry().description


@settings(max_examples=50, deadline=None)
@given(html=LONG_TEXTS)
def test_any_html_stays_on_its_line_and_no_reader_changes_it(html):
    content = render_entry(entry(html=html))

    written = html.replace("\\", "&#92;")
    [line] = [line for line in unfolded(content) if line.startswith("X-ALT-DESC")]
    assert line == f"X-ALT-DESC;FMTTYPE=text/html:{on_one_line(written)}"
    assert all(len(line) <= 75 and line.decode() for line in content.split(b"\r\n")[:-1])


def test_a_picture_and_a_place_to_watch_from_afar_are_said():
    picture = Picture("https://example.org/candle.png", "image/png")
    conference = Conference("https://example.org/live", 'The "square"; live')

    event = read_entry(entry(picture=picture, conference=conference))

    assert event["IMAGE"] == picture.url
    assert event["IMAGE"].params == {"VALUE": "URI", "DISPLAY": "BADGE", "FMTTYPE": "image/png"}
    assert event["CONFERENCE"] == conference.url
    assert event["CONFERENCE"].params == {
        "VALUE": "URI",
        "FEATURE": "VIDEO",
        "LABEL": conference.label,
    }
    unlabelled = render_entry(entry(conference=Conference(conference.url)))
    assert b"\r\nCONFERENCE;VALUE=URI;FEATURE=VIDEO:https://example.org/live\r\n" in unlabelled


@pytest.mark.parametrize("media_type", ["", "png", "image/png:x", "image/png\r\nX-A:1", "a/b;c=d"])
def test_a_picture_has_a_media_type_and_nothing_beside(media_type):
    with pytest.raises(ValueError, match="media type"):
        Picture("https://example.org/candle", media_type)


@pytest.mark.parametrize(
    ("minutes", "trigger"),
    [(120, "-PT2H"), (90, "-PT1H30M"), (45, "-PT45M"), (1440, "-PT24H"), (0, "PT0S")],
)
def test_an_alarm_rings_the_minutes_before_that_were_asked_for(minutes, trigger):
    made = entry(alarm_minutes=minutes)

    [alarm] = read_entry(made).alarms.times

    assert alarm.trigger == local("2005-04-28T12:00+09:00") - timedelta(minutes=minutes)
    assert f"\r\nTRIGGER:{trigger}\r\n".encode() in render_entry(made)
    assert (alarm.alarm["ACTION"], alarm.alarm["DESCRIPTION"]) == ("DISPLAY", made.title)


def test_an_alarm_keeps_its_identity_and_shares_it_with_nothing_else():
    def identity(**changes) -> str:
        [alarm] = read_entry(entry(alarm_minutes=60, **changes)).walk("VALARM")
        return str(alarm["UID"])

    first = identity()

    assert identity(title="Another", sequence=9) == first
    assert len({first, identity(uid="other"), entry().uid}) == 3


def test_a_cancelled_event_rings_at_nobody():
    assert b"VALARM" not in render_entry(entry(status=EntryStatus.CANCELLED, alarm_minutes=60))


def test_an_alarm_after_the_start_is_refused():
    with pytest.raises(ValueError, match="an entry rings"):
        entry(alarm_minutes=-1)


def test_a_map_is_tied_to_the_very_words_of_the_place():
    event = read_entry(entry(location='"Old"\nGate; 1, 2', latitude=-0.5, longitude=12.3456789))

    place = event["X-APPLE-STRUCTURED-LOCATION"]
    assert place == "geo:-0.500000,12.345679"
    assert place.params["X-TITLE"] == event["LOCATION"] == '"Old", Gate; 1, 2'
    assert place.params["VALUE"] == "URI"


def test_a_demand_is_tied_by_concept_reference_and_link():
    second = DemandLink("un-2", 'Ask "why": now', "https://example.org/en/demands/un-2")

    event = read_entry(entry(demands=(DEMAND, second)))

    assert event["CONCEPT"] == [DEMAND.url, second.url]
    assert event["REFID"] == ["china-1", "un-2"]
    assert event["LINK"] == [DEMAND.url, second.url]
    assert event["LINK"][1].params == {
        "VALUE": "URI",
        "LINKREL": "https://example.org/rel/demand",
        "LABEL": 'Ask "why": now',
    }
    assert event["CATEGORIES"].cats == ["Demonstration", "Stop repatriation", 'Ask "why": now']


def test_a_city_is_tied_to_the_world_day():
    content = render_entry(entry())

    assert f"RELATED-TO;RELTYPE=PARENT:{WORLD_DAY_UID}\r\n".encode() in content
    assert b"RELATED-TO" not in render_entry(world_day())


def test_a_label_that_is_a_category_too_stands_once():
    event = read_entry(entry(categories=("Stop repatriation", "", "A, B")))

    assert event["CATEGORIES"].cats == ["Stop repatriation", "A, B"]


def test_what_is_not_known_is_left_out():
    bare = entry(
        description="", location=None, latitude=None, longitude=None, url="", categories=()
    )
    bare = replace(bare, demands=(), demand_relation="", parent_uid=None, contact=None)

    assert properties(render_entry(bare)) == (
        ["BEGIN", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "STATUS", "CLASS"]
        + ["TRANSP", "DTSTART", "DTEND", "SUMMARY", "END"]
    )


def test_a_place_without_a_name_has_no_map_and_a_place_without_a_point_no_geo():
    assert b"STRUCTURED-LOCATION" not in render_entry(entry(location=" \n"))
    assert b"GEO" in render_entry(entry(location=" \n"))
    assert b"GEO" not in render_entry(entry(longitude=None))


def test_a_contact_of_several_lines_stands_on_one():
    event = read_entry(entry(contact="Seoul coordinator\n\nseoul@example.org"))

    assert event["CONTACT"] == "Seoul coordinator, seoul@example.org"


def test_a_link_without_its_relation_is_left_out():
    content = render_entry(entry(demand_relation=""))

    assert b"LINK" not in content
    assert b"CONCEPT" in content


def test_a_day_ends_before_the_next_and_takes_nobodys_time():
    event = read_entry(world_day(all_day_on=date(2005, 12, 31)))

    assert (date(2005, 12, 31), date(2006, 1, 1)) == (event.DTSTART, event.DTEND)
    assert event["TRANSP"] == "TRANSPARENT"


@pytest.mark.parametrize(
    ("status", "transparency"),
    [("CONFIRMED", "OPAQUE"), ("TENTATIVE", "OPAQUE"), ("CANCELLED", "TRANSPARENT")],
)
def test_a_status_is_said_and_only_a_cancelled_event_takes_no_time(status, transparency):
    event = read_entry(entry(status=EntryStatus(status)))

    assert (event["STATUS"], event["TRANSP"]) == (status, transparency)


def test_an_event_without_length_has_no_end():
    assert b"DTEND" not in render_entry(entry(ends_local=local("2005-04-28T12:00")))


@pytest.mark.parametrize(
    "changes",
    [
        {"all_day_on": date(2005, 4, 28)},
        {"timezone": None},
        {"timezone": ""},
        {"starts_local": None},
        {"ends_local": None},
        {"ends_local": local("2005-04-28T11:59")},
    ],
)
def test_an_entry_has_either_hours_in_order_or_a_day(changes):
    with pytest.raises(ValueError, match="an entry"):
        entry(**changes)


def test_an_unknown_zone_is_refused_rather_than_left_floating():
    lost = entry(timezone="Europe/Atlantis")

    with pytest.raises(UnknownZone):
        render_entry(lost)
    with pytest.raises(UnknownZone):
        render_calendar(FEED, [lost])


def test_an_entry_of_an_unknown_zone_can_be_told_in_utc():
    lost = entry(timezone="Europe/Atlantis")

    known = in_utc(lost, local("2005-04-28T12:00-03:30"), local("2005-04-28T13:30-03:30"))

    content = render_calendar(FEED, [known])
    assert b"\r\nDTSTART:20050428T153000Z\r\nDTEND:20050428T170000Z\r\n" in content
    assert b"VTIMEZONE" not in content
    assert b"TRANSP:OPAQUE" in content


def test_a_calendar_says_what_it_is_and_asks_for_nothing():
    calendar = read(render_calendar(FEED, [entry()]))

    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", PRODID)
    assert calendar["DESCRIPTION"] == FEED.description
    assert calendar["COLOR"] == "goldenrod"
    assert (calendar["URL"], calendar["SOURCE"]) == (FEED.url, FEED.source)
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    assert calendar["REFRESH-INTERVAL"].params == {"VALUE": "DURATION"}
    assert not {"UID", "METHOD", "X-WR-TIMEZONE"} & set(calendar)
    everything = properties(render_calendar(FEED, [entry(), world_day()]))
    assert not {"ORGANIZER", "ATTENDEE", "METHOD", "RDATE", "VALARM"} & set(everything)


def test_names_and_descriptions_of_calendars_are_escaped():
    content = render_calendar(FEED, [])

    for name in (b"NAME", b"X-WR-CALNAME"):
        assert b"\r\n%b:28 April 2005\\; everywhere\\, at noon\r\n" % name in content
    for name in (b"DESCRIPTION", b"X-WR-CALDESC"):
        said = b"Demonstrations\\, by city.\\nAll times are local."
        assert b"\r\n%b:%b\r\n" % (name, said) in content


def test_every_property_stands_at_most_once_where_one_is_allowed():
    names = properties(render_entry(entry()))

    assert sorted(set(names)) == sorted(names)


def test_other_readers_find_each_mission_at_its_hour():
    with (ROOT / "campaign/data/prc_missions.csv").open(encoding="utf-8") as rows:
        offsets = {row["timezone"]: row["utc_offset_2005_04_28"] for row in csv.DictReader(rows)}
    entries = [entry(uid=zone, timezone=zone, title=zone) for zone in offsets]

    content = render_calendar(FEED, entries)

    expected = {zone: local(f"2005-04-28T12:00{offset}") for zone, offset in offsets.items()}
    by_vobject = vobject.readOne(content.decode())
    assert {event.uid.value: event.dtstart.value for event in by_vobject.vevent_list} == expected
    by_icalendar = read(content)
    zones = {zone.tz_name: zone.to_tz(lookup_tzid=False) for zone in by_icalendar.timezones}
    starts = {str(event["UID"]): event.DTSTART for event in by_icalendar.events}
    assert {uid: start.replace(tzinfo=zones[uid]) for uid, start in starts.items()} == expected


def test_another_reader_gets_words_place_and_status():
    made = entry(title="시위; \\ 서울, 정오", status=EntryStatus.CANCELLED)

    event = vobject.readOne(render_calendar(FEED, [made]).decode()).vevent

    assert event.summary.value == made.title
    assert event.description.value == made.description
    assert event.location.value == made.location
    assert event.status.value == "CANCELLED"
    assert event.sequence.value == "2"
    assert event.geo.value == "37.561900;126.982600"
    assert event.dtend.value == local("2005-04-28T14:00+09:00")


def test_a_zone_is_right_for_the_first_and_for_the_last_event():
    early = entry(uid="a", timezone="America/New_York")
    late = entry(
        uid="b",
        timezone="America/New_York",
        starts_local=local("2027-03-20T12:00"),
        ends_local=local("2027-03-20T13:00"),
    )

    calendar = vobject.readOne(render_calendar(FEED, [late, early]).decode())

    assert [event.dtstart.value for event in calendar.vevent_list] == [
        local("2027-03-20T12:00-04:00"),
        local("2005-04-28T12:00-04:00"),
    ]


def test_zones_stand_once_each_by_name_before_the_events_in_the_order_given():
    day = date(2005, 4, 28)
    zones = [render_timezone(tzid, day, day) for tzid in ("Europe/Oslo", "Asia/Seoul")]
    events = [render_entry(entry(uid=uid)) for uid in "ba"]

    pieces = list(render_feed(FEED, iter(events), iter([*zones, zones[0]])))

    assert pieces[1:-1] == [zones[1], zones[0], *events]
    assert pieces[0].startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert pieces[-1] == b"END:VCALENDAR\r\n"


def test_a_feed_is_the_same_bytes_as_its_entries_rendered_at_once():
    day = date(2005, 4, 28)

    pieces = render_feed(FEED, [render_entry(entry())], [render_timezone("Asia/Seoul", day, day)])

    assert b"".join(pieces) == render_calendar(FEED, [entry()])


def test_every_process_writes_the_same_bytes():
    program = (
        "import runpy, sys, hashlib; t = runpy.run_path(sys.argv[1]); "
        "zones = 'Asia/Seoul Europe/Oslo America/Havana Asia/Hebron Pacific/Apia'.split(); "
        "entries = [t['entry'](timezone=zone, categories=('b', 'a', 'c')) for zone in zones]; "
        "print(hashlib.sha256(t['render_calendar'](t['FEED'], entries)).hexdigest())"
    )

    def digest(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", program, __file__]
        return subprocess.run(command, env=environment, capture_output=True, check=True).stdout

    assert digest("1") == digest("2") != b""


def hostile_entry() -> Entry:
    demand = DemandLink(HOSTILE, HOSTILE, HOSTILE)
    return entry(
        uid=HOSTILE,
        title=HOSTILE,
        description=HOSTILE,
        location=HOSTILE,
        url=HOSTILE,
        categories=(HOSTILE,),
        demands=(demand,),
        demand_relation=HOSTILE,
        parent_uid=HOSTILE,
        contact=HOSTILE,
        html=HOSTILE,
        picture=Picture(HOSTILE, "image/png"),
        conference=Conference(HOSTILE, HOSTILE),
        alarm_minutes=5,
    )


def test_no_field_can_add_a_line():
    feed = Feed(HOSTILE, HOSTILE, HOSTILE, HOSTILE, CHANGED)

    content = render_calendar(feed, [hostile_entry()])

    harmless = entry(
        html="x", picture=Picture("x", "image/png"), conference=Conference("x"), alarm_minutes=5
    )
    assert properties(content) == properties(render_calendar(FEED, [harmless]))
    [event] = read(content).events
    assert event["DESCRIPTION"].splitlines()[1:3] == ["END:VEVENT", "ATTENDEE:mailto:a@b.c"]
    assert not set(re.findall(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)|(?<!\r)\n", content))


@pytest.mark.parametrize("character", ["x", "가", "🕯", "e\u0301", "\\", ";", "\u200d", "\ufeff"])
def test_a_title_of_5000_characters_is_kept_whole_in_short_lines(character):
    title = ("a" + character) * 2500

    content = render_calendar(FEED, [entry(title=title)])

    assert read(content).events[0]["SUMMARY"] == title
    assert all(len(line) <= 75 and line.decode() for line in content.split(b"\r\n")[:-1])
    assert vobject.readOne(content.decode()).vevent.summary.value == title


@settings(max_examples=100, deadline=None)
@given(title=TEXTS, description=TEXTS, location=TEXTS, contact=TEXTS)
def test_any_words_come_back_and_keep_to_their_line(title, description, location, contact):
    made = entry(title=title, description=description, location=location, contact=contact)

    content = render_calendar(FEED, [made])

    [event] = read(content).events
    said = event.get("DESCRIPTION", "")
    assert said == re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", said)
    assert visible(said) == visible(description)
    assert visible(event["SUMMARY"]) == visible(title)
    assert set(properties(content)) <= set(properties(render_calendar(FEED, [entry()])))
    assert all(len(line) <= 75 and line.decode() for line in content.split(b"\r\n")[:-1])


@settings(max_examples=60, deadline=None)
@given(title=LONG_TEXTS, description=LONG_TEXTS)
def test_long_texts_of_all_kinds_are_read_alike_by_two_readers(title, description):
    made = entry(title=title, description=description, alarm_minutes=30)

    content = render_calendar(FEED, [made])

    [event], other = read(content).events, vobject.readOne(content.decode()).vevent
    assert event["SUMMARY"] == other.summary.value == on_one_line(title)
    said = other.description.value if "description" in other.contents else ""
    assert event.get("DESCRIPTION", "") == said == "\n".join(readable_lines(description))
    assert other.valarm.description.value == on_one_line(title)
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert line.decode().splitlines() == [line.decode()]


def readable_lines(text: str) -> list[str]:
    """Split as all readers together do, without what none can show."""
    shown = text.encode("utf-8", "replace").decode()
    return [
        "".join(sign for sign in line if sign == "\t" or unicodedata.category(sign) != "Cc")
        for line in re.split("\r\n|[\r\n\v\f\x85\u2028\u2029]", shown)
    ]


def on_one_line(text: str) -> str:
    return " ".join(filter(None, map(str.strip, readable_lines(text))))


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def visible(text: str) -> str:
    """Leave out white space and control characters, whose loss or change is wanted."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]", "", text)
