"""A file of sites becomes a list; a second file changes only what changed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.commands.demo import DATA
from campaign.errors import InvalidError, NotFoundError
from campaign.models import City, Site, SiteListEntry
from campaign.sites.gazetteer import city_for_site
from campaign.sites.queries import find_city, sites_on
from campaign.sites.services import find_or_make_city, import_sites
from campaign.sites.site_file import SiteRow, parse_sites
from tests.sites.rows import BERGEN, row


def test_a_site_keeps_all_that_its_row_says(session):
    import_sites([row()], "missions")
    [site] = sites_on("missions")
    kept = {name: getattr(site, name) for name in SiteRow.__dataclass_fields__ if name != "city"}

    assert kept == {
        **{name: getattr(row(), name) for name in kept},
        "existed_on": {"2005-04-28": "yes"},
    }
    assert site.city.slug == "oslo-no"


def test_a_second_run_changes_only_what_changed(session, clock):
    import_sites([row(), BERGEN], "missions")
    before = {site.id: site.changed_at for site in sites_on("missions")}
    clock.advance(timedelta(days=1))
    done = import_sites([row(notes="moved"), BERGEN], "missions")
    after = {site.id: site.changed_at for site in sites_on("missions")}

    assert (done.added, done.changed, done.unchanged, done.taken_off) == (0, 1, 1, 0)
    assert after == {**before, row().id: before[row().id] + timedelta(days=1)}


def test_the_same_file_again_changes_nothing(session, clock):
    import_sites([row(), BERGEN], "missions")
    before = session.execute(sa.select(Site.__table__)).all()
    clock.advance(timedelta(days=1))
    done = import_sites([row(), BERGEN], "missions")

    assert (done.added, done.changed, done.unchanged, done.taken_off) == (0, 0, 2, 0)
    assert session.execute(sa.select(Site.__table__)).all() == before


def test_what_is_no_longer_in_the_file_leaves_the_list_but_not_the_installation(session):
    import_sites([row(), BERGEN], "missions")
    done = import_sites([BERGEN], "missions")

    assert (done.unchanged, done.taken_off) == (1, 1)
    assert [site.id for site in sites_on("missions")] == [BERGEN.id]
    assert session.get(Site, row().id) is not None


def test_a_site_that_comes_back_is_on_the_list_again(session):
    for rows in ([row(), BERGEN], [BERGEN], [row(), BERGEN]):
        done = import_sites(rows, "missions")

    assert (done.added, done.unchanged, done.taken_off) == (0, 2, 0)
    assert len(sites_on("missions")) == 2


def test_lists_share_sites_and_not_their_membership(session):
    import_sites([row(), BERGEN], "missions")
    import_sites([row(name="Renamed")], "north")

    assert [site.name for site in sites_on("north")] == ["Renamed"]
    assert len(sites_on("missions")) == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(SiteListEntry)) == 3


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({"name": "Renamed"}, True),
        ({"latitude": 59.96}, True),
        ({"notes": "checked"}, False),
        ({"exists_now": "no"}, False),
        ({}, False),
    ],
)
def test_an_import_names_the_sites_that_events_show_otherwise_now(session, change, moved):
    first = import_sites([row()], "missions")
    done = import_sites([row(**change)], "missions")

    assert first.moved == frozenset()
    assert done.moved == (frozenset({row().id}) if moved else frozenset())


def test_a_site_lies_in_the_city_nearest_to_its_point(session):
    import_sites([row(city="Nowhere", latitude=60.39, longitude=5.32)], "missions")

    assert sites_on("missions")[0].city.slug == "bergen-no"


def test_cities_are_made_once(session):
    import_sites([row(), row("un-office-oslo", kind="office")], "missions")
    import_sites([row(), BERGEN], "other")

    assert session.scalar(sa.select(sa.func.count()).select_from(City)) == 2


def test_a_city_whose_name_is_taken_has_its_number_behind_it(session):
    first = city_for_site(39.8, -89.64, "Springfield", "US")
    second = city_for_site(37.2, -93.3, "Springfield", "US")

    assert first != second
    assert find_or_make_city(first).slug == "springfield-us"
    assert find_or_make_city(second).slug == f"springfield-us-{second.geoname_id}"
    assert find_or_make_city(first).slug == "springfield-us"


def test_a_city_is_found_by_its_names_in_other_scripts(session):
    import_sites([row(country="KR", city="Seoul", latitude=37.56, longitude=126.98)], "missions")
    words = find_city("seoul-kr").search_text.split("\n")

    assert {"seoul", "서울", "south korea", "대한민국"} <= set(words)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_list_has_a_name_that_can_be_typed(session, name):
    with pytest.raises(InvalidError):
        import_sites([row()], name)


def test_an_unknown_list_is_not_an_empty_one(session):
    with pytest.raises(NotFoundError, match="nowhere"):
        sites_on("nowhere")


@pytest.mark.parametrize(("file", "number"), [("prc_missions.csv", 298), ("other_sites.csv", 368)])
def test_the_lists_of_the_demonstration_are_read_whole(session, file, number):
    rows = parse_sites((DATA / file).read_bytes())
    steps = []
    first = import_sites(rows, "missions", progress=lambda: steps.append(1))
    second = import_sites(rows, "missions")

    assert (first.added, second.unchanged) == (number, number)
    assert len(steps) == number
