"""The map of the world: an equal-area projection, its outlines, and lights that stay tellable."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, chain, pairwise, product
from math import asin, ceil, cos, floor, hypot, inf, log10, radians, sin, sqrt
from pathlib import Path
from typing import Any

COUNTRIES = Path(__file__).parents[1] / "data" / "countries-110m.json"

# Equal Earth (Šavrič, Patterson, Jenny 2018): polynomial coefficients of the parametric latitude.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
# The map is cut along 169° W, in the Bering Strait: Chukotka, Fiji, Tonga and Samoa stay whole.
CENTRAL_MERIDIAN = 11.0
NORTHERN_EDGE, SOUTHERN_EDGE = 84.0, -58.0  # Antarctica has no sites

WIDTH = 1000.0  # units of the view box; all lengths below are in these
SMALLEST_LIGHT, LARGEST_LIGHT = 1.6, 7.0  # radius
_ONE_LIGHT = 2.6  # where one came, or nobody knows how many
_SHARE_OF_GAP = 0.45  # of the way to the nearest neighbour; two together leave a gap
_CELL = SMALLEST_LIGHT / _SHARE_OF_GAP / sqrt(2)  # side of a square with room for one light
_NEEDLESS = re.compile(r"\b(?<!\.)0(?=\.)| (?=-)")  # the nought of 0.5, the blank before a minus


class LightState(StrEnum):
    """Whether a place is lit, or still waits for somebody."""

    LIT = "lit"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A point of the map, in units of its view box, from the upper left."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class MapMark:
    """One place on the map: a light that is a link."""

    x: float
    y: float
    radius: float
    label: str  # says all that the light shows
    url: str
    count: int | None  # what its size stands for; None = not known
    state: LightState


@dataclass(frozen=True, slots=True)
class WorldOutline:
    """What never changes of the map, as SVG path data."""

    width: float
    height: float
    land: str
    borders: str


def _plane(latitude: float, longitude: float) -> tuple[float, float]:
    """Return a point on the plane of Equal Earth; the radius of the globe is 1."""
    theta = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = theta * theta
    sixth = square**3
    x = 2 * sqrt(3) * radians(longitude) * cos(theta)
    x /= 3 * (9 * _A4 * square * sixth + 7 * _A3 * sixth + 3 * _A2 * square + _A1)
    return x, theta * (_A4 * square * sixth + _A3 * sixth + _A2 * square + _A1)


_SCALE = WIDTH / (2 * _plane(0, 180)[0])
_TOP = _plane(NORTHERN_EDGE, 0)[1]
HEIGHT = round(_SCALE * (_TOP - _plane(SOUTHERN_EDGE, 0)[1]))


def _around_centre(longitude: float) -> float:
    """Return a longitude as degrees east of the central meridian, from -180 to 180."""
    return (longitude - CENTRAL_MERIDIAN + 180) % 360 - 180


def _on_map(latitude: float, from_centre: float) -> MapPoint:
    x, y = _plane(latitude, from_centre)
    return MapPoint(x=WIDTH / 2 + _SCALE * x, y=_SCALE * (_TOP - y))


def project(latitude: float, longitude: float) -> MapPoint:
    """Return where a point of the earth (degrees) lies on the map.

    What is south of 58° S or north of 84° N lies outside the view box.
    """
    return _on_map(latitude, _around_centre(longitude))


def light_at(
    latitude: float,
    longitude: float,
    *,
    label: str,
    url: str,
    count: int | None = None,
    state: LightState = LightState.LIT,
) -> MapMark:
    """Return the light of a place: larger where more came, by tens, hundreds and thousands."""
    point = project(latitude, longitude)
    magnitude = log10(count) if count and count > 0 else 0.0
    radius = min(_ONE_LIGHT + magnitude, LARGEST_LIGHT)
    return MapMark(point.x, point.y, round(radius, 2), label, url, count, state)


def cluster(points: Sequence[MapMark]) -> tuple[MapMark, ...]:
    """Return the same lights in the same order, smaller where others are close.

    None is merged with another: each place keeps its own link.
    """
    cells = defaultdict(list)
    for point in points:
        cells[_cell(point)].append(point)
    return tuple(replace(point, radius=_radius_beside(point, cells)) for point in points)


def _cell(point: MapMark) -> tuple[int, int]:
    return floor(point.x / _CELL), floor(point.y / _CELL)


def _radius_beside(here: MapMark, cells: dict[tuple[int, int], list[MapMark]]) -> float:
    """Return the radius that leaves a gap to the nearest other light, but not the smallest one.

    A cell is so small that two lights in one leave room for the smallest only.
    """
    column, row = _cell(here)
    if len(cells[column, row]) > 1:
        return SMALLEST_LIGHT
    steps = ceil(here.radius / _SHARE_OF_GAP / _CELL)
    around = product(range(column - steps, column + steps + 1), range(row - steps, row + steps + 1))
    others = chain.from_iterable(cells[cell] for cell in around if cell in cells)
    gaps = (hypot(one.x - here.x, one.y - here.y) for one in others if one is not here)
    radius = min(here.radius, _SHARE_OF_GAP * min(gaps, default=inf))
    return max(SMALLEST_LIGHT, round(radius, 2))


@lru_cache(maxsize=1)
def outline() -> WorldOutline:
    """Return the outlines of the world, drawn once."""
    return draw(json.loads(COUNTRIES.read_bytes()))


def draw(topology: dict[str, Any]) -> WorldOutline:
    """Draw the land of a TopoJSON file as one area, and the borders between its countries."""
    arcs = _arcs(topology)
    land = topology["objects"]["land"]["geometries"]
    rings = (_joined(arcs, ring) for geometry in land for ring in _rings(geometry))
    visible = [ring for ring in rings if max(latitude for latitude, _ in ring) > SOUTHERN_EDGE]
    countries = topology["objects"]["countries"]["geometries"]
    shared = [arcs[number] for number in _shared_arcs(countries)]
    return WorldOutline(
        width=WIDTH,
        height=HEIGHT,
        land="".join(_path(ring, end="z") for ring in visible),
        borders="".join(_path(arc, end="") for arc in shared),
    )


_Line = list[tuple[float, float]]  # latitude, longitude


def _arcs(topology: dict[str, Any]) -> list[_Line]:
    """Return the arcs in degrees; TopoJSON has each position as whole steps from the one before."""
    x_step, y_step = topology["transform"]["scale"]
    x_start, y_start = topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        longitudes = (x_start + x_step * x for x in accumulate(step[0] for step in arc))
        latitudes = (y_start + y_step * y for y in accumulate(step[1] for step in arc))
        lines.append(list(zip(latitudes, longitudes, strict=True)))
    return lines


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        yield from polygon


def _joined(arcs: list[_Line], ring: list[int]) -> _Line:
    """Return a ring as one line; ~n is the arc n walked backwards, and arcs share their ends."""
    line: _Line = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        line += arc[1:] if line else arc
    return line


def _shared_arcs(countries: Iterable[dict[str, Any]]) -> list[int]:
    """Return the arcs that two countries have in common: their border."""
    uses = Counter(
        max(number, ~number) for country in countries for ring in _rings(country) for number in ring
    )
    return sorted(number for number, count in uses.items() if count > 1)


def _unrolled(line: _Line) -> _Line:
    """Return a line with longitudes from the centre that never jump from one edge to the other.

    It lies on the side on which it begins, and may reach a little over the edge there.
    """
    longitudes = [_around_centre(longitude) for _, longitude in line]
    turns = [0.0]
    for before, after in pairwise(longitudes):
        turns.append(turns[-1] - 360 * round((after - before) / 360))
    latitudes = (latitude for latitude, _ in line)
    return [
        (latitude, longitude + turn)
        for latitude, longitude, turn in zip(latitudes, longitudes, turns, strict=True)
    ]


def _path(line: _Line, *, end: str) -> str:
    """Return a line as path data: where it begins, then steps, in tenths of a unit.

    A line within one tenth has no steps and is left out: an empty "l" would end the whole path.
    """
    points = [_on_map(latitude, degrees) for latitude, degrees in _unrolled(line)]
    tenths = [(round(point.x * 10), round(point.y * 10)) for point in points]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(tenths) if (a, b) != (x, y)]
    return f"M{_numbers(tenths[:1])}l{_numbers(steps)}{end}" if steps else ""


def _numbers(pairs: Iterable[tuple[int, int]]) -> str:
    """Write tenths as short as SVG can read them: "12-.5" for 120 and -5."""
    texts = (f"{tenths / 10:g}" for pair in pairs for tenths in pair)
    return _NEEDLESS.sub("", " ".join(texts))
