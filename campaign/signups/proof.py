"""Proofs of work: a small puzzle that costs one person seconds, and a flood its patience. Pure."""

from hashlib import sha256
from typing import Final

CALM: Final = 20  # sign-ups of an event in ten minutes below which nothing is asked for
LEAST_BITS: Final = 14  # some 16,000 hashes: a blink, or a second on a slow phone
MOST_BITS: Final = 20  # some 1,000,000 hashes: seconds, or half a minute on a slow phone
LONGEST_NONCE: Final = 32  # characters


def price_for(load: int) -> int:
    """Return the bits asked for at a load (sign-ups in ten minutes); one more as it doubles."""
    if load < CALM:
        return 0
    return min(LEAST_BITS + (load // CALM).bit_length() - 1, MOST_BITS)


def is_paid(token: str, nonce: str | None, bits: int) -> bool:
    """Tell whether the SHA-256 of "token:nonce" begins with so many zero bits.

    One hash whatever the price, and of no more than a nonce's length.
    """
    text = f"{token}:{(nonce or '')[:LONGEST_NONCE]}"
    digest = sha256(text.encode(errors="surrogatepass")).digest()
    return leading_zero_bits(digest) >= bits


def leading_zero_bits(digest: bytes) -> int:
    """Return how many bits of a digest are zero before the first that is not."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()
