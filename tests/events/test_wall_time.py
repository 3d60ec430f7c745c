"""Local wall time and its instant, by the rules in force on that day."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import InvalidError
from campaign.events.wall_time import NoSuchTimeError, TwiceSuchTimeError, instant, wall_time

ZONES = ["Asia/Seoul", "Europe/Warsaw", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Asia/Seoul", "2005-04-28T03:00"),
        ("Europe/Warsaw", "2005-04-28T10:00"),
        ("America/New_York", "2005-04-28T16:00"),
        ("Asia/Colombo", "2005-04-28T06:00"),  # +06:00 then, +05:30 now
        ("Europe/Moscow", "2005-04-28T08:00"),  # summer time then, none now
        ("America/Indiana/Indianapolis", "2005-04-28T17:00"),  # no summer time in 2005
        ("Asia/Kathmandu", "2005-04-28T06:15"),
        ("Pacific/Apia", "2005-04-28T23:00"),  # east of the date line until 2011
        ("Pacific/Tongatapu", "2005-04-27T23:00"),
    ],
)
def test_noon_is_the_instant_that_it_was_there_in_2005(zone, utc):
    assert instant(at("2005-04-28T12:00"), zone) == at(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "first", "second"),
    [
        ("2005-03-27T02:30", "Europe/Warsaw", "2005-03-27 01:30", "2005-03-27 03:30"),
        ("2005-04-03T02:00", "America/New_York", "2005-04-03 01:00", "2005-04-03 03:00"),
        ("2005-10-30T02:15", "Australia/Lord_Howe", "2005-10-30 01:45", "2005-10-30 02:45"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-29 12:00", "2011-12-31 12:00"),
    ],
)
def test_a_time_that_the_clocks_skip_is_refused_with_the_choices(local, zone, first, second):
    with pytest.raises(NoSuchTimeError) as refused:
        instant(at(local), zone)

    for word in (local.replace("T", " "), zone, first, second):
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("local", "zone", "first", "second"),
    [
        ("2005-10-30T02:30", "Europe/Warsaw", "2005-10-30 00:30 UTC", "2005-10-30 01:30 UTC"),
        ("2005-10-30T01:00", "America/New_York", "2005-10-30 05:00 UTC", "2005-10-30 06:00 UTC"),
    ],
)
def test_a_time_that_comes_twice_is_refused_with_the_choices(local, zone, first, second):
    with pytest.raises(TwiceSuchTimeError) as refused:
        instant(at(local), zone)

    for word in (local.replace("T", " "), zone, first, second):
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("local", "zone"),
    [
        ("2005-03-27T01:59", "Europe/Warsaw"),
        ("2005-03-27T03:00", "Europe/Warsaw"),
        ("2005-10-30T01:59", "Europe/Warsaw"),
        ("2005-10-30T03:00", "Europe/Warsaw"),
    ],
)
def test_the_times_around_a_change_are_plain(local, zone):
    assert wall_time(instant(at(local), zone), zone) == at(local)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 30)), st.sampled_from(ZONES))
def test_a_time_either_comes_back_or_is_refused(local, zone):
    try:
        moment = instant(local, zone)
    except InvalidError:
        return

    assert wall_time(moment, zone) == local


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 30), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_what_the_clocks_show_at_an_instant_is_a_time_that_exists(moment, zone):
    try:
        assert instant(wall_time(moment, zone), zone) == moment
    except TwiceSuchTimeError as refused:
        assert f"{moment:%Y-%m-%d %H:%M} UTC" in str(refused)
