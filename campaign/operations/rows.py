"""Rows of any table as JSON and back, the same on every database."""

import base64
from collections.abc import Callable, Generator
from datetime import date, datetime, time
from enum import Enum
from typing import Any

import sqlalchemy as sa

from campaign.database import UTCDateTime, db

BATCH = 1000  # rows
Row = dict[str, Any]


def tables() -> list[sa.Table]:
    """Return every table that a backup holds, those that others refer to first.

    What is made of other rows is left out, and made anew after a restore.
    """
    return [table for table in db.metadata.sorted_tables if not table.info.get("is_derived")]


def plain_rows(table: sa.Table) -> Generator[Row, None, None]:
    """Read a table batch by batch, in the same order on every database; values fit into JSON."""
    keys = [_by_bytes(column) for column in table.primary_key.columns]
    query = sa.select(table).order_by(*keys).execution_options(yield_per=BATCH)
    with db.session.execute(query) as found:
        for row in found.mappings():
            yield {name: _plain(value) for name, value in row.items()}


def write_rows(table: sa.Table, rows: list[Row]) -> None:
    """Write rows of plain values. Raises KeyError, TypeError or ValueError for what does not fit.

    What refers to another row of the same table is left out: see `join_rows`.
    """
    own = own_references(table)
    typed = [
        {name: None if name in own else typed_value(table.c[name], row[name]) for name in row}
        for row in rows
    ]
    db.session.execute(sa.insert(table), typed)


def own_references(table: sa.Table) -> frozenset[str]:
    """Return the columns that refer to another row of the same table, such as a demand's parent."""
    return frozenset(
        column.name
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    )


def references_of(table: sa.Table, row: Row) -> Row:
    """Return a row's key and its references to other rows of the table; empty where it has none."""
    own = {name: row[name] for name in own_references(table) if row[name] is not None}
    return {**own, **{column.name: row[column.name] for column in table.primary_key}} if own else {}


def join_rows(table: sa.Table, references: list[Row]) -> None:
    """Let rows refer to others of their table, now that all are there."""
    for one in references:
        own = {name: one[name] for name in own_references(table) & one.keys()}
        is_it = [column == one[column.name] for column in table.primary_key]
        db.session.execute(sa.update(table).where(*is_it).values(own))


def typed_value(column: sa.Column[Any], value: Any) -> Any:
    """Turn a plain value into the column's own type. Raises TypeError, ValueError."""
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, sa.Enum) and kind.enum_class:
        return kind.enum_class(value)
    for sql_type, read in _READERS:
        if isinstance(kind, sql_type):
            return read(value)
    return value


def set_sequences() -> None:
    """Let PostgreSQL count on from the rows that came with their numbers."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is not None and isinstance(column.type, sa.Integer):
            highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            db.session.execute(sa.select(sa.func.setval(sequence, highest, False)))


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


_READERS: tuple[tuple[type, Callable[[str], object]], ...] = (
    (sa.LargeBinary, _bytes),
    (UTCDateTime, datetime.fromisoformat),
    (sa.DateTime, datetime.fromisoformat),
    (sa.Date, date.fromisoformat),
    (sa.Time, time.fromisoformat),
)


def _by_bytes(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return what sorts a column by its bytes: PostgreSQL would sort words by its locale."""
    is_words = isinstance(column.type, sa.Text) and db.engine.dialect.name == "postgresql"
    return sa.collate(column, "C") if is_words else column


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
