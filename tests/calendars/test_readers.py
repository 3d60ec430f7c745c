"""Other programs read in our calendars what we meant, each in the same hours, words and states."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import clock as campaign_clock
from campaign.calendars.rendering import Entry, EntryStatus, Feed, in_utc, render_calendar
from campaign.database import db
from campaign.models import Event
from tests.conftest import TODAY
from tests.factories import make_campaign_of_2005
from tests.readers.javascript import HERE, LOCKED, JavaScript, installed
from tests.readers.known import names
from tests.readers.libical import faults_found_by_libical, library
from tests.readers.python import read_by_icalendar
from tests.readers.seen import MissingReader, Reader, Seen, do_without, point

MISSIONS = Path(__file__).parents[2] / "campaign/data/prc_missions.csv"
LANGUAGES = ("en", "ko")
DEMANDS = ("release all humanitarian workers", "end the forced repatriation")
MADE = datetime(2005, 2, 20, 9, 30, tzinfo=UTC)
CHANGED = datetime(2005, 3, 1, 18, 0, 5, tzinfo=UTC)
FEED = Feed(
    name="28 April 2005; everywhere, at noon 🕯️",
    description="시위, 도시별.\nAll times are local.",
    url="https://example.org/ko/north-korea-2005/",
    source="https://example.org/north-korea-2005/calendar.ics?lang=ko",
    modified_at=CHANGED,
)
PARENT = "7f1f4c52-5d0b-4a0e-8a55-0c9f3f0f2b60"
AN_HOUR, A_MINUTE = timedelta(hours=1), timedelta(minutes=1)
FEW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mission_rows() -> list[dict[str, str]]:
    with MISSIONS.open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


ZONES = sorted({row["timezone"] for row in mission_rows()})


def entry(**changes) -> Entry:
    """Make an event that says as little as it may, with changes."""
    least = Entry(
        uid=str(uuid4()),
        sequence=0,
        created_at=MADE,
        modified_at=CHANGED,
        status=EntryStatus.CONFIRMED,
        title="Demonstration",
        starts_local=datetime(2005, 4, 28, 12),
        ends_local=datetime(2005, 4, 28, 13, 30),
        timezone="Asia/Seoul",
    )
    return replace(least, **changes)


def meant(made: Entry) -> Seen:
    """Say what a reader is to see of an entry; its words as they are, its hours by `zoneinfo`."""
    starts, ends = hours(made)
    return Seen(
        uid=made.uid,
        starts=starts,
        ends=ends,
        title=made.title,
        sequence=made.sequence,
        status=made.status.name,
        location=made.location or "",
        description=made.description,
        url=made.url,
        point=point(made.latitude, made.longitude) if made.latitude is not None else None,
        categories=frozenset(made.categories),
        parent=made.parent_uid or "",
    )


def hours(made: Entry) -> tuple[date, date]:
    if made.all_day_on:
        return made.all_day_on, made.all_day_on + timedelta(days=1)
    zone = ZoneInfo(made.timezone)
    starts, ends = made.starts_local.replace(tzinfo=zone), made.ends_local.replace(tzinfo=zone)
    return starts.astimezone(UTC), ends.astimezone(UTC)


def assert_seen(reader: Reader, entries: list[Entry]) -> None:
    """Compare what a reader sees of a calendar with what was meant."""
    content = render_calendar(FEED, entries)

    assert reader.sees(content) == reader.as_it_would(map(meant, entries))


# --- The campaign of 2005 ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def campaign_of_2005(sqlite_installation) -> Iterator[dict[str, bytes]]:
    """Give the feed of all events of 28 April 2005 in each language, and whose UIDs they hold."""
    app, rows = sqlite_installation.app, {row["id"]: row for row in mission_rows()}
    try:
        with campaign_clock.frozen(TODAY):
            make_campaign_of_2005(app, countries=())
            with app.app_context():
                found = db.session.execute(sa.select(Event.uid, Event.site_id)).all()
            client = app.test_client()
            feeds = {
                language: client.get(f"/north-korea-2005/calendar.ics?lang={language}").data
                for language in LANGUAGES
            }
    finally:
        sqlite_installation.empty()
    return feeds, {uid: rows[site] for uid, site in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_demonstration_of_2005_stands_at_noon_of_its_place(reader, campaign_of_2005, language):
    feeds, missions = campaign_of_2005

    world_day, *events = sorted(
        reader.sees(feeds[language]), key=lambda event: event.uid in missions
    )

    assert (world_day.starts, world_day.ends) == (date(2005, 4, 28), date(2005, 4, 29))
    assert len(events) == 212
    wanted = {uid: instants(row) for uid, row in missions.items()}
    assert {event.uid: (event.starts, event.ends) for event in events} == wanted
    places = {uid: point(row["latitude"], row["longitude"]) for uid, row in missions.items()}
    assert {event.uid: event.point for event in events} == places
    assert all(event.location.startswith(missions[event.uid]["name"]) for event in events)
    assert {event.parent for event in events} <= {world_day.uid, None}
    assert {event.status for event in events} == {"CONFIRMED"}


def instants(row: dict[str, str]) -> tuple[datetime, datetime]:
    """Answer noon of a mission's clocks on that day, and when its demonstration ended."""
    noon = datetime.fromisoformat(f"2005-04-28T12:00{row['utc_offset_2005_04_28']}")
    return noon.astimezone(UTC), noon.astimezone(UTC) + timedelta(minutes=90)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reader_finds_the_words_that_icalendar_finds(reader, campaign_of_2005, language):
    content = campaign_of_2005[0][language]

    seen = reader.sees(content)

    assert seen == reader.as_it_would(read_by_icalendar(content))
    assert all(demand in event.description for event in seen for demand in DEMANDS)
    assert len({event.title for event in seen}) > 200


def test_libical_finds_no_fault_in_the_feed_of_2005(libical, campaign_of_2005):
    feeds, _ = campaign_of_2005

    assert [faults_found_by_libical(feeds[language]) for language in LANGUAGES] == [[], []]


# --- Hours ---------------------------------------------------------------------------------------


def changes_of(zone: ZoneInfo, year: int) -> Iterator[datetime]:
    """Find each moment of a year at which the clocks of a zone jump, to the minute."""

    def offset(moment: datetime) -> timedelta:
        return moment.astimezone(zone).utcoffset()

    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        following = moment + timedelta(days=1)
        if offset(moment) != offset(following):
            minutes = range(24 * 60)
            jump = next(n for n in minutes if offset(moment + (n + 1) * A_MINUTE) != offset(moment))
            yield moment + (jump + 1) * A_MINUTE
        moment = following


def both_sides(zone: ZoneInfo, change: datetime) -> tuple[datetime, datetime]:
    """Answer the last minute before a change and the first after it that each come but once."""
    before, after = (change - A_MINUTE).astimezone(zone), change.astimezone(zone)
    back = max(before.utcoffset() - after.utcoffset(), timedelta())
    sides = change - back - A_MINUTE, change + back
    first, last = (side.astimezone(zone).replace(tzinfo=None, fold=0) for side in sides)
    return first, last


def across_changes(years: tuple[int, ...]) -> list[Entry]:
    """Make an event over every change of clocks in every zone, and one at noon of each year."""
    return [
        entry(timezone=name, starts_local=starts, ends_local=ends)
        for name in ZONES
        for year in years
        for starts, ends in [
            (datetime(year, 4, 28, 12), datetime(year, 4, 28, 13, 30)),
            *(both_sides(ZoneInfo(name), change) for change in changes_of(ZoneInfo(name), year)),
        ]
    ]


@pytest.mark.parametrize("reader", names(which_know="zones"), indirect=True)
@pytest.mark.parametrize("years", [(2005, 2006, 2007), (2026, 2027, 2028), (2005, 2016, 2027)])
def test_both_sides_of_every_change_of_clocks_are_told_apart(reader, years):
    assert_seen(reader, across_changes(years))


def comes_once(local: datetime, zone: str) -> bool:
    """Tell whether the clocks of a zone show a time, and only once."""
    moments = [local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    return moments[0] == moments[1]


SPANS = st.tuples(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)),
    st.timedeltas(timedelta(), timedelta(days=3)),
)


@pytest.mark.parametrize("reader", names(which_know="zones"), indirect=True)
@FEW
@given(spans=st.lists(SPANS, min_size=1, max_size=30))
def test_any_hours_in_any_zone_come_back(reader, spans):
    entries = [
        entry(timezone=zone, starts_local=starts, ends_local=ends)
        for zone, start, lasting in spans
        for starts, ends in [(to_the_second(start), to_the_second(start + lasting))]
        if comes_once(starts, zone) and comes_once(ends, zone)
    ]

    assert_seen(reader, entries)


def to_the_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


# --- Words ---------------------------------------------------------------------------------------

PIECES = st.sampled_from([*'\\;,:"\n\t 가é🕯', "\\n", "\\N", "\r\n", "^n", "e\u0301", "👨‍👩‍👧"])
LONG_PIECES = st.sampled_from(["x" * 74, "시위" * 12, "BEGIN:VEVENT", "\r\nEND:VEVENT\r\n"])
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TEXTS = st.lists(PIECES | LONG_PIECES | ANY_TEXT, max_size=8).map("".join)


@FEW
@given(texts=st.lists(TEXTS, min_size=1, max_size=40))
def test_any_words_come_back(reader, texts):
    texts = [as_it_can_take(reader, text) for text in texts]
    content = render_calendar(
        FEED,
        [
            entry(uid=f"{n:03}", title=f"<{text}>", description=f"<{text}>", location=f"<{text}>")
            for n, text in enumerate(texts)
        ],
    )

    seen = reader.sees(content)

    assert [event.description for event in seen] == [f"<{kept(text)}>" for text in texts]
    for name in ("title", "location"):
        assert [marks(getattr(event, name)) for event in seen] == [
            marks(f"<{text}>") for text in texts
        ]


def as_it_can_take(reader: Reader, text: str) -> str:
    """Leave out what a reader takes for something else."""
    return re.sub("BEGIN:|END:", "", text) if "component names" in reader.own_ways else text


def kept(text: str) -> str:
    """Write a text as calendars can hold it: one kind of line break, no other control character."""
    lines = re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", lines)


def marks(text: str) -> str:
    """Leave out what a single line lacks or has instead of line breaks."""
    return re.sub(r"[\s,]", "", kept(text))


@pytest.mark.parametrize("mark", ["🕯", "가", "é", "\\", "\n", ";", "👨‍👩‍👧"])
def test_no_fold_cuts_a_character(reader, mark):
    entries = [
        entry(uid=f"{n:03}", title=f"{'x' * n}.{mark}.", description=f"{'x' * n}{mark * 40}.")
        for n in range(76)
    ]
    entries = [replace(made, title=made.title.replace("\n", "")) for made in entries]

    assert_seen(reader, entries)


# --- Kinds of entries ----------------------------------------------------------------------------


def test_a_full_entry_comes_back_whole(reader):
    whole = entry(
        sequence=7,
        title="서울: 시위; \\ 정오, 대사관 앞",
        description="“난민을 돌려보내지 마라”; one, two\n\nhttps://example.org/ko/x?a=1,2;b",
        location='Embassy "of the" PRC, 명동2길 27; Seoul',
        latitude=37.5619,
        longitude=-126.982654,
        url="https://example.org/ko/north-korea-2005/events/seoul-kr-2005-04-28?a=1,2;b=%20",
        categories=("Stop repatriation", "난민을 돌려보내지 마라"),
        parent_uid=PARENT,
        contact="seoul@example.org",
    )

    assert_seen(reader, [whole])


@pytest.mark.parametrize("reader", names(which_know="categories"), indirect=True)
def test_categories_may_hold_commas(reader):
    assert_seen(reader, [entry(categories=("Free them, all; now", "두, 번째"))])


@pytest.mark.parametrize("status", EntryStatus)
def test_every_status_is_understood(reader, status):
    assert_seen(reader, [entry(status=status, sequence=3), entry()])


def test_the_day_of_the_world_is_a_day_beside_hours(reader):
    day = {"starts_local": None, "ends_local": None, "timezone": None}
    last = date(2005, 12, 31)

    assert_seen(
        reader,
        [
            entry(uid=PARENT, all_day_on=date(2005, 4, 28), **day),
            entry(parent_uid=PARENT),
            entry(all_day_on=last, **day),
        ],
    )


def test_an_event_without_length_ends_as_it_starts(reader):
    noon = datetime(2005, 4, 28, 12)

    assert_seen(reader, [entry(ends_local=noon), entry(ends_local=noon, timezone="UTC")])


def test_an_event_in_utc_needs_no_zone(reader):
    lost = entry(timezone="Europe/Atlantis")
    starts = datetime(2005, 4, 28, 12, tzinfo=UTC)

    assert_seen(reader, [in_utc(lost, starts, starts + AN_HOUR), entry()])


def test_an_event_may_end_in_another_season_or_year(reader):
    saturday, new_year = datetime(2005, 10, 29, 23), datetime(2005, 12, 31, 22)

    assert_seen(
        reader,
        [
            entry(timezone="Europe/Oslo", starts_local=saturday, ends_local=saturday + 9 * AN_HOUR),
            entry(timezone="Asia/Seoul", starts_local=new_year, ends_local=new_year + 9 * AN_HOUR),
        ],
    )


def test_a_discreet_event_has_hours_a_city_and_no_words(reader):
    assert_seen(
        reader,
        [
            entry(
                title="Appointment",
                description="https://example.org/en/north-korea-2005/events/beijing-cn-2005-04-28",
                location="Beijing, China",
                url="https://example.org/en/north-korea-2005/events/beijing-cn-2005-04-28",
                timezone="Asia/Shanghai",
            )
        ],
    )


def test_a_calendar_without_events_is_read_as_empty(reader):
    assert reader.sees(render_calendar(FEED, [])) == []


# --- Where readers come from ---------------------------------------------------------------------


@pytest.fixture
def no_readers_yet(tmp_path, monkeypatch) -> Path:
    """Give an empty cache, and a folder of programs that is the only one on the path."""
    (tmp_path / "programs").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "programs"


def let_npm_do(programs: Path, what: str) -> None:
    """Put a program in the place of npm."""
    npm = programs / "npm"
    npm.write_text(f"#!/bin/sh\n{what}\n")
    npm.chmod(0o755)


def test_readers_are_installed_once(no_readers_yet):
    let_npm_do(no_readers_yet, 'echo "$@" > said')
    folder = installed()
    let_npm_do(no_readers_yet, "exit 1")

    assert installed() == folder
    assert (folder / "said").read_text().startswith("ci --ignore-scripts --no-audit --no-fund")
    assert {path.name for path in folder.iterdir()} == {*LOCKED, "said"}
    assert list(folder.parent.iterdir()) == [folder]


def test_an_installation_that_fails_says_why_and_leaves_nothing(no_readers_yet, tmp_path):
    let_npm_do(no_readers_yet, "echo half > half; echo No network >&2; exit 1")

    with pytest.raises(MissingReader, match="No network"):
        installed()
    assert list((tmp_path / "cache/campaign-tests").iterdir()) == []


@pytest.mark.parametrize("program", ["node", "npm"])
def test_a_reader_without_its_program_is_missing(no_readers_yet, program):
    asked = {"node": lambda: JavaScript(no_readers_yet), "npm": installed}[program]

    with pytest.raises(MissingReader, match=f"{program} is not installed"):
        asked()


def test_libical_is_missing_without_its_library(monkeypatch):
    monkeypatch.setattr("tests.readers.libical.LIBRARY", "libnothing.so.3")

    with pytest.raises(MissingReader, match="libnothing.so.3 is not installed"):
        library.__wrapped__()


@pytest.mark.parametrize(
    ("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)]
)
def test_a_missing_reader_skips_its_tests_unless_it_is_required(monkeypatch, required, outcome):
    monkeypatch.setenv("CAMPAIGN_REQUIRE_READERS", required)

    with pytest.raises(outcome, match="npm is not installed"):
        do_without(MissingReader("npm is not installed"))


def test_readers_are_locked_by_their_hashes_and_come_from_no_address_of_ours():
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    packages = {name: package for name, package in locked.items() if name}

    assert {"node_modules/ical.js", "node_modules/ts-ics"} <= set(packages)
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
