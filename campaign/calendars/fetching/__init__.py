"""Calendars fetched from addresses that people give, and from nowhere inside our own network."""

from campaign.calendars.fetching.addresses import is_public
from campaign.calendars.fetching.connections import Internet
from campaign.calendars.fetching.fetching import fetch_calendar
from campaign.calendars.fetching.refusals import (
    LARGEST_ANSWER,
    SECONDS,
    AddressUnreadable,
    FetchFailed,
    FetchMoved,
    FetchTooLarge,
    FetchTooSlow,
    HostUnknown,
)

__all__ = [
    "LARGEST_ANSWER",
    "SECONDS",
    "AddressUnreadable",
    "FetchFailed",
    "FetchMoved",
    "FetchTooLarge",
    "FetchTooSlow",
    "HostUnknown",
    "Internet",
    "fetch_calendar",
    "is_public",
]
