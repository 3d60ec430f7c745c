"""An event for machines: schema.org in JSON-LD, safe inside a page."""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from markupsafe import Markup

from campaign import clock
from campaign.addresses import absolute
from campaign.models import Event, EventStatus
from campaign.resolutions.queries import Quote
from campaign.templating import city_name

SCHEMA = "https://schema.org"
STATUSES: Mapping[EventStatus, str] = MappingProxyType(
    {
        EventStatus.PUBLISHED: "EventScheduled",
        EventStatus.HAPPENED: "EventScheduled",
        EventStatus.POSTPONED: "EventPostponed",
        EventStatus.CANCELLED: "EventCancelled",
    }
)
# Written as JSON escapes, none of these can end the element or begin another.
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'\u2028\u2029"}


def script_of(event: Event, quotes: Mapping[str, Quote]) -> Markup:
    """Return the text of a script element about an event; quotes by the slug of their demand."""
    text = json.dumps(_event(event, quotes), ensure_ascii=False)
    return Markup(text.translate(UNSAFE))  # noqa: S704 - no markup is left in it


def _event(event: Event, quotes: Mapping[str, Quote]) -> dict[str, object]:
    campaign = event.campaign
    address = absolute("events.event", campaign=campaign.slug, event=event.slug)
    return {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": address,
        "url": address,
        "identifier": event.uid,
        "name": f"{city_name(event.city)}: {event.title}",
        "description": event.description,
        "startDate": _local(event.starts_at, event.timezone),
        "endDate": _local(event.ends_at, event.timezone),
        "eventStatus": f"{SCHEMA}/{STATUSES[event.status]}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "location": _place(event),
        "organizer": {
            "@type": "Organization",
            "name": campaign.title,
            "url": absolute("pages.home", campaign=campaign.slug),
        },
        "about": [_quotation(campaign.slug, slug, quote) for slug, quote in quotes.items()],
        "inLanguage": event.languages.split() or [campaign.language],
    }


def _local(moment: datetime, timezone: str) -> str:
    return moment.astimezone(clock.zone(timezone)).isoformat(timespec="seconds")


def _place(event: Event) -> dict[str, object]:
    address = {
        "@type": "PostalAddress",
        "addressLocality": city_name(event.city),
        "addressCountry": event.city.country,
    }
    if event.site.address:
        address["streetAddress"] = event.site.address
    return {
        "@type": "Place",
        "name": event.site.name,
        "address": address,
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": event.site.latitude,
            "longitude": event.site.longitude,
        },
    }


def _quotation(campaign: str, demand: str, quote: Quote) -> dict[str, object]:
    return {
        "@type": "Quotation",
        "text": quote.exact,
        "url": absolute("resolutions.demand", campaign=campaign, demand=demand),
        "inLanguage": quote.clause.language,
        "isBasedOn": {
            "@type": "CreativeWork",
            "name": quote.resolution.title,
            "url": absolute("resolutions.resolution", campaign=campaign),
        },
    }
