"""What may be done with campaigns and resolutions."""

from campaign.resolutions.services.calls import aim, settle_call
from campaign.resolutions.services.campaigns import RESERVED, SlugTakenError, create_campaign
from campaign.resolutions.services.importing import (
    AlreadyPublishedError,
    import_resolution,
    publish_resolution,
)

__all__ = [
    "RESERVED",
    "AlreadyPublishedError",
    "SlugTakenError",
    "aim",
    "create_campaign",
    "import_resolution",
    "publish_resolution",
    "settle_call",
]
