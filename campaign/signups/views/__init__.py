"""Views of signups: URL -> answer, no rules. One module for each thing that volunteers do."""

from campaign.signups.views import (
    acting,
    address,
    card,
    code,
    feed,
    leaving,
    link,
    own_page,
    rights,
    sign_up,
    silence,
    testimony,
)
from campaign.signups.views.blueprint import signups

__all__ = [
    "acting",
    "address",
    "card",
    "code",
    "feed",
    "leaving",
    "link",
    "own_page",
    "rights",
    "sign_up",
    "signups",
    "silence",
    "testimony",
]
