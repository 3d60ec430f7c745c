"""Snapshots: bytes that are read once by a person, and then stay as they are."""

from pathlib import Path

import pytest


def assert_is_pinned(content: bytes, snapshot: Path) -> None:
    """Compare with the snapshot; one that is missing is written, to be read before it is kept."""
    if not snapshot.exists():
        snapshot.write_bytes(content)
        pytest.fail(f"wrote {snapshot.name}")
    assert content.decode() == snapshot.read_bytes().decode()
