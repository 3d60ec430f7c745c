"""Migrations: up from nothing, down to nothing, whole or not at all, and equal to the models."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from campaign import create_app
from campaign.database import db, glance
from campaign.operations.health import newest_revision
from campaign.vault import key_store
from tests.factories import make_campaign_of_2005
from tests.installations import Installation
from tests.source import ROOT

MIGRATIONS = ROOT / "migrations"
VERSIONS = ScriptDirectory(str(MIGRATIONS))
# Made of other rows, and empty after a way down and up.
DERIVED = {name for name, table in db.metadata.tables.items() if table.info.get("is_derived")}
SETTINGS = ("MODE", "INSTANCE_FOLDER", "DATABASE_URL", "KEYSTORE_URL")
TEMPLATE = '''"""For a test."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "trial", "{newest}"


def upgrade() -> None:
{steps}


def downgrade() -> None:
    pass
'''


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bare(request, tmp_path, clock) -> Iterator[Flask]:
    """The product on each database in turn, with nothing in it, not even tables."""
    settings = {"MODE": "demo", "INSTANCE_FOLDER": str(tmp_path)}
    if request.param == "postgresql":
        server, name = (
            request.getfixturevalue("postgresql"),
            f"bare_{hash(request.node.name) % 10**8}",
        )
        settings["DATABASE_URL"] = server.database(name)
    app = create_app(settings)
    yield app
    for engine in Installation(app, tmp_path, settings).engines:
        engine.dispose()


def migrate(app: Flask, revision: str = "head", folder: Path = MIGRATIONS) -> None:
    with app.app_context():
        flask_migrate.upgrade(directory=str(folder), revision=revision)


def unmigrate(app: Flask, revision: str) -> None:
    with app.app_context():
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision=revision)


def tables(app: Flask) -> set[str]:
    with app.app_context(), db.engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names())


def revision_of(app: Flask) -> str | None:
    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def hash_of_rows(app: Flask) -> str:
    """A hash of every row but those made of others, by the database's own tables and columns."""
    digest = hashlib.sha256()
    with glance(app) as connection:
        found = sa.MetaData()
        found.reflect(connection)
        for table in sorted(found.tables.values(), key=lambda table: table.name):
            if table.name not in DERIVED | {"alembic_version"}:
                rows = sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
                digest.update(f"{table.name}: {rows}".encode())
    return digest.hexdigest()


def differences(app: Flask) -> list[Any]:
    with app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def with_migration(folder: Path, *steps: str) -> Path:
    """A copy of our migrations with one more."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    body = "\n".join(f"    {step}" for step in steps)
    text = TEMPLATE.format(newest=newest_revision(), steps=body)
    (folder / "versions" / "trial.py").write_text(text)
    return folder


def test_migrations_form_one_line_and_are_numbered():
    numbers = [script.revision for script in VERSIONS.walk_revisions()][::-1]

    assert len(VERSIONS.get_heads()) == len(VERSIONS.get_bases()) == 1
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize(
    "path", sorted((MIGRATIONS / "versions").glob("*.py")), ids=lambda p: p.name
)
def test_a_migration_needs_nothing_of_the_products(path):
    text = path.read_text()

    assert path.name.startswith(text.partition('revision = "')[2][:4] + "_")
    assert "campaign" not in [line.split()[1].partition(".")[0] for line in text.splitlines()
                              if line.startswith(("import ", "from "))]  # fmt: skip
    assert "please adjust" not in text


def test_from_nothing_up_and_down_and_up_again(bare):
    migrate(bare)
    first = tables(bare)
    unmigrate(bare, "base")
    nothing = tables(bare)
    migrate(bare)

    assert first == {*db.metadata.tables, "alembic_version"}
    assert nothing == {"alembic_version"}
    assert tables(bare) == first


def test_a_second_time_changes_nothing(bare):
    migrate(bare)
    make_campaign_of_2005(bare, countries=("NO",))
    before = hash_of_rows(bare)
    migrate(bare)

    assert hash_of_rows(bare) == before


def test_the_models_and_the_migrations_say_the_same(bare):
    migrate(bare)

    assert differences(bare) == []


def test_a_difference_between_models_and_migrations_is_found(bare):
    migrate(bare)
    with bare.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_cities_country")

    assert [difference[0] for difference in differences(bare)] == ["add_index"]


def test_each_migration_keeps_every_row_up_and_down(bare):
    """From the newest down to where rows were first possible, and up again."""
    migrate(bare)
    make_campaign_of_2005(bare, countries=("NO", "KR"))
    hashes = {newest_revision(): hash_of_rows(bare)}
    steps = [script.revision for script in VERSIONS.walk_revisions()][1:]
    for revision in steps:
        unmigrate(bare, revision)
        hashes[revision] = hash_of_rows(bare)
    for revision in [*reversed(steps), newest_revision()]:
        migrate(bare, revision)

        assert hash_of_rows(bare) == hashes[revision]


def test_a_migration_that_fails_leaves_nothing_behind(bare, tmp_path):
    migrate(bare)
    make_campaign_of_2005(bare, countries=("NO",))
    before = tables(bare), hash_of_rows(bare)
    folder = with_migration(
        tmp_path / "failing",
        'op.create_table("half", sa.Column("id", sa.Integer))',
        'op.execute("DELETE FROM event_demands")',
        'with op.batch_alter_table("events") as batch: batch.add_column(sa.Column("x", sa.Text))',
        'raise OSError("the disk is full")',
    )
    with pytest.raises(OSError, match="full"):
        migrate(bare, folder=folder)

    assert (tables(bare), hash_of_rows(bare)) == before
    assert revision_of(bare) == newest_revision()


def test_the_first_migration_too_is_whole_or_nothing(bare, tmp_path):
    folder = with_migration(tmp_path / "failing", 'raise OSError("the disk is full")')
    with pytest.raises(OSError, match="full"):
        migrate(bare, folder=folder)

    assert tables(bare) <= {"alembic_version"}
    assert revision_of(bare) is None


def test_a_table_can_be_made_anew_without_losing_rows_that_refer_to_it(bare, tmp_path):
    migrate(bare)
    make_campaign_of_2005(bare, countries=("NO",))
    before = hash_of_rows(bare)
    folder = with_migration(
        tmp_path / "anew",
        'with op.batch_alter_table("events") as batch:',  # On SQLite a new table takes its place.
        '    batch.alter_column("access", existing_type=sa.Text(), nullable=True)',
    )
    migrate(bare, folder=folder)

    assert hash_of_rows(bare) == before
    assert revision_of(bare) == "trial"
    assert rejects_a_dangling_row(bare)


def rejects_a_dangling_row(app: Flask) -> bool:
    row = {"event_id": 10**6, "demand_id": 10**6, "origin": "stated in the text"}
    columns = [sa.column(name) for name in row]
    try:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.insert(sa.table("event_demands", *columns)).values(row))
    except sa.exc.IntegrityError:
        return True
    return False


def test_a_migration_that_leaves_a_row_without_its_other_is_undone(bare, tmp_path):
    migrate(bare)
    make_campaign_of_2005(bare, countries=("NO",))
    before = hash_of_rows(bare)
    folder = with_migration(tmp_path / "dangling", 'op.execute("DELETE FROM events")')
    with pytest.raises((SystemExit, sa.exc.IntegrityError)):
        migrate(bare, folder=folder)

    assert hash_of_rows(bare) == before
    assert rejects_a_dangling_row(bare)


def test_two_that_migrate_at_once_are_one_after_the_other(bare):
    given = {name: str(bare.config[name]) for name in SETTINGS}
    environment = {**os.environ, **{f"CAMPAIGN_{name}": value for name, value in given.items()}}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    endings = [(process.communicate()[1], process.returncode) for process in processes]

    assert endings == [("", 0)] * 2
    assert revision_of(bare) == newest_revision()


def test_the_key_store_is_prepared_beside_the_data(bare):
    migrate(bare)
    with bare.app_context():
        keys = key_store.everything()

    assert keys == []


def test_a_database_out_of_reach_is_told_in_a_sentence(tmp_path, caplog):
    url = f"postgresql://nobody@localhost/none?host={tmp_path}"
    app = create_app({"MODE": "demo", "INSTANCE_FOLDER": str(tmp_path), "DATABASE_URL": url})
    with pytest.raises(SystemExit) as ending:
        migrate(app)

    assert ending.value.code == 1
    assert caplog.messages == [
        "Error: The database cannot be reached: look at CAMPAIGN_DATABASE_URL."
    ]
