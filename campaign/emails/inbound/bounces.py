"""Whether a mail to a return address says that ours was not delivered (RFC 3464)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr
from typing import Final

from campaign.emails.inbound.bounds import is_bounded

UNKNOWN: Final = "5.0.0"  # no more is said (RFC 3463 3.1)
READ: Final = 8_000  # characters of a report in words; what follows is our own mail
_REPORTS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_DAEMONS: Final = ("mailer-daemon", "postmaster", "mail-daemon", "mail delivery")
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_FINAL_STATUS: Final = re.compile(r"(?<![\d.])(5\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_FINAL_CODE: Final = re.compile(r"(?<![\d.])5[0-5]\d(?=[ -]|: )")
_QMAIL: Final = "Hi. This is the "  # how the reports of qmail begin, all of them final
_DELAY: Final = re.compile(r"\bdelay|\bwarning\b|retried|will (?:retry|keep trying)", re.IGNORECASE)
_COPY: Final = re.compile(
    r"^(?:return-path:|received:|[-=_ ]*(?:begin |this is a |below this line is a )?"
    r"(?:copy of|original message|returned message|undelivered message))",
    re.IGNORECASE | re.MULTILINE,
)


def final_failure(mail: bytes) -> str | None:
    """Return the status of a final failure ("5.1.1"), or None where a mail says anything else.

    Delays and successes, answers of people who are away, and receipts are something else. Reports
    are taken at their word; what only words tell must come from a server. Never raises.
    """
    if not is_bounded(mail):
        return None
    try:
        return _failure_in(message_from_bytes(mail))
    except Exception:  # What the standard library stumbles over in a mail has no end.
        return None


def _failure_in(message: Message) -> str | None:
    parts = list(_parts(message))
    reports = [part for part in parts if part.get_content_type() in _REPORTS]
    if reports:
        groups = (group for report in reports for group in _groups(report))
        return next((status for group in groups if (status := _failure_of(group))), None)
    texts = [_text(part) for part in parts if part.get_content_type() == "text/plain"]
    return _told(message, texts[0] if texts else "")


def _parts(message: Message) -> Iterator[Message]:
    """Walk through the parts in their order, but not into mails that are attached."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        contents = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(contents, list):
            waiting += reversed([inner for inner in contents if isinstance(inner, Message)])
        else:
            yield part


def _groups(report: Message) -> Iterator[Message]:
    """Return the groups of a report: of the whole mail, then of each recipient."""
    contents = report.get_payload()
    if not isinstance(contents, list):
        yield from map(message_from_string, re.split(r"\r?\n\r?\n", _text(report)))
        return
    for group in contents:
        if not isinstance(group, Message):
            continue
        yield group
        rest = group.get_payload()
        if isinstance(rest, str):  # Of the international kind the parser parts the first one only.
            yield from map(message_from_string, re.split(r"\r?\n\r?\n", rest.lstrip()))


def _failure_of(group: Message) -> str | None:
    """Return the status of a recipient who is given up, by whatever code: also after days."""
    action = str(group.get("Action", "")).strip().lower()
    status = _STATUS.search(str(group.get("Status", "")))
    code = status[1] if status else UNKNOWN
    is_final = action.startswith("failed") or (not action and bool(status) and code[0] == "5")
    return code if is_final else None


def _told(message: Message, text: str) -> str | None:
    """Judge a report in words, as servers without RFC 3464 write them."""
    head = _COPY.split(text[:READ], maxsplit=1)[0]
    if _DELAY.search(str(message.get("Subject", ""))) or not _is_of_a_server(message):
        return None
    status, code = _FINAL_STATUS.search(head), _FINAL_CODE.search(head)
    if status:
        return status[1]
    is_named = "X-Failed-Recipients" in message or head.startswith(_QMAIL)
    is_final = (is_named or code) and not _DELAY.search(head)
    return UNKNOWN if is_final else None


def _is_of_a_server(message: Message) -> bool:
    """Tell whether a mail server wrote it: people who are away answer under their own address."""
    name, address = parseaddr(str(message.get("From", "")))
    return any(who.lower().startswith(_DAEMONS) for who in (name, address))


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
