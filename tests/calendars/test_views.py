"""Feeds over HTTP: who asks again without need gets no more than an answer that nothing changed."""

import gzip
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest

from campaign.database import db
from campaign.models import EventStatus
from tests.factories import SLUG, change_event, command, make_campaign_of_2005
from tests.statements import questions_to

OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
FEED = f"/{SLUG}/calendar.ics"
ATOM = "{http://www.w3.org/2005/Atom}"
PATHS = [
    "calendar",
    "demands/china-1",
    "calls/2005-04-28",
    "addressees/china",
    "countries/no",
    "cities/oslo-no",
    f"events/{OSLO}",
    "search",
]


@pytest.fixture
def feeds(app, client, clock):
    """Give a client where there are events in Oslo, Stockholm and Gothenburg, Seoul and Busan.

    They were opened an hour ago.
    """
    make_campaign_of_2005(app)
    clock.advance(timedelta(hours=1))
    return client


def slugs(answer) -> set[str]:
    """Return the last parts of the addresses of a calendar's entries."""
    events = icalendar.Calendar.from_ical(answer.data).events
    return {str(event["URL"]).rpartition("/")[2] for event in events}


def cities(answer) -> set[str]:
    return {slug.removesuffix("-2005-04-28") for slug in slugs(answer)}


def same(answer) -> bool:
    """Tell whether an answer says nothing but that nothing changed."""
    return answer.status_code == 304 and answer.data == b""


# --- What is answered ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("ics", "text/calendar; charset=utf-8"), ("atom", "application/atom+xml; charset=utf-8")],
)
def test_each_feed_is_open_to_everybody_and_sets_no_cookie(feeds, kind, media_type):
    for path in PATHS:
        answer = feeds.get(f"/{SLUG}/{path}.{kind}")

        assert answer.status_code == 200, path
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in answer.headers
        assert OSLO in answer.text.replace("\r\n ", "")


def test_a_visit_with_a_cookie_gets_the_same_feed(feeds):
    plain = feeds.get(FEED)
    with feeds.session_transaction() as session:
        session["account"] = "long gone"
    visit = feeds.get(FEED)

    assert visit.data == plain.data
    assert "Set-Cookie" not in visit.headers
    assert "Cookie" not in visit.headers["Vary"]


def test_a_feed_is_never_not_acceptable(feeds):
    for accept in ("text/html", "image/png;q=0.1", "nonsense", ""):
        answer = feeds.get(FEED, headers={"Accept": accept})

        assert (answer.status_code, answer.mimetype) == (200, "text/calendar"), accept


def test_what_is_not_there_is_not_found(feeds):
    for path in (
        "demands/china-99.ics",
        "calls/1999-01-01.ics",
        "addressees/atlantis.ics",
        "countries/zz.ics",
        "countries/norway.ics",
        "cities/atlantis-xx.ics",
        "events/oslo-no-1999-01-01.ics",
        "events/oslo-no-1999-01-01.atom",
        "search.ics?city=atlantis-xx",
        "search.ics?demand=china-99",
        "search.ics?call=1999-01-01",
        "calendar.rss",
    ):
        assert feeds.get(f"/{SLUG}/{path}").status_code == 404, path


def test_another_campaign_is_not_found(feeds):
    assert feeds.get("/elsewhere/calendar.ics").status_code == 404


def test_a_search_for_a_day_that_does_not_exist_is_refused(feeds):
    assert feeds.get(f"/{SLUG}/search.ics?on=2005-02-30").status_code == 422


def test_one_event_is_a_file_to_keep_and_a_feed_is_not(feeds):
    kept = feeds.get(f"/{SLUG}/events/{OSLO}.ics")

    assert kept.headers["Content-Disposition"] == f'attachment; filename="{OSLO}.ics"'
    assert "Content-Disposition" not in feeds.get(FEED).headers


# --- Search --------------------------------------------------------------------------------


FOUND = {
    "": {"oslo-no", "stockholm-se", "gothenburg-se", "seoul-kr", "busan-kr"},
    "q=oslo": {"oslo-no"},
    "country=se": {"stockholm-se", "gothenburg-se"},
    "city=seoul-kr": {"seoul-kr"},
    "demand=china-7&country=no": {"oslo-no"},
    "demand=international-olympic-committee-1": set(),
    "call=2005-04-28&on=2005-04-28&country=kr": {"seoul-kr", "busan-kr"},
    "on=2005-04-29": set(),
    "language=nb": {"oslo-no"},
    "access=wheelchair": {"seoul-kr"},
    "country=kr&page=7&unknown=1": {"seoul-kr", "busan-kr"},
}


def test_a_search_has_a_feed_with_all_its_filters(app, feeds):
    change_event(app, OSLO, languages=" en nb ")
    change_event(app, SEOUL, access=" wheelchair ")

    for question, found in FOUND.items():
        assert cities(feeds.get(f"/{SLUG}/search.ics?{question}")) == found, question


def test_the_feed_of_a_search_knows_its_own_address_and_its_page(feeds):
    answer = feeds.get(f"/{SLUG}/search.ics?page=2&country=kr&q=%EC%84%9C%EC%9A%B8&lang=ko")
    calendar = icalendar.Calendar.from_ical(answer.data)
    own, page = (urlsplit(str(calendar[name])) for name in ("SOURCE", "URL"))

    assert own.path == f"/{SLUG}/search.ics"
    assert parse_qs(own.query) == {"q": ["서울"], "country": ["kr"], "lang": ["ko"]}
    assert page.path == f"/ko/{SLUG}/events/"
    assert parse_qs(page.query) == {"q": ["서울"], "country": ["kr"]}


# --- Languages -----------------------------------------------------------------------------


def test_the_address_chooses_the_language_before_the_browser(feeds):
    asked = feeds.get(f"{FEED}?lang=ko", headers={"Accept-Language": "en"})
    negotiated = feeds.get(FEED, headers={"Accept-Language": "ko-KR, en;q=0.5"})

    assert asked.data == negotiated.data
    assert "서울" in asked.text
    assert "Accept-Language" in negotiated.headers["Vary"]
    assert "Accept-Language" not in asked.headers["Vary"]


def test_a_language_that_we_do_not_speak_falls_back_to_ours(feeds):
    ours = feeds.get(f"{FEED}?lang=en").data

    for lang in ("tlh", "xx-YY", "%00", "'", "en-GB", ""):
        assert feeds.get(f"{FEED}?lang={lang}").data == ours, lang


# --- Asking again --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ics", "atom"])
def test_an_unchanged_feed_is_not_sent_again(feeds, kind):
    path = f"/{SLUG}/calendar.{kind}"
    first = feeds.get(path)
    tag = first.headers["ETag"]

    assert not tag.startswith("W/")
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'"other",W/{tag}, "more"', "*"):
        again = feeds.get(path, headers={"If-None-Match": known})
        assert same(again), known
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in again.headers


def test_a_date_is_asked_only_where_no_tag_is_known(feeds):
    first = feeds.get(FEED)
    last = first.headers["Last-Modified"]
    before = format_datetime(parsedate_to_datetime(last) - timedelta(seconds=1), usegmt=True)

    assert same(feeds.get(FEED, headers={"If-Modified-Since": last}))
    assert feeds.get(FEED, headers={"If-Modified-Since": before}).status_code == 200
    assert feeds.get(FEED, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    both = {"If-Modified-Since": last, "If-None-Match": '"other"'}
    assert feeds.get(FEED, headers=both).status_code == 200
    both = {"If-Modified-Since": before, "If-None-Match": first.headers["ETag"]}
    assert same(feeds.get(FEED, headers=both))


def test_a_feed_was_last_modified_when_its_newest_entry_changed(app, feeds, clock):
    before = feeds.get(f"/{SLUG}/countries/kr.ics").headers["Last-Modified"]
    change_event(app, OSLO, title_override="Vigil")
    clock.advance(timedelta(minutes=1))
    newest = "Fri, 01 Apr 2005 10:00:00 GMT"

    assert feeds.get(f"/{SLUG}/countries/no.ics").headers["Last-Modified"] == newest
    assert feeds.get(FEED).headers["Last-Modified"] == newest
    assert feeds.get(f"/{SLUG}/countries/kr.ics").headers["Last-Modified"] == before


def test_changes_within_one_second_are_told_apart_by_date_too(app, feeds, clock):
    change_event(app, OSLO, title_override="Vigil")
    first = feeds.get(FEED).headers["Last-Modified"]
    change_event(app, OSLO, title_override="Watch")
    at_once = feeds.get(FEED, headers={"If-Modified-Since": first})
    clock.advance(timedelta(seconds=2))
    later = feeds.get(FEED, headers={"If-Modified-Since": first})

    assert at_once.status_code == later.status_code == 200
    assert "Last-Modified" not in at_once.headers
    assert later.headers["Last-Modified"] > first


def test_a_changed_feed_is_sent_with_another_tag(app, feeds):
    tag = feeds.get(FEED).headers["ETag"]
    change_event(app, OSLO, status=EventStatus.CANCELLED)
    again = feeds.get(FEED, headers={"If-None-Match": tag})

    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_feeds_that_differ_have_different_tags(feeds):
    paths = [
        f"/{SLUG}/{path}.{kind}?lang={lang}"
        for path in PATHS
        for kind in ("ics", "atom")
        for lang in ("en", "ko")
    ]
    tags = {feeds.get(path).headers["ETag"] for path in paths}

    assert len(tags) == len(paths)


def test_a_head_says_what_the_feed_would(feeds):
    whole, head = feeds.get(FEED), feeds.head(FEED)
    pairs = {name: value for name, value in head.headers.items() if name != "Date"}

    assert head.data == b""
    assert pairs == {name: value for name, value in whole.headers.items() if name != "Date"}
    assert int(head.headers["Content-Length"]) == len(whole.data)
    assert same(feeds.head(FEED, headers={"If-None-Match": whole.headers["ETag"]}))


def test_a_feed_comes_compressed_to_whom_can_read_that_under_a_tag_of_its_own(feeds):
    plain = feeds.get(FEED)
    packed = feeds.get(FEED, headers={"Accept-Encoding": "br, gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) * 4 < len(plain.data)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    known = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert same(feeds.get(FEED, headers=known))


def test_a_feed_comes_plain_to_everybody_else(feeds):
    for accepted in ("", "identity", "gzip;q=0", "br"):
        answer = feeds.get(FEED, headers={"Accept-Encoding": accepted})

        assert "Content-Encoding" not in answer.headers, accepted
        assert answer.data.startswith(b"BEGIN:VCALENDAR")


# --- Atom ----------------------------------------------------------------------------------


def test_an_atom_feed_has_what_the_standard_asks_for(feeds):
    answer = feeds.get(f"/{SLUG}/countries/kr.atom?lang=ko")
    root = ET.fromstring(answer.data)
    links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
    entries = root.findall(f"{ATOM}entry")

    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ko"
    assert links["self"] == f"http://localhost/{SLUG}/countries/kr.atom?lang=ko"
    assert links["alternate"] == f"http://localhost/ko/{SLUG}/events/?country=kr"
    for element, needed in [(root, ("id", "title", "updated", "author/name"))] + [
        (entry, ("id", "title", "updated", "content")) for entry in entries
    ]:
        for name in needed:
            path = "/".join(ATOM + part for part in name.split("/"))
            assert element.find(path).text.strip(), name
        datetime.fromisoformat(element.find(f"{ATOM}updated").text)
    assert len(entries) == 2


def test_atom_and_calendar_name_the_same_events(app, feeds):
    change_event(app, SEOUL, changed_at=datetime(2005, 3, 9, 8, 7, 6, tzinfo=UTC))
    events = icalendar.Calendar.from_ical(feeds.get(FEED).data).events
    root = ET.fromstring(feeds.get(f"/{SLUG}/calendar.atom").data)
    updated = {
        one.find(f"{ATOM}id").text: one.find(f"{ATOM}updated").text
        for one in root.findall(f"{ATOM}entry")
    }

    assert updated == {
        f"urn:uuid:{event['UID']}": f"{event['LAST-MODIFIED'].dt:%Y-%m-%dT%H:%M:%SZ}"
        for event in events
    }
    assert root.find(f"{ATOM}updated").text == "2005-04-01T10:00:00Z"
    assert "2005-03-09T08:07:06Z" in updated.values()


def test_an_atom_entry_says_when_where_and_for_what(feeds):
    root = ET.fromstring(feeds.get(f"/{SLUG}/cities/oslo-no.atom").data)
    entry = root.find(f"{ATOM}entry")
    words = entry.find(f"{ATOM}content").text

    assert words.startswith("Thursday, 28 April 2005, 12:00 (Norway Time)\n")
    assert "Embassy of the People's Republic of China in Norway, Oslo, Norway" in words
    assert "Demand on People’s Republic of China" in words
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == ["china-1", "china-7"]


def test_hostile_words_stay_words(app, feeds):
    hostile = 'x"]]></title><script>1</script>&nbsp;\x0b\ufffe\u2028\r\nEND:VEVENT'
    change_event(app, OSLO, title_override=hostile, description_override=hostile)
    root = ET.fromstring(feeds.get(f"/{SLUG}/cities/oslo-no.atom").data)
    calendar = icalendar.Calendar.from_ical(feeds.get(f"/{SLUG}/cities/oslo-no.ics").data)

    assert 'x"]]></title><script>1</script>&nbsp;' in root.find(f"{ATOM}entry/{ATOM}title").text
    assert [element.tag for element in root.iter() if "script" in element.tag] == []
    assert len(calendar.events) == 1


# --- The command ---------------------------------------------------------------------------


EXPORTED = {
    (): "calendar.ics",
    ("--demand", "china-1"): "demands/china-1.ics",
    ("--call", "2005-04-28"): "calls/2005-04-28.ics",
    ("--country", "kr"): "countries/kr.ics",
    ("--country", "KR"): "countries/kr.ics",
    ("--city", "seoul-kr"): "cities/seoul-kr.ics",
    ("--lang", "ko"): "calendar.ics?lang=ko",
}


def test_an_exported_calendar_has_the_bytes_of_the_feed(app, feeds, tmp_path):
    target = tmp_path / "calendar.ics"

    for options, path in EXPORTED.items():
        said = command(app, "export-calendar", SLUG, *options, "-o", str(target))
        content = target.read_bytes()
        assert content == feeds.get(f"/{SLUG}/{path}").data, path
        assert f"{content.count(b'BEGIN:VEVENT')} entries" in said


# --- Long feeds ----------------------------------------------------------------------------


def test_a_long_feed_is_sent_while_it_is_read(app, client, clock):
    make_campaign_of_2005(app, countries=())
    clock.advance(timedelta(hours=1))
    plain = client.get(FEED, buffered=False)
    pieces = list(plain.response)
    plain.close()
    packed = client.get(FEED, headers={"Accept-Encoding": "gzip"})
    head = client.head(FEED)

    assert len(pieces) > 3
    assert len(icalendar.Calendar.from_ical(b"".join(pieces)).events) == 213
    assert gzip.decompress(packed.data) == b"".join(pieces)
    assert "Content-Length" not in plain.headers
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == plain.headers["ETag"]


def test_a_reader_that_hangs_up_leaves_no_connection_open(app, client, clock):
    make_campaign_of_2005(app, countries=())
    with app.app_context():
        pool = db.engine.pool
    before = pool.checkedout()
    for _time in range(3):
        answer = client.get(FEED, buffered=False)
        next(iter(answer.response))
        answer.close()

    assert pool.checkedout() == before


def test_what_changes_while_a_feed_is_sent_is_in_the_next_one(app, client, clock):
    make_campaign_of_2005(app, countries=())
    answer = client.get(FEED, buffered=False)
    pieces = iter(answer.response)
    first = next(pieces)
    change_event(app, "zagreb-hr-2005-04-28", title_override="Vigil")
    rest = b"".join(pieces)
    answer.close()

    assert b"Vigil" not in first + rest
    again = client.get(FEED, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 200
    assert b"Vigil" in again.data


def test_an_unchanged_feed_costs_one_question(app, feeds):
    tag = feeds.get(FEED).headers["ETag"]
    with app.app_context():
        engine = db.engine
    with questions_to(engine) as asked:
        assert same(feeds.get(FEED, headers={"If-None-Match": tag}))

    assert len([one for one in asked if "SELECT" in str(one)]) == 1
