"""The wrapped keys, in a database of their own of which only the newest copy is kept."""

from datetime import datetime

import sqlalchemy as sa

from campaign import clock
from campaign.database import UTCDateTime, insert_into, key_store, key_store_engine

metadata = sa.MetaData()
wrapped_keys = sa.Table(
    "wrapped_keys",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),  # event:<id>, account:<id>, installation
    sa.Column("master", sa.Text, nullable=False),  # name of the master key that wraps it
    sa.Column("wrapped", sa.LargeBinary, nullable=False),  # AES key wrap of 256 bits
    sa.Column("made_at", UTCDateTime, nullable=False),  # real time
)


def prepare() -> None:
    """Create the table where it is missing."""
    metadata.create_all(key_store_engine())


def find(scope: str) -> tuple[str, bytes] | None:
    """Return the master key's name and the wrapped key of a scope, or None."""
    query = sa.select(wrapped_keys.c.master, wrapped_keys.c.wrapped)
    with key_store() as connection:
        row = connection.execute(query.where(wrapped_keys.c.scope == scope)).first()
    return (row.master, row.wrapped) if row else None


def add(scope: str, master: str, wrapped: bytes) -> None:
    """Write a key, unless the scope has one already."""
    insert = insert_into(wrapped_keys, key_store_engine())
    values = {"scope": scope, "master": master, "wrapped": wrapped, "made_at": clock.real_now()}
    with key_store() as connection:
        connection.execute(insert.values(values).on_conflict_do_nothing())


def scopes(made_before: datetime | None = None) -> tuple[str, ...]:
    """Return all scopes with a key, or those whose key was made before a moment (real time)."""
    query = sa.select(wrapped_keys.c.scope).order_by(wrapped_keys.c.scope)
    if made_before:
        query = query.where(wrapped_keys.c.made_at < made_before)
    with key_store() as connection:
        return tuple(connection.execute(query).scalars())


def everything() -> list[tuple[str, str, bytes, datetime]]:
    """Return scope, master key's name, wrapped key and making of every key."""
    columns = wrapped_keys.c
    query = sa.select(columns.scope, columns.master, columns.wrapped, columns.made_at)
    with key_store() as connection:
        rows = connection.execute(query.order_by(columns.scope)).all()
    return [(row.scope, row.master, row.wrapped, row.made_at) for row in rows]


def delete(which: tuple[str, ...]) -> None:
    """Destroy keys for good: rows, free pages and write-ahead log."""
    if not which:
        return
    with key_store() as connection:
        connection.execute(sa.delete(wrapped_keys).where(wrapped_keys.c.scope.in_(which)))
    engine = key_store_engine()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.cursor()
        raw.execute("VACUUM" if engine.dialect.name == "sqlite" else "VACUUM wrapped_keys")
        if engine.dialect.name == "sqlite":
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
