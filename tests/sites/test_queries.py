"""Whether a site was there on a day, and what else is asked about places."""

from datetime import date

import pytest

from campaign.errors import NotFoundError
from campaign.models import Site
from campaign.sites.queries import Existence, existence, find_city, has_cities_in, name_of
from campaign.sites.services import import_sites
from tests.sites.rows import BERGEN

THE_DAY = date(2005, 4, 28)
YES, NO, UNKNOWN = Existence.YES, Existence.NO, Existence.UNKNOWN


def site(**known) -> Site:
    """Make a site of which nothing is known but this."""
    nothing = {"opened": None, "closed": None, "existed_on": {}, "exists_now": "unknown"}
    return Site(**{**nothing, **known})


@pytest.mark.parametrize("said", ["yes", "no", "unknown"])
@pytest.mark.parametrize("years", [{}, {"opened": 2010}, {"opened": 1990, "closed": 2001}])
def test_what_a_list_says_of_a_day_decides_for_that_day(said, years):
    one = site(existed_on={"2005-04-28": said}, exists_now="yes", **years)

    assert existence(one, THE_DAY) is Existence(said)


@pytest.mark.parametrize("day", [date(2005, 4, 27), date(2005, 4, 29), date(2008, 4, 28)])
def test_what_a_list_says_of_a_day_is_silent_about_every_other(day):
    assert existence(site(existed_on={"2005-04-28": "yes"}, exists_now="yes"), day) is UNKNOWN


@pytest.mark.parametrize(
    ("year", "found"),
    [(1987, NO), (1988, YES), (1989, YES), (2006, YES), (2007, NO), (2008, NO), (2024, NO)],
)
def test_a_site_was_there_from_the_year_of_opening_up_to_the_year_of_closing(year, found):
    one = site(opened=1988, closed=2007, exists_now="no")

    assert existence(one, date(year, 6, 1)) is found


@pytest.mark.parametrize(("now", "found"), [("yes", YES), ("no", UNKNOWN), ("unknown", UNKNOWN)])
def test_a_site_that_was_opened_was_there_since_if_it_is_there_now(now, found):
    one = site(opened=1988, exists_now=now)

    assert existence(one, date(2010, 6, 1)) is found
    assert existence(one, date(1987, 12, 31)) is NO


def test_a_year_of_closing_alone_tells_only_what_came_after():
    one = site(closed=2015, exists_now="no")

    assert existence(one, date(2010, 6, 1)) is UNKNOWN
    assert existence(one, date(2015, 6, 1)) is NO


@pytest.mark.parametrize("now", ["yes", "no", "unknown"])
def test_from_2020_on_it_counts_whether_a_site_is_there_now(now):
    one = site(exists_now=now)

    assert existence(one, date(2020, 1, 1)) is Existence(now)
    assert existence(one, date(2026, 4, 28)) is Existence(now)
    assert existence(one, date(2019, 12, 31)) is UNKNOWN


def test_a_site_opened_later_is_not_there_though_it_is_now():
    assert existence(site(opened=2024, exists_now="yes"), date(2023, 1, 1)) is NO


def test_an_unknown_city_is_not_found(session):
    with pytest.raises(NotFoundError):
        find_city("atlantis-xx")


def test_countries_are_known_by_their_cities(session):
    import_sites([BERGEN], "missions")

    assert has_cities_in("NO")
    assert not has_cities_in("SE")


def test_a_city_has_a_name_in_each_language(session):
    import_sites([BERGEN], "missions")
    city = find_city("bergen-no")

    assert name_of(city, "en") == "Bergen"
    assert name_of(city, "ko") == "베르겐"
