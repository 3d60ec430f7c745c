"""The events of a campaign as those who organize see them: counts, filters, pages, scopes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.commands.demo import SLUG
from campaign.database import db, transaction
from campaign.events.queries import find_event
from campaign.events.services import announce
from campaign.models import Event, EventStatus
from campaign.resolutions.queries import find_campaign
from campaign.signups.queries import Person
from campaign.signups.services import SignupWish, sign_up
from tests.accounts.entering import coordinator, organizer, signed_in
from tests.factories import change_event, limit_places, make_campaign_of_2005, make_turnout
from tests.reading import words_of
from tests.statements import questions_to

OFFICE = f"/en/organize/{SLUG}"
OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
BUSAN = "busan-kr-2005-04-28"


@pytest.fixture
def made(app):
    """Give the app with events in Oslo, Stockholm, Gothenburg, Seoul and Busan."""
    make_campaign_of_2005(app)
    return app


def come(app, slug: str, party_size: int, *, is_confirmed: bool) -> None:
    """Let somebody sign up for an event; a sample is confirmed at once."""
    with app.app_context(), transaction():
        event = find_event(find_campaign(SLUG), slug)
        address = f"{slug}-{party_size}@example.org"
        sign_up(
            event,
            SignupWish(
                person=Person("Kari Nordmann", address, "ramp", "by train"),
                party_size=party_size,
                language="en",
                idempotency_key=address,
                is_sample=is_confirmed,
            ),
        )


def campaign_id(app) -> int:
    with app.app_context():
        return find_campaign(SLUG).id


def organizing(app):
    return signed_in(app, organizer(campaign_id(app)))


def coordinating(app, country: str):
    role = coordinator(campaign_id(app), country=country)
    return signed_in(app, role, address=f"{country}@example.org")


def test_an_organizer_sees_the_numbers_of_the_whole_campaign(made):
    come(made, OSLO, 3, is_confirmed=True)
    come(made, SEOUL, 4, is_confirmed=True)
    come(made, SEOUL, 2, is_confirmed=False)
    client = organizing(made)

    words = words_of(client.get(f"{OFFICE}/"))
    assert "events 5 in 5 cities, 3 countries" in words
    assert "people confirmed 7" in words
    assert "not confirmed yet 2" in words
    first = words_of(client.get("/en/organize/"))
    assert "Human rights in North Korea 5 5 3 7 2 not begun" in first


def test_a_coordinator_sees_the_numbers_of_the_own_country_alone(made):
    come(made, OSLO, 3, is_confirmed=True)
    come(made, SEOUL, 40, is_confirmed=True)
    client = coordinating(made, "NO")

    words = words_of(client.get(f"{OFFICE}/"))
    assert "events 1 in 1 city, 1 country" in words
    assert "people confirmed 3" in words
    assert "40" not in words
    assert "Seoul" not in words
    assert "Human rights in North Korea 1 1 1 3 0" in words_of(client.get("/en/organize/"))


def test_a_row_says_where_when_how_many_and_what_was_seen(made, clock):
    come(made, OSLO, 3, is_confirmed=True)
    come(made, OSLO, 2, is_confirmed=False)
    limit_places(made, OSLO, 1200)
    words = words_of(organizing(made).get(f"{OFFICE}/?q=oslo"))
    assert "Thu, 28 Apr 2005, 12:00 ● Open for sign-ups 3 2 1,200 –" in words

    clock.advance(timedelta(days=28))
    client = organizing(made)
    assert "– Over 3 0 1,200 not reported" in words_of(client.get(f"{OFFICE}/?q=oslo"))
    make_turnout(made, OSLO, 40, 60)
    assert "1,200 40 to 60 people" in words_of(client.get(f"{OFFICE}/?q=oslo"))
    make_turnout(made, SEOUL, 0, 0)
    assert "no limit nobody came" in words_of(client.get(f"{OFFICE}/?q=seoul"))


FILTERS = {
    "q=seoul": {"Seoul"}, "q=SEOUL": {"Seoul"}, "q=서울": {"Seoul"}, "q=korea": {"Seoul", "Busan"},
    "q=korea+busan": {"Busan"}, "q=consulate": {"Gothenburg", "Busan"}, "q=%25": set(),
    "q=_": set(), "country=KR": {"Seoul", "Busan"}, "country=kr": {"Seoul", "Busan"},
    "country=DE": set(), "status=cancelled": {"Busan"}, "status=published&country=KR": {"Seoul"},
    "status=nonsense&country=KR": {"Seoul", "Busan"}, "q=%00seoul": {"Seoul"},
    f"q={OSLO}": {"Oslo"}, "page=99&country=NO": {"Oslo"}, "page=x&country=NO": {"Oslo"},
}  # fmt: skip


def test_events_are_found_by_words_country_and_state(made):
    change_event(made, BUSAN, status=EventStatus.CANCELLED)
    client = organizing(made)
    for query, cities in FILTERS.items():
        page = client.get(f"{OFFICE}/?{query}").text.partition("<tbody>")[2]

        found = {
            c for c in ("Oslo", "Stockholm", "Gothenburg", "Seoul", "Busan") if f">{c}<" in page
        }
        assert found == cities, query


def test_a_filter_that_leaves_nothing_says_so_and_leads_back(made):
    answer = organizing(made).get(f"{OFFICE}/?q=atlantis")

    assert "No event fits." in words_of(answer)
    assert f'href="{OFFICE}/"' in answer.text
    assert 'value="atlantis"' in answer.text


def test_a_filter_finds_nothing_out_of_reach(made):
    client = coordinating(made, "NO")
    for query in ("q=seoul", "country=KR", f"q={SEOUL}", "status=published&q=korea"):
        assert "No event fits." in words_of(client.get(f"{OFFICE}/?{query}")), query
    assert "South Korea" not in client.get(f"{OFFICE}/").text


def test_drafts_are_seen_by_those_who_organize(made):
    change_event(made, OSLO, status=EventStatus.DRAFT)
    client = organizing(made)

    assert "○ Draft" in words_of(client.get(f"{OFFICE}/?q=oslo"))
    page = client.get(f"{OFFICE}/events/{OSLO}")
    assert page.status_code == 200
    assert "The page that everybody sees" not in words_of(page)


def test_a_long_table_comes_in_pages_of_a_hundred(made):
    with made.app_context(), transaction():
        _multiply(db.session.scalars(sa.select(Event).where(Event.slug == SEOUL)).one(), 150)
    client = organizing(made)
    first, second = (client.get(f"{OFFICE}/?country=KR&page={number}") for number in (1, 2))

    assert first.text.count('<th scope="row">') == 100
    assert second.text.count('<th scope="row">') == 52
    assert "Page 1 of 2" in words_of(first)
    assert f"{OFFICE}/?country=KR&amp;page=2" in first.text
    both = first.text + second.text
    assert all(f"/events/seoul-{number}" in both for number in range(150))


def test_the_table_asks_as_many_questions_for_many_events(installation):
    app = installation.app
    make_campaign_of_2005(app)
    client, asked = organizing(app), []
    for more in (0, 90):
        with app.app_context(), transaction():
            _multiply(db.session.scalars(sa.select(Event).where(Event.slug == SEOUL)).one(), more)
        with questions_to(installation.engines[0]) as questions:
            assert client.get(f"{OFFICE}/").status_code == 200
        asked.append(len(questions))

    assert asked[0] == asked[1] <= 12


def test_one_event_shows_its_counts_and_that_it_has_not_begun(made):
    come(made, OSLO, 3, is_confirmed=True)
    come(made, OSLO, 2, is_confirmed=False)
    words = words_of(organizing(made).get(f"{OFFICE}/events/{OSLO}"))

    assert "Thursday, 28 April 2005, 12:00 (Norway Time)" in words
    assert "people confirmed 3" in words
    assert "not confirmed yet 2" in words
    assert "It has not begun yet. From 12:00 local time on" in words
    assert "Report what was seen" not in words


def test_one_event_that_is_over_waits_for_a_number(made, clock):
    clock.advance(timedelta(days=28))
    client = organizing(made)
    words = words_of(client.get(f"{OFFICE}/events/{OSLO}"))
    assert "Nobody has reported yet. Not reported is not zero" in words
    assert "Report what was seen" in words

    make_turnout(made, OSLO, 0, 0)
    assert "Together: nobody came." in words_of(client.get(f"{OFFICE}/events/{OSLO}"))


def test_one_event_that_does_not_take_place_has_nothing_to_count(made, clock):
    change_event(made, OSLO, status=EventStatus.CANCELLED)
    clock.advance(timedelta(days=28))
    words = words_of(organizing(made).get(f"{OFFICE}/events/{OSLO}"))

    assert "Nothing to count." in words
    assert "Report what was seen" not in words


def test_no_page_of_the_office_shows_a_person(made):
    come(made, OSLO, 3, is_confirmed=True)
    client = organizing(made)
    for path in ("", f"events/{OSLO}", "turnout"):
        page = client.get(f"{OFFICE}/{path}").text
        assert not [word for word in ("Kari", "Nordmann", "example.org", "ramp") if word in page]


def test_a_campaign_without_events_says_so(app):
    make_campaign_of_2005(app, is_published=False)

    assert "No event is open yet." in words_of(organizing(app).get(f"{OFFICE}/"))


def test_odd_addresses_are_not_found(made):
    client = organizing(made)
    for slug in ("atlantis", "%00", "%F0%9F%95%AF", "a" * 3000, "..%2F"):
        assert client.get(f"{OFFICE}/events/{slug}").status_code == 404, slug


def test_the_ways_through_the_office_are_those_that_are_open(made):
    navigation = {}
    for name, client in (
        ("organizer", organizing(made)),
        ("coordinator", coordinating(made, "NO")),
    ):
        page = client.get(f"{OFFICE}/").text
        navigation[name] = page.partition('<nav class="masthead-nav"')[2].partition("</nav>")[0]

    for words in ("Campaigns", "Events", "Turnout", "Sign out"):
        assert all(f">{words}<" in one for one in navigation.values())
    assert ">Resolution<" in navigation["organizer"]
    assert ">Resolution<" not in navigation["coordinator"]


def _multiply(event: Event, times: int) -> None:
    """Add copies of an event on later days."""
    columns = {c.name: getattr(event, c.name) for c in Event.__table__.columns if c.name != "id"}
    for number in range(times):
        day = event.fanned_out_on + timedelta(days=number + 1)
        copy = {"slug": f"seoul-{number}", "uid": f"uid-{number}", "fanned_out_on": day}
        db.session.add(Event(**{**columns, **copy}))
    db.session.flush()
    announce(db.session.scalars(sa.select(Event.id)).all())
