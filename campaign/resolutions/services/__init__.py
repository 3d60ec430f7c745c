"""What may be done with campaigns and resolutions."""

from campaign.resolutions.services.announcing import announce_calls, renew_calls
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
    "announce_calls",
    "create_campaign",
    "import_resolution",
    "publish_resolution",
    "renew_calls",
    "settle_call",
]
