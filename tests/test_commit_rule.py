"""The one commit rule: what an answer below 400 keeps, and what a refusal does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Blueprint, Flask, Response, abort, current_app, redirect, request
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.test import TestResponse

from campaign import create_app
from campaign.database import (
    abandon,
    db,
    glance,
    insert_into,
    keep,
    reading,
    snapshot,
    take_lock,
    transaction,
    writes,
    writes_late,
)
from campaign.engines import sqlite_library
from campaign.errors import CampaignError, InvalidError
from campaign.models import InstallationFact
from tests.installations import (
    Installation,
    connected_beside,
    installed,
    installed_on_sqlite,
)

trial = Blueprint("trial", __name__)


def add(name: str) -> None:
    db.session.add(InstallationFact(name=name, value="said"))
    db.session.flush()


def keep_fact(name: str) -> None:
    fact = insert_into(InstallationFact).values(name=name, value="kept")
    keep(fact.on_conflict_do_nothing())


def failures() -> dict[str, BaseException]:
    return {
        "refused": CampaignError("no"),
        "invalid": InvalidError("what?"),
        "broken": ZeroDivisionError("a secret of somebody"),
        "unreachable": OperationalError("SELECT 1", {}, RuntimeError("server closed")),
    }


@trial.post("/answer/<int:status>")
@writes
def answer(status: int) -> Response:
    """Write, then answer with a status."""
    add("written")
    keep_fact("kept")
    return redirect("/healthz", status) if status in {302, 303} else Response(status=status)


@trial.post("/raise/<name>")
@writes
def fail(name: str) -> Response:
    """Write, then fail."""
    add("written")
    keep_fact("kept")
    if name.isdecimal():
        abort(int(name))
    raise failures()[name]


@trial.get("/look/<how>")
def look(how: str) -> str:
    """Write where one may only read."""
    if how == "by-row":
        add("written")
    elif how == "by-statement":
        db.session.execute(insert_into(InstallationFact).values(name="written", value="said"))
    else:
        db.session.add(InstallationFact(name="written", value="said"))  # until the commit
    return "written"


@trial.post("/unmarked")
def unmarked() -> str:
    """Write without a word of it."""
    add("written")
    return "written"


@trial.post("/late/<order>")
@writes_late
def late(order: str) -> str:
    """Read, then write, with and without the lock."""
    db.session.scalar(sa.select(InstallationFact.value))
    if order == "locked":
        take_lock()
    add("written")
    return "written"


@trial.post("/abandoned")
@writes
def abandoned() -> str:
    """Write, drop it, and answer all the same."""
    add("written")
    abandon()
    return f"{db.session.scalar(sa.select(sa.func.count(InstallationFact.name)))} rows"


@trial.post("/abandoned-and-written")
@writes
def abandoned_and_written() -> str:
    """Drop what was written, and write again."""
    abandon()
    add("written")
    return "written"


@trial.post("/stream")
@writes
def stream() -> Response:
    """Write, then say piece by piece what others can see of it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    add("written")

    def pieces() -> Iterator[str]:
        with glance(app) as connection:
            yield from connection.scalars(sa.select(InstallationFact.name))

    return Response(pieces())


@trial.post("/broken-commit")
@writes
def broken_commit() -> str:
    """Leave to the commit what it cannot do."""
    keep_fact("kept")
    db.session.add_all(InstallationFact(name="twice", value=value) for value in ("1", "2"))
    return "written"


@trial.post("/lost-commit")
@writes
def lost_commit() -> str:
    """Lose the database in the moment of the commit."""
    add("written")
    error = failures()["unreachable"]

    @sa.event.listens_for(db.session(), "before_commit", once=True)
    def lose(_session: Any) -> None:
        raise error

    return "written"


@trial.post("/broken-keep")
@writes
def broken_keep() -> str:
    """Keep what cannot be kept."""
    add("written")
    keep(sa.text("SELECT nothing FROM nowhere"))
    return "written"


@trial.post("/long")
@writes
def long() -> str:
    """Write as much as was sent."""
    db.session.add(InstallationFact(name="long", value=request.get_data(as_text=True)))
    return "written"


@pytest.fixture(scope="module")
def sqlite_trial(tmp_path_factory) -> Iterator[Installation]:
    with installed_on_sqlite(tmp_path_factory.mktemp("trial")) as installation:
        join_trial(installation.app)
        yield installation


@pytest.fixture(scope="module")
def postgresql_trial(tmp_path_factory, postgresql) -> Iterator[Installation]:
    urls = postgresql.database("trial"), postgresql.database("trial_keys")
    with installed(tmp_path_factory.mktemp("trial"), *urls) as installation:
        join_trial(installation.app)
        yield installation


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ready(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The product with views that write in every way, on each database, empty."""
    installation = request.getfixturevalue(f"{request.param}_trial")
    yield installation.app
    installation.empty()


def join_trial(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.register_blueprint(trial, url_prefix="/trial")


def post(app: Flask, path: str, **options: Any) -> TestResponse:
    return app.test_client().post(f"/trial/{path}", **options)


def facts(app: Flask) -> set[str]:
    with glance(app) as connection:
        return set(connection.scalars(sa.select(InstallationFact.name)))


def is_whole_page(response: TestResponse) -> bool:
    """Whether an answer is a page of ours, with what every answer carries."""
    policy = response.headers["Content-Security-Policy"]
    return "<main" in response.text and "default-src 'none'" in policy


# --- Requests --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 204, 302, 303, 399])
def test_an_answer_below_400_keeps_what_was_written(ready, status):
    response = post(ready, f"answer/{status}")

    assert response.status_code == status
    assert facts(ready) == {"written", "kept"}


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 429, 500, 503])
def test_any_other_answer_keeps_only_what_is_to_be_kept_whatever_happens(ready, status):
    response = post(ready, f"answer/{status}")

    assert response.status_code == status
    assert facts(ready) == {"kept"}


@pytest.mark.parametrize(
    ("name", "status"),
    [("refused", 409), ("invalid", 422), ("404", 404), ("403", 403), ("broken", 500)],
)
def test_what_is_raised_keeps_nothing_and_is_answered_by_a_page(ready, name, status):
    response = post(ready, f"raise/{name}")

    assert response.status_code == status
    assert is_whole_page(response)
    assert facts(ready) == {"kept"}


def test_a_database_out_of_reach_is_answered_by_a_page_that_says_when_to_come_back(ready):
    response = post(ready, "raise/unreachable")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert is_whole_page(response)
    assert facts(ready) == {"kept"}


@pytest.mark.parametrize("how", ["by-row", "by-statement", "by-commit"])
def test_a_question_cannot_write(ready, how):
    response = ready.test_client().get(f"/trial/look/{how}")

    assert response.status_code == 500
    assert "Retry-After" not in response.headers
    assert is_whole_page(response)
    assert facts(ready) == set()


def test_a_request_that_does_not_say_so_cannot_write(ready):
    response = post(ready, "unmarked")

    assert response.status_code == 500
    assert facts(ready) == set()


def test_whoever_writes_late_takes_the_lock_first(ready):
    without, with_it = post(ready, "late/unlocked"), post(ready, "late/locked")

    assert (without.status_code, with_it.status_code) == (500, 200)
    assert facts(ready) == {"written"}


def test_what_is_abandoned_is_not_kept_though_the_answer_is_good(ready):
    response = post(ready, "abandoned")

    assert (response.status_code, response.text) == (200, "0 rows")
    assert facts(ready) == set()


def test_nothing_can_be_written_after_abandoning(ready):
    response = post(ready, "abandoned-and-written")

    assert response.status_code == 500
    assert facts(ready) == set()


def test_a_stream_begins_after_the_commit(ready):
    response = post(ready, "stream")

    assert response.text == "written"


def test_a_commit_that_fails_fails_the_request(ready):
    response = post(ready, "broken-commit")

    assert response.status_code == 500
    assert is_whole_page(response)
    assert facts(ready) == {"kept"}


def test_a_database_that_is_lost_in_the_commit_is_answered_like_one_out_of_reach(ready):
    response = post(ready, "lost-commit")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert facts(ready) == set()


def test_what_cannot_be_kept_fails_the_request(ready):
    response = post(ready, "broken-keep")

    assert response.status_code >= 500
    assert is_whole_page(response)


def test_a_failed_request_leaves_the_next_one_alone(ready):
    post(ready, "broken-commit")
    response = post(ready, "answer/200")

    assert response.status_code == 200
    assert facts(ready) == {"written", "kept"}


def test_an_error_page_and_its_log_say_nothing_of_the_error(ready):
    with structlog.testing.capture_logs() as lines:
        response = post(ready, "raise/broken", data={"name": "Hwang Mi-ran"})

    said = response.text + str(lines)
    assert [line["error"] for line in lines] == ["ZeroDivisionError"]
    assert set(lines[0]) == {"event", "log_level", "error", "at"}
    assert not [word for word in ("secret", "Hwang", "Traceback", "trial") if word in said]


def test_a_log_line_names_our_line_and_nothing_that_was_typed(ready):
    with structlog.testing.capture_logs() as lines:
        ready.test_client().get("/en/none/events/?q=Hwang", headers={"Host": "localhost"})
        post(ready, "raise/unreachable", data={"name": "Hwang Mi-ran"})

    assert lines == [
        {"event": "database unreachable", "error": "RuntimeError", "log_level": "error"}
    ]


# --- Commands and jobs -----------------------------------------------------------------------


def test_a_transaction_that_ends_well_is_kept(ready):
    with ready.app_context(), transaction():
        add("written")

    assert facts(ready) == {"written"}


def test_a_transaction_that_is_broken_off_keeps_nothing(ready):
    with ready.app_context(), pytest.raises(KeyboardInterrupt), transaction():
        add("written")
        raise KeyboardInterrupt

    assert facts(ready) == set()


@pytest.mark.parametrize("look", [reading, snapshot])
def test_a_command_that_only_reads_cannot_write(ready, look):
    with ready.app_context(), pytest.raises(DBAPIError), look():
        add("written")
    with ready.app_context(), transaction():
        add("later")

    assert facts(ready) == {"later"}


def test_a_snapshot_sees_nothing_that_is_written_meanwhile(ready):
    names = sa.select(InstallationFact.name)
    with ready.app_context(), snapshot():
        before = db.session.scalars(names).all()
        with connected_beside(db.engine.url) as other:
            other.execute(sa.insert(InstallationFact).values(name="written", value="said"))
        after = db.session.scalars(names).all()

    assert (before, after) == ([], [])
    assert facts(ready) == {"written"}


# --- A database in trouble -------------------------------------------------------------------


@contextmanager
def said_to_each_connection(app: Flask, pragma: str) -> Iterator[None]:
    """Say a pragma on each new connection to SQLite, and have only new connections."""
    with app.app_context():
        engine = db.engine

    def say(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(engine, "connect", say)
    engine.dispose()
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", say)
        engine.dispose()


@pytest.fixture
def sqlite_ready(sqlite_trial) -> Iterator[Flask]:
    yield sqlite_trial.app
    sqlite_trial.empty()


def sqlite_path(app: Flask) -> Path:
    return Path(app.config["DATABASE_URL"].removeprefix("sqlite:///"))


def test_a_locked_sqlite_file_is_waited_for_then_answered_by_503(sqlite_ready):
    other = sqlite_library().connect(sqlite_path(sqlite_ready), isolation_level=None)
    with said_to_each_connection(sqlite_ready, "busy_timeout = 50"):
        other.execute("BEGIN IMMEDIATE")
        refused = post(sqlite_ready, "answer/200")
        read = sqlite_ready.test_client().get("/en/")
        other.execute("ROLLBACK")
        other.close()
        taken = post(sqlite_ready, "answer/200")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert (read.status_code, taken.status_code) == (200, 200)


def test_a_full_disk_is_answered_by_503_and_keeps_no_half(sqlite_ready):
    with sqlite_library().connect(sqlite_path(sqlite_ready)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    with said_to_each_connection(sqlite_ready, f"max_page_count = {pages}"):
        refused = post(sqlite_ready, "long", data="x" * 1_000_000)
        read = sqlite_ready.test_client().get("/en/")
    taken = post(sqlite_ready, "long", data="x" * 1_000_000)

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert (read.status_code, taken.status_code) == (200, 200)
    assert facts(sqlite_ready) == {"long"}


def test_a_file_that_cannot_be_written_is_answered_by_503(sqlite_trial, tmp_path):
    url = f"sqlite:///file:{sqlite_path(sqlite_trial.app)}?mode=ro&uri=true"
    app = create_app({**sqlite_trial.settings, "DATABASE_URL": url})
    join_trial(app)
    read, written = app.test_client().get("/en/"), post(app, "answer/200")
    with app.app_context():
        db.engine.dispose()

    assert (read.status_code, written.status_code) == (200, 503)


@pytest.mark.postgresql
def test_a_database_that_is_gone_is_answered_by_503_until_it_is_back(postgresql_trial, postgresql):
    app, database = postgresql_trial.app, sa.make_url(postgresql_trial.settings["DATABASE_URL"])
    client = app.test_client()
    server = sa.create_engine(postgresql.url, isolation_level="AUTOCOMMIT")
    client.get("/en/")
    with server.connect() as connection:
        allow_connections(connection, database.database, "false")
        try:
            gone = [client.get("/en/"), post(app, "answer/200"), client.get("/readyz")]
            alive = client.get("/healthz")
        finally:
            allow_connections(connection, database.database, "true")
    server.dispose()
    back = post(app, "answer/200")
    postgresql_trial.empty()

    assert [response.status_code for response in gone] == [503, 503, 503]
    assert {response.headers["Retry-After"] for response in gone} == {"5"}
    assert (alive.status_code, back.status_code) == (200, 200)


@pytest.mark.postgresql
def test_connections_that_died_meanwhile_are_made_anew_unseen(postgresql_trial, postgresql):
    app, database = postgresql_trial.app, sa.make_url(postgresql_trial.settings["DATABASE_URL"])
    app.test_client().get("/en/")
    server = sa.create_engine(postgresql.url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        allow_connections(connection, database.database, "true")
    server.dispose()
    response = post(app, "answer/200")
    postgresql_trial.empty()

    assert response.status_code == 200


def allow_connections(connection: sa.Connection, database: str, answer: str) -> None:
    """Cut off who is connected to a database, and let anybody or nobody connect again."""
    connection.exec_driver_sql(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS {answer}')
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
    connection.execute(sa.text(query), {"name": database})
