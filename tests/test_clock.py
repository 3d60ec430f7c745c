"""The only clock: real time, the demonstration's time, and time that stands still."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from campaign import clock, create_app
from campaign.database import db, glance, transaction
from campaign.demonstration import OFFSET, has_started, start_clock
from campaign.models import InstallationFact
from tests.installations import Installation, installed, installed_on_sqlite
from tests.source import ROOT

START = datetime(2005, 4, 1, 9, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOW = {"NOW": "2005-04-01T09:00:00Z"}


@pytest.fixture(autouse=True)
def real_clock() -> Iterator[None]:
    """Let the clock of this process be what it was before."""
    yield
    clock.follow_real_time()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def fresh(request, tmp_path) -> Iterator[Installation]:
    """The product on each database in turn, prepared a moment ago, without a demonstration."""
    if request.param == "sqlite":
        with installed_on_sqlite(tmp_path) as installation:
            yield installation
        return
    server = request.getfixturevalue("postgresql")
    with installed(
        tmp_path, server.database("clock"), server.database("clock_keys")
    ) as installation:
        yield installation
        installation.empty()


def start(installation: Installation, moment: str) -> None:
    with installation.app.app_context(), transaction():
        start_clock(moment)


def shown_after(installation: Installation, **settings: str) -> datetime:
    """The domain's time of an app that starts now on the same database."""
    with started({**installation.settings, **settings}):
        return clock.now()


@contextmanager
def started(settings: dict[str, str]) -> Iterator[Flask]:
    """An app that starts now, and lets go of its databases at the end."""
    app = create_app(settings)
    try:
        yield app
    finally:
        for engine in Installation(app, Path(), settings).engines:
            engine.dispose()


def test_without_a_demonstration_both_clocks_are_real_time():
    before = datetime.now(UTC)
    shown, real = clock.now(), clock.real_now()

    assert before <= shown <= real <= datetime.now(UTC)
    assert shown.tzinfo is UTC


def test_a_frozen_clock_stands_still_in_every_thread_until_it_is_moved():
    seen = []
    with clock.frozen(NOON) as frozen:
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        frozen.advance(timedelta(hours=2))
        seen.append(clock.now())
        seen.append(clock.real_now())

    assert seen == [NOON, NOON + timedelta(hours=2), NOON + timedelta(hours=2)]
    assert clock.now() not in seen


def test_clocks_frozen_in_one_another_are_given_back():
    with clock.frozen(NOON):
        with clock.frozen(START):
            inner = clock.now()
        outer = clock.now()

    assert (inner, outer) == (START, NOON)


def test_the_demonstration_starts_when_its_database_is_prepared(tmp_path):
    settings = {"CAMPAIGN_MODE": "demo", "CAMPAIGN_INSTANCE_FOLDER": str(tmp_path)}
    settings["CAMPAIGN_NOW"] = NOW["NOW"]
    flask(settings, "db", "upgrade")
    with (
        started({"MODE": "demo", "INSTANCE_FOLDER": str(tmp_path), **NOW}) as app,
        glance(app) as connection,
    ):
        shown = clock.now()
        facts = connection.execute(sa.select(InstallationFact.name)).scalars().all()

    assert facts == [OFFSET]
    assert START <= shown < START + timedelta(minutes=1)


def flask(settings: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_process_shows_the_same_demonstration(fresh):
    start(fresh, "2005-04-01T09:00:00Z")
    here = shown_after(fresh, **NOW)
    code = "import wsgi; from campaign import clock; print(clock.now().isoformat())"
    environment = {**os.environ, **fresh.environment, "CAMPAIGN_NOW": NOW["NOW"]}
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )

    passed = datetime.fromisoformat(there.stdout.decode().strip()) - here
    assert timedelta(0) <= passed < timedelta(minutes=1)


def test_a_restart_never_turns_the_demonstration_back(fresh):
    with clock.frozen(NOON) as frozen:
        start(fresh, "2005-04-01T09:00:00Z")
        frozen.advance(timedelta(days=3))
        start(fresh, "2005-04-01T09:00:00Z")
        start(fresh, "1999-01-01T00:00:00Z")
        with glance(fresh.app) as connection:
            seconds = float(connection.scalar(sa.select(InstallationFact.value)))

    assert NOON + timedelta(seconds=seconds) == START


def test_another_start_setting_changes_nothing_once_the_demonstration_runs(fresh):
    start(fresh, "2005-04-01T09:00:00Z")
    shown = shown_after(fresh, NOW="1999-01-01T00:00:00Z")

    assert START <= shown < START + timedelta(minutes=1)


def test_the_demonstrations_clock_goes_as_fast_as_the_real_one(fresh):
    start(fresh, "2005-04-01T09:00:00Z")
    with started({**fresh.settings, **NOW}):
        clock.now()  # Asks for the distance, which takes a moment.
        first, real = clock.now(), clock.real_now()
        time.sleep(0.2)
        second, later = clock.now(), clock.real_now()

    assert abs((second - first) - (later - real)) < timedelta(milliseconds=100)
    assert second > first


def test_a_demonstration_that_was_not_started_shows_real_time_until_it_is(fresh):
    with started({**fresh.settings, **NOW}):
        before = clock.now()
        start(fresh, "2005-04-01T09:00:00Z")
        after = clock.now()

    assert before.year >= 2026
    assert START <= after < START + timedelta(minutes=1)


def test_the_stored_distance_is_asked_for_once(fresh):
    start(fresh, "2005-04-01T09:00:00Z")
    asked = []
    with started({**fresh.settings, **NOW}) as app, app.app_context():

        def listen(_connection, _cursor, statement, *_: object) -> None:
            asked.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", listen)
        for _ in range(5):
            clock.now()

    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def test_without_the_setting_the_clock_is_real_whatever_is_stored(fresh):
    start(fresh, "2005-04-01T09:00:00Z")
    shown = shown_after(fresh)

    assert shown.year >= 2026


def test_a_demonstration_knows_whether_it_has_started(fresh):
    with fresh.app.app_context():
        before = has_started()
    start(fresh, "2005-04-01T09:00:00Z")
    with fresh.app.app_context():
        after = has_started()

    assert (before, after) == (False, True)


def test_zones_come_from_the_locked_package_whatever_the_machine_has():
    assert ZoneInfo("Asia/Seoul").utcoffset(datetime(2005, 4, 28)) == timedelta(hours=9)
    import zoneinfo

    assert zoneinfo.TZPATH == ()
