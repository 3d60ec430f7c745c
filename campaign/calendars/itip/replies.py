"""What a calendar answered, read out of a mail that anybody may have sent (RFC 5546 3.2.3).

The mail is strange until proven ours: all that can grow is bounded before it is taken apart.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from icalendar.parser import Contentline, Contentlines

from campaign.calendars.itip.attachments import UnreadableReply, calendar_of
from campaign.calendars.itip.people import Participation, address_in, reply_token

LONGEST_LINE: Final = 2_000  # characters of one property
_NAME: Final = re.compile("[A-Za-z-]+")
_BEGIN: Final = re.compile("BEGIN:([A-Z-]+)", re.IGNORECASE)
_END: Final = re.compile("END:([A-Z-]+)", re.IGNORECASE)
_EVENT: Final = ["VCALENDAR", "VEVENT"]

Lines = dict[str, list[Contentline]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mail says that an attendee answered. Whether it counts is not decided here.

    Only the token proves that it was sent by somebody who had the invitation.
    """

    token: str  # of the invitation, as `new_reply_token` made it
    uid: str
    sequence: int  # of the invitation that was answered
    participation: Participation
    attendee: str  # the address that is said to answer
    sender: str  # the address that the mail is said to be from; "" = it names none
    stamped_at: datetime  # aware UTC; of two replies to one sequence the later one counts


def read_reply(message: bytes, mailbox: str) -> Reply:
    """Read a whole mail with a reply to an invitation of `mailbox` ("reply@example.org").

    It has one calendar of one event with one attendee and our token in its organizer's address.
    Raises `UnreadableReply` for anything else.
    """
    attached = calendar_of(message)
    calendar, event = _components(attached.text)
    if attached.method not in {"", "REPLY"} or _value(calendar, "METHOD").upper() != "REPLY":
        raise UnreadableReply("it is a message of another kind")
    if event["RECURRENCE-ID"]:
        raise UnreadableReply("it answers to one day of a series, and there are no series")
    token = reply_token(_address(event, "ORGANIZER"), mailbox)
    if token is None:
        raise UnreadableReply("its organizer's address has no token of ours")
    return Reply(
        token=token,
        uid=_value(event, "UID"),
        sequence=_sequence(event),
        participation=_participation(event),
        attendee=_address(event, "ATTENDEE"),
        sender=attached.sender,
        stamped_at=_stamp(event),
    )


def _components(text: str) -> tuple[Lines, Lines]:
    """Collect the lines of the calendar itself and of its one event, by name, in upper case.

    Those of anything inside or beside the event, zones above all, are not even looked at.
    """
    path: list[str] = []
    found: dict[str, Lines] = {"VCALENDAR": defaultdict(list), "VEVENT": defaultdict(list)}
    begun: list[list[str]] = []
    for line in Contentlines.from_ical(text):  # type: ignore[no-untyped-call]
        if begin := _BEGIN.fullmatch(line.strip()):
            path.append(begin[1].upper())
            if path[-1] in found:
                begun.append(path[:3])
        elif end := _END.fullmatch(line.strip()):
            _leave(path, end[1].upper())
        elif path in (_EVENT[:1], _EVENT):
            found[path[-1]][_name(line)].append(line)
    if begun != [_EVENT[:1], _EVENT] or path:
        raise UnreadableReply("it has not exactly one calendar of one event")
    return found["VCALENDAR"], found["VEVENT"]


def _name(line: str) -> str:
    name = _NAME.match(line.strip())
    return name[0].upper() if name else ""


def _leave(path: list[str], component: str) -> None:
    if not path or path.pop() != component:
        raise UnreadableReply("its components do not end as they began")


def _only(lines: Lines, name: str) -> tuple[dict[str, object], str]:
    """Answer the parameters and the value of a property that stands exactly once."""
    if len(lines[name]) != 1:
        raise UnreadableReply(f"it has {len(lines[name])} of {name}, not one")
    [line] = lines[name]
    if len(line) > LONGEST_LINE:
        raise UnreadableReply(f"its {name} is too long")
    try:
        _name, parameters, value = line.parts()
    except ValueError:
        # Without its cause, whose words may hold an address.
        raise UnreadableReply(f"its {name} cannot be read") from None
    return dict(parameters), value.strip()


def _value(lines: Lines, name: str) -> str:
    value = _only(lines, name)[1]
    if not value or not value.isprintable():
        raise UnreadableReply(f"its {name} says nothing")
    return value


def _address(event: Lines, name: str) -> str:
    address = address_in(_value(event, name))
    if address is None:
        raise UnreadableReply(f"its {name} is no mail address")
    return address


def _sequence(event: Lines) -> int:
    """Answer the sequence; without one it is 0 (RFC 5545 3.8.7.4)."""
    written = _value(event, "SEQUENCE") if event["SEQUENCE"] else "0"
    if not re.fullmatch("[0-9]{1,9}", written):
        raise UnreadableReply("its SEQUENCE is no number")
    return int(written)


def _participation(event: Lines) -> Participation:
    """Answer what was said; nothing and what is unknown count as unanswered (RFC 5545 3.2.12)."""
    said = str(_only(event, "ATTENDEE")[0].get("PARTSTAT", "")).upper()
    known = {participation.value: participation for participation in Participation}
    return known.get(said, Participation.NEEDS_ACTION)


def _stamp(event: Lines) -> datetime:
    """Answer the moment of the reply; a stamp without its Z is taken for UTC, as stamps are."""
    written = _value(event, "DTSTAMP").removesuffix("Z")
    try:
        return datetime.strptime(written, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise UnreadableReply("its DTSTAMP is no moment") from None
