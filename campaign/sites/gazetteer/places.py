"""The file of cities, held as one block of bytes, and a place as read from its line."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin
from pathlib import Path

from campaign.sites.gazetteer.naming import name_in_language

CITIES = Path(__file__).parents[2] / "data" / "cities.tsv"


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the earth, in degrees north and east."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Place:
    """A city, town or large quarter of GeoNames."""

    geoname_id: int
    name: str  # in Latin letters
    country: str  # ISO 3166-1 alpha-2, and XK
    latitude: float
    longitude: float
    population: int  # people; 0 where GeoNames has none
    timezone: str  # IANA name
    other_names: tuple[str, ...]  # Korean, Japanese and Chinese

    def name_in(self, language: str) -> str:
        """Return the name that readers of a language use, else the Latin one."""
        return name_in_language(self.name, self.timezone, self.other_names, language=language)


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """What a search runs over; a place itself is read from its line only when it is the answer.

    A row is a line's number from 0, and the lines stand by population, the largest first.
    """

    text: bytes
    starts: array[int]  # offset of each line, and the end of the last
    countries: list[str]
    x: array[float]  # unit vector from the middle of the earth to latitude 0, longitude 0
    y: array[float]
    z: array[float]  # sine of the latitude
    by_latitude: dict[str | None, array[int]]  # rows from south to north; None = all countries

    def line(self, row: int) -> list[str]:
        """Return the eight columns of a row."""
        return self.text[self.starts[row] : self.starts[row + 1]].decode().rstrip("\n").split("\t")

    def place(self, row: int) -> Place:
        """Return the place of a row."""
        number, name, country, latitude, longitude, people, timezone, others = self.line(row)
        return Place(
            geoname_id=int(number),
            name=name,
            country=country,
            latitude=float(latitude),
            longitude=float(longitude),
            population=int(people),
            timezone=timezone,
            other_names=tuple(others.split("|")) if others else (),
        )


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """Return a point as a unit vector, in which neither date line nor pole is a special case."""
    phi, lam = radians(latitude), radians(longitude)
    return cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi)


def _by_latitude(countries: list[str], z: array[float]) -> dict[str | None, array[int]]:
    rows: dict[str | None, array[int]] = {None: array("I")}
    for row in sorted(range(len(z)), key=z.__getitem__):
        rows[None].append(row)
        rows.setdefault(countries[row], array("I")).append(row)
    return rows


@lru_cache(maxsize=1)
def places() -> PlaceTable:
    """Return the table of all places, read once."""
    text = CITIES.read_bytes()
    starts, countries = array("I", [0]), list[str]()
    x, y, z = array("d"), array("d"), array("d")
    known: dict[bytes, str] = {}  # one text for each country, not one for each row
    for line in text.splitlines(keepends=True):
        _, _, country, latitude, longitude, _ = line.split(b"\t", 5)
        countries.append(known.setdefault(country, country.decode()))
        vector = unit_vector(float(latitude), float(longitude))
        for axis, part in zip((x, y, z), vector, strict=True):
            axis.append(part)
        starts.append(starts[-1] + len(line))
    return PlaceTable(text, starts, countries, x, y, z, _by_latitude(countries, z))
