"""Views of sites: URL -> answer, no rules."""

from flask import Blueprint

from campaign.models import Campaign
from campaign.permissions import public
from campaign.sites.queries import find_city

sites = Blueprint("sites", __name__)


@sites.get("/<language:language>/<campaign:campaign>/cities/<city>")
@public
def city(campaign: Campaign, city: str) -> str:
    """Show all that happens in a city."""
    return find_city(city).name
