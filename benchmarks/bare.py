"""The floor to measure from: a constant small page, and one row inserted and committed."""

import os

import sqlalchemy as sa
from flask import Flask, has_request_context, request

from campaign.engines import engine_options

PAGE = "<!doctype html><title>Bare</title><p>A constant small page."

app = Flask(__name__, static_folder=None)
url = os.environ["BARE_DATABASE_URL"]
engine = sa.create_engine(url, **engine_options(url))
is_sqlite = engine.dialect.name == "sqlite"
rows = sa.Table(
    "rows",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("words", sa.Text),
)


@sa.event.listens_for(engine, "connect")
def _as_the_product_does(connection, _record) -> None:
    """Give the same promise for a commit as the product: on disk before anybody is told."""
    if not is_sqlite:
        return
    connection.isolation_level = None
    for pragma in ("busy_timeout = 60000", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


@sa.event.listens_for(engine, "begin")
def _begin(connection) -> None:
    if not is_sqlite:
        return
    is_reading = request.method == "GET" if has_request_context() else False
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


with engine.begin() as first:
    if not is_sqlite:  # Two processes that make one table at once would trip over each other.
        first.execute(sa.text("SELECT pg_advisory_xact_lock(1)"))
    first.execute(sa.schema.CreateTable(rows, if_not_exists=True))
    if first.scalar(sa.select(sa.func.count(rows.c.id))) == 0:
        first.execute(sa.insert(rows), [{"words": f"row {number}"} for number in range(1000)])


@app.get("/")
def page() -> str:
    return PAGE


@app.get("/row")
def row() -> str:
    with engine.connect() as connection:
        return connection.scalars(sa.select(rows.c.words).where(rows.c.id == 500)).one()


@app.post("/rows")
def insert() -> str:
    with engine.begin() as connection:
        connection.execute(sa.insert(rows).values(words="x" * 200))
    return PAGE
