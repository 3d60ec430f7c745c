"""Turnout is a ledger of observations: what is added, and what is published of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.errors import InvalidError, NotFoundError
from campaign.events.queries import find_event
from campaign.models import (
    Actor,
    CountMethod,
    Event,
    EventStatus,
    HeldRole,
    RoleName,
    SourceKind,
    TurnoutReport,
)
from campaign.resolutions.queries import find_campaign
from campaign.turnout.queries import SizeClass, reports_of, size_class, turnout_of
from campaign.turnout.services import LARGEST_CROWD, NotYetError, record_turnout
from tests.accounts.entering import coordinator, give, helper, organizer
from tests.signups.making import ALTA, SLUG, make_events
from tests.turnout.crowds import NOON_IN_ALTA, seen


@pytest.fixture
def observers(app, tmp_path) -> tuple[Actor, Actor]:
    """Give two people who organize a campaign with an event in Alta and one in Luleå."""
    make_events(app, tmp_path)
    with app.app_context():
        role = organizer(find_campaign(SLUG).id)
    return give(app, role), give(app, role, address="ola@example.org")


@pytest.fixture
def observer(observers) -> Actor:
    """Give one of them."""
    return observers[0]


@pytest.fixture
def alta(app, clock, observers) -> Event:
    """Give the event in Alta, an hour after it began."""
    clock.moment = NOON_IN_ALTA + timedelta(hours=1)
    with app.app_context():
        yield find_event(find_campaign(SLUG), ALTA)


def published(event: Event):
    return turnout_of(reports_of(event))


# --- What several observations say together ------------------------------------------------


def test_police_organizers_and_press_together_say_200_to_500(alta, observer):
    record_turnout(alta, seen(200, source=SourceKind.POLICE), observer)
    record_turnout(alta, seen(500, source=SourceKind.ORGANIZER), observer)
    record_turnout(alta, seen(320, source=SourceKind.PRESS), observer)

    turnout = published(alta)
    assert (turnout.low, turnout.high) == (200, 500)
    assert turnout.midpoint == 350
    assert turnout.mean_of_sources == 340
    assert turnout.sources == 3
    assert turnout.size_class is SizeClass.UNDER_1000


def test_the_mean_of_the_sources_takes_each_sources_own_midpoint(alta, observer):
    record_turnout(alta, seen(100, 300), observer)
    record_turnout(alta, seen(50), observer)

    assert published(alta).mean_of_sources == 125
    assert published(alta).midpoint == 175


def test_an_observed_nought_is_known_and_nothing_is_not(alta, observer):
    assert published(alta) is None

    record_turnout(alta, seen(0), observer)

    turnout = published(alta)
    assert (turnout.low, turnout.high, turnout.sources) == (0, 0, 1)
    assert turnout.size_class is not SizeClass.UNKNOWN


@pytest.mark.parametrize(
    ("midpoint", "number"),
    [(0, 1), (1, 1), (99.5, 1), (100, 2), (999.5, 2), (1000, 3), (9999.5, 3), (10_000, 4)],
)
def test_classes_of_size_begin_at_1_100_1000_and_10000(midpoint, number):
    assert size_class(midpoint) == number


# --- Adding to the ledger ------------------------------------------------------------------


def test_nothing_is_overwritten(alta, observer):
    record_turnout(alta, seen(40, 60, words="some dozens"), observer)
    record_turnout(alta, seen(45), observer)

    assert [(one.low, one.high, one.words) for one in reports_of(alta)] == [
        (40, 60, "some dozens"), (45, 45, None),
    ]  # fmt: skip


def test_a_button_pressed_twice_is_one_observation(alta, observer, clock):
    for _ in range(2):
        record_turnout(alta, seen(40, 60), observer)
    assert len(reports_of(alta)) == 1

    clock.advance(timedelta(minutes=1))
    record_turnout(alta, seen(40, 60), observer)
    assert len(reports_of(alta)) == 2


DIFFERENCES = [
    {"low": 41}, {"high": 61}, {"source": SourceKind.PRESS}, {"method": CountMethod.PHOTO},
    {"url": "https://example.org/"}, {"words": "dozens"},
]  # fmt: skip


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_an_observation_that_differs_in_anything_is_another(alta, observer, difference):
    record_turnout(alta, seen(40, 60), observer)
    record_turnout(alta, seen(**{"low": 40, "high": 60, **difference}), observer)

    assert len(reports_of(alta)) == 2


def test_the_same_number_from_two_people_is_two_observations(alta, observers):
    for actor in observers:
        record_turnout(alta, seen(40, 60), actor)

    assert published(alta).sources == 2


def test_an_observation_says_who_saw_what_when_and_how_that_is_known(alta, observer, clock):
    record_turnout(
        alta,
        seen(40, 60, source=SourceKind.PRESS, method=CountMethod.PHOTO, observed_at=NOON_IN_ALTA,
             url="https://example.org/a", words="dozens"),
        observer,
    )  # fmt: skip

    (report,) = reports_of(alta)
    assert (report.source, report.method) == (SourceKind.PRESS, CountMethod.PHOTO)
    assert (report.source_url, report.words) == ("https://example.org/a", "dozens")
    assert report.observed_at == NOON_IN_ALTA
    assert report.recorded_at == clock.moment
    assert report.account_id == observer.account_id


def test_the_observers_role_is_the_widest_that_holds_at_the_event(alta, observer):
    own, elsewhere = alta.campaign_id, 10_000 + alta.campaign_id
    helping, local = helper(own, alta.id), coordinator(own, country="NO")
    organizing_elsewhere = HeldRole(RoleName.ORGANIZER, elsewhere, None, None, None)
    actor = Actor(observer.account_id, (helping, local, organizing_elsewhere))

    assert record_turnout(alta, seen(40), actor).observer_role == "coordinator"


# --- What is refused -----------------------------------------------------------------------


def nothing_is_recorded() -> bool:
    return db.session.scalars(sa.select(TurnoutReport)).all() == []


def test_nobody_reports_for_an_event_out_of_reach(alta):
    sweden = Actor("somebody", (coordinator(alta.campaign_id, country="SE"),))
    for actor in (sweden, Actor("nobody", ())):
        with pytest.raises(NotFoundError):
            record_turnout(alta, seen(40), actor)

    assert nothing_is_recorded()


def test_an_event_that_has_not_begun_has_no_turnout(alta, observer, clock):
    clock.moment = NOON_IN_ALTA - timedelta(seconds=1)
    with pytest.raises(NotYetError, match="has not begun"):
        record_turnout(alta, seen(0, observed_at=clock.moment), observer)

    clock.moment = NOON_IN_ALTA
    assert record_turnout(alta, seen(0), observer)


@pytest.mark.parametrize(
    "status", [EventStatus.DRAFT, EventStatus.CANCELLED, EventStatus.POSTPONED]
)
def test_an_event_that_does_not_take_place_has_no_turnout(alta, observer, status):
    alta.status = status
    with pytest.raises(NotYetError, match="does not take place"):
        record_turnout(alta, seen(40), observer)

    assert nothing_is_recorded()


@pytest.mark.parametrize(("low", "high"), [(2, 1), (-1, 5), (-2, -1), (0, LARGEST_CROWD + 1)])
def test_impossible_numbers_are_refused(alta, observer, low, high):
    with pytest.raises(InvalidError):
        record_turnout(alta, seen(low, high), observer)

    assert nothing_is_recorded()


def test_nobody_has_seen_the_future_or_another_day(alta, observer, clock):
    for moment in (clock.moment + timedelta(seconds=1), alta.starts_at - timedelta(hours=25)):
        with pytest.raises(InvalidError):
            record_turnout(alta, seen(40, observed_at=moment), observer)

    assert nothing_is_recorded()
