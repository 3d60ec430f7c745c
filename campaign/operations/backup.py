"""Write all data into one file, and read it back, on whichever database. Never keys."""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, StatementError

from campaign.database import db, snapshot
from campaign.errors import CampaignError, InvalidError
from campaign.languages import lazy_gettext as _
from campaign.models import InstallationFact
from campaign.operations.files import appearing
from campaign.operations.rows import (
    BATCH,
    Row,
    join_rows,
    plain_rows,
    references_of,
    set_sequences,
    tables,
    write_rows,
)

FORMAT = "campaign-backup-1"
LEVEL = 6  # of compression
DAMAGE = (StatementError, KeyError, TypeError, ValueError, EOFError, gzip.BadGzipFile, zlib.error)
Progress = Callable[[int, int], None]  # rows done, of how many


class NotEmptyError(CampaignError):
    """A restore needs an empty database."""


def no_progress(_done: int, _of: int) -> None:
    """Tell nobody."""


def backup(path: Path, *, progress: Progress = no_progress) -> int:
    """Write every row, as of one moment, into a gzipped file of JSON lines; return how many.

    The first line is a head, each further one [table, row]. The same rows make the same bytes on
    every database. Personal data stays sealed, and its keys stay here.
    """
    with snapshot(), appearing(path) as raw, _compressed(raw) as file:
        total = sum(_count(table) for table in tables())
        head = {"format": FORMAT, "revision": _revision(), "rows": total}
        file.write(json.dumps(head) + "\n")
        done = 0
        for table in tables():
            with closing(plain_rows(table)) as found:
                for row in found:
                    file.write(json.dumps([table.name, row], ensure_ascii=False) + "\n")
                    done += 1
                    progress(done, total)
    return total


def restore(path: Path, *, progress: Progress = no_progress) -> int:
    """Read a backup into an empty, prepared database; return how many rows.

    Raises InvalidError for a file that is no whole backup of this version, NotEmptyError.
    """
    for table in tables():
        if table is not InstallationFact.__table__ and _count(table):
            raise NotEmptyError(_("This database is not empty: restore into a fresh one."))
    # A fresh installation knows facts of itself; those of the backup take their place.
    db.session.execute(sa.delete(InstallationFact))
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return _read(file, progress)
    except OperationalError:
        raise
    except DAMAGE as error:
        raise InvalidError(_("This file is no backup, or it is damaged.")) from error


@contextmanager
def _compressed(raw: IO[bytes]) -> Iterator[IO[str]]:
    """Give a text file that is compressed into another, without a date or a name in it."""
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=raw, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8") as file,
    ):
        yield file


def _read(file: IO[str], progress: Progress) -> int:
    head = json.loads(file.readline())
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InvalidError(_("This file is no backup, or it is damaged."))
    if head["revision"] != _revision():
        raise InvalidError(
            _("This backup is of another version: restore it with that one, then upgrade.")
        )
    done = 0
    references: dict[str, list[Row]] = {}
    for name, rows in _batches(file):
        table = db.metadata.tables[name]
        write_rows(table, rows)
        held = [one for one in (references_of(table, row) for row in rows) if one]
        references.setdefault(name, []).extend(held)
        done += len(rows)
        progress(done, head["rows"])
    if done != head["rows"]:
        raise InvalidError(_("This backup is not whole: it was cut off, or changed."))
    for name, held in references.items():
        join_rows(db.metadata.tables[name], held)
    set_sequences()
    return done


def _batches(file: IO[str]) -> Iterator[tuple[str, list[Row]]]:
    """Give consecutive rows of one table together, at most a batch of them."""
    table_name, batch = "", list[Row]()
    for line in file:
        name, row = json.loads(line)
        if batch and (name != table_name or len(batch) == BATCH):
            yield table_name, batch
            batch = []
        table_name = name
        batch.append(row)
    if batch:
        yield table_name, batch


def _count(table: sa.Table) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def _revision() -> str | None:
    query = sa.text("SELECT version_num FROM alembic_version")
    revision: str | None = db.session.scalar(query)
    return revision
