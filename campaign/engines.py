"""Which database bindings we use, and how each connection begins."""

import importlib
from typing import Any

SAFE_WAL = (3, 51, 3)  # Older SQLite can corrupt a WAL file that two connections checkpoint.


def engine_options(url: str) -> dict[str, Any]:
    """Return what create_engine needs beside the address."""
    if url.startswith("sqlite"):
        return {"module": sqlite_library(), "pool_size": 20, "max_overflow": 40}
    return {
        "pool_size": 10,
        "max_overflow": 20,
        "pool_pre_ping": True,
        "connect_args": {"connect_timeout": 5},  # seconds; a visitor waits meanwhile
    }


def sqlite_library() -> Any:
    """Return the SQLite binding to use: the packaged newer one where it is installed."""
    try:
        return importlib.import_module("pysqlite3")
    except ImportError:
        return importlib.import_module("sqlite3")


def prepare_sqlite(connection: Any, _record: Any) -> None:
    """Let a new connection keep its promises: on disk before it says so, and nothing left over."""
    connection.isolation_level = None  # We say BEGIN ourselves.
    cursor = connection.cursor()
    journal = "WAL" if sqlite_library().sqlite_version_info >= SAFE_WAL else "DELETE"
    for pragma in (
        "busy_timeout = 60000",
        f"journal_mode = {journal}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
