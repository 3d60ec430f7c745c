"""What feeds there are, and the address of each: a campaign's slug, what kind, and of what."""

from enum import StrEnum


class Scope(StrEnum):
    """What a feed is of."""

    CAMPAIGN = "campaign"
    DEMAND = "demand"
    CALL = "call"
    ADDRESSEE = "addressee"
    COUNTRY = "country"
    CITY = "city"
    EVENT = "event"


FOLDERS = {
    Scope.DEMAND: "demands",
    Scope.CALL: "calls",
    Scope.ADDRESSEE: "addressees",
    Scope.COUNTRY: "countries",
    Scope.CITY: "cities",
    Scope.EVENT: "events",
}


def path_of(campaign: str, scope: Scope, value: str = "") -> str:
    """Return the address of a feed without its ending: "north-korea-2005/cities/oslo-no"."""
    if scope is Scope.CAMPAIGN:
        return f"{campaign}/calendar"
    return f"{campaign}/{FOLDERS[scope]}/{value}"
