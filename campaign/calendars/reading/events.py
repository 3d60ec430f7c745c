"""One VEVENT understood: who it is, what it says, when and where it is."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID, uuid5

from campaign.calendars.lines import one_line
from campaign.calendars.reading.answers import Note, ReadEntry, ReadProblem, Reason
from campaign.calendars.reading.clocks import Clocks, Start
from campaign.calendars.reading.components import Component
from campaign.calendars.reading.moments import Length, read_point, read_property
from campaign.calendars.reading.refusals import LONGEST_TEXT
from campaign.calendars.reading.timing import doubts, read_length, read_start, when_at
from campaign.calendars.reading.words import plain, unescape, without_markup
from campaign.calendars.rendering import EntryStatus

# UUIDs are derived under this one, so that a second reading gives the same.
_NAMESPACE: Final = UUID("5d1c7b0e-6b52-4f0f-9a3e-2f8a4c1d7e60")
_LONGEST_UID: Final = 500  # characters
_LONGEST_ADDRESS: Final = 2_000  # characters
_ADDRESS: Final = re.compile(r"https?://[^\s\x00-\x1f\x7f<>\"]+", re.IGNORECASE)
_STATUSES: Final = {
    "": EntryStatus.CONFIRMED,
    "CANCELED": EntryStatus.CANCELLED,
    **{status.value: status for status in EntryStatus},
}
_STREAMS: Final = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")


class LeftOut(Exception):
    """An event that cannot be taken, and why."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class FileEvent:
    """A VEVENT with its times understood, its words not yet."""

    component: Component
    clocks: Clocks
    start: Start
    occurrence: Start | None  # which one of its series it replaces; None = it is the event itself
    length: Length | None  # None = not said
    is_withdrawn: bool  # the whole calendar says that its events are cancelled
    time_notes: tuple[Note, ...]

    @cached_property
    def own_uid(self) -> str:
        """Answer its UID, or "" where it has none that can be used."""
        value = self.component.value("UID")
        return one_line(unescape(value)) if len(value) <= _LONGEST_UID else ""

    @cached_property
    def uid(self) -> str:
        """Answer its UID, or one that it would have again if it were read again."""
        return self.own_uid or derived_uid(self.start.key, *_title_and_place(self.component))

    @cached_property
    def version(self) -> tuple[int, str]:
        """Answer what grows with each change of an event."""
        stamps = (self.component.first(name) for name in ("LAST-MODIFIED", "DTSTAMP"))
        read = (read_property(given) for given in stamps if given)
        changes = (written.local.isoformat() for written in read if written)
        return read_sequence(self.component), max(changes, default="")

    def problem(self, reason: Reason) -> ReadProblem:
        """Answer that it was left out."""
        return problem(self.component, reason)


def read_event(component: Component, clocks: Clocks, *, is_withdrawn: bool) -> FileEvent:
    """Read when an event is. Raises LeftOut, ZonesTooIntricate."""
    if not component.is_whole:
        raise LeftOut(Reason.CUT_OFF)
    given = component.properties.keys() & {"DTSTART", "RECURRENCE-ID"}
    if not given:
        raise LeftOut(Reason.NO_START)
    occurrence = read_start(component, "RECURRENCE-ID", clocks)
    start = read_start(component, "DTSTART", clocks) if "DTSTART" in given else occurrence
    if start is None or ("RECURRENCE-ID" in given and occurrence is None):
        raise LeftOut(Reason.START_UNREADABLE)
    length, notes = read_length(component, start, clocks)
    return FileEvent(component, clocks, start, occurrence, length, is_withdrawn, tuple(notes))


def read_entry(event: FileEvent, uid: str) -> ReadEntry:
    """Read what an event says, at its own time."""
    component, notes = event.component, [*doubts(event.start), *event.time_notes]
    title, location = _title_and_place(component)
    description = _description(component)
    point = read_point(component.value("GEO"), component.value("X-APPLE-STRUCTURED-LOCATION"))
    status = _STATUSES.get(component.value("STATUS").strip().upper())
    guesses = {
        Note.NO_UID: not event.own_uid,
        Note.STATUS_UNKNOWN: status is None,
        Note.TEXT_CUT: any(len(text) > LONGEST_TEXT for text in (title, location, description)),
    }
    return ReadEntry(
        uid=uid,
        sequence=read_sequence(component),
        status=EntryStatus.CANCELLED if event.is_withdrawn else status or EntryStatus.CONFIRMED,
        title=title[:LONGEST_TEXT],
        when=when_at(event.start, event.length),
        description=description[:LONGEST_TEXT],
        location=location[:LONGEST_TEXT],
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        url=_address(component, "URL"),
        stream_url=next(filter(None, (_address(component, name) for name in _STREAMS)), None),
        notes=(*notes, *(note for note, is_guess in guesses.items() if is_guess)),
    )


def derived_uid(*parts: str) -> str:
    """Answer a UUID that is the same whenever the parts are."""
    return str(uuid5(_NAMESPACE, "\n".join(parts)))


def problem(component: Component, reason: Reason) -> ReadProblem:
    """Answer that an event was left out, with what it can be recognised by."""
    uid = one_line(unescape(component.value("UID")[:_LONGEST_UID]))
    title = one_line(unescape(component.value("SUMMARY")[:_LONGEST_UID]))
    return ReadProblem(component.line, uid, title, reason)


def read_sequence(component: Component) -> int:
    """Read how often an event was changed; 0 where it does not say so."""
    text = component.value("SEQUENCE").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _title_and_place(component: Component) -> tuple[str, str]:
    title, location = (plain(_text(component, name)) for name in ("SUMMARY", "LOCATION"))
    return one_line(title), one_line(location, ", ")


def _description(component: Component) -> str:
    text = plain(_text(component, "DESCRIPTION")) or plain(_text(component, "STYLED-DESCRIPTION"))
    return text or without_markup(_text(component, "X-ALT-DESC"))


def _text(component: Component, name: str) -> str:
    """Answer a text; of an endless one, more than is taken and less than takes long."""
    return unescape(component.value(name)[: 4 * LONGEST_TEXT])


def _address(component: Component, name: str) -> str | None:
    """Answer the first web address among the properties of a name."""
    for given in component.properties.get(name, ()):
        address = given.value.strip()[: _LONGEST_ADDRESS + 1].replace("\\", "")
        if len(address) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(address):
            return address
    return None
