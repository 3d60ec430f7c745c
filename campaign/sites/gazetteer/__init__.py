"""The cities of the world: found by what people type, by a point, or by a site's own words."""

from campaign.sites.gazetteer.nearest import city_for_site, distance_km, nearest_place
from campaign.sites.gazetteer.places import Place, Point
from campaign.sites.gazetteer.search import find_places, parse_point

__all__ = [
    "Place",
    "Point",
    "city_for_site",
    "distance_km",
    "find_places",
    "nearest_place",
    "parse_point",
]
