"""Feeds as Atom (RFC 4287), for readers of news."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import render_template

from campaign.calendars.lines import clean
from campaign.calendars.rendering import DemandLink, Entry
from campaign.calendars.views.feeds import Contents
from campaign.templating import local_date, local_time, zone_name

NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")  # characters that XML 1.0 cannot hold


@dataclass(frozen=True, slots=True)
class AtomRow:
    """An entry as the template shows it."""

    uid: str
    title: str
    published: str  # RFC 3339
    updated: str  # RFC 3339
    url: str
    demands: tuple[DemandLink, ...]
    words: str  # when, where and what, as plain text


def atom(held: Contents, address: str) -> bytes:
    """Return contents as Atom, in the language spoken now. The same state gives the same bytes."""
    text = render_template(
        "calendars/feed.xml",
        held=held,
        address=address,
        updated=_rfc3339(held.modified_at),
        rows=[_row(entry) for entry in held.entries],
    )
    return NO_XML.sub("", clean(text)).encode()


def _row(entry: Entry) -> AtomRow:
    return AtomRow(
        uid=entry.uid,
        title=entry.title,
        published=_rfc3339(entry.created_at),
        updated=_rfc3339(entry.modified_at),
        url=entry.url,
        demands=tuple(demand for demand in entry.demands if demand.label),
        words="\n".join(filter(None, (_when(entry), entry.location, entry.description))),
    )


def _when(entry: Entry) -> str:
    if entry.all_day_on:
        return local_date(entry.all_day_on)
    if entry.starts_local is None or entry.timezone is None:
        return ""
    day, hour = local_date(entry.starts_local.date()), local_time(entry.starts_local)
    return f"{day}, {hour} ({zone_name(entry.timezone)})"


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
