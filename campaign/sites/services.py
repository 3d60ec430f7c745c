"""Take site lists in, and make the cities that their sites lie in."""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from hashlib import sha256

import sqlalchemy as sa
from babel import Locale

from campaign import clock
from campaign.database import db
from campaign.errors import InvalidError
from campaign.languages import LANGUAGES
from campaign.languages import lazy_gettext as _
from campaign.models import City, Site, SiteList, SiteListEntry
from campaign.sites.gazetteer import Place, city_for_site
from campaign.sites.gazetteer.places import unit_vector
from campaign.sites.gazetteer.spelling import fold
from campaign.sites.site_file import SiteRow
from campaign.sites.spots import Spot

LONGEST_NAME = 100  # characters, of a list
SHOWN = {"name", "latitude", "longitude"}  # what events show of their site


@dataclass(frozen=True, slots=True)
class SiteImport:
    """What an import did: numbers of sites."""

    added: int
    changed: int
    unchanged: int
    taken_off: int  # on the list before, not in the file any more
    moved: frozenset[str]  # ids of the sites whose name or place, which events show, changed


def import_sites(
    rows: Iterable[SiteRow],
    list_name: str,
    *,
    progress: Callable[[], None] = lambda: None,
) -> SiteImport:
    """Make a list of exactly these sites. A second run changes only what changed.

    A site that is on no list any more stays, since events may stand on it. Raises InvalidError
    for a list without a name.
    """
    site_list = _find_or_make_list(list_name)
    known = {site.id: site for site in db.session.scalars(sa.select(Site))}
    cities = {city.geoname_id: city for city in db.session.scalars(sa.select(City))}
    changes: dict[str, frozenset[str] | None] = {}
    for row in rows:
        values = _values(row, _city_of(row, cities))
        changes[row.id] = _keep(known.get(row.id), values)
        progress()
    db.session.flush()
    taken_off = _set_entries(site_list, set(changes))
    return SiteImport(
        added=sum(columns is None for columns in changes.values()),
        changed=sum(bool(columns) for columns in changes.values()),
        unchanged=sum(columns == frozenset() for columns in changes.values()),
        taken_off=taken_off,
        moved=frozenset(
            site_id for site_id, columns in changes.items() if SHOWN & (columns or set())
        ),
    )


def find_or_make_city(place: Place) -> City:
    """Return the city of a place of the gazetteer, made where it is new."""
    known = db.session.scalar(sa.select(City).where(City.geoname_id == place.geoname_id))
    return known or _make_city(place)


def find_or_make_site(spot: Spot) -> Site:
    """Return the site of a spot; one that is new is on no list, and whoever organizes knows it."""
    if spot.site is not None:
        return spot.site
    if spot.place is None:
        raise ValueError("a spot is at a site or in a city")
    city = find_or_make_city(spot.place)
    point = f"{spot.latitude:.5f}-{spot.longitude:.5f}"
    site_id = f"place-{city.slug}-{sha256(f'{spot.name}-{point}'.encode()).hexdigest()[:12]}"
    return db.session.get(Site, site_id) or _make_site(site_id, spot, city)


def _make_site(site_id: str, spot: Spot, city: City) -> Site:
    site = Site(
        id=site_id,
        city=city,
        kind="place",
        name=spot.name,
        country=city.country,
        latitude=spot.latitude,
        longitude=spot.longitude,
        timezone=city.timezone,
        precision="site" if spot.is_exact else "city",
        existed_on={},
        exists_now="unknown",
        changed_at=clock.now(),
    )
    db.session.add(site)
    db.session.flush()
    return site


def _find_or_make_list(name: str) -> SiteList:
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise InvalidError(
            _("A site list needs a name of at most %(number)s characters.", number=LONGEST_NAME)
        )
    site_list = db.session.scalar(sa.select(SiteList).where(SiteList.name == name))
    if site_list is None:
        site_list = SiteList(name=name)
        db.session.add(site_list)
        db.session.flush()
    return site_list


def _city_of(row: SiteRow, cities: dict[int, City]) -> City:
    place = city_for_site(row.latitude, row.longitude, row.city, row.country)
    if place.geoname_id not in cities:
        cities[place.geoname_id] = _make_city(place)
    return cities[place.geoname_id]


def _make_city(place: Place) -> City:
    x, y, z = unit_vector(place.latitude, place.longitude)
    slug = f"{_slug(place.name)}-{place.country.lower()}"
    if db.session.scalar(sa.select(City.id).where(City.slug == slug)):
        slug = f"{slug}-{place.geoname_id}"
    city = City(
        slug=slug,
        geoname_id=place.geoname_id,
        name=place.name,
        other_names=list(place.other_names),
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        x=x,
        y=y,
        z=z,
        timezone=place.timezone,
        search_text=_search_text(place),
    )
    db.session.add(city)
    db.session.flush()
    return city


def _search_text(place: Place) -> str:
    countries = [
        Locale.parse(language.locale).territories.get(place.country, "")
        for language in LANGUAGES.values()
    ]
    words = [place.name, fold(place.name), *place.other_names, *countries]
    return "\n".join(dict.fromkeys(word.casefold() for word in words if word))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "place"


def _values(row: SiteRow, city: City) -> dict[str, object]:
    values = {name: value for name, value in asdict(row).items() if name in _SITE_COLUMNS}
    existed = {day.isoformat(): answer for day, answer in row.existed_on}
    return {**values, "existed_on": existed, "city_id": city.id}


_SITE_COLUMNS = {column.key for column in sa.inspect(Site).column_attrs} & {
    field.name for field in fields(SiteRow)
}


def _keep(site: Site | None, values: dict[str, object]) -> frozenset[str] | None:
    """Make or change a site and return which columns changed; None = it is new."""
    if site is None:
        db.session.add(Site(**values, changed_at=clock.now()))
        return None
    differing = {name: value for name, value in values.items() if getattr(site, name) != value}
    for name, value in differing.items():
        setattr(site, name, value)
    if differing:
        site.changed_at = clock.now()
    return frozenset(differing)


def _set_entries(site_list: SiteList, listed: set[str]) -> int:
    of_list = sa.select(SiteListEntry).where(SiteListEntry.list_id == site_list.id)
    entries = {entry.site_id: entry for entry in db.session.scalars(of_list)}
    for site_id in listed - entries.keys():
        db.session.add(SiteListEntry(list_id=site_list.id, site_id=site_id))
    gone = entries.keys() - listed
    for site_id in gone:
        db.session.delete(entries[site_id])
    db.session.flush()
    return len(gone)
