"""Run migrations on the app's database, all or none; prepare the key store and the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from campaign.database import UTCDateTime, db, setting, transaction
from campaign.demonstration import start_clock
from campaign.models import InstallationFact
from campaign.vault import key_store

LOCK = 20050428  # any number, the same in every version: one migrates, the others wait


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own types as SQLAlchemy's, so that old migrations need nothing of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    """Bring data and key store to the revision asked for. Raises RuntimeError with a sentence."""
    try:
        with db.engine.connect() as connection:
            migrate(connection)
            has_facts = sa.inspect(connection).has_table(InstallationFact.__tablename__)
    except OperationalError as error:
        sentence = "The database cannot be reached: look at CAMPAIGN_DATABASE_URL."
        raise RuntimeError(sentence) from error
    if has_facts and setting("NOW"):
        with transaction():
            start_clock(setting("NOW"))


def migrate(connection: Connection) -> None:
    """Migrate in one transaction under one lock: both databases roll back their DDL."""
    with foreign_keys_at_rest(connection), connection.begin():  # On SQLite this takes the lock.
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        key_store.prepare()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
        )
        context.run_migrations()
        refuse_dangling(connection)


@contextmanager
def foreign_keys_at_rest(connection: Connection) -> Iterator[None]:
    """Let SQLite make tables anew: it drops the old one, which would take rows of others along.

    The switch has an effect outside of transactions only.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()


def refuse_dangling(connection: Connection) -> None:
    """Undo a migration after which a row names a row that is not there. Raises RuntimeError."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if dangling is not None:
            raise RuntimeError(
                f"The migration would leave {dangling[0]} without its {dangling[2]}."
            )


run()
