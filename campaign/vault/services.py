"""Seal personal data under a scope's own key, and destroy that key."""

from datetime import timedelta

from campaign import clock
from campaign.database import remembered, setting
from campaign.settings import master_keys
from campaign.vault import key_store, sealing

INSTALLATION = "installation"
ORPHAN_AGE = timedelta(days=1)


class KeyGoneError(Exception):
    """The key of a scope was destroyed, and what it sealed with it."""


def seal(scope: str, record: str, values: dict[str, object]) -> bytes:
    """Seal values for one record ("signups/<id>/details"); makes the scope's key if need be."""
    return sealing.seal(make_key(scope), f"{scope}|{record}", values)


def unseal(scope: str, record: str, sealed: bytes) -> dict[str, object]:
    """Open the values of a record.

    Raises KeyGoneError after `shred`, SealError for a wrong record or damage.
    """
    key = find_key(scope)
    if key is None:
        raise KeyGoneError(scope)
    return sealing.unseal(key, f"{scope}|{record}", sealed)


def index(scope: str, value: str) -> bytes:
    """Return the keyed hash of a value within a scope; makes the scope's key if need be."""
    return sealing.index(make_key(scope), value)


def find_index(scope: str, value: str) -> bytes | None:
    """Return the keyed hash of a value within a scope, or None where it has no key (any more)."""
    key = find_key(scope)
    return sealing.index(key, value) if key else None


def make_key(scope: str) -> bytes:
    """Return the scope's key, made and kept before anything is sealed by it."""
    key = find_key(scope)
    if key is None:
        name, master = next(iter(_masters().items()))
        key_store.add(scope, name, sealing.wrap(master, sealing.make_key()))
        key = find_key(scope)  # Another process may have been first: its key counts.
    if key is None:
        raise KeyGoneError(scope)
    return key


def find_key(scope: str) -> bytes | None:
    """Return the scope's key, or None; it is read once in a unit of work.

    Raises SealError if its master key is missing.
    """
    held: dict[str, bytes] = remembered("keys")
    if scope in held:
        return held[scope]
    found = key_store.find(scope)
    if found is None:
        return None
    name, wrapped = found
    if name not in _masters():
        raise sealing.SealError(f"master key {name} is missing")
    held[scope] = sealing.unwrap(_masters()[name], wrapped)
    return held[scope]


def shred(*scopes: str) -> None:
    """Destroy the keys of scopes, and so whatever they sealed, in backups too."""
    for scope in scopes:
        remembered("keys").pop(scope, None)
    key_store.delete(scopes)


def sweep_orphans(owned: frozenset[str]) -> int:
    """Destroy keys older than a day that nothing owns any more; return how many."""
    old = key_store.scopes(made_before=clock.real_now() - ORPHAN_AGE)
    orphans = tuple(scope for scope in old if scope not in owned and scope != INSTALLATION)
    shred(*orphans)
    return len(orphans)


def _masters() -> dict[str, bytes]:
    return master_keys(setting("MASTER_KEYS"))
