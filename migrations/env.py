"""Run migrations on the app's database, each whole or not at all; prepare the key store."""

from typing import Any

import sqlalchemy as sa
from alembic import context

from campaign.database import UTCDateTime, db
from campaign.vault import key_store


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own types as SQLAlchemy's, so that old migrations need nothing of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    """Migrate in one transaction: both databases roll back their DDL."""
    key_store.prepare()
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
