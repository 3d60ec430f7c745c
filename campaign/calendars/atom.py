"""Entries as Atom (RFC 4287), for readers of news: one element each, joined into feeds. Pure."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape as escape_html
from typing import Final

from campaign.calendars.lines import clean
from campaign.calendars.rendering import Entry
from campaign.formats import local_date, local_time, zone_name
from campaign.languages import current

_NO_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")  # characters that XML 1.0 cannot hold


@dataclass(frozen=True, slots=True)
class AtomHead:
    """What a feed says of itself."""

    name: str
    description: str  # "" = none
    author: str
    page: str  # its address for people
    source: str  # where to fetch it again
    language: str  # BCP 47 tag
    modified_at: datetime  # aware UTC


def render_atom_entry(entry: Entry) -> bytes:
    """Write one entry; its words begin with day, hour and place, in the language spoken now."""
    words = "\n".join(filter(None, (_when(entry), entry.location, entry.description)))
    labelled = [demand for demand in entry.demands if demand.label]
    lines = (
        "  <entry>",
        f"    <id>urn:uuid:{_identity(entry.uid)}</id>",
        f"    <title>{_text(entry.title)}</title>",
        f"    <published>{_rfc3339(entry.created_at)}</published>",
        f"    <updated>{_rfc3339(entry.modified_at)}</updated>",
        f'    <link rel="alternate" type="text/html" href="{_text(entry.url)}"/>',
        *(
            f'    <category term="{_text(demand.id)}" label="{_text(demand.label)}"/>'
            for demand in labelled
        ),
        f'    <content type="text">{_text(words)}</content>',
        "  </entry>\n",
    )
    return "\n".join(lines).encode()


def render_atom(head: AtomHead, entries: Iterable[bytes]) -> Iterator[bytes]:
    """Join entries into a feed, piece by piece; they keep their order."""
    lines = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_text(head.language)}">',
        f"  <id>{_text(head.source)}</id>",
        f"  <title>{_text(head.name)}</title>",
        *([f"  <subtitle>{_text(head.description)}</subtitle>"] if head.description else []),
        f"  <updated>{_rfc3339(head.modified_at)}</updated>",
        f"  <author><name>{_text(head.author)}</name></author>",
        f'  <link rel="self" type="application/atom+xml" href="{_text(head.source)}"/>',
        f'  <link rel="alternate" type="text/html" href="{_text(head.page)}"/>\n',
    )
    yield "\n".join(lines).encode()
    yield from entries
    yield b"</feed>\n"


def _identity(uid: str) -> str:
    """Return the UUID that an entry has in calendars; one of another form has its own."""
    try:
        return str(uuid.UUID(uid))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, uid.encode("utf-8", "replace").decode()))


def _when(entry: Entry) -> str:
    if entry.all_day_on:
        return local_date(entry.all_day_on)
    if entry.starts_local is None or entry.timezone is None:
        return ""
    return _told(entry.starts_local, entry.timezone, current())


@lru_cache(maxsize=4096)
def _told(moment: datetime, timezone: str, _language: str) -> str:
    """Return a moment in the language spoken now: of one call, most events begin alike."""
    return f"{local_date(moment.date())}, {local_time(moment)} ({zone_name(timezone)})"


def _text(words: str) -> str:
    return escape_html(_NO_XML.sub("", clean(words)))


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
