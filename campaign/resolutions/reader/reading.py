"""What a reading of a resolution answers: clauses, signatories, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any


class ClauseKind(Enum):
    """Name the one function that a span of a resolution has."""

    DEMAND = "demand"
    CALL = "call"
    COMMENDATION = "commendation"
    PLEDGE = "pledge"
    AFFIRMATION = "affirmation"
    THANKS = "thanks"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Span:
    """Mark a stretch of the text: `text == resolution[start:end]`."""

    text: str
    start: int  # characters from the beginning of the text
    end: int  # the first character after the span

    def as_json(self) -> dict[str, Any]:
        """Give the span as JSON knows it."""
        return {"text": self.text, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Unread:
    """Mark a stretch that could not be read, with the reason as a slug."""

    text: str
    start: int
    end: int
    reason: str  # no-known-verb, no-addressee, no-action, negated, nonexistent-date, ...

    def as_json(self) -> dict[str, Any]:
        """Give the span and its reason as JSON knows them."""
        return {"text": self.text, "start": self.start, "end": self.end, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class ReadClause:
    """Hold one clause: a span with one function, spoken to one addressee."""

    kind: ClauseKind
    addressee: str | None  # whom the paragraph speaks to, in the text's own words
    actor: str | None  # who shall act, where that is not the addressee
    text: str
    start: int
    end: int
    parent: int | None  # number of the clause that this one is a part of
    condition: str | None  # verbatim, with its leading word ("unless ...")
    dates: tuple[date, ...]
    site_class: str | None  # "embassies and consulates of CN"; calls only
    purpose: tuple[int, ...]  # numbers of the demands that a call says it serves
    language: str

    def as_json(self) -> dict[str, Any]:
        """Give the clause with the keys of the public contract."""
        return {
            "kind": self.kind.value,
            "addressee": self.addressee,
            "actor": self.actor,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "parent": self.parent,
            "condition": self.condition,
            "dates": [day.isoformat() for day in self.dates],
            "site_class": self.site_class,
            "purpose": list(self.purpose),
            "language": self.language,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold all that was read in one text; clauses count from 0, by place in the text."""

    title: str  # empty where the text has no heading
    adopted_on: date | None
    place: str | None
    language: str  # BCP 47; "und" where no known language was recognised
    length: int  # characters
    sha256: str  # of the text as UTF-8
    clauses: tuple[ReadClause, ...]
    signatories: tuple[Span, ...]
    unread: tuple[Unread, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the reading with the keys of the public contract."""
        return {
            "title": self.title,
            "adopted_on": self.adopted_on.isoformat() if self.adopted_on else None,
            "place": self.place,
            "language": self.language,
            "length": self.length,
            "sha256": self.sha256,
            "clauses": [clause.as_json() for clause in self.clauses],
            "signatories": [span.as_json() for span in self.signatories],
            "unread": [span.as_json() for span in self.unread],
        }
