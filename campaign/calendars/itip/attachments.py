"""The calendar inside of a mail, taken out with care: whoever sent it may mean harm (RFC 6047)."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr
from typing import Final

from campaign.emails.inbound.bounds import is_bounded

LARGEST_CALENDAR: Final = 128 * 1024  # octets of the calendar alone
# In which calendars are written, beside UTF-8; any other may be a codec that is no character set.
_CHARSETS: Final = frozenset(
    {
        *("us-ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15", "koi8-r"),
        *("windows-1250", "windows-1251", "windows-1252", "utf-16", "utf-16le", "utf-16be"),
        *("iso-2022-jp", "shift_jis", "euc-jp", "euc-kr", "gb2312", "gbk", "gb18030", "big5"),
    }
)
_CALENDAR, _FILE, _OTHER = range(3)


class UnreadableReply(ValueError):
    """A mail is no reply to an invitation; the reason says why and names nobody."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A calendar as it came in a mail."""

    text: str
    method: str  # as the header says, in upper case; "" = it does not
    sender: str  # the address in From; "" = none


def calendar_of(mail: bytes) -> Attached:
    """Take the calendar out of a mail: a text/calendar part before an attached file.

    Forwarded mails are left closed. Raises `UnreadableReply`.
    """
    if not is_bounded(mail):
        raise UnreadableReply("it is too large")
    try:
        return _attached(message_from_bytes(mail, policy=policy.default))
    except UnreadableReply:
        raise
    except Exception:
        # What the standard library stumbles over in a mail has no end, recursion included. Without
        # the cause, whose words may hold an address.
        raise UnreadableReply("it is no mail") from None


def _attached(message: Message) -> Attached:
    part = min(_parts(message), key=_rank, default=message)
    if _rank(part) == _OTHER:
        raise UnreadableReply("it holds no calendar")
    return Attached(
        text=_text(part),
        method=str(part.get_param("method", "")).upper(),
        sender=parseaddr(str(message.get("From", "")))[1],
    )


def _parts(message: Message) -> Iterator[Message]:
    """Walk through the parts in their order, but not into mails that are attached."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        contents = part.get_payload()
        if isinstance(contents, str):
            yield part
        elif part.get_content_maintype() == "multipart":
            waiting += reversed([inner for inner in contents if isinstance(inner, Message)])


def _rank(part: Message) -> int:
    """Tell how surely a part is the calendar: the first of the lowest rank is."""
    if part.get_content_type() == "text/calendar":
        return _CALENDAR
    is_file = part.get_content_type() == "application/ics"
    is_named = (part.get_filename() or "").lower().endswith(".ics")
    return _FILE if is_file or is_named else _OTHER


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or len(content) > LARGEST_CALENDAR:
        raise UnreadableReply("its calendar is too large")
    said = str(part.get_content_charset("utf-8"))
    charset = said if said in _CHARSETS else "utf-8"
    return content.decode(charset, "replace").removeprefix("\ufeff")
