"""Who takes part in an event that is sent by mail, and the addresses that replies go to."""

import re
from base64 import b32encode
from dataclasses import dataclass
from enum import Enum
from secrets import token_bytes
from typing import Final
from urllib.parse import quote, unquote

TOKEN_OCTETS: Final = 32
LONGEST_LOCAL_PART: Final = 64  # octets before the "@"; RFC 5321 4.5.3.1.1
LONGEST_ADDRESS: Final = 254  # octets; RFC 5321 4.5.3.1.3
_TOKEN: Final = re.compile("[a-z0-9]{26,58}")
# What stands before the "@" of a mailto URI as it is (RFC 6068 2).
_LOCAL_CHARACTERS: Final = "!$'*+-._~"
_SCHEME: Final = re.compile("mailto:", re.IGNORECASE)


class Participation(Enum):
    """What an attendee has answered (RFC 5545 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, slots=True)
class Organizer:
    """Who invites, and the address that reads the answers of one attendee alone."""

    name: str
    address: str  # as made by `reply_address`


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who is invited. Without a name: a pseudonym must not be tied to an address by a mail."""

    address: str
    name: str = ""
    participation: Participation = Participation.NEEDS_ACTION
    is_asked: bool = True  # to reply


def new_reply_token() -> str:
    """Make a token of 256 random bits in 52 lower-case letters and digits.

    Mail servers may change the case of an address, so no two tokens differ in case alone: base32.
    """
    return b32encode(token_bytes(TOKEN_OCTETS)).decode("ascii").rstrip("=").lower()


def reply_address(mailbox: str, token: str) -> str:
    """Answer the address by which a mailbox ("reply@example.org") gets the replies of one token.

    The token is 26 to 58 lower-case letters and digits, as `new_reply_token` makes them. Raises
    ValueError for any other, and where the part before the "@" would be longer than 64 octets.
    """
    name, _at, domain = mailbox.rpartition("@")
    local_part = f"{name}+{token}"
    if not (name and domain and _TOKEN.fullmatch(token)):
        raise ValueError("a reply address is made of a mailbox and a token")
    if len(local_part.encode()) > LONGEST_LOCAL_PART:
        raise ValueError("the part of an address before the @ is too long")
    return f"{local_part}@{domain}"


def reply_token(address: str, mailbox: str) -> str | None:
    """Answer the token of a reply address in any case, or None if it is not of that mailbox."""
    name, _at, domain = mailbox.lower().rpartition("@")
    local_part, _at, its_domain = address.lower().rpartition("@")
    token = local_part.removeprefix(f"{name}+")
    is_ours = its_domain == domain and local_part != token and _TOKEN.fullmatch(token)
    return token if is_ours else None


def mailto(address: str) -> str:
    """Write an address as a mailto URI that holds whatever its parts hold (RFC 6068)."""
    local_part, _at, domain = address.rpartition("@")
    before = quote(local_part, safe=_LOCAL_CHARACTERS, errors="replace")
    return f"mailto:{before}@{quote(domain, safe='[:]', errors='replace')}"


def address_in(uri: str) -> str | None:
    """Answer the address of a mailto URI, or None where there is none or it is no plain text."""
    scheme = _SCHEME.match(uri.strip())
    address = unquote(uri.strip()[scheme.end() :].partition("?")[0]) if scheme else ""
    is_address = "@" in address and address.isprintable() and len(address) <= LONGEST_ADDRESS
    return address if is_address else None
