"""Ways in, and pages of no capability."""

from flask import Blueprint

from campaign.permissions import public

pages = Blueprint("pages", __name__)


@pages.get("/<language:language>/")
@public
def campaigns() -> str:
    """Show the campaigns."""
    return "campaigns"
