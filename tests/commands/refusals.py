"""How a command fails: with one clear sentence, a status that says so, and nothing kept."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from campaign.database import db, reading


def refused(app: Flask, *arguments: str | Path) -> str:
    """Run a command that must fail, and return its sentence; it must have kept nothing."""
    before = everything(app)
    done = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
    assert done.exit_code != 0, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    assert everything(app) == before
    return done.stderr


def everything(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with app.app_context(), reading():
        tables = db.metadata.sorted_tables
        return {
            table.name: sorted(map(tuple, db.session.execute(sa.select(table))), key=repr)
            for table in tables
        }
