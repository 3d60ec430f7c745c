"""A backup holds all data and no key, and comes back on whichever database."""

import base64
import gzip
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

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
from campaign.vault import key_store
from campaign.vault.services import INSTALLATION
from tests.commands.refusals import everything, refused
from tests.factories import command, make_campaign_of_2005
from tests.signups.making import SignupWish, acting
from tests.source import ROOT

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
PAIRS = [
    ("sqlite", "sqlite"),
    pytest.param("sqlite", "postgresql", marks=pytest.mark.postgresql),
    pytest.param("postgresql", "sqlite", marks=pytest.mark.postgresql),
    pytest.param("postgresql", "postgresql", marks=pytest.mark.postgresql),
]
ADDRESS = "hwang.mi-ran@example.org"
FULL = 100_000  # rows
MEMORY = 60_000_000  # bytes


@pytest.fixture(params=["sqlite", POSTGRESQL])
def engine(request: pytest.FixtureRequest) -> str:
    """Each database in turn, by name."""
    return request.param


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes."""
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies" / "backup.gz"


def fill(app: Flask) -> None:
    """Make a row of every table there is, save those that a demonstration alone has."""
    make_campaign_of_2005(app, countries=("NO", "KR"))
    with acting(app):
        from campaign.signups.queries import Person
        from campaign.signups.services import sign_up

        event = db.session.scalars(sa.select(Event).order_by(Event.id)).first()
        person = Person("황미란", ADDRESS, "", "…")
        sign_up(event, SignupWish(person, 2, "ko", "a key"))
        role = HeldRole(RoleName.COORDINATOR, event.campaign_id, "NO", None, None)
        invite(Invitation(ADDRESS, "nb", role, "Peace"))
        send("sign_in_unknown", "sign-in:1", Recipient(ADDRESS, "ko", INSTALLATION), {"token": "x"})
        parent, child = db.session.scalars(sa.select(Demand).order_by(Demand.id)).all()[-1:-3:-1]
        child.parent_id = parent.id  # It comes before its parent in the file.


def rows(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    return {name: found for name, found in everything(app).items() if found}


def count(app: Flask) -> int:
    return sum(map(len, everything(app).values()))


def lines(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return text.read().splitlines()


def write(file: Path, given: list[str]) -> Path:
    with gzip.open(file, "wt", encoding="utf-8") as text:
        text.writelines(f"{line}\n" for line in given)
    return file


# --- There and back --------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "target"), PAIRS)
def test_all_data_comes_back_on_either_database(fresh, file, origin, target):
    first, second = fresh(origin).app, fresh(target).app
    fill(first)
    said = command(first, "backup", str(file))
    done = command(second, "restore", str(file))

    assert len(rows(first)) >= 18
    assert said == f"Wrote {count(first)} rows to {file}.\n"
    assert done == f"Read {count(first)} rows.\n"
    assert rows(second) == rows(first)


@pytest.mark.parametrize(("origin", "target"), PAIRS)
def test_the_same_rows_make_the_same_bytes_on_either_database(fresh, file, origin, target):
    first, second = fresh(origin).app, fresh(target).app
    fill(first)
    command(first, "backup", str(file))
    command(second, "restore", str(file))
    again = file.with_name("again.gz")
    command(second, "backup", str(again))

    assert again.read_bytes() == file.read_bytes()


def test_a_demand_that_is_part_of_a_later_one_finds_it_again(fresh, file, engine):
    first, second = fresh("sqlite").app, fresh(engine).app
    fill(first)
    command(first, "backup", str(file))
    command(second, "restore", str(file))
    with second.app_context(), reading():
        parts = db.session.scalars(sa.select(Demand).where(Demand.parent_id > Demand.id)).all()

    assert len(parts) == 1


def test_new_rows_count_on_from_those_that_came_back(fresh, file, engine):
    first, second = fresh("sqlite").app, fresh(engine).app
    fill(first)
    command(first, "backup", str(file))
    command(second, "restore", str(file))
    command(second, "create-campaign", "peace", "--title", "Peace")
    with second.app_context(), reading():
        ids = list(db.session.scalars(sa.select(Campaign.id).order_by(Campaign.id)))

    assert ids == [1, 2]


def test_a_restored_installation_works_with_its_keys(fresh, file, engine):
    first, second = fresh("sqlite"), fresh(engine)
    fill(first.app)
    keys = file.with_name("keys")
    command(first.app, "backup", str(file), "--keys", str(keys))
    before = command_status(second.app, "check")
    command(second.app, "restore", str(file), "--keys", str(keys))
    second.app.config["MASTER_KEYS"] = first.app.config["MASTER_KEYS"]
    with second.app.app_context(), reading():
        address = address_of(db.session.scalars(sa.select(Account)).one())

    assert before == command_status(second.app, "check") == 0
    assert address == ADDRESS


def command_status(app: Flask, *arguments: str) -> int:
    return app.test_cli_runner().invoke(args=list(arguments)).exit_code


def test_facts_of_a_fresh_installation_give_way_to_those_of_the_backup(fresh, file, engine):
    first, second = fresh("sqlite").app, fresh(engine).app
    for app, value in ((first, "1"), (second, "2")):
        with acting(app):
            db.session.add(InstallationFact(name="demonstration_offset_seconds", value=value))
    command(first, "backup", str(file))
    command(second, "restore", str(file))

    assert rows(second)["installation_facts"] == [("demonstration_offset_seconds", "1")]


# --- What is in it ---------------------------------------------------------------------------


def test_a_backup_is_for_its_owner_alone(fresh, file, engine):
    app = fresh(engine).app
    file.touch(mode=0o644)
    file.with_name("backup.gz.part").touch(mode=0o666)
    command(app, "backup", str(file))

    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_backup_says_what_it_is(fresh, file, engine):
    app = fresh(engine).app
    fill(app)
    command(app, "backup", str(file))
    head, first, *_ = map(json.loads, lines(file))

    assert head == {"format": FORMAT, "revision": newest_revision(), "rows": count(app)}
    assert first[0] in db.metadata.tables
    assert set(first[1]) == set(db.metadata.tables[first[0]].columns.keys())


@pytest.mark.parametrize("with_keys", [False, True])
def test_keys_and_names_are_never_in_a_backup(fresh, file, engine, with_keys):
    app = fresh(engine).app
    fill(app)
    arguments = ["--keys", str(file.with_name("keys"))] if with_keys else []
    command(app, "backup", str(file), *arguments)
    raw = file.read_bytes()
    text = "\n".join(lines(file))
    with app.app_context():
        wrapped = [key for _scope, _master, key, _made_at in key_store.everything()]
    secrets = [base64.b64decode(app.config["MASTER_KEYS"].partition(":")[2]), *wrapped]

    assert len(wrapped) == 3
    for secret in [*secrets, app.config["SECRET_KEY"].encode(), ADDRESS.encode()]:
        assert not [shape for shape in shapes(secret) if shape in text or shape.encode() in raw]
    assert "황미란" not in text


def shapes(secret: bytes) -> Iterator[str]:
    """How bytes may stand in a text."""
    yield secret.decode("latin-1")
    yield secret.hex()
    yield secret.hex().upper()
    for encoded in (base64.b64encode(secret), base64.urlsafe_b64encode(secret)):
        yield encoded.decode().rstrip("=")
    yield json.dumps(secret.decode("latin-1"))[1:-1]


def test_a_backup_is_of_one_moment(fresh, file, engine):
    app = fresh(engine).app
    fill(app)

    def write_meanwhile(done: int, _of: int) -> None:
        if done == 1:
            with sa.create_engine(url, **options).begin() as other:
                other.execute(sa.text("UPDATE campaigns SET title = 'Another'"))
                other.execute(sa.text("DELETE FROM signup_links"))

    with app.app_context():
        url, options = db.engine.url, {"poolclass": sa.NullPool}
        before = rows(app)
        total = backup(file, progress=write_meanwhile)
    target = fresh("sqlite").app
    command(target, "restore", str(file))

    assert total == sum(map(len, before.values()))
    assert rows(target) == before


# --- What is refused -------------------------------------------------------------------------


def test_a_database_that_is_not_empty_is_left_alone(fresh, file, engine):
    first, second = fresh("sqlite").app, fresh(engine).app
    fill(first)
    command(first, "backup", str(file))
    command(second, "create-campaign", "peace", "--title", "Peace")

    assert "not empty: restore into a fresh one" in refused(second, "restore", file)


def test_a_backup_of_another_version_is_refused(fresh, file, engine):
    app = fresh(engine).app
    command(app, "backup", str(file))
    write(file, [lines(file)[0].replace(newest_revision(), "0000")])

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
def test_a_foreign_file_is_refused(fresh, file, content):
    file.write_bytes(content)
    told = refused(fresh("sqlite").app, "restore", file)

    assert "This file is no backup, or it is damaged." in told


def test_a_truncated_file_is_refused_wherever_it_was_cut(fresh, file, engine):
    first, second = fresh("sqlite").app, fresh(engine).app
    fill(first)
    command(first, "backup", str(file))
    whole = file.read_bytes()
    for part in (1, 10, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        file.write_bytes(whole[:part])

        assert "no backup, or it is damaged" in refused(second, "restore", file)


def test_a_damaged_file_is_refused_wherever_a_byte_was_lost(fresh, file, engine):
    first, second = fresh("sqlite").app, fresh(engine).app
    fill(first)
    command(first, "backup", str(file))
    whole = file.read_bytes()
    for at in (0, 3, 20, len(whole) // 3, len(whole) // 2, len(whole) - 6, len(whole) - 2):
        damaged = bytes([whole[at] ^ 0xFF])
        file.write_bytes(whole[:at] + damaged + whole[at + 1 :])

        assert "no backup, or it is damaged" in refused(second, "restore", file)


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
def test_a_forged_file_is_refused(fresh, file, engine, kind):
    first, second = fresh("sqlite").app, fresh(engine).app
    fill(first)
    command(first, "backup", str(file))
    write(file, forged(kind, lines(file)))

    assert refused(second, "restore", file).startswith("Error: This ")


def test_a_backup_that_fails_leaves_the_one_before(fresh, file):
    app = fresh("sqlite").app
    command(app, "backup", str(file))
    before = file.read_bytes()
    fill(app)

    def fail(done: int, _of: int) -> None:
        if done == 100:
            raise OSError(28, "No space left on device")

    with app.app_context(), pytest.raises(OSError, match="space"):
        backup(file, progress=fail)

    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_backup_that_is_killed_leaves_the_one_before(fresh, file):
    installation = fresh("sqlite")
    fill(installation.app)
    file.write_bytes(b"the one before")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_BACKUP, str(file)],
        cwd=ROOT, env={**os.environ, **installation.environment}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"half-way\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed = file.read_bytes()
    command(installation.app, "backup", str(file))

    assert killed == b"the one before"
    assert list(file.parent.iterdir()) == [file]
    assert len(lines(file)) == count(installation.app) + 1


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


@pytest.mark.parametrize("arguments", [["backup"], ["restore"]])
def test_without_a_file_there_is_nothing_to_do(sqlite_app, arguments):
    assert "Give a FILE, or --keys FILE." in refused(sqlite_app, *arguments)


def test_a_place_that_cannot_be_written_is_told(sqlite_app, tmp_path):
    told = refused(sqlite_app, "backup", tmp_path / "none" / "backup.gz")

    assert "No such file or directory" in told


# --- Keys ------------------------------------------------------------------------------------


def keys_of(app: Flask) -> list[tuple[str, str, bytes]]:
    with app.app_context():
        return [(scope, master, key) for scope, master, key, _made_at in key_store.everything()]


@pytest.mark.parametrize(("origin", "target"), PAIRS)
def test_keys_have_a_copy_of_their_own(fresh, file, origin, target):
    first, second = fresh(origin).app, fresh(target).app
    fill(first)
    said = command(first, "backup", "--keys", str(file))
    done = command(second, "restore", "--keys", str(file))
    command(second, "restore", "--keys", str(file))

    assert (said, done) == (f"Wrote 3 keys to {file}.\n", "Read 3 keys.\n")
    assert keys_of(second) == keys_of(first) != []
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_newest_copy_of_the_keys_takes_the_place_of_the_one_before(fresh, file, engine):
    app = fresh(engine).app
    fill(app)
    command(app, "backup", "--keys", str(file))
    with app.app_context():
        key_store.delete(("event:1",))
    command(app, "backup", "--keys", str(file))

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
def test_a_foreign_copy_of_keys_is_refused_whole(fresh, file, content):
    app = fresh("sqlite").app
    good = json.dumps(["event:9", "first", base64.b64encode(b"k" * 40).decode(), "2005-04-01"])
    file.write_bytes(good.encode() + b"\n" + content)

    assert "no copy of a key store, or it is damaged" in refused(app, "restore", "--keys", file)
    assert keys_of(app) == []


def test_keys_that_differ_from_those_here_are_refused_whole(fresh, file, engine):
    first, second = fresh("sqlite").app, fresh(engine).app
    fill(first)
    command(first, "backup", "--keys", str(file))
    with acting(second):
        send("sign_in_unknown", "sign-in:1", Recipient(ADDRESS, "ko", INSTALLATION), {"token": "x"})
    before = keys_of(second)

    assert "other keys already" in refused(second, "restore", "--keys", file)
    assert keys_of(second) == before


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


def test_many_rows_are_written_and_read_in_little_memory(fresh, file, engine, scaled, request):
    number = scaled(FULL)
    first, second = fresh("sqlite").app, fresh(engine).app
    fill_with_rows(first, number)
    tracemalloc.start()
    started = time.monotonic()
    command(first, "backup", str(file))
    command(second, "restore", str(file))
    seconds = time.monotonic() - started
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{number} rows there and back in {seconds:.1f} s, {peak / 1e6:.0f} MB")

    assert count(second) == number
    assert peak < MEMORY
