"""A backup holds all data and no key, and comes back on whichever database."""

import base64
import gzip
import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from campaign import clock as campaign_clock
from campaign.accounts.services import Invitation, address_of, invite
from campaign.database import db, reading, transaction
from campaign.emails.services import Recipient, send
from campaign.models import (
    Account,
    Campaign,
    Demand,
    Email,
    Event,
    HeldRole,
    InstallationFact,
    RoleName,
)
from campaign.operations.backup import FORMAT, backup
from campaign.operations.health import newest_revision
from campaign.operations.rows import tables
from campaign.signups.queries import Person
from campaign.signups.services import SignupWish, sign_up
from campaign.vault import key_store
from campaign.vault.services import INSTALLATION
from tests.commands.refusals import everything, refused
from tests.conftest import TODAY
from tests.factories import command, make_campaign_of_2005
from tests.installations import connected_beside, installed_on_sqlite
from tests.signups.making import acting
from tests.source import ROOT

PAIRS = [
    ("sqlite", "sqlite"),
    pytest.param("sqlite", "postgresql", marks=pytest.mark.postgresql),
    pytest.param("postgresql", "sqlite", marks=pytest.mark.postgresql),
    pytest.param("postgresql", "postgresql", marks=pytest.mark.postgresql),
]
ADDRESS = "hwang.mi-ran@example.org"
FACT = ("demonstration_offset_seconds", "1")
KEYS = 4  # the installation's, an account's, an event's, and that of a day's networks
FULL = 100_000  # rows
MEMORY = 10_000_000  # bytes, however many rows

Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Sample:
    """A backup of an installation with rows in nearly every table, and what was in it."""

    file: Path
    keys: Path
    master_keys: str
    rows: Rows

    @property
    def size(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.rows.values()))

    @property
    def lines(self) -> list[str]:
        """What stands in the file."""
        return lines(self.file)

    @property
    def wrapped_keys(self) -> list[bytes]:
        """The keys of the copy of the key store."""
        copied = self.keys.read_text().splitlines()
        return [base64.b64decode(json.loads(line)[2]) for line in copied]


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Iterator[Sample]:
    """A backup, made once for all tests on SQLite."""
    folder = tmp_path_factory.mktemp("sample")
    file, keys = folder / "backup.gz", folder / "keys"
    with campaign_clock.frozen(TODAY), installed_on_sqlite(folder) as installation:
        fill(installation.app)
        command(installation.app, "backup", str(file), "--keys", str(keys))
        yield Sample(
            file, keys, str(installation.app.config["MASTER_KEYS"]), rows(installation.app)
        )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes."""
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies" / "backup.gz"


def fill(app: Flask) -> None:
    """Make a row of nearly every table there is."""
    make_campaign_of_2005(app, countries=("NO", "KR"))
    with acting(app):
        event = db.session.scalars(sa.select(Event).order_by(Event.id)).first()
        sign_up(event, SignupWish(Person("황미란", ADDRESS, "", "…"), 2, "ko", "a key"))
        role = HeldRole(RoleName.COORDINATOR, event.campaign_id, "NO", None, None)
        invite(Invitation(ADDRESS, "nb", role, "Peace"))
        send("sign_in_unknown", "sign-in:1", Recipient(ADDRESS, "ko", INSTALLATION), {"token": "x"})
        db.session.add(InstallationFact(name=FACT[0], value=FACT[1]))
        parent, child = db.session.scalars(sa.select(Demand).order_by(Demand.id)).all()[-1:-3:-1]
        child.parent_id = parent.id  # It comes before its parent in the file.


def rows(app: Flask) -> Rows:
    """Every row but those that are made of others."""
    held = {table.name for table in tables()}
    return {name: found for name, found in everything(app).items() if found and name in held}


def count(app: Flask) -> int:
    return sum(map(len, rows(app).values()))


def lines(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return text.read().splitlines()


def write(file: Path, given: list[str]) -> Path:
    with gzip.open(file, "wt", encoding="utf-8") as text:
        text.writelines(f"{line}\n" for line in given)
    return file


# --- There and back --------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "target"), PAIRS)
def test_all_data_comes_back_and_makes_the_same_bytes_again(fresh, file, origin, target):
    first, second, again = fresh(origin).app, fresh(target).app, file.with_name("again.gz")
    fill(first)
    said = command(first, "backup", str(file))
    done = command(second, "restore", str(file))
    command(second, "backup", str(again))

    assert len(rows(first)) >= 18
    assert said == f"Wrote {count(first)} rows to {file}.\n"
    assert done == f"Read {count(first)} rows.\n"
    assert rows(second) == rows(first)
    assert again.read_bytes() == file.read_bytes()


def test_a_demand_that_is_part_of_a_later_one_finds_it_again(app, sample):
    command(app, "restore", str(sample.file))
    with app.app_context(), reading():
        parts = db.session.scalars(sa.select(Demand).where(Demand.parent_id > Demand.id)).all()

    assert len(parts) == 1


def test_new_rows_count_on_from_those_that_came_back(app, sample):
    command(app, "restore", str(sample.file))
    command(app, "create-campaign", "peace", "--title", "Peace")
    with app.app_context(), reading():
        ids = list(db.session.scalars(sa.select(Campaign.id).order_by(Campaign.id)))

    assert ids == [1, 2]


def test_a_restored_installation_works_with_its_keys(app, sample, monkeypatch):
    command(app, "restore", str(sample.file), "--keys", str(sample.keys))
    monkeypatch.setitem(app.config, "MASTER_KEYS", sample.master_keys)
    with app.app_context(), reading():
        address = address_of(db.session.scalars(sa.select(Account)).one())

    assert command(app, "check") == "All is well.\n"
    assert address == ADDRESS


def test_facts_of_a_fresh_installation_give_way_to_those_of_the_backup(app, sample):
    with acting(app):
        db.session.add(InstallationFact(name=FACT[0], value="2"))
    command(app, "restore", str(sample.file))

    assert rows(app)["installation_facts"] == [FACT]


# --- What is in it ---------------------------------------------------------------------------


def test_a_backup_is_for_its_owner_alone(app, file):
    file.touch(mode=0o644)
    file.with_name("backup.gz.part").touch(mode=0o666)
    command(app, "backup", str(file))

    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_backup_says_what_it_is(sample):
    head, first, *_ = map(json.loads, sample.lines)

    assert head == {"format": FORMAT, "revision": newest_revision(), "rows": sample.size}
    assert first[0] in db.metadata.tables
    assert set(first[1]) == set(db.metadata.tables[first[0]].columns.keys())


def test_keys_and_names_are_never_in_a_backup(sample):
    raw, text = sample.file.read_bytes(), "\n".join(sample.lines)
    master = base64.b64decode(sample.master_keys.partition(":")[2])

    assert len(sample.wrapped_keys) == KEYS
    for secret in [master, *sample.wrapped_keys, ADDRESS.encode(), "황미란".encode()]:
        assert not [shape for shape in shapes(secret) if shape in text or shape.encode() in raw]


def test_a_copy_of_the_keys_holds_what_is_looked_for_in_backups(sample):
    text = sample.keys.read_text()

    assert all(any(shape in text for shape in shapes(key)) for key in sample.wrapped_keys)


def shapes(secret: bytes) -> Iterator[str]:
    """How bytes may stand in a text."""
    yield secret.decode("latin-1")
    yield secret.hex()
    yield secret.hex().upper()
    for encoded in (base64.b64encode(secret), base64.urlsafe_b64encode(secret)):
        yield encoded.decode().rstrip("=")
    yield json.dumps(secret.decode("latin-1"))[1:-1]


def test_a_backup_is_of_one_moment(app, file, sample):
    command(app, "restore", str(sample.file))
    with app.app_context():
        url = db.engine.url

    def write_meanwhile(done: int, _of: int) -> None:
        if done == 1:
            with connected_beside(url) as other:
                other.execute(sa.text("UPDATE campaigns SET title = 'Another'"))
                other.execute(sa.text("DELETE FROM signup_links"))

    with app.app_context():
        total = backup(file, progress=write_meanwhile)

    assert total == sample.size
    assert file.read_bytes() == sample.file.read_bytes()
    assert rows(app) != sample.rows


# --- What is refused -------------------------------------------------------------------------


def test_a_database_that_is_not_empty_is_left_alone(app, sample):
    command(app, "create-campaign", "peace", "--title", "Peace")

    assert "not empty: restore into a fresh one" in refused(app, "restore", sample.file)


def test_a_backup_of_another_version_is_refused(app, file, sample):
    head, *others = sample.lines
    write(file, [head.replace(newest_revision(), "0000"), *others])

    assert "of another version: restore it with that one" in refused(app, "restore", file)


NOT_A_BACKUP = {
    "nothing": b"",
    "text": b"a list of names",
    "an empty archive": gzip.compress(b""),
    "an archive of text": gzip.compress(b"a list of names"),
    "an archive of bytes": gzip.compress(b"\xff\xfe\x00\x01"),
    "a number": gzip.compress(b"3\n"),
    "another format": gzip.compress(b'{"format": "other", "revision": "0001", "rows": 0}\n'),
    "no revision": gzip.compress(f'{{"format": "{FORMAT}"}}\n'.encode()),
    "random": bytes(range(256)),
}


@pytest.mark.parametrize("content", NOT_A_BACKUP.values(), ids=NOT_A_BACKUP)
def test_a_foreign_file_is_refused(sqlite_app, file, content):
    file.write_bytes(content)

    assert "This file is no backup, or it is damaged." in refused(sqlite_app, "restore", file)


def test_a_truncated_file_is_refused_wherever_it_was_cut(app, file, sample):
    whole = sample.file.read_bytes()
    for part in (1, 10, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        file.write_bytes(whole[:part])

        assert "no backup, or it is damaged" in refused(app, "restore", file)


def test_a_damaged_file_is_refused_wherever_a_byte_was_lost(app, file, sample):
    whole = sample.file.read_bytes()
    for at in (0, 3, 20, len(whole) // 3, len(whole) // 2, len(whole) - 6, len(whole) - 2):
        damaged = bytes([whole[at] ^ 0xFF])
        file.write_bytes(whole[:at] + damaged + whole[at + 1 :])

        assert "no backup, or it is damaged" in refused(app, "restore", file)


def forged(kind: str, given: list[str]) -> list[str]:
    """A backup that was changed by somebody who could pack it again."""
    head, row = json.loads(given[0]), given[-1]
    name, values = json.loads(row)
    return {
        "a row less": given[:-1],
        "a row twice": [*given, row],
        "two rows less": [json.dumps({**head, "rows": head["rows"] - 1}), *given[1:-2]],
        "an unknown table": [*given[:-1], json.dumps(["nothing", values])],
        "an unknown column": [*given[:-1], json.dumps([name, {**values, "nothing": 1}])],
        "another order": [given[0], *reversed(given[1:])],
        "no row": [*given[:-1], "[]"],
        "words": [*given[:-1], "words"],
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["a row less", "a row twice", "two rows less", "an unknown table", "an unknown column",
     "another order", "no row", "words"],
)  # fmt: skip
def test_a_forged_file_is_refused(app, file, sample, kind):
    write(file, forged(kind, sample.lines))

    assert refused(app, "restore", file).startswith("Error: This ")


def test_a_backup_that_fails_leaves_the_one_before(app, file, sample):
    command(app, "backup", str(file))
    before = file.read_bytes()
    command(app, "restore", str(sample.file))

    def fail(done: int, _of: int) -> None:
        if done == 100:
            raise OSError(28, "No space left on device")

    with app.app_context(), pytest.raises(OSError, match="space"):
        backup(file, progress=fail)

    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_backup_that_is_killed_leaves_the_one_before(installation, file, sample):
    command(installation.app, "restore", str(sample.file))
    file.write_bytes(b"the one before")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_BACKUP, str(file)],
        cwd=ROOT,
        env={**os.environ, **installation.environment},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"half-way\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed = file.read_bytes()
    command(installation.app, "backup", str(file))

    assert killed == b"the one before"
    assert list(file.parent.iterdir()) == [file]
    assert file.read_bytes() == sample.file.read_bytes()


SLOW_BACKUP = """
import sys, time, wsgi
from pathlib import Path
from campaign.operations.backup import backup

def wait(done, of):
    if done == of // 2:
        print("half-way", flush=True)
        time.sleep(60)

with wsgi.app.app_context():
    backup(Path(sys.argv[1]), progress=wait)
"""


@pytest.mark.parametrize("name", ["backup", "restore"])
def test_without_a_file_there_is_nothing_to_do(sqlite_app, name):
    assert "Give a FILE, or --keys FILE." in refused(sqlite_app, name)


def test_a_place_that_cannot_be_written_is_told(sqlite_app, tmp_path):
    told = refused(sqlite_app, "backup", tmp_path / "none" / "backup.gz")

    assert "No such file or directory" in told


# --- Keys ------------------------------------------------------------------------------------


def keys_of(app: Flask) -> list[tuple[str, str, bytes]]:
    with app.app_context():
        return [(scope, master, key) for scope, master, key, _made_at in key_store.everything()]


def test_keys_have_a_copy_of_their_own(app, file, sample):
    done = command(app, "restore", "--keys", str(sample.keys))
    command(app, "restore", "--keys", str(sample.keys))
    said = command(app, "backup", "--keys", str(file))

    assert (said, done) == (f"Wrote {KEYS} keys to {file}.\n", f"Read {KEYS} keys.\n")
    assert [key for _scope, _master, key in keys_of(app)] == sample.wrapped_keys
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_newest_copy_of_the_keys_takes_the_place_of_the_one_before(app, file, sample):
    command(app, "restore", "--keys", str(sample.keys))
    command(app, "backup", "--keys", str(file))
    before = file.read_text()
    with app.app_context():
        key_store.delete(("event:1",))
    command(app, "backup", "--keys", str(file))

    assert "event:1" in before
    assert "event:1" not in file.read_text()
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "content",
    [
        b"words",
        b"\xff",
        b"[]\n",
        b"3\n",
        b'["a", "b", "not base64", "c"]\n',
        b'["a", "b", 3, "c"]\n',
    ],
)
def test_a_foreign_copy_of_keys_is_refused_whole(app, file, content):
    good = json.dumps(["event:9", "first", base64.b64encode(b"k" * 40).decode(), "2005-04-01"])
    file.write_bytes(good.encode() + b"\n" + content)

    assert "no copy of a key store, or it is damaged" in refused(app, "restore", "--keys", file)
    assert keys_of(app) == []


def test_keys_that_differ_from_those_here_are_refused_whole(app, sample):
    with acting(app):
        send("sign_in_unknown", "sign-in:1", Recipient(ADDRESS, "ko", INSTALLATION), {"token": "x"})
    before = keys_of(app)

    assert "other keys already" in refused(app, "restore", "--keys", sample.keys)
    assert keys_of(app) == before


# --- Size ------------------------------------------------------------------------------------


def fill_with_rows(app: Flask, number: int) -> None:
    """Make so many mails, of a size that mails have."""
    moment = datetime.fromisoformat("2005-04-01T09:00:00+00:00")
    with app.app_context(), transaction():
        for start in range(0, number, 5000):
            batch = [
                {
                    "key": f"confirm:{index:032x}", "template": "confirm", "language": "ko",
                    "scope": f"event:{index % 200}", "contents": os.urandom(300), "state": "due",
                    "due_at": moment + timedelta(seconds=index), "created_at": moment,
                    "attempts": 0,
                }
                for index in range(start, min(start + 5000, number))
            ]  # fmt: skip
            db.session.execute(sa.insert(Email.__table__), batch)


def test_many_rows_are_written_and_read_in_little_memory(installation, file, scaled):
    app, number = installation.app, scaled(FULL)
    fill_with_rows(app, number)
    tracemalloc.start()
    command(app, "backup", str(file))
    installation.empty()
    command(app, "restore", str(file))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count(app) == number
    assert peak < MEMORY


@pytest.mark.postgresql
def test_postgresql_sends_rows_in_portions(postgresql_installation, clock, file, sample):
    app, statements = postgresql_installation.app, list[set[str]]()
    command(app, "restore", str(sample.file))

    def look(_done: int, _of: int) -> None:
        query = sa.text("SELECT statement FROM pg_cursors WHERE statement LIKE '%ORDER BY%'")
        statements.append(set(db.session.scalars(query)))

    with app.app_context():
        backup(file, progress=look)
    postgresql_installation.empty()

    assert len(statements) == sample.size
    assert all("CURSOR FOR SELECT" in str(found) for found in statements)
