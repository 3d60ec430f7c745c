"""Which sign-up a link shows, how many come, and what a volunteer may know of the place."""

from datetime import timedelta

import pytest

from campaign.errors import NotFoundError
from campaign.models import Signup, SignupStatus
from campaign.signups import queries
from campaign.signups.queries import Counts, MeetingPoint, band_of
from campaign.vault.services import shred
from tests.signups.making import (
    ALTA,
    LULEA,
    acting,
    cancel,
    confirm,
    event,
    person,
    set_up,
    sign_up,
    tokens,
)


@pytest.mark.parametrize(
    ("people", "band"),
    [(0, 0), (9, 0), (10, 10), (24, 10), (25, 25), (99, 50), (100, 100), (123456, 10000)],
)
def test_a_band_begins_at_or_below_the_number(people, band):
    assert band_of(people) == band


def test_confirmed_and_held_places_are_told_apart_and_all_else_counts_for_nothing(app, clock):
    for number, party_size in enumerate((1, 2, 4, 8)):
        sign_up(app, f"v{number}@example.org", party_size=party_size)
    confirm(app, tokens(app)[0])
    confirm(app, tokens(app)[1])
    cancel(app, tokens(app)[2])
    sign_up(app, "unheld@example.org", party_size=16, key=None)

    with acting(app):
        alta, lulea = event(ALTA).id, event(LULEA).id
        counts = queries.counts([alta, lulea])

    assert counts == {alta: Counts(confirmed=3, held=8)}


def test_an_event_is_full_once_all_its_places_are_taken_and_never_without_a_limit(app, clock):
    sign_up(app, party_size=2)

    for capacity, is_full in ((None, False), (3, False), (2, True), (1, True)):
        set_up(app, capacity_override=capacity)
        with acting(app):
            assert queries.is_full(event()) is is_full


@pytest.mark.parametrize("token", ["", "x", "ø", "\x00", "\ud800", "a" * 100_000])
def test_a_token_that_is_none_of_ours_finds_nothing(app, token):
    sign_up(app)

    with acting(app), pytest.raises(NotFoundError):
        queries.find_by_token(token)


def test_a_person_whose_key_is_gone_is_nobody(app):
    sign_up(app)
    (token,) = tokens(app)
    with acting(app):
        shred(queries.find_by_token(token).scope)

    assert person(app, token) is None


def test_people_are_forgotten_a_fixed_time_after_the_event(app):
    with acting(app):
        found = event()

        assert queries.forgotten_at(found) == found.ends_at + timedelta(days=14)


@pytest.mark.parametrize(
    ("status", "released_in", "point"),
    [
        (SignupStatus.HELD, None, MeetingPoint(None, None, None)),
        (SignupStatus.CANCELLED, None, MeetingPoint(None, None, None)),
        (SignupStatus.CONFIRMED, None, MeetingPoint("Gata", "Bank", None)),
        (SignupStatus.CONFIRMED, timedelta(0), MeetingPoint("Gata", "Bank", None)),
        (SignupStatus.CONFIRMED, timedelta(hours=-1), MeetingPoint("Gata", "Bank", None)),
    ],
)
def test_the_meeting_point_is_for_those_who_confirmed(app, clock, status, released_in, point):
    released_at = clock.moment + released_in if released_in is not None else None
    set_up(app, street="Gata", corner="Bank", corner_from_at=released_at)

    with acting(app):
        assert queries.meeting_point(Signup(event=event(), status=status)) == point


def test_the_corner_waits_for_its_hour(app, clock):
    later = clock.moment + timedelta(seconds=1)
    set_up(app, street="Gata", corner="Bank", corner_from_at=later)

    with acting(app):
        signup = Signup(event=event(), status=SignupStatus.CONFIRMED)
        assert queries.meeting_point(signup) == MeetingPoint("Gata", None, later)
