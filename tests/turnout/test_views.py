"""Pages and files of turnout: what the public reads, and what an observer types."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign.commands.demo import SLUG
from campaign.database import db
from campaign.models import TurnoutReport
from campaign.resolutions.queries import find_campaign
from tests.accounts.entering import coordinator, organizer, send, signed_in
from tests.factories import change_event, command, make_campaign_of_2005, make_turnout
from tests.reading import words_of
from tests.statements import questions_to
from tests.turnout.crowds import NOON_IN_OSLO

OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
STOCKHOLM = "stockholm-se-2005-04-28"
RESULTS, FILE = f"/en/{SLUG}/turnout", f"/{SLUG}/turnout.csv"
FORM = f"/en/organize/{SLUG}/events/{OSLO}/turnout"
DAY_AFTER = timedelta(days=28)
SENT = {
    "low": "40", "high": "60", "method": "photo", "source": "press",
    "source_url": "https://example.org/a", "words": "some dozens",
    "observed_at": "2005-04-28T12:30",
}  # fmt: skip


@pytest.fixture
def made(app, clock):
    """Give the app with the events of Norway, Sweden and Korea, the day after them."""
    make_campaign_of_2005(app)
    clock.advance(DAY_AFTER)
    return app


# --- Results -------------------------------------------------------------------------------


def test_before_the_day_the_page_says_when_it_begins(app, client):
    make_campaign_of_2005(app)
    words = words_of(client.get(RESULTS))

    assert "Nothing has happened yet: the first event begins on Thursday, 28 April 2005" in words


def test_without_events_the_page_says_that_there_are_none(app, client):
    make_campaign_of_2005(app, is_published=False)

    assert "Nothing has happened yet: no event is open." in words_of(client.get(RESULTS))


def test_after_the_day_the_page_says_that_nobody_has_reported(made, client):
    words = words_of(client.get(RESULTS))

    assert "Nobody has reported yet: 0 of 5 cities." in words
    assert words.count("Not reported") >= 5
    assert "people were seen" not in words


def test_results_name_low_high_midpoint_mean_and_how_many_reported(made, client):
    for low, high in ((200, 200), (500, 500), (320, 320)):
        make_turnout(made, OSLO, low, high)
    make_turnout(made, SEOUL, 1000, 3000)
    words = words_of(client.get(RESULTS))

    assert "people were seen 1,200 to 3,500 lowest and highest reports, added up" in words
    assert "cities reported 2 of 5 in 4 reports" in words
    assert "midpoint 2,350 between lowest and highest: the mean as the Crowd Counting" in words
    assert "mean of the sources 2,340 of the sources’ own midpoints" in words
    assert "Oslo Norway 200 500 350 340 100 to 999 3: Organizers" in words
    assert "South Korea 1,000 3,000 2,000 2,000 1,000 to 9,999 1 of 2" in words


def test_nobody_came_and_not_reported_are_told_apart(made, client):
    make_turnout(made, OSLO, 0, 0)
    page = client.get(RESULTS)
    words = words_of(page)

    assert "Oslo Norway Nobody came 1: Organizers" in words
    assert "Stockholm Sweden Not reported" in words
    assert "Oslo, Norway · nobody came" in words
    assert "Stockholm, Sweden · not reported" in words
    assert "cities reported 1 of 5 in 1 report" in words


def test_signups_are_no_turnout(made, client):
    make_turnout(made, OSLO, 5, 5)
    words = words_of(client.get(RESULTS)).casefold()

    assert "signed up" not in words
    assert "sign-ups are not counted here" in words


def test_countries_that_have_not_reported_are_named_apart(made, client):
    make_turnout(made, OSLO, 0, 0)
    words = words_of(client.get(RESULTS))

    assert "1 country Country" in words
    assert "Norway Nobody came 1 of 1" in words
    assert "2 countries have not reported yet South Korea Sweden" in words


def test_a_country_shows_its_own_cities(made, client):
    words = words_of(client.get(f"{RESULTS}?country=se")).partition("Cities of Sweden")[2]

    assert "Stockholm" in words
    assert "Oslo" not in words
    assert "Cities of" not in words_of(client.get(f"{RESULTS}?country=xx"))


def test_a_source_is_a_link_that_tells_it_nothing(made, client):
    observer = signed_in(made, organizer(_campaign_id(made)))
    send(observer, FORM, **SENT)

    assert '<a href="https://example.org/a" rel="noreferrer nofollow">Press</a>' in (
        client.get(RESULTS).text
    )


def test_an_odd_page_number_is_the_nearest_page(made, client):
    for page in ("0", "2", "-1", "x", "9" * 50, "½"):
        assert "Oslo" in words_of(client.get(f"{RESULTS}?page={page}")), page


def test_results_ask_as_many_questions_for_many_reports(installation, clock):
    make_campaign_of_2005(installation.app)
    clock.advance(DAY_AFTER)
    client, asked = installation.app.test_client(), []
    for slug in (OSLO, SEOUL, STOCKHOLM):
        make_turnout(installation.app, slug, 10, 20)
        with questions_to(installation.engines[0]) as questions:
            assert client.get(RESULTS).status_code == 200
        asked.append(len(questions))

    assert asked[0] == asked[-1] <= 8


# --- The file ------------------------------------------------------------------------------


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_has_a_row_for_each_event_that_has_begun(made, client):
    make_turnout(made, OSLO, 200, 201)
    make_turnout(made, OSLO, 500, 500)
    answer = client.get(FILE)
    rows = {row["event"]: row for row in rows_of(answer.text)}

    assert answer.content_type == "text/csv; charset=utf-8"
    assert len(rows) == 5
    oslo = rows[OSLO]
    assert oslo["event_url"] == f"http://localhost/en/{SLUG}/events/{OSLO}"
    assert (oslo["city"], oslo["country"], oslo["date"]) == ("Oslo", "NO", "2005-04-28")
    assert (oslo["low"], oslo["high"], oslo["midpoint"]) == ("200", "500", "350")
    assert oslo["mean_of_sources"] == "350.25"
    assert (oslo["status"], oslo["size_class"], oslo["sources"]) == ("reported", "2", "2")
    assert oslo["source_kinds"] == "organizer | organizer"
    seoul = rows[SEOUL]
    assert [seoul[name] for name in ("status", "low", "high", "midpoint", "sources")] == [
        "not reported", "", "", "", "0",
    ]  # fmt: skip
    assert seoul["size_class"] == "0"


def test_the_demands_travel_in_the_file_in_their_own_words(made, client):
    (oslo,) = [row for row in rows_of(client.get(FILE).text) if row["event"] == OSLO]

    slugs, quotes = oslo["demands"].split(" | "), oslo["demand_quotes"].split(" | ")
    assert len(slugs) == len(quotes) == 2
    assert "end the forced repatriation of North Korean refugees" in quotes
    assert set(oslo["demand_addressees"].split(" | ")) == {"People’s Republic of China"}


def test_an_observed_nought_is_a_number_in_the_file(made, client):
    make_turnout(made, OSLO, 0, 0)
    (oslo,) = [row for row in rows_of(client.get(FILE).text) if row["event"] == OSLO]

    assert (oslo["status"], oslo["low"], oslo["high"], oslo["sources"]) == (
        "reported", "0", "0", "1",
    )  # fmt: skip


def test_the_file_names_places_in_the_language_asked_for(made, client):
    rows = rows_of(client.get(f"{FILE}?lang=ko").text)

    assert "서울" in {row["city"] for row in rows}
    assert {row["country"] for row in rows} == {"NO", "SE", "KR"}


def test_of_a_discreet_event_the_file_names_no_place(made, client):
    change_event(made, OSLO, is_discreet=True)
    (oslo,) = [row for row in rows_of(client.get(FILE).text) if row["event"] == OSLO]

    assert (oslo["site"], oslo["site_owner_country"], oslo["city"]) == ("", "", "Oslo")


def test_before_the_day_the_file_has_its_head_only(app, client):
    make_campaign_of_2005(app)

    assert client.get(FILE).text.count("\r\n") == 1


def test_the_file_is_sent_again_only_when_it_changed(made, client):
    tag = client.get(FILE).headers["ETag"]
    assert client.get(FILE, headers={"If-None-Match": tag}).status_code == 304

    make_turnout(made, OSLO, 1, 2)
    assert client.get(FILE, headers={"If-None-Match": tag}).status_code == 200


def test_the_command_writes_the_same_bytes(made, client, tmp_path):
    make_turnout(made, OSLO, 1, 2)
    target = tmp_path / "turnout.csv"
    said = command(made, "export-turnout", SLUG, "--lang", "ko", "-o", str(target))

    assert target.read_bytes() == client.get(f"{FILE}?lang=ko").data
    assert said == f"Wrote 5 events, 1 of them reported, to {target}.\n"


# --- Reporting -----------------------------------------------------------------------------


@pytest.fixture
def observer(made) -> FlaskClient:
    """Give the browser of who coordinates Norway."""
    return signed_in(made, coordinator(_campaign_id(made), country="NO"))


def reports(app) -> list[TurnoutReport]:
    with app.app_context():
        return list(db.session.scalars(sa.select(TurnoutReport).order_by(TurnoutReport.id)))


def test_an_observation_is_kept_as_it_was_typed(made, observer):
    answer = send(observer, FORM, **SENT)

    assert answer.status_code == 303
    assert answer.location == f"/en/organize/{SLUG}/events/{OSLO}"
    (report,) = reports(made)
    assert (report.low, report.high, report.words) == (40, 60, "some dozens")
    assert (report.method, report.source) == ("photo", "press")
    assert report.source_url == "https://example.org/a"
    assert report.observed_at == datetime(2005, 4, 28, 10, 30, tzinfo=UTC)
    assert report.observer_role == "coordinator"


def test_an_observation_stands_in_the_ledger_of_its_event(observer):
    words = words_of(observer.get(send(observer, FORM, **SENT).location))

    assert "Together: 40 to 60 people." in words
    assert "Thu, 28 Apr 2005, 12:30 40 60 some dozens Counted on a photo Press Coordinator" in words


def test_a_second_observation_adds_to_the_first(made, observer):
    send(observer, FORM, **SENT)
    form = observer.get(FORM)
    assert "Reported so far" in words_of(form)

    send(observer, FORM, **{**SENT, "low": "100", "high": "200"})

    assert [(one.low, one.high) for one in reports(made)] == [(40, 60), (100, 200)]
    words = words_of(observer.get(f"/en/organize/{SLUG}/events/{OSLO}"))
    assert "Together: 40 to 200 people." in words


def test_one_number_is_enough_where_it_was_counted_exactly(made, observer):
    send(observer, FORM, **{**SENT, "high": "", "source_url": "", "words": ""})

    (report,) = reports(made)
    assert (report.low, report.high) == (40, 40)
    assert (report.source_url, report.words) == (None, None)


NUMBERS = {
    "0": 0, "1240": 1240, "1,240": 1240, "1.240": 1240, "1 240": 1240, "1\u202f240": 1240,
    "1’240": 1240, "1,000,000": 1_000_000, "１２": 12, " 7 ": 7,
}  # fmt: skip


def test_numbers_are_read_as_people_write_them(made, observer, clock):
    for typed in NUMBERS:
        clock.advance(timedelta(minutes=1))  # Sooner, the same number would be the same report.
        send(observer, FORM, **{**SENT, "low": typed, "high": ""})

    assert [one.low for one in reports(made)] == list(NUMBERS.values())


REFUSED = [
    ({"low": ""}, "Write a number in digits"),
    ({"low": "  "}, "Write a number in digits"),
    ({"low": "hundreds"}, "Write a number in digits"),
    ({"low": "-5"}, "Write a number in digits"),
    ({"low": "12.5"}, "Write a number in digits"),
    ({"low": "1_000"}, "Write a number in digits"),
    ({"low": "1e3"}, "Write a number in digits"),
    ({"high": "x"}, "Write a number in digits"),
    ({"low": "99999999"}, "more than has ever been counted"),
    ({"high": "9" * 9}, "more than has ever been counted"),
    ({"low": "61"}, "This is less than the number above"),
    ({"method": "guess"}, "Choose one from the list"),
    ({"source": ""}, "Choose one from the list"),
    ({"source_url": "javascript:alert(1)"}, "A link begins with https://"),
    ({"source_url": "ftp://example.org/a"}, "A link begins with https://"),
    ({"source_url": "//example.org"}, "A link begins with https://"),
    ({"source_url": "https://"}, "A link begins with https://"),
    ({"source_url": "https://me:secret@example.org/"}, "A link begins with https://"),
    ({"source_url": "https://[::1/"}, "A link begins with https://"),
    ({"source_url": "https://a.example/ https://b.example"}, "A link begins with https://"),
    ({"source_url": "https://example.org/" + "a" * 1000}, "too long"),
    ({"words": "a" * 201}, "too long"),
    ({"observed_at": ""}, "Give the day and the time"),
    ({"observed_at": "yesterday"}, "Give the day and the time"),
    ({"observed_at": "2005-02-30T12:00"}, "Give the day and the time"),
    ({"observed_at": "0001-01-01T00:00"}, "Give the day and the time"),
    ({"observed_at": "9999-12-31T23:59"}, "Give the day and the time"),
    ({"observed_at": "2005-04-29T11:01"}, "still to come"),
    ({"observed_at": "2005-04-27T11:59"}, "more than a day before"),
]


def test_what_cannot_be_is_refused_in_plain_words_and_nothing_is_kept(made, observer):
    for change, said in REFUSED:
        answer = send(observer, FORM, **{**SENT, **change})

        assert answer.status_code == 422, change
        assert said in words_of(answer), change
        assert answer.headers["Cache-Control"] == "no-store"
    assert reports(made) == []


def test_what_was_typed_is_still_there_after_a_refusal(made, observer):
    answer = send(observer, FORM, **{**SENT, "low": "many"})

    assert 'value="many"' in answer.text
    assert 'value="https://example.org/a"' in answer.text
    assert 'value="2005-04-28T12:30"' in answer.text


def test_hidden_characters_are_taken_off(made, observer):
    send(observer, FORM, **{**SENT, "words": "some\u202e dozens\0"})

    assert [one.words for one in reports(made)] == ["some dozens"]


def test_the_form_proposes_this_moment_there_and_after_the_end_the_end(made, observer, clock):
    assert 'value="2005-04-28T13:30"' in observer.get(FORM).text

    clock.moment = NOON_IN_OSLO + timedelta(minutes=20)
    assert 'value="2005-04-28T12:20"' in observer.get(FORM).text


def test_an_hour_that_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first(
    made, observer, clock
):
    change_event(made, OSLO, starts_local=datetime(2005, 3, 26, 21),
                 starts_at=datetime(2005, 3, 26, 20, tzinfo=UTC),
                 ends_at=datetime(2005, 3, 27, 4, tzinfo=UTC))  # fmt: skip
    skipped = send(observer, FORM, **{**SENT, "observed_at": "2005-03-27T02:30"})
    assert skipped.status_code == 422
    assert "does not exist in Europe/Oslo" in words_of(skipped)

    change_event(made, OSLO, starts_local=datetime(2005, 10, 29, 22),
                 starts_at=datetime(2005, 10, 29, 20, tzinfo=UTC),
                 ends_at=datetime(2005, 10, 30, 4, tzinfo=UTC))  # fmt: skip
    clock.moment = datetime(2005, 10, 30, 6, tzinfo=UTC)
    again = signed_in(made, organizer(_campaign_id(made)), address="ola@example.org")
    send(again, FORM, **{**SENT, "observed_at": "2005-10-30T02:30"})
    assert reports(made)[0].observed_at == datetime(2005, 10, 30, 0, 30, tzinfo=UTC)


def test_before_the_event_begins_there_is_nothing_to_report(app, clock):
    make_campaign_of_2005(app, countries=("NO",))
    clock.moment = NOON_IN_OSLO
    observer = signed_in(app, organizer(_campaign_id(app)))
    page = observer.get(FORM)
    clock.moment = NOON_IN_OSLO - timedelta(seconds=1)

    assert page.status_code == 200
    early = observer.get(FORM)
    assert early.status_code == 409
    assert "This event has not begun" in words_of(early)
    token = page.text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    assert observer.post(FORM, data={"csrf_token": token, **SENT}).status_code == 409
    assert reports(app) == []


def test_a_visit_that_ended_meanwhile_leads_to_the_sign_in_and_keeps_nothing(made, observer, clock):
    page = observer.get(FORM)
    token = page.text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    clock.advance(timedelta(minutes=31))

    answer = observer.post(FORM, data={"csrf_token": token, **SENT})

    assert answer.location == "/en/organize/sign-in"
    assert reports(made) == []


# --- What waits for a number ---------------------------------------------------------------


def test_who_organizes_sees_what_waits_for_a_number_and_what_is_reported(made):
    observer = signed_in(made, organizer(_campaign_id(made)))
    make_turnout(made, OSLO, 40, 60)
    waits, _, reported = words_of(observer.get(f"/en/organize/{SLUG}/turnout")).partition(
        "Reported 1 event"
    )

    assert "4 events" in waits
    assert "Stockholm" in waits
    assert "Oslo" not in waits
    assert "Oslo Norway 40 60 50 50 under 100 1" in reported


def test_nothing_waits_before_the_day_and_once_all_is_reported(app, clock):
    make_campaign_of_2005(app, countries=("NO",))
    observer = signed_in(app, organizer(_campaign_id(app)))
    page = f"/en/organize/{SLUG}/turnout"
    assert "Nothing has begun yet." in words_of(observer.get(page))

    clock.advance(DAY_AFTER)
    observer = signed_in(app, organizer(_campaign_id(app)))
    make_turnout(app, OSLO, 40, 60)
    assert "All is reported. Thank you." in words_of(observer.get(page))


def _campaign_id(app) -> int:
    with app.app_context():
        return find_campaign(SLUG).id
