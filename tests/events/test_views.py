"""Events as everybody finds and reads them."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db, transaction
from campaign.models import Event, SignupBand
from campaign.signups.queries import BANDS
from tests.factories import SLUG, change_event, command, make_campaign_of_2005, make_turnout
from tests.reading import words_of
from tests.statements import questions_to

HOME = f"/en/{SLUG}/"
OSLO = "oslo-no-2005-04-28"
TRAP = '</script><script>alert("1")</script><!-- & \u2028'


@pytest.fixture
def campaign_of_2005(app):
    """Give the events of 28 April 2005 in Oslo, Stockholm and Gothenburg, Seoul and Busan."""
    make_campaign_of_2005(app)


@pytest.fixture
def event_in_oslo(app):
    """Give the one event of 28 April 2005 in Oslo."""
    make_campaign_of_2005(app, countries=("NO",))


def found_by(client, question: str) -> list[str]:
    """Return the slugs of the events that a search shows, in its order."""
    answer = client.get(f"{HOME}events/?{question}")
    assert answer.status_code == 200
    rows = r'<p class="event-row-place"><a href="[^"]*/events/([a-z0-9-]+)-2005-04-28"'
    return re.findall(rows, answer.text)


def facts(html: str) -> dict[str, object]:
    """Return what the page of an event tells machines."""
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert len(scripts) == 1
    return json.loads(scripts[0])


FOUND = {
    "near=Oslo": ["oslo-no", "gothenburg-se", "stockholm-se", "seoul-kr", "busan-kr"],
    "near=%EC%84%9C%EC%9A%B8&country=KR": ["seoul-kr", "busan-kr"],
    "near=59.9,10.7&country=se": ["gothenburg-se", "stockholm-se"],
    "q=stockholm": ["stockholm-se"],
    "country=KR": ["busan-kr", "seoul-kr"],
    "city=oslo-no": ["oslo-no"],
    "demand=china-2&country=NO": ["oslo-no"],
    "demand=international-olympic-committee-1": [],
    "call=2005-04-28&on=2005-04-28&q=oslo": ["oslo-no"],
    "on=2005-04-29": [],
    "language=nb": ["oslo-no"],
    "access=wheelchair": ["seoul-kr"],
    "page=99999&country=NO": ["oslo-no"],
    "page=-1&country=NO": ["oslo-no"],
}


def test_a_search_finds_what_fits(app, client, campaign_of_2005):
    change_event(app, OSLO, languages=" nb en ")
    change_event(app, "seoul-kr-2005-04-28", access=" wheelchair ")

    found = {question: found_by(client, question) for question in FOUND}

    assert found == FOUND


def test_a_search_form_shows_what_was_asked(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?country=se&demand=china-7&q=embassy")

    assert '<option selected value="SE">Sweden</option>' in answer.text
    assert '<option selected value="china-7">' in answer.text
    assert 'value="embassy"' in answer.text
    assert '<details class="search-more" open>' in answer.text


def test_a_search_shows_how_far_away_each_event_is_and_how_it_understood_the_place(
    client, campaign_of_2005
):
    answer = client.get(f"{HOME}events/?near=oslo")

    words = words_of(answer)
    assert "5 events, by distance from Oslo, Norway" in words
    assert "0 km away" in words
    assert re.search(r"Stockholm.*?41\d km away", words)


def test_a_search_offers_other_places_of_the_name(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?near=Paris")

    assert re.search(r'near=33\.6609%2C-95\.5555">Paris, United States</a>', answer.text)


def test_a_place_that_nobody_knows_is_said_to_be_unknown(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?near=Xyzzyx")

    assert answer.status_code == 200
    assert "We know no place called “Xyzzyx”." in words_of(answer)
    assert len(found_by(client, "near=Xyzzyx")) == 5


def test_a_search_without_answer_says_what_to_do(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?q=nowhere")

    assert "No event fits all of this." in words_of(answer)


def test_a_day_that_does_not_exist_is_refused_with_the_form_as_it_was(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?on=2005-02-30&near=Oslo")

    assert answer.status_code == 422
    assert "There is no day “2005-02-30”." in words_of(answer)
    assert 'value="Oslo"' in answer.text


def test_the_language_spoken_there_is_not_the_language_of_the_page(app, client, campaign_of_2005):
    with app.app_context(), transaction():
        db.session.execute(sa.update(Event).values(languages=" ko "))

    answer = client.get(f"{HOME}events/?near=Paris&language=ko")

    assert '<html lang="en"' in answer.text
    assert re.search(rf'href="{HOME}events/\?[^"]*language=ko[^"]*">Paris, United', answer.text)


def test_the_feed_of_a_search_has_its_filters_but_not_its_page(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?country=KR&access=lift&near=Oslo&page=1")

    feeds = re.findall(rf'href="webcal://localhost/{SLUG}/search\.ics\?([^"]*)"', answer.text)
    assert set(feeds) == {"lang=en&amp;country=KR&amp;access=lift"}


def test_a_long_answer_has_pages(client, app):
    make_campaign_of_2005(app, countries=("NO", "SE", "KR", "JP", "US", "DE", "FR", "RU", "GB"))

    first = client.get(f"{HOME}events/?near=Oslo")

    assert re.search(r'near=Oslo&amp;page=2" rel="next"', first.text)
    assert len(found_by(client, "near=Oslo")) == 20
    assert not set(found_by(client, "near=Oslo")) & set(found_by(client, "near=Oslo&page=2"))


def test_what_is_searched_for_cannot_become_markup(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?near=%22%3E%3Cb%3E&q=%3Cscript%3E%00%E2%80%AE")

    assert answer.status_code == 200
    assert "<b>" not in answer.text
    assert "<script>" not in answer.text


def test_an_event_says_where_when_and_for_which_demand_before_anything_else(client, event_in_oslo):
    answer = client.get(f"{HOME}events/{OSLO}")

    words = words_of(answer)
    first = words[: words.index("Where")]
    assert "Oslo Norway" in first
    assert "Thursday, 28 April 2005" in first
    assert "12:00 – 13:30 Norway Time" in first
    assert "For End the forced repatriation of North Korean refugees" in first
    assert 'href="#sign-up">Sign up' in answer.text
    assert '<time datetime="2005-04-28T12:00+02:00">' in answer.text


def test_an_event_shows_its_site_but_never_the_meeting_point(app, client, event_in_oslo):
    change_event(app, OSLO, street="Hemmelig gate 1", corner="under klokken")

    answer = client.get(f"{HOME}events/{OSLO}")

    assert "Tuengen allé 2B, 0374 Oslo" in words_of(answer)
    assert "Hemmelig" not in answer.text
    assert "klokken" not in answer.text


def test_a_site_known_to_its_city_only_is_confirmed_by_the_local_organizer(
    app, client, event_in_oslo
):
    with app.app_context(), transaction():
        db.session.scalars(sa.select(Event)).one().site.precision = "city"

    words = words_of(client.get(f"{HOME}events/{OSLO}"))

    assert "The exact place is confirmed by the local organizer." in words


def test_a_discreet_event_shows_neither_site_nor_numbers(app, client, event_in_oslo):
    change_event(app, OSLO, is_discreet=True)
    give_band(app, 50)

    page, listed, home = (client.get(f"{HOME}{path}") for path in (f"events/{OSLO}", "events/", ""))

    assert "Embassy" not in page.text
    assert "Tuengen" not in page.text
    assert "ld+json" not in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert not any("50" in words_of(answer) for answer in (page, listed, home))


def give_band(app, at_least: int) -> None:
    with app.app_context(), transaction():
        event = db.session.scalars(sa.select(Event)).one()
        moment = datetime(2005, 4, 1, tzinfo=UTC)
        db.session.add(SignupBand(event_id=event.id, at_least=at_least, renewed_at=moment))


@pytest.mark.parametrize(
    ("at_least", "words"), [(0, "fewer than 10"), (25, "25 or more"), (1000, "1,000 or more")]
)
def test_sign_ups_are_shown_in_bands_only(app, client, event_in_oslo, at_least, words):
    assert at_least in (0, *BANDS)
    give_band(app, at_least)

    page, listed = client.get(f"{HOME}events/{OSLO}"), client.get(f"{HOME}events/")

    assert f"Signed up {words}" in words_of(page)
    assert f"Signed up: {words}" in words_of(listed)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"status": "cancelled"}, "This event is cancelled."),
        ({"status": "postponed"}, "This event is postponed."),
        ({"capacity_override": 0}, "This event is full."),
        ({"status": "happened"}, "This event is over."),
    ],
)
def test_an_event_that_takes_no_sign_up_says_why_and_has_no_form(
    app, client, event_in_oslo, change, sentence
):
    change_event(app, OSLO, **change)

    answer = client.get(f"{HOME}events/{OSLO}")

    assert answer.status_code == 200
    assert sentence in words_of(answer)
    assert 'id="sign-up"' not in answer.text
    assert 'name="email"' not in answer.text
    assert "Open for sign-ups" not in words_of(answer)


def test_an_event_is_over_at_its_end(client, event_in_oslo, clock):
    clock.moment = datetime(2005, 4, 28, 11, 29, tzinfo=UTC)
    before = words_of(client.get(f"{HOME}events/{OSLO}"))
    clock.advance(timedelta(minutes=1))

    after, listed = (words_of(client.get(f"{HOME}events/{path}")) for path in (OSLO, ""))

    assert "Open for sign-ups" in before
    assert "This event is over." in after
    assert "Open for sign-ups" not in after + listed


def test_what_was_reported_of_an_event_stands_on_its_page(app, client, event_in_oslo, clock):
    clock.advance(timedelta(days=28))
    make_turnout(app, OSLO, 1200, 1500)

    words = words_of(client.get(f"{HOME}events/{OSLO}"))

    assert "Came 1,200 to 1,500 people" in words


def test_a_draft_is_not_there(app, client, event_in_oslo):
    change_event(app, OSLO, status="draft")

    answers = [client.get(f"{HOME}{path}") for path in (f"events/{OSLO}", "events/", "")]

    assert [answer.status_code for answer in answers] == [404, 200, 200]
    assert not any("/oslo-no-2005-04-28" in answer.text for answer in answers[1:])


def test_machines_are_told_what_people_read(client, event_in_oslo):
    found = facts(client.get(f"{HOME}events/{OSLO}").text)

    assert found["@type"] == "Event"
    assert found["startDate"] == "2005-04-28T12:00:00+02:00"
    assert found["endDate"] == "2005-04-28T13:30:00+02:00"
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert found["location"]["name"] == "Embassy of the People's Republic of China in Norway"
    assert found["location"]["address"]["addressCountry"] == "NO"
    assert found["location"]["geo"]["latitude"] == pytest.approx(59.94137)
    assert found["organizer"]["url"] == f"http://localhost{HOME}"
    assert found["about"][0]["text"] == "end the forced repatriation of North Korean refugees"
    assert found["about"][0]["url"] == f"http://localhost{HOME}demands/china-7"


@pytest.mark.parametrize(
    ("status", "term"), [("cancelled", "EventCancelled"), ("postponed", "EventPostponed")]
)
def test_machines_are_told_that_an_event_does_not_take_place(
    app, client, event_in_oslo, status, term
):
    change_event(app, OSLO, status=status)

    assert facts(client.get(f"{HOME}events/{OSLO}").text)["eventStatus"].endswith(term)


def test_no_title_ends_the_script_that_machines_read(app, client, event_in_oslo):
    change_event(app, OSLO, call__title=TRAP, call__description=TRAP)

    answer = client.get(f"{HOME}events/{OSLO}")

    assert facts(answer.text)["name"] == f"Oslo: {TRAP}"
    assert "<script>alert" not in answer.text
    assert "<!--" not in answer.text


def test_a_page_asks_the_database_as_often_for_many_events_as_for_few(app, client):
    paths = ("", "events/", "events/?near=Oslo", "demands/", "demands/china-7", "calls/2005-04-28")
    make_campaign_of_2005(app)
    with_few = {path: len(statements_of(app, client, path)) for path in paths}
    when = ["--on", "2005-04-28", "--at", "12:00", "--lasting", "90", "--publish"]
    command(app, "fan-out", f"{SLUG}/2005-04-28", "--list", "prc-missions", *when)

    with_many = {path: len(statements_of(app, client, path)) for path in paths}

    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Event.id))) >= 200
    assert with_many == with_few
    assert max(with_many.values()) <= 20


def statements_of(app, client, path: str) -> list[str]:
    """Return the questions that a page asks when all that is read once has been read."""
    client.get(f"{HOME}{path}")
    with app.app_context():
        engine = db.engine
    with questions_to(engine) as asked:
        assert client.get(f"{HOME}{path}").status_code == 200
    return asked


def test_a_search_for_signs_alone_finds_nothing(app, client):
    make_campaign_of_2005(app, countries=("NO", "SE"))

    everything, signs = (client.get(f"{HOME}events/{query}") for query in ("", "?q=%25"))

    assert "3 events" in words_of(everything)
    assert "3 events" not in words_of(signs)
