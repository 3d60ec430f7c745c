"""Read a resolution: plain text in, typed and addressed clauses out."""

from __future__ import annotations

from campaign.resolutions.reader.cleaning import MAX_BYTES, UnreadableText, clean
from campaign.resolutions.reader.reading import ClauseKind, ReadClause, Reading, Span, Unread
from campaign.resolutions.reader.whole import read_resolution

__all__ = [
    "MAX_BYTES",
    "ClauseKind",
    "ReadClause",
    "Reading",
    "Span",
    "Unread",
    "UnreadableText",
    "clean",
    "read_resolution",
]
