"""The same entries by the icalendar package: built property by property, then written."""

from collections.abc import Iterable
from datetime import UTC, timedelta

import icalendar

from campaign import clock
from campaign.calendars.rendering import Entry


def build(name: str, entries: Iterable[Entry]) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Peer//EN")
    calendar.add("name", name)
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.modified_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.modified_at)
    event.add("sequence", entry.sequence)
    event.add("status", entry.status.value)
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT" if entry.all_day_on else "OPAQUE")
    if entry.all_day_on:
        event.add("dtstart", entry.all_day_on)
        event.add("dtend", entry.all_day_on + timedelta(days=1))
    else:
        zone = UTC if entry.timezone == "UTC" else clock.zone(entry.timezone)
        event.add("dtstart", entry.starts_local.replace(tzinfo=zone))
        event.add("dtend", entry.ends_local.replace(tzinfo=zone))
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("x-alt-desc", entry.html, parameters={"FMTTYPE": "text/html"})
    event.add("url", entry.url)
    event.add("contact", entry.contact)
    if entry.location:
        event.add("location", entry.location)
        event.add("geo", (entry.latitude, entry.longitude))
        title = {"VALUE": "URI", "X-APPLE-RADIUS": "100", "X-TITLE": entry.location}
        point = f"geo:{entry.latitude:.6f},{entry.longitude:.6f}"
        event.add("x-apple-structured-location", point, parameters=title)
    event.add("categories", [demand.label for demand in entry.demands])
    for demand in entry.demands:
        event.add("concept", demand.url)
        event.add("refid", demand.id)
        typed = {"VALUE": "URI", "LINKREL": entry.demand_relation, "LABEL": demand.label}
        event.add("link", demand.url, parameters=typed)
    if entry.parent_uid:
        event.add("related-to", entry.parent_uid)
    badge = {"VALUE": "URI", "DISPLAY": "BADGE", "FMTTYPE": entry.picture.media_type}
    event.add("image", entry.picture.url, parameters=badge)
    return event
