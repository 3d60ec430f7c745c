"""What feeds hold, and that calendars read it as it was meant."""

import csv
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
import vobject

from campaign.calendars.scopes import Scope
from campaign.calendars.views.joining import feed_bytes
from campaign.commands.demo import DATA
from campaign.database import db, reading, transaction
from campaign.errors import NotFoundError
from campaign.events.queries import find_event
from campaign.events.services import announce
from campaign.models import EventDemand, EventStatus, LinkOrigin
from campaign.resolutions.queries import find_campaign, find_demand
from tests.factories import SLUG, change_event, command, make_campaign_of_2005
from tests.pinning import assert_is_pinned
from tests.statements import questions_to

ROOT = Path(__file__).parents[2]
SNAPSHOTS = Path(__file__).parent / "snapshots"
OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
BASE = f"http://localhost/{SLUG}"
PURPOSES = ["china-1", "china-7"]


@pytest.fixture(autouse=True)
def _forgotten_zones():
    """Let vobject forget the zones of other files, which it would take for those of the next."""
    known = getattr(vobject.icalendar, "__tzidMap")
    before = dict(known)
    yield
    known.clear()
    known.update(before)


@pytest.fixture
def campaign_of_2005(app):
    """Give the events of 28 April 2005 in Oslo, Stockholm and Gothenburg, Seoul and Busan."""
    make_campaign_of_2005(app)


def feed(app, scope: Scope = Scope.CAMPAIGN, value: str = "", *, language="en") -> bytes:
    with app.app_context(), reading():
        return feed_bytes(find_campaign(SLUG), scope, value, language=language)


def read(content: bytes) -> dict[str, icalendar.Event]:
    """Return the entries by the last part of their pages' addresses."""
    events = icalendar.Calendar.from_ical(content).events
    return {str(event["URL"]).rpartition("/")[2]: event for event in events}


def entry(app, slug: str, *, language="en") -> icalendar.Event:
    return read(feed(app, Scope.EVENT, slug, language=language))[slug]


def many(value) -> list[str]:
    """Return the values of a property that may stand once or more often."""
    return [str(one) for one in (value if isinstance(value, list) else [value])]


# --- The day of 2005 -----------------------------------------------------------------------


def test_all_212_entries_are_read_at_the_instants_of_that_day(app):
    make_campaign_of_2005(app, countries=())
    content = feed(app)
    with (DATA / "prc_missions.csv").open(encoding="utf-8") as file:
        offsets = {one["name"]: one["utc_offset_2005_04_28"] for one in csv.DictReader(file)}
    timed = {slug: one for slug, one in read(content).items() if slug != "2005-04-28"}
    by_vobject = {
        one.url.value.rpartition("/")[2]: one.dtstart.value.astimezone(UTC)
        for one in vobject.readOne(content.decode()).vevent_list
        if isinstance(one.dtstart.value, datetime)
    }

    assert len(timed) == len(by_vobject) == 212
    for slug, one in timed.items():
        offset = offsets[str(one["LOCATION"]).partition(", ")[0]]
        noon = datetime.fromisoformat(f"2005-04-28T12:00:00{offset}")
        assert one.start == noon == by_vobject[slug]
        assert one.end - one.start == timedelta(minutes=90)


def test_the_world_day_stands_in_the_feeds_of_the_campaign_and_the_call_only(app, campaign_of_2005):
    holders = {
        Scope.CAMPAIGN: "",
        Scope.CALL: "2005-04-28",
        Scope.DEMAND: "china-1",
        Scope.ADDRESSEE: "china",
        Scope.COUNTRY: "no",
        Scope.CITY: "oslo-no",
        Scope.EVENT: OSLO,
    }
    entries = {scope: read(feed(app, scope, value)) for scope, value in holders.items()}

    assert {scope: len(found) for scope, found in entries.items()} == {
        Scope.CAMPAIGN: 6,
        Scope.CALL: 6,
        Scope.DEMAND: 5,
        Scope.ADDRESSEE: 5,
        Scope.COUNTRY: 1,
        Scope.CITY: 1,
        Scope.EVENT: 1,
    }
    world = entries[Scope.CAMPAIGN]["2005-04-28"]
    assert world["DTSTART"].dt == date(2005, 4, 28)
    assert many(world["REFID"]) == PURPOSES
    assert {str(one["RELATED-TO"]) for one in entries[Scope.DEMAND].values()} == {str(world["UID"])}
    assert entries[Scope.EVENT][OSLO].to_ical() == entries[Scope.CAMPAIGN][OSLO].to_ical()


def test_an_entry_of_another_day_does_not_belong_to_the_world_day(app, campaign_of_2005):
    when = ["--on", "2006-04-28", "--at", "12:00", "--lasting", "60", "--publish"]
    only = ["--include", "cn-embassy-no-oslo", "--country", "NO"]
    command(app, "fan-out", f"{SLUG}/2005-04-28", "--list", "prc-missions", *when, *only)

    assert "RELATED-TO" not in entry(app, "oslo-no-2006-04-28")


# --- One entry -----------------------------------------------------------------------------


def test_an_entry_says_which_demands_it_supports_in_every_way_that_readers_know(
    app, campaign_of_2005
):
    oslo = entry(app, OSLO)
    addresses = [f"{BASE}/demands/{slug}" for slug in PURPOSES]
    words = str(oslo["DESCRIPTION"])

    assert many(oslo["CONCEPT"]) == addresses
    assert many(oslo["REFID"]) == PURPOSES
    assert many(oslo["LINK"]) == addresses
    assert {link.params["LINKREL"] for link in oslo["LINK"]} == {"http://localhost/rel/demand"}
    assert [str(one) for one in oslo["CATEGORIES"].cats] == [
        link.params["LABEL"] for link in oslo["LINK"]
    ]
    assert "Demand on People’s Republic of China: “end the forced repatriation" in words
    assert words.endswith(f"http://localhost/en/{SLUG}/events/{OSLO}")


def test_an_entry_names_its_place(app, campaign_of_2005):
    oslo = entry(app, OSLO)
    with app.app_context(), reading():
        site = find_event(find_campaign(SLUG), OSLO).site
        place = (site.name, site.latitude, site.longitude)

    assert str(oslo["LOCATION"]) == f"{place[0]}, Oslo, Norway"
    assert (oslo["GEO"].latitude, oslo["GEO"].longitude) == pytest.approx(place[1:], abs=1e-6)
    assert str(oslo["SUMMARY"]).startswith("Oslo: Join in the peaceful demonstrations")


@pytest.mark.parametrize(
    ("status", "written", "mark"),
    [
        (EventStatus.PUBLISHED, "CONFIRMED", ""),
        (EventStatus.HAPPENED, "CONFIRMED", ""),
        (EventStatus.POSTPONED, "TENTATIVE", "Postponed: "),
        (EventStatus.CANCELLED, "CANCELLED", "Cancelled: "),
    ],
)
def test_an_entry_says_how_its_event_stands(app, campaign_of_2005, status, written, mark):
    change_event(app, OSLO, status=status, sequence=3, title_override="Vigil")
    oslo = read(feed(app))[OSLO]

    assert (str(oslo["STATUS"]), oslo["SEQUENCE"]) == (written, 3)
    assert str(oslo["SUMMARY"]) == f"{mark}Oslo: Vigil"


def test_a_draft_is_in_no_feed(app, campaign_of_2005):
    change_event(app, OSLO, status=EventStatus.DRAFT)

    assert OSLO not in read(feed(app))
    with pytest.raises(NotFoundError):
        feed(app, Scope.EVENT, OSLO)


def test_what_an_event_says_itself_keeps_its_lines(app, campaign_of_2005):
    change_event(app, OSLO, description_override="Bring a candle.\n\nMeet; sing, walk.\n")

    assert str(entry(app, OSLO)["DESCRIPTION"]).startswith(
        "Bring a candle.\n\nMeet; sing, walk.\n\nDemand on"
    )


@pytest.mark.parametrize("is_discreet", [False, True])
def test_street_and_corner_are_in_no_feed(app, campaign_of_2005, is_discreet):
    change_event(
        app, OSLO, street="Secret Street 7", corner="by the statue", is_discreet=is_discreet
    )
    client = app.test_client()
    texts = [
        client.get(f"/{SLUG}/{path}.{kind}").text
        for path in ("calendar", "countries/no", "cities/oslo-no", f"events/{OSLO}", "search")
        for kind in ("ics", "atom")
    ]

    for text in texts:
        whole = text.replace("\r\n ", "")
        assert OSLO in whole
        assert "Secret Street" not in whole
        assert "statue" not in whole


def test_a_discreet_entry_shows_people_its_city_and_its_page_only(app, campaign_of_2005):
    change_event(app, OSLO, is_discreet=True, title_override="Vigil", description_override="Sing.")
    oslo = entry(app, OSLO)
    with app.app_context(), reading():
        city = find_event(find_campaign(SLUG), OSLO).city
        centre = (city.latitude, city.longitude)

    assert str(oslo["SUMMARY"]) == "Appointment"
    assert str(oslo["LOCATION"]) == "Oslo, Norway"
    assert str(oslo["DESCRIPTION"]) == f"http://localhost/en/{SLUG}/events/{OSLO}"
    assert (oslo["GEO"].latitude, oslo["GEO"].longitude) == pytest.approx(centre, abs=1e-6)
    assert not {"CATEGORIES", "LINK", "RELATED-TO"} & set(oslo)
    assert many(oslo["REFID"]) == PURPOSES


def test_the_file_of_a_discreet_event_is_neutral_as_a_whole(app, campaign_of_2005):
    change_event(app, OSLO, is_discreet=True, status=EventStatus.CANCELLED)
    calendar = icalendar.Calendar.from_ical(feed(app, Scope.EVENT, OSLO))

    assert str(calendar["NAME"]) == "Cancelled: Appointment"
    assert "DESCRIPTION" not in calendar


# --- Hours that clocks show twice ----------------------------------------------------------


@pytest.mark.parametrize("hour", [0, 1])
def test_an_hour_that_clocks_show_twice_is_still_the_right_one(app, campaign_of_2005, hour):
    moment = datetime(2005, 10, 30, hour, 30, tzinfo=UTC)  # 02:30 in Oslo, both times
    when = ["--on", "2005-10-30", "--instant", moment.isoformat(), "--lasting", "60", "--publish"]
    only = ["--include", "cn-embassy-no-oslo", "--country", "NO"]
    command(app, "fan-out", f"{SLUG}/2005-04-28", "--list", "prc-missions", *when, *only)
    oslo = entry(app, "oslo-no-2005-10-30")

    assert oslo.start == moment
    assert oslo.end == moment + timedelta(hours=1)


def test_a_zone_that_is_not_known_here_is_written_in_utc(app, campaign_of_2005):
    change_event(app, OSLO, timezone="Mars/Olympus")
    oslo = entry(app, OSLO)

    assert oslo["DTSTART"].to_ical() == b"20050428T100000Z"


# --- Languages -----------------------------------------------------------------------------


def test_a_feed_speaks_its_readers_language(app, campaign_of_2005):
    seoul = entry(app, SEOUL, language="ko")

    assert str(seoul["SUMMARY"]).startswith("서울: ")
    assert str(seoul["LOCATION"]).endswith("서울, 대한민국")
    assert str(seoul["URL"]).startswith("http://localhost/ko/")
    assert many(seoul["CONCEPT"]) == [f"{BASE}/demands/{slug}" for slug in PURPOSES]


def test_a_feed_in_a_language_that_we_do_not_speak_falls_back(app, campaign_of_2005):
    assert feed(app, language="tlh") == feed(app, language="en") == feed(app, language="")


# --- What a feed says of itself ------------------------------------------------------------


def test_a_feed_says_where_it_comes_from_and_when_it_last_changed(app, campaign_of_2005, clock):
    clock.advance(timedelta(days=2))
    change_event(app, SEOUL, title_override="Vigil")
    calendar = icalendar.Calendar.from_ical(feed(app, Scope.COUNTRY, "kr"))

    assert str(calendar["SOURCE"]) == f"{BASE}/countries/kr.ics?lang=en"
    assert str(calendar["URL"]) == f"http://localhost/en/{SLUG}/events/?country=kr"
    assert calendar["LAST-MODIFIED"].dt == clock.moment
    assert str(calendar["NAME"]) == "Human rights in North Korea: South Korea"


def test_a_country_or_city_without_an_event_has_an_empty_feed(app, campaign_of_2005):
    assert read(feed(app, Scope.COUNTRY, "pl")) == {}
    assert read(feed(app, Scope.CITY, "warsaw-pl")) == {}


@pytest.mark.parametrize(
    ("scope", "value"),
    [
        (Scope.DEMAND, "china-99"),
        (Scope.CALL, "2005-04-29"),
        (Scope.ADDRESSEE, "atlantis"),
        (Scope.COUNTRY, "zz"),
        (Scope.COUNTRY, "NO"),
        (Scope.CITY, "atlantis-xx"),
        (Scope.EVENT, "oslo-no-2005-04-29"),
    ],
)
def test_what_is_not_there_has_no_feed(app, campaign_of_2005, scope, value):
    with pytest.raises(NotFoundError):
        feed(app, scope, value)


# --- The same bytes ------------------------------------------------------------------------


def test_the_questions_of_a_feed_do_not_grow_with_its_events(app):
    make_campaign_of_2005(app, countries=("NO",))
    with app.app_context():
        engine = db.engine
    with questions_to(engine) as of_one:
        feed(app)
    command(app, *_fan_out())
    with questions_to(engine) as of_all:
        feed(app)

    assert len(of_all) == len(of_one)


def _fan_out() -> list[str]:
    when = ["--on", "2005-04-28", "--at", "12:00", "--lasting", "90", "--publish"]
    return ["fan-out", f"{SLUG}/2005-04-28", "--list", "prc-missions", *when]


def test_other_processes_give_the_same_bytes(sqlite_installation, sqlite_app, tmp_path):
    make_campaign_of_2005(sqlite_app)
    digests = {feed(sqlite_app)}
    for seed in ("1", "2"):
        target = tmp_path / f"{seed}.ics"
        environment = {**os.environ, **sqlite_installation.environment, "PYTHONHASHSEED": seed}
        line = [sys.executable, "-m", "flask", "--app", "wsgi", "export-calendar", SLUG]
        subprocess.run([*line, "-o", str(target)], cwd=ROOT, env=environment, check=True)
        digests.add(target.read_bytes())

    assert len(digests) == 1


KINDS = {
    "campaign": "calendar",
    "demand": "demands/china-1",
    "addressee": "addressees/china",
    "call": "calls/2005-04-28",
    "country": "countries/no",
    "city": "cities/oslo-no",
    "event": f"events/{OSLO}",
    "search": "search",
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_feed_is_pinned_in_both_formats(app, client, kind):
    make_campaign_of_2005(app, countries=("NO",))
    change_event(
        app,
        OSLO,
        uid="0b5b7e0e-2d0c-4c1e-9a52-0f6f2d7a1c11",
        call__uid="7f1f4c52-5d0b-4a0e-8a55-0c9f3f0f2b60",
        stream_url="https://stream.example.org/oslo",
    )
    narrowed = "&country=no&q=oslo" if kind == "search" else ""

    for ending in ("ics", "atom"):
        answer = client.get(f"/{SLUG}/{KINDS[kind]}.{ending}?lang=en{narrowed}")
        assert_is_pinned(answer.data, SNAPSHOTS / f"{kind}-feed.{ending}")


def test_a_changed_site_reaches_calendars_as_a_new_version(app, campaign_of_2005, tmp_path, clock):
    before = entry(app, OSLO)
    text = (DATA / "prc_missions.csv").read_text(encoding="utf-8")
    changed = tmp_path / "missions.csv"
    old = "Embassy of the People's Republic of China in Norway"
    assert old in text
    changed.write_text(text.replace(old, "The embassy in Oslo"), encoding="utf-8")
    clock.advance(timedelta(hours=1))
    said = command(app, "import-sites", str(changed), "--list", "prc-missions")
    after = entry(app, OSLO)

    assert "Events that changed with them: 1." in said
    assert str(after["LOCATION"]) == "The embassy in Oslo, Oslo, Norway"
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["LAST-MODIFIED"].dt == clock.moment
    assert after["UID"] == before["UID"]


def test_a_call_without_a_day_has_no_entry_of_its_own(app, campaign_of_2005):
    change_event(app, OSLO, call__on=None)

    assert len(read(feed(app))) == 5
    assert "RELATED-TO" not in entry(app, OSLO)


def test_an_organizers_demand_is_in_the_entry_as_well(app, campaign_of_2005):
    with app.app_context(), transaction():
        campaign = find_campaign(SLUG)
        event, added = find_event(campaign, OSLO), find_demand(campaign, "china-2")
        event.supports.append(EventDemand(demand=added, origin=LinkOrigin.ADDED))
        announce([event.id])

    assert many(entry(app, OSLO)["REFID"]) == ["china-1", "china-2", "china-7"]
