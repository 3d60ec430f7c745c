"""The algorithms: seal and open values, wrap keys, hash for look-up. Pure."""

import hmac
import json
import secrets
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

KEY_BYTES = 32
NONCE_BYTES = 12


class SealError(Exception):
    """A sealed value or key cannot be opened: wrong key, wrong place, or damaged."""


def make_key() -> bytes:
    """Return a fresh random key of 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, place: str, values: dict[str, object]) -> bytes:
    """Seal values under a key for one place (scope, row and field set), as nonce + ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return nonce + AESGCM(_derived(key, b"seal")).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, place: str, sealed: bytes) -> dict[str, object]:
    """Open what `seal` made for the same place. Raises SealError."""
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        plain = AESGCM(_derived(key, b"seal")).decrypt(nonce, ciphertext, place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError("sealed value cannot be opened") from error
    values: dict[str, object] = json.loads(plain)
    return values


def index(key: bytes, value: str) -> bytes:
    """Return 32 bytes that are equal for equal values under one key, and tell nothing else."""
    return hmac.digest(_derived(key, b"index"), value.encode(), sha256)


def wrap(master: bytes, key: bytes) -> bytes:
    """Return a key sealed by the master key (AES key wrap, RFC 3394)."""
    return aes_key_wrap(master, key)


def unwrap(master: bytes, wrapped: bytes) -> bytes:
    """Return the key that `wrap` sealed. Raises SealError."""
    try:
        return aes_key_unwrap(master, wrapped)
    except InvalidUnwrap as error:
        raise SealError("wrapped key cannot be opened") from error


def _derived(key: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(key)
