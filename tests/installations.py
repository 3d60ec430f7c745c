"""Installations of the product for tests: made once by its migrations, emptied after each test."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text

from campaign import create_app
from campaign.database import db, key_store_engine
from campaign.engines import sqlite_library

BASE_URL = "http://localhost"
KEPT_TABLES = {"alembic_version"}


@dataclass(frozen=True)
class Installation:
    """An app with its database, its key store and its instance folder."""

    app: Flask
    folder: Path
    settings: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The settings as another process takes them."""
        return {f"CAMPAIGN_{name}": value for name, value in self.settings.items()}

    @property
    def engines(self) -> list[Engine]:
        """The engines of the database and of the key store."""
        with self.app.app_context():
            return [db.engine, key_store_engine()]

    def empty(self) -> None:
        """Remove every row and every mail, leaving the tables."""
        for engine in self.engines:
            _empty(engine)
        shutil.rmtree(self.folder / "mail", ignore_errors=True)


@contextmanager
def installed(
    folder: Path, database_url: str, keystore_url: str, base_url: str = BASE_URL
) -> Iterator[Installation]:
    """Install the product on these databases, as an operator would; let go of them at the end."""
    settings = {
        "MODE": "demo",
        "DATABASE_URL": database_url,
        "KEYSTORE_URL": keystore_url,
        "INSTANCE_FOLDER": str(folder),
        "BASE_URL": base_url,
    }
    app = create_app(settings)
    app.testing = True
    with app.app_context():
        flask_migrate.upgrade()
    installation = Installation(app, folder, settings)
    try:
        yield installation
    finally:
        for engine in installation.engines:
            engine.dispose()


@contextmanager
def installed_on_sqlite(folder: Path, base_url: str = BASE_URL) -> Iterator[Installation]:
    """Install the product on SQLite files in this folder."""
    urls = (f"sqlite:///{folder / name}.sqlite" for name in ("campaign", "keys"))
    with installed(folder, *urls, base_url=base_url) as installation:
        yield installation


def reserved_port() -> socket.socket:
    """Take a free port on this machine, so that an address is known before anything serves it."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            _empty_postgresql(connection)
        else:
            _empty_sqlite(connection)


def _empty_postgresql(connection: Connection) -> None:
    # A transaction that a test forgot would hold its rows: say so instead of waiting for ever.
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    # Neither the order of foreign keys nor the triggers that guard the trail matter here.
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    for name in set(connection.scalars(text(query))) - KEPT_TABLES:
        connection.execute(text(f'DELETE FROM "{name}"'))


def _empty_sqlite(connection: Connection) -> None:
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    guards = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%raise(%'")
    ).all()
    for name, _ in guards:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    query = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type != 'shadow'"
    for name in set(connection.scalars(text(query))) - KEPT_TABLES:
        if not name.startswith("sqlite_"):
            connection.execute(text(f'DELETE FROM "{name}"'))
    for _, definition in guards:
        connection.exec_driver_sql(definition)


@contextmanager
def connected_beside(url: URL) -> Iterator[Connection]:
    """Write as another process would; by the same library, or SQLite's locks would be lost."""
    options = {"module": sqlite_library()} if url.drivername == "sqlite" else {}
    engine = create_engine(url, poolclass=NullPool, **options)
    with engine.begin() as connection:
        yield connection
