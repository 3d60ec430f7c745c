"""The map shows areas as they are, paints no land where there is none, and links every light."""

import math
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from campaign.sites.world_map import (
    HEIGHT,
    LARGEST_LIGHT,
    SMALLEST_LIGHT,
    WIDTH,
    LightState,
    MapMark,
    cluster,
    draw,
    light_at,
    outline,
    project,
)

TEMPLATES = Path(__file__).parents[2] / "templates"
# The radius of a globe whose map is as wide as ours, by the width that PROJ's eqearth gives to
# one with the area of the earth: 2 x 17,243,959.06 m for a radius of 6,371,007.18 m.
RADIUS = WIDTH / 2 / (17_243_959.06 / 6_371_007.18)

latitudes = st.floats(-58, 84)
longitudes = st.floats(-169, 190.999)

Ring = list[tuple[float, float]]


def rings(path: str) -> list[Ring]:
    """Return the lines of path data as points, read from its own text."""
    found = []
    for part in path.split("M")[1:]:
        start, _, steps = part.rstrip("z").partition("l")
        numbers = [float(text) for text in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", steps)]
        x, y = map(float, re.findall(r"-?(?:\d+\.?\d*|\.\d+)", start))
        line = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            line.append((x, y))
        found.append(line)
    return found


def is_land(latitude: float, longitude: float) -> bool:
    """Tell whether a point is painted, by the rule of even and odd."""
    point = project(latitude, longitude)
    crossings = 0
    for ring in rings(outline().land):
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
            if (y1 > point.y) != (y2 > point.y):
                crossings += point.x < (x2 - x1) * (point.y - y1) / (y2 - y1) + x1
    return crossings % 2 == 1


def mark(x: float, y: float, radius: float = 4.0, label: str = "Oslo") -> MapMark:
    return MapMark(x, y, radius, label, "/en/x", None, LightState.LIT)


def test_the_projection_is_equal_earth():
    pole, corner = project(90, 11), project(90, -168.9999999)
    equator = project(0, 11)

    assert equator.x == pole.x == WIDTH / 2
    assert (equator.y - pole.y) / RADIUS == pytest.approx(8_392_927.6 / 6_371_007.18, abs=1e-6)
    assert (pole.x - corner.x) / RADIUS == pytest.approx(10_216_474.79 / 6_371_007.18, abs=1e-6)


@given(st.floats(-57, 83), st.floats(-168, 190))
def test_equal_areas_of_the_earth_are_equal_on_the_map(latitude: float, longitude: float):
    step = 1e-4
    east = project(latitude, longitude + step).x - project(latitude, longitude - step).x
    north = project(latitude - step, longitude).y - project(latitude + step, longitude).y
    on_map = east * north / RADIUS**2
    on_earth = (2 * math.radians(step)) ** 2 * math.cos(math.radians(latitude))

    assert on_map == pytest.approx(on_earth, rel=1e-4)


@given(latitudes, longitudes)
def test_what_lies_between_the_edges_lies_in_the_view_box(latitude: float, longitude: float):
    point = project(latitude, longitude)

    assert 0 <= point.x <= WIDTH
    assert -0.5 <= point.y <= HEIGHT + 0.5


@given(latitudes, latitudes, longitudes, longitudes)
def test_north_is_up_and_east_is_right(a: float, b: float, west: float, east: float):
    if a < b - 1e-6:
        assert project(a, west).y > project(b, west).y
    if west < east - 1e-6:
        assert project(a, west).x < project(a, east).x


@given(latitudes, longitudes, st.integers(-2, 2))
def test_a_whole_turn_leads_to_the_same_point(latitude: float, longitude: float, turns: int):
    point, again = project(latitude, longitude), project(latitude, longitude + 360 * turns)

    # A hair from the cut, rounding may lead to its other side.
    assert math.isclose(point.x, again.x, abs_tol=1e-6) or abs(point.x - again.x) > WIDTH / 3
    assert point.y == again.y


def test_the_islands_of_the_south_sea_lie_side_by_side():
    fiji, samoa, tonga = project(-18.1, 178.4), project(-13.8, -171.8), project(-21.1, -175.2)

    assert fiji.x < tonga.x < samoa.x < WIDTH
    assert samoa.x - fiji.x < 40


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (55.75, 37.6),  # Moscow
        (66.5, -172.0),  # Chukotka, over the date line
        (67.0, 179.0),
        (71.2, -179.5),  # Wrangel Island
        (-1.3, 36.8),  # Nairobi
        (64.0, -150.0),  # Alaska
        (-34.0, 150.0),
        (72.0, -40.0),  # Greenland
    ],
)
def test_land_is_painted(latitude: float, longitude: float):
    assert is_land(latitude, longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (66.0, 0.0),  # where a band over the map would lie, for Russia
        (71.0, -20.0),
        (65.5, -35.0),
        (-16.5, -100.0),  # and for Fiji
        (-16.5, 90.0),
        (0.0, -30.0),
        (42.0, 51.0),  # the Caspian Sea is a hole in the land
        (-57.0, -30.0),
    ],
)
def test_the_sea_is_left_free(latitude: float, longitude: float):
    assert not is_land(latitude, longitude)


def test_no_line_of_the_map_runs_across_it():
    lines = rings(outline().land) + rings(outline().borders)
    widest = max(abs(b[0] - a[0]) for line in lines for a, b in pairwise(line))

    assert len(lines) > 250
    assert all(a != b for line in lines for a, b in pairwise(line))
    assert widest < 70  # the 49th parallel, from the Lake of the Woods to the sea


def test_the_outlines_stay_within_the_view_box():
    points = [point for line in rings(outline().land + outline().borders) for point in line]

    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


def test_borders_are_lines_between_two_countries_on_land():
    borders = [point for line in rings(outline().borders) for point in line]
    pole = project(49.0, -110.0)

    assert min(math.dist((pole.x, pole.y), point) for point in borders) < 40
    coast = project(-34.4, 18.4)  # the Cape of Good Hope is no border
    assert min(math.dist((coast.x, coast.y), point) for point in borders) > 10


def test_the_outlines_are_small_enough_for_a_page():
    drawn = outline()

    assert len(drawn.land) + len(drawn.borders) < 60_000
    assert re.fullmatch(r"(M[-\d. ]+l[-\d. ]+z)+", drawn.land)
    assert re.fullmatch(r"(M[-\d. ]+l[-\d. ]+)+", drawn.borders)
    assert not re.search(r"\d\.\d\d", drawn.land + drawn.borders)
    assert outline() is drawn


def test_arcs_are_joined_also_backwards_and_a_shared_one_is_a_border():
    square = {"type": "Polygon", "arcs": [[0, -2]]}  # west and back from its end along the other
    twin = {"type": "MultiPolygon", "arcs": [[[1, 2]]]}
    topology = {
        "transform": {"scale": [1.0, 0.5], "translate": [10.0, 0.0]},
        "arcs": [[[0, 0], [10, 0], [0, 20]], [[0, 0], [0, 20], [10, 0]], [[10, 20], [-20, 9]]],
        "objects": {
            "land": {"geometries": [square]},
            "countries": {"geometries": [square, twin]},
        },
    }
    degrees = [(0, 10), (0, 20), (10, 20), (10, 10), (0, 10)]
    corners = [project(latitude, longitude) for latitude, longitude in degrees]

    (ring,), (border,) = rings(draw(topology).land), rings(draw(topology).borders)

    assert ring == [pytest.approx((corner.x, corner.y), abs=0.06) for corner in corners]
    assert border == [pytest.approx((c.x, c.y), abs=0.06) for c in (corners[0], *corners[3:1:-1])]


def test_a_light_is_larger_where_more_came():
    counts = [None, 1, 12, 120, 1_200, 12_000, 120_000, 10_000_000]
    radii = [light_at(0, 0, label="", url="", count=count).radius for count in counts]

    assert radii == sorted(radii)
    assert radii[0] == radii[1] < radii[2] < radii[3] < radii[4] < radii[5]
    assert radii[-1] == LARGEST_LIGHT


def test_a_light_stands_where_its_place_is():
    light = light_at(59.9, 10.7, label="Oslo", url="/o", count=0, state=LightState.QUIET)

    assert (light.x, light.y) == (project(59.9, 10.7).x, project(59.9, 10.7).y)
    assert (light.label, light.url, light.count, light.state) == ("Oslo", "/o", 0, "quiet")


def test_lights_far_from_each_other_keep_their_size():
    marks = [mark(10, 10), mark(100, 10), mark(10, 100)]

    assert cluster(marks) == tuple(marks)
    assert cluster([]) == ()
    assert cluster(marks[:1]) == (marks[0],)


def test_lights_close_to_each_other_leave_a_gap():
    left, right = cluster([mark(10, 10), mark(16, 10)])

    assert left.radius == right.radius == pytest.approx(2.7)
    assert left.radius + right.radius < 6


def test_lights_in_one_spot_stay_two_links_of_the_smallest_size():
    marks = cluster([mark(10, 10, label="Rome"), mark(10, 10, label="Vatican City")])

    assert [light.label for light in marks] == ["Rome", "Vatican City"]
    assert {light.radius for light in marks} == {SMALLEST_LIGHT}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 60), st.floats(0, 60), st.floats(SMALLEST_LIGHT, LARGEST_LIGHT)),
        min_size=2,
        max_size=60,
    )
)
def test_each_light_is_as_large_as_its_nearest_neighbour_allows(
    places: list[tuple[float, float, float]],
):
    marks = [mark(x, y, radius, label=str(number)) for number, (x, y, radius) in enumerate(places)]
    lights = cluster(marks)

    assert [light.label for light in lights] == [one.label for one in marks]
    for one, light in zip(marks, lights, strict=True):
        gap = min(math.dist((one.x, one.y), (two.x, two.y)) for two in marks if two is not one)
        expected = max(SMALLEST_LIGHT, min(one.radius, 0.45 * gap))
        assert light.radius == pytest.approx(expected, abs=0.006)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("spread", [0.0, 1.0, 40.0, 1000.0])
def test_ten_thousand_lights_are_no_burden_however_crowded(spread: float):
    marks = [
        mark(spread * (number * 0.618 % 1), spread * (number * 0.414 % 1), LARGEST_LIGHT)
        for number in range(10_000)
    ]

    assert len(cluster(marks)) == 10_000


def drawn(marks: tuple[MapMark, ...], **more: str) -> ElementTree.Element:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals.update(_=lambda text, **values: text % values, world_outline=outline)
    page = environment.from_string(
        '{% from "macros/map.html" import world_map %}{{ world_map(marks, title, **more) }}'
    )
    return ElementTree.fromstring(page.render(marks=marks, title="Where", more=more))


def lights(map_: ElementTree.Element) -> list[ElementTree.Element]:
    return [link for link in map_.iter("a") if "world-map-light" in link.get("class", "")]


def test_the_drawn_map_reads_as_a_list_of_links():
    oslo = light_at(59.9, 10.7, label="Oslo <Norway> & more", url="/en/c/events/oslo?a=1&b=2")
    seoul = light_at(37.6, 127, label="서울", url="/ko/s", state=LightState.QUIET)

    map_ = drawn((oslo, seoul), description="212 places")

    (listed,) = [group for group in map_.iter("g") if group.get("role") == "list"]
    items = list(listed)
    assert [item.get("role") for item in items] == ["listitem", "listitem"]
    assert [item[0].get("href") for item in items] == ["/en/c/events/oslo?a=1&b=2", "/ko/s"]
    assert ["".join(item.itertext()).strip() for item in items] == ["Oslo <Norway> & more", "서울"]
    assert [link.get("class") for link in lights(map_)] == [
        "world-map-light lit",
        "world-map-light quiet",
    ]
    assert map_.find(".//g[@aria-hidden='true']/path[@class='world-map-land']") is not None
    assert "212 places" in "".join(map_.find("figcaption").itertext())


def test_the_drawn_map_is_passed_by_one_link_from_either_side():
    map_ = drawn((light_at(0, 0, label="a", url="/a"),), name="turnout")

    links = list(map_.iter("a"))
    assert [link.get("class") for link in links] == [
        "skip-link",
        "world-map-light lit",
        "skip-link",
    ]
    assert links[0].get("href") == f"#{links[-1].get('id')}"
    assert links[-1].get("href") == f"#{links[0].get('id')}"
    assert links[0].get("id", "").startswith("turnout-")


def test_the_drawn_map_needs_no_script_and_no_style_of_its_own():
    map_ = drawn((light_at(0, 0, label="a", url="/a"),))

    names = {name for element in map_.iter() for name in element.attrib}
    assert "style" not in names
    assert not any(name.startswith("on") for name in names)
    assert {element.tag for element in map_.iter()} <= {
        "figure", "a", "svg", "g", "path", "text", "circle", "figcaption", "span",
    }  # fmt: skip


def test_a_map_without_lights_is_a_map_still():
    map_ = drawn(())

    assert lights(map_) == []
    assert map_.find(".//g[@role='list']") is None
    assert map_.find(".//path[@class='world-map-land']") is not None
