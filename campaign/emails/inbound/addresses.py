"""The address that a mail comes back to: it says which mail it was, and only we can make one."""

import re
from base64 import b32decode, b32encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from campaign.database import setting

_MARK: Final = "b-"  # The hyphen tells it from the tokens that calendars answer to.
_CHARACTERS: Final = 39  # of base32: 16 octets that prove it, 8 of the mail's number
_NUMBER_OCTETS: Final = 8
_EMPTY_LINE: Final = re.compile(rb"\r?\n\r?\n")
_LABEL: Final = b"addresses of mails that come back"


def return_address(email_id: int) -> str | None:
    """Return the envelope's sender of a mail, or None without a mailbox.

    The mail's number is sealed in it (AES-SIV, RFC 5297): two of these addresses do not tell how
    many mails went out between them. Letters of one case only, since servers may change it; at
    most 53 octets before the "@".
    """
    mailbox = str(setting("REPLY_MAILBOX"))
    if not mailbox:
        return None
    name, _at, domain = mailbox.rpartition("@")
    sealed = _cipher().encrypt(email_id.to_bytes(_NUMBER_OCTETS), [_LABEL])
    token = b32encode(sealed).decode("ascii").rstrip("=").lower()
    return f"{name}+{_MARK}{token}@{domain}"


def header_of(mail: bytes) -> bytes:
    """Return the lines of a mail before its first empty one."""
    return _EMPTY_LINE.split(mail, maxsplit=1)[0]


def returned_to(header: bytes) -> int | None:
    """Return the number of the mail whose return address stands in a mail's header, or None.

    Which line holds it depends on the server: To, Delivered-To, X-Original-To, Envelope-to.
    """
    for token in _addresses().findall(header):
        padding = b"=" * (-len(token) % 8)
        try:
            return int.from_bytes(_cipher().decrypt(b32decode(token.upper() + padding), [_LABEL]))
        except (InvalidTag, ValueError):
            continue
    return None


def _addresses() -> re.Pattern[bytes]:
    name, _at, domain = str(setting("REPLY_MAILBOX")).encode().rpartition(b"@")
    token = b"([a-z2-7]{%d})" % _CHARACTERS
    parts = (rb"(?<![\w.+-])", re.escape(name), rb"\+", _MARK.encode(), token, b"@")
    return re.compile(b"".join((*parts, re.escape(domain), rb"(?![\w.-])")), re.IGNORECASE)


def _cipher() -> AESSIV:
    secret = str(setting("SECRET_KEY")).encode()
    return AESSIV(HKDF(algorithm=SHA256(), length=64, salt=None, info=_LABEL).derive(secret))
