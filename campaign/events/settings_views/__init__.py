"""Views of what organizers set up: URL -> answer, no rules. One module for each thing set up."""

from campaign.events.settings_views import (
    countries,
    forgetting,
    place,
    settings,
    sheets,
    shifts,
)
from campaign.events.settings_views.blueprint import event_settings

__all__ = ["countries", "event_settings", "forgetting", "place", "settings", "sheets", "shifts"]
