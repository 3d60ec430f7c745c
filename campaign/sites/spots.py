"""Where a place is that somebody wrote down: at a site we know, else in a city of the gazetteer."""

from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa

from campaign.database import db
from campaign.models import City, Site
from campaign.sites.gazetteer import Place, Point, distance_km, find_places, nearest_place

SAME_PLACE_KM = 0.3  # as far as one geocoder puts a building from another
NEIGHBOURS = 0.02  # degrees that a neighbour may lie off, before the distance is measured
PARTS_READ = 6  # of a place's words, between commas


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as we understand it. One of `site` and `place` is set."""

    site: Site | None  # that we know
    place: Place | None  # the city of a place that we do not know yet
    name: str
    latitude: float  # degrees north
    longitude: float  # degrees east
    is_exact: bool  # False = no more than its city is known

    @property
    def timezone(self) -> str:
        """Return the IANA name of the zone whose clocks it goes by."""
        if self.site is not None:
            return self.site.timezone
        return self.place.timezone if self.place else "UTC"


def find_spot(words: str, latitude: float | None, longitude: float | None) -> Spot | None:
    """Return the spot meant by words ("Town Hall, Oslo, Norway") or a point; None = no idea.

    A point counts before words; a site that we know counts before a new one.
    """
    if latitude is None or longitude is None:
        return _by_words(words)
    site = _site_near(words, latitude, longitude)
    if site is not None:
        return _at(site)
    place = nearest_place(latitude, longitude)
    name = words.partition(",")[0].strip() or place.name
    return Spot(None, place, name, latitude, longitude, is_exact=True)


def _at(site: Site) -> Spot:
    return Spot(site, None, site.name, site.latitude, site.longitude, is_exact=True)


def _site_near(words: str, latitude: float, longitude: float) -> Site | None:
    """Return the site at a point; of several the one that the words name, else the nearest."""
    near = sa.select(Site).where(
        Site.latitude.between(latitude - NEIGHBOURS, latitude + NEIGHBOURS),
        Site.longitude.between(longitude - NEIGHBOURS * 3, longitude + NEIGHBOURS * 3),
    )
    here = Point(latitude=latitude, longitude=longitude)
    close = [
        (not words.startswith(site.name), distance, site.id, site)
        for site in db.session.scalars(near)
        if (distance := distance_km(here, site)) <= SAME_PLACE_KM
    ]
    return min(close)[-1] if close else None


def _by_words(words: str) -> Spot | None:
    parts = [part.strip() for part in words.split(",") if part.strip()][:PARTS_READ]
    for name in _beginnings(parts):
        named = sa.select(Site).join(Site.city).where(sa.func.lower(Site.name) == name.lower())
        sites = [site for site in db.session.scalars(named.order_by(Site.id))]
        fitting = [site for site in sites if _is_in(site.city, words)]
        if len(fitting or sites) == 1:
            return _at((fitting or sites)[0])
    place = _city_in(parts)
    if place is None:
        return None
    return Spot(None, place, parts[0], place.latitude, place.longitude, is_exact=False)


def _beginnings(parts: list[str]) -> list[str]:
    """Return names that may themselves hold commas, the longest first."""
    return [", ".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _is_in(city: City, words: str) -> bool:
    return any(name.casefold() in words.casefold() for name in (city.name, *city.other_names))


def _city_in(parts: list[str]) -> Place | None:
    """Return the city that an address names, looked for from its end: there the country stands."""
    wholes = [f"{first}, {second}" for first, second in pairwise(parts)]
    for words in [*reversed(wholes), *reversed(parts)]:
        if any(letter.isdigit() for letter in words) and words in wholes:
            continue
        found = find_places(words, limit=1)
        if found and _is_named(found[0], words):
            return found[0]
    return None


def _is_named(place: Place, words: str) -> bool:
    """Tell whether words begin with a place's name: no beginning of one, and no country alone."""
    first = words.partition(",")[0].casefold()
    names = (place.name, *place.other_names, *map(place.name_in, ("ko", "ja", "fr", "pl", "ru")))
    return any(first == name.casefold() for name in names)
