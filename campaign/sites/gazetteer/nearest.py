"""Places by where they are: the nearest to a point, and the city that a site belongs to."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from math import asin, inf, sin, sqrt
from typing import Protocol

from campaign.sites.gazetteer.places import Place, places, unit_vector
from campaign.sites.gazetteer.search import rows_named

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
SAME_NAME_WITHIN_KM = 60  # a large city's edge may be that far from its middle
SAME_CITY_WITHIN_KM = 25
_CENTRE_KM = 3  # within it, nearer says little

_Vector = tuple[float, float, float]


class Located(Protocol):
    """Whatever has a place on the earth, in degrees."""

    @property
    def latitude(self) -> float:
        """North of the equator."""

    @property
    def longitude(self) -> float:
        """East of Greenwich."""


def _km(apart: float) -> float:
    """Return the way over the ground for the square of the straight way."""
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(apart) / 2))


def distance_km(a: Located, b: Located) -> float:
    """Return the great-circle distance of two points in kilometres."""
    here, there = unit_vector(a.latitude, a.longitude), unit_vector(b.latitude, b.longitude)
    return _km(sum((p - q) ** 2 for p, q in zip(here, there, strict=True)))


def _apart(here: _Vector, row: int) -> float:
    """Return the square of the straight way from a point to a place, on a globe of radius 1."""
    table, (x, y, z) = places(), here
    return (table.x[row] - x) ** 2 + (table.y[row] - y) ** 2 + (table.z[row] - z) ** 2


def _rows_of(country: str | None) -> array[int]:
    """Return the rows of a country from south to north; of the world if it has none."""
    every = places().by_latitude
    return every.get(country) or every[None]


def _nearest_row(here: _Vector, country: str | None) -> int:
    """Go north, then south, until the difference in latitude alone is more than the best."""
    z, rows = places().z, _rows_of(country)
    start = bisect_left(rows, here[2], key=z.__getitem__)
    best = (inf, 0)
    for way in (range(start, len(rows)), range(start - 1, -1, -1)):
        for number in way:
            row = rows[number]
            if (z[row] - here[2]) ** 2 > best[0]:
                break
            best = min(best, (_apart(here, row), row))
    return best[1]


def nearest_place(latitude: float, longitude: float, *, country: str | None = None) -> Place:
    """Return the place nearest to a point, in a country or anywhere.

    A country without a place of its own (Antarctica) is as if none were given.
    Raises ValueError where the latitude is none.
    """
    if not abs(latitude) <= 90:
        raise ValueError(f"no latitude: {latitude}")
    return places().place(_nearest_row(unit_vector(latitude, longitude), country))


def _within(here: _Vector, rows: Iterable[int], km: float) -> dict[int, float]:
    """Return which of the rows are no farther than this, and how far in kilometres."""
    table, reach = places(), 2 * sin(km / EARTH_RADIUS_KM / 2)
    near = (row for row in rows if abs(table.z[row] - here[2]) <= reach)
    distances = {row: _km(_apart(here, row)) for row in near}
    return {row: distance for row, distance in distances.items() if distance <= km}


def _pull(row: int, distance: float) -> float:
    """Return how strongly a city draws what is around it: by its people, over distance squared."""
    return int(places().line(row)[5]) / (distance + _CENTRE_KM) ** 2


def city_for_site(latitude: float, longitude: float, city_name: str, country: str) -> Place:
    """Return the city that a site belongs to, by its point, its city's name and its country.

    GeoNames has quarters of large cities as places of their own, and an embassy stands nearest to
    one of those. So the nearest place of that name within 60 km is the city; else the one within
    25 km that draws most; else the nearest in the country.
    """
    here, rows = unit_vector(latitude, longitude), _rows_of(country)
    named = _within(here, rows_named(city_name).intersection(rows), SAME_NAME_WITHIN_KM)
    if named:
        return places().place(min(named, key=named.__getitem__))
    around = _within(here, rows, SAME_CITY_WITHIN_KM)
    strongest = max(around, key=lambda row: _pull(row, around[row]), default=None)
    return places().place(_nearest_row(here, country) if strongest is None else strongest)
