"""The session, UTC time, and the one commit rule."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_request_context, make_response, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.sql.base import Executable

from campaign.engines import engine_options, prepare_sqlite

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_is_reading: ContextVar[bool] = ContextVar("is_reading", default=False)
View = TypeVar("View", bound=Callable[..., Any])


WORDS = sa.Enum(
    Enum,
    native_enum=False,
    length=40,
    values_callable=lambda members: [member.value for member in members],
)


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept as UTC on every database (SQLite itself forgets the zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs its time zone.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table shares: how constraints are called."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime(), str: sa.Text(), Enum: WORDS},
    )


db = SQLAlchemy(model_class=Base)


# --- Transactions of requests --------------------------------------------------------------


def _begin(connection: Connection) -> None:
    """Begin in the mode of the request: reads cannot write, writers take the lock at once."""
    writing = is_writing()
    if connection.dialect.name == "sqlite":
        if connection.info.get("is_writing") is not writing:
            connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
            connection.info["is_writing"] = writing
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    else:
        connection.connection.driver_connection.read_only = not writing  # type: ignore[union-attr]


def _listen(engine: Engine) -> None:
    sa.event.listen(engine, "begin", _begin)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", prepare_sqlite)


def init_app(app: Flask) -> None:
    """Join the database and the key store to the app, and the commit rule to its requests."""
    url = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        _listen(db.engine)
    key_url = app.config["KEYSTORE_URL"]
    app.extensions["key_store"] = sa.create_engine(key_url, **engine_options(key_url))
    if key_url.startswith("sqlite"):
        sa.event.listen(app.extensions["key_store"], "connect", prepare_sqlite)
        sa.event.listen(app.extensions["key_store"], "begin", _begin_key_store)
    app.before_request(_choose_mode)
    app.after_request(_end)


def _begin_key_store(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


# --- The commit rule -----------------------------------------------------------------------


def writes(view: View) -> View:
    """Mark a view that writes: every POST, and the GETs that write the trail."""
    view.is_writing = True  # type: ignore[attr-defined]
    return view


def writes_late(view: View) -> View:
    """Mark a view that writes, but reads first and calls `take_lock` where it begins to write."""
    view.is_writing = "late"  # type: ignore[attr-defined]
    return view


def take_lock() -> None:
    """End the reading of a view that writes late; what it loaded is loaded afresh when used."""
    db.session.rollback()
    g.is_writing = True


def is_writing() -> bool:
    """Tell whether the transaction that begins now may write."""
    if _is_reading.get():
        return False
    return bool(g.get("is_writing", False)) if has_request_context() else True


def abandon() -> None:
    """Drop all that the request wrote and go on reading: a refusal keeps nothing."""
    db.session.rollback()
    if has_request_context():
        g.is_writing = False


def keep(statement: Executable) -> None:
    """Commit a statement after the request's own transaction, whatever its status.

    Only for attempt counters, spent codes, trail rows of refusals and last-seen times.
    """
    g.setdefault("kept", []).append(statement)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what a command or a job did, or keep nothing if it raises."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _forget_what_is_remembered()
        db.session.remove()


@contextmanager
def reading() -> Iterator[None]:
    """Let a command or a job read without taking the write lock; what it loads is detached."""
    token = _is_reading.set(True)
    try:
        yield
    finally:
        _forget_what_is_remembered()
        db.session.remove()
        _is_reading.reset(token)


@contextmanager
def glance(app: Flask) -> Iterator[Connection]:
    """Open a reading connection beside whatever session is open, in a context of its own."""
    token = _is_reading.set(True)
    try:
        with app.app_context(), db.engine.connect() as connection:
            yield connection
    finally:
        _is_reading.reset(token)


def open_snapshot() -> Connection:
    """Open a connection that reads all tables as of one moment; whoever opens it closes it.

    For what is read on while the answer is sent, after the request's own transaction has ended.
    """
    connection = db.engine.connect()
    if db.engine.dialect.name == "postgresql":  # On SQLite every transaction is a snapshot.
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


@contextmanager
def snapshot() -> Iterator[None]:
    """Let a command read all tables as they were at one moment, whatever is written meanwhile."""
    with reading():
        if db.engine.dialect.name == "postgresql":  # On SQLite every transaction is a snapshot.
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield


def is_forbidden_write(error: DBAPIError) -> bool:
    """Tell whether what only reads tried to write: our fault, not the database's."""
    return not is_writing() and "readonly database" in str(error.orig)


def insert_into(table: Any, engine: Engine | None = None) -> Any:
    """Return an INSERT that can say ON CONFLICT, in the words of the database in use."""
    dialect = (engine or db.engine).dialect.name
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


@contextmanager
def key_store() -> Iterator[Connection]:
    """Open the key store in a transaction of its own, committed at the end."""
    engine: Engine = current_app.extensions["key_store"]
    with engine.begin() as connection:
        yield connection


def remembered(what: str) -> dict[str, Any]:
    """Return what is remembered of a kind as long as this unit of work lasts, and no longer."""
    memory: dict[str, dict[str, Any]] = g.setdefault("memory", {})
    return memory.setdefault(what, {})


def _forget_what_is_remembered() -> None:
    g.pop("memory", None)


def setting(name: str) -> Any:
    """Return a setting of the running app, for services, which do not know Flask."""
    return current_app.config[name]


def key_store_engine() -> Engine:
    """Return the key store's engine, for what cannot run in a transaction (VACUUM)."""
    engine: Engine = current_app.extensions["key_store"]
    return engine


def _choose_mode() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    g.is_writing = getattr(view, "is_writing", False) is True


def _end(response: Response) -> Response:
    """Commit below 400, roll back above; then commit what is kept in any case.

    What fails here fails the request: it is answered like an error of the view.
    """
    for step in (_end_transaction, _commit_kept):
        try:
            step(response.status_code)
        except Exception as error:
            response = make_response(current_app.handle_user_exception(error))
    g.is_writing = False
    _forget_what_is_remembered()
    return response


def _end_transaction(status: int) -> None:
    if not db.session.registry.has():  # It was never asked for anything.
        return
    if status < 400:
        db.session.commit()
    else:
        db.session.rollback()


def _commit_kept(_status: int) -> None:
    kept = g.pop("kept", [])
    if kept:
        g.is_writing = True
        with db.engine.begin() as connection:
            for statement in kept:
                connection.execute(statement)
