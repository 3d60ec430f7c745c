"""What is published: sums of what was reported, and how many cities reported; never more."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.commands.demo import SLUG
from campaign.database import db
from campaign.models import Actor, Event, EventStatus
from campaign.resolutions.queries import find_campaign
from campaign.turnout.queries import (
    event_turnouts,
    next_start,
    reports_in,
    results,
)
from campaign.turnout.reach import (
    Progress,
    count_reported,
    count_waiting,
    last_reported,
    progress,
    waiting,
)
from campaign.turnout.services import record_turnout
from tests.accounts.entering import coordinator, give, organizer
from tests.factories import make_campaign_of_2005
from tests.turnout.crowds import NOON_IN_OSLO, seen

TO_THE_DAY_AFTER = timedelta(days=28)


@pytest.fixture
def observer(app) -> Actor:
    """Give somebody who organizes the campaign of 2005."""
    make_campaign_of_2005(app)
    with app.app_context():
        role = organizer(find_campaign(SLUG).id)
    return give(app, role)


@pytest.fixture
def events(app, clock, observer) -> dict[str, Event]:
    """Give the events in Oslo, Stockholm, Gothenburg, Seoul and Busan by city, the day after."""
    clock.advance(TO_THE_DAY_AFTER)
    with app.app_context():
        found = db.session.scalars(sa.select(Event).join(Event.city)).all()
        yield {event.city.slug: event for event in found}


@pytest.fixture
def report(events, observer):
    """Give a way to report numbers of a city."""
    return lambda city, *numbers: record_turnout(events[city], seen(*numbers), observer)


def campaign():
    return find_campaign(SLUG)


def test_sums_are_those_of_the_cities_that_reported(events, report):
    report("oslo-no", 200)
    report("oslo-no", 500)
    report("oslo-no", 320)
    report("seoul-kr", 1000, 3000)

    found = results(campaign())
    assert (found.turnout.low, found.turnout.high) == (1200, 3500)
    assert found.turnout.midpoint == 2350
    assert found.turnout.mean_of_sources == 340 + 2000
    assert found.turnout.sources == 4
    assert (found.cities_reported, len(found.cities)) == (2, 5)


def test_a_country_sums_its_cities_and_says_how_many_reported(events, report):
    report("seoul-kr", 10, 20)
    report("stockholm-se", 1, 3)
    report("gothenburg-se", 5)

    by_code = {one.country: one for one in results(campaign()).countries}
    assert list(by_code) == ["KR", "NO", "SE"]
    assert (by_code["KR"].turnout.low, by_code["KR"].turnout.high) == (10, 20)
    assert (by_code["KR"].cities_reported, by_code["KR"].cities) == (1, 2)
    assert by_code["NO"].turnout is None
    assert (by_code["SE"].turnout.low, by_code["SE"].turnout.high) == (6, 8)
    assert by_code["SE"].cities_reported == 2


def test_nobody_came_counts_as_reported_and_adds_nothing(events, report):
    report("oslo-no", 0)

    found = results(campaign())
    assert (found.turnout.low, found.turnout.high, found.cities_reported) == (0, 0, 1)
    reported = [one.city.slug for one in found.cities if one.turnout]
    assert reported == ["oslo-no"]


def test_nothing_reported_is_no_number(events):
    found = results(campaign())

    assert found.turnout is None
    assert {one.turnout for one in found.cities} == {None}
    assert (found.cities_reported, len(found.cities)) == (0, 5)


def test_two_events_of_a_city_are_added_up_and_the_missing_one_is_named(events, report):
    other = events["busan-kr"]
    other.city_id = events["seoul-kr"].city_id
    db.session.flush()
    report("seoul-kr", 100)

    seoul = next(one for one in results(campaign()).cities if one.city.slug == "seoul-kr")
    assert (seoul.events, seoul.events_reported, seoul.only_slug) == (2, 1, None)

    report("busan-kr", 7)
    seoul = next(one for one in results(campaign()).cities if one.city.slug == "seoul-kr")
    assert (seoul.turnout.low, seoul.events_reported) == (107, 2)


def test_only_what_has_begun_and_takes_place_is_awaited(events, clock):
    clock.moment = NOON_IN_OSLO  # In Korea it is over, in Sweden it begins too.
    events["stockholm-se"].status = EventStatus.CANCELLED
    events["seoul-kr"].status = EventStatus.POSTPONED
    events["busan-kr"].status = EventStatus.DRAFT
    db.session.flush()

    slugs = {one.city.slug for one in results(campaign()).cities}
    assert slugs == set(events) - {"stockholm-se", "seoul-kr", "busan-kr"}
    assert {one.event.city.slug for one in event_turnouts(campaign())} == slugs


def test_before_the_day_the_first_event_is_named(events, clock):
    clock.moment = NOON_IN_OSLO - timedelta(days=1)

    assert results(campaign()).cities == ()
    assert next_start(campaign()).city.country == "KR"

    clock.moment = NOON_IN_OSLO + timedelta(days=1)
    assert next_start(campaign()) is None


def test_the_sources_of_a_city_are_all_observations_of_its_events(events, report):
    report("oslo-no", 200)
    report("seoul-kr", 3)
    report("oslo-no", 500)

    oslo = events["oslo-no"].city_id
    found = reports_in(campaign(), [oslo])
    assert [one.low for one in found[oslo]] == [200, 500]
    assert list(found) == [oslo]


def test_how_far_the_reporting_has_come_is_told_within_reach(events, report):
    report("seoul-kr", 3)
    report("seoul-kr", 4)
    own = events["oslo-no"].campaign_id

    def reached(role) -> dict[int, Progress]:
        return progress(Actor("somebody", (role,)))

    assert reached(organizer(own)) == {own: Progress(5, 1)}
    assert reached(coordinator(own, country="KR")) == {own: Progress(2, 1)}
    assert reached(coordinator(own, country="NO")) == {own: Progress(1, 0)}
    assert reached(coordinator(own, country="DE")) == {}


def test_what_waits_for_a_number_and_what_was_reported_last_is_told_within_reach(events, report):
    report("oslo-no", 1)
    report("seoul-kr", 3)
    report("busan-kr", 5)
    report("seoul-kr", 4)
    own = events["oslo-no"].campaign_id
    korea = Actor("somebody", (coordinator(own, country="KR"),))
    sweden = Actor("somebody", (coordinator(own, country="SE"),))

    def slugs(some) -> list[str]:
        return [event.city.slug for event in some]

    assert waiting(korea, campaign(), offset=0, limit=9) == []
    assert (count_waiting(korea, campaign()), count_reported(korea, campaign())) == (0, 2)
    last = last_reported(korea, campaign(), limit=9)
    assert slugs(one.event for one in last) == ["seoul-kr", "busan-kr"]
    assert [one.turnout.sources for one in last] == [2, 1]
    assert slugs(waiting(sweden, campaign(), offset=0, limit=9)) == [
        "gothenburg-se", "stockholm-se",
    ]  # fmt: skip
    assert slugs(waiting(sweden, campaign(), offset=1, limit=1)) == ["stockholm-se"]
    assert (count_waiting(sweden, campaign()), count_reported(sweden, campaign())) == (2, 0)
