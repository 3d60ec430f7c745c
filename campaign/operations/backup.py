"""Write all data into one file, and read it back, on whichever database. Never keys."""

import base64
import gzip
import json
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from campaign.database import UTCDateTime, db
from campaign.errors import CampaignError, InvalidError
from campaign.languages import lazy_gettext as _
from campaign.vault import key_store

FORMAT = "campaign-backup-1"
BATCH = 1000  # rows


class NotEmptyError(CampaignError):
    """A restore needs an empty database."""


def backup(path: Path, *, progress: Callable[[int], None] = lambda _rows: None) -> int:
    """Write every row into a gzipped file of JSON lines, mode 0600; return how many.

    The file appears whole or not at all. Personal data stays sealed, and its keys stay here.
    """
    rows = 0
    unfinished = path.with_name(path.name + ".part")
    handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw, gzip.open(raw, "wt", encoding="utf-8") as file:
            file.write(json.dumps({"format": FORMAT, "revision": _revision()}) + "\n")
            for table in db.metadata.sorted_tables:
                for row in _rows_of(table):
                    file.write(json.dumps([table.name, row], ensure_ascii=False) + "\n")
                    rows += 1
                    progress(rows)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def restore(path: Path, *, progress: Callable[[int], None] = lambda _rows: None) -> int:
    """Read a backup into an empty, prepared database; return how many rows.

    Raises InvalidError for a file that is no backup of this version, NotEmptyError.
    """
    for table in db.metadata.sorted_tables:
        if db.session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise NotEmptyError(_("This database is not empty: restore into a fresh one."))
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return _read_rows(file, progress)
    except (gzip.BadGzipFile, EOFError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidError(_("This file is no backup, or it is damaged.")) from error


def backup_keys(path: Path) -> int:
    """Overwrite the one newest copy of the wrapped keys, mode 0600; return how many."""
    unfinished = path.with_name(path.name + ".part")
    handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    keys = key_store.everything()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        for scope, master, wrapped, made_at in keys:
            line = [scope, master, base64.b64encode(wrapped).decode(), made_at.isoformat()]
            file.write(json.dumps(line) + "\n")
    unfinished.replace(path)
    return len(keys)


def restore_keys(path: Path) -> int:
    """Add the wrapped keys of a copy to the key store; return how many it held."""
    number = 0
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            scope, master, wrapped, _made_at = json.loads(line)
            key_store.add(scope, master, base64.b64decode(wrapped))
            number += 1
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidError(_("This file is no copy of a key store, or it is damaged.")) from error
    return number


def _rows_of(table: sa.Table) -> Iterator[dict[str, Any]]:
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    for row in db.session.execute(query).mappings():
        yield {name: _plain(value) for name, value in row.items()}


def _read_rows(file: IO[str], progress: Callable[[int], None]) -> int:
    head = json.loads(file.readline() or "null")
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InvalidError(_("This file is no backup, or it is damaged."))
    if head["revision"] != _revision():
        raise InvalidError(
            _("This backup is of another version: restore it with that one, then upgrade.")
        )
    batch: list[dict[str, Any]] = []
    table_name, rows = "", 0
    for line in file:
        name, row = json.loads(line)
        if name != table_name or len(batch) == BATCH:
            _insert(table_name, batch)
            batch, table_name = [], name
        batch.append(row)
        rows += 1
        progress(rows)
    _insert(table_name, batch)
    _set_sequences()
    return rows


def _insert(table_name: str, batch: list[dict[str, Any]]) -> None:
    if not batch:
        return
    table = db.metadata.tables[table_name]
    typed = [{name: _typed(table.c[name], value) for name, value in row.items()} for row in batch]
    db.session.execute(sa.insert(table), typed)


def _set_sequences() -> None:
    """Let PostgreSQL count on from the rows that came with their numbers."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and isinstance(column.type, sa.Integer):
            highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            db.session.execute(sa.select(sa.func.setval(sequence, highest, False)))


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, UTCDateTime | sa.DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Time):
        return time.fromisoformat(value)
    return kind.enum_class(value) if isinstance(kind, sa.Enum) and kind.enum_class else value


def _revision() -> str | None:
    query = sa.text("SELECT version_num FROM alembic_version")
    revision: str | None = db.session.scalar(query)
    return revision
