"""Ways in, and pages of no capability."""

from flask import Blueprint

from campaign.models import Campaign
from campaign.permissions import public

pages = Blueprint("pages", __name__)


@pages.get("/<language:language>/")
@public
def campaigns() -> str:
    """Show the campaigns."""
    return "campaigns"


@pages.get("/<language:language>/<campaign:campaign>/")
@public
def home(campaign: Campaign) -> str:
    """Show a campaign."""
    return campaign.title


@pages.get("/<language:language>/privacy")
@public
def privacy() -> str:
    """Say what becomes of people's details."""
    return "privacy"


@pages.get("/<language:language>/contact")
@public
def contact() -> str:
    """Say whom to write to."""
    return "contact"


@pages.get("/<language:language>/credits")
@public
def credits() -> str:
    """Name whose work this stands on."""
    return "credits"


@pages.get("/.well-known/security.txt")
@public
def security_txt() -> str:
    """Say where to report a hole."""
    return "contact"
