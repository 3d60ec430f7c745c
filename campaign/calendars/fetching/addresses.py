"""Addresses that may be fetched: how they are written, and where they may lead."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from campaign.calendars.fetching.refusals import AddressUnreadable
from campaign.calendars.lines import uri

_LONGEST_ADDRESS: Final = 2_000  # characters
_LONGEST_HOST: Final = 253  # characters
_PORTS: Final = {"http": 80, "https": 443, "webcal": 443, "webcals": 443}
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# A name of two parts or more, the last no number: 127.1 and 0x7f.0.0.1 are IP addresses.
_HOST: Final = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_INSIDE_NAMES: Final = (".localhost", ".local", ".internal", ".arpa", ".localdomain", ".lan")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
# What IANA keeps for special purposes; `ipaddress` calls some of it global.
_SPECIAL: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
            # Protocols of the IETF with Teredo among them, documentation, 6to4.
            *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address in parts that cannot be taken for anything else."""

    host: str  # a name in ASCII, lower case
    port: int
    is_secure: bool
    target: str  # path and query, percent-encoded

    @property
    def authority(self) -> str:
        """Answer the host as the Host header has it: with its port where that is another."""
        is_usual = self.port == (443 if self.is_secure else 80)
        return self.host if is_usual else f"{self.host}:{self.port}"


def read_address(text: str) -> Address:
    """Read an address that may be fetched. Raises AddressUnreadable.

    A name with a dot over http or https (webcal is https), at their own ports, without a password.
    Numbers are no names, however they are written.
    """
    text = text.strip()
    is_clean = all(" " < character != "\x7f" for character in text) and "\\" not in text
    if not is_clean or len(text) > _LONGEST_ADDRESS:
        raise AddressUnreadable
    try:
        parts = urlsplit(text)
        port = _PORTS.get(parts.scheme) if parts.port is None else parts.port
    except ValueError as reason:
        raise AddressUnreadable from reason
    host = parts.hostname or ""
    is_name = len(host) <= _LONGEST_HOST and _HOST.fullmatch(host) is not None
    is_inside = f".{host}".endswith(_INSIDE_NAMES)
    is_usable = parts.scheme in _PORTS and port in _PORTS.values() and "@" not in parts.netloc
    if port is None or not is_usable or not is_name or is_inside:
        raise AddressUnreadable
    query = f"?{uri(parts.query)}" if parts.query else ""
    return Address(host, port, parts.scheme != "http", uri(parts.path or "/") + query)


def is_public(address: str) -> bool:
    """Tell whether an IP address lies in the open internet and not inside anybody's network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        if ip in _NAT64:  # another way to write an IPv4 address
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip not in _PUBLIC_V6:
            return False
    return not any(ip in network for network in _SPECIAL)
