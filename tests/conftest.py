"""What every test may ask for: the product on both databases, its clock, its mails."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.servers.browser",
    "tests.servers.postgres",
    "tests.servers.smtp",
    "tests.servers.web",
]

TODAY = datetime(2005, 4, 1, 9, 0, tzinfo=UTC)
LOAD_SECONDS = 900
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
SWITCHES = {"CAMPAIGN_REQUIRE_BROWSER", "CAMPAIGN_REQUIRE_READERS"}
# Where events change behind the back of their services: by hand, or by a restore.
UNTOLD = {"signups", "test_backup.py"}

# The settings of an installation whose shell this is are none of the tests' business: no test may
# reach its database, its keys or its mail server.
for setting in [name for name in os.environ if name.startswith("CAMPAIGN_")]:
    if setting not in SWITCHES:
        del os.environ[setting]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let load tests run at full size."""
    parser.addoption("--load", action="store_true", help="run tests/load at full size")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need; those that take the machine for themselves come last."""
    for item in items:
        folders = item.path.relative_to(Path(__file__).parent).parts[:-1]
        if "load" in folders:
            item.add_marker("load")
            item.add_marker(pytest.mark.timeout(LOAD_SECONDS))
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    # Playwright leaves an event loop running in the main thread, which other tests could trip over.
    if item.get_closest_marker("load"):
        return 1
    return 2 if item.get_closest_marker("browser") else 0


@pytest.fixture
def scaled(pytestconfig: pytest.Config) -> Callable[[int], int]:
    """Give the size of a load test: the whole number with --load, else a tenth, at least 1."""
    full = pytestconfig.getoption("--load")
    return lambda count: count if full else max(1, count // 10)


@pytest.fixture
def clock():
    """Stop the product's clock at 1 April 2005, 09:00 UTC; `clock.advance(timedelta)` moves it."""
    from campaign import clock as campaign_clock

    with campaign_clock.frozen(TODAY) as frozen:
        yield frozen


@pytest.fixture(scope="session")
def sqlite_installation(tmp_path_factory):
    """Give the product on SQLite, made once for all tests."""
    from tests.installations import installed_on_sqlite

    with installed_on_sqlite(tmp_path_factory.mktemp("sqlite")) as installation:
        yield installation


@pytest.fixture(scope="session")
def postgresql_installation(tmp_path_factory, postgresql):
    """Give the product on PostgreSQL, its key store too, made once for all tests."""
    from tests.installations import installed

    urls = postgresql.database("campaign"), postgresql.database("keys")
    with installed(tmp_path_factory.mktemp("postgresql"), *urls) as installation:
        yield installation


@pytest.fixture(scope="session")
def live_installation(tmp_path_factory):
    """Give the product on SQLite, served on this machine under its own BASE_URL."""
    from tests.installations import installed_on_sqlite, reserved_port
    from tests.servers.web import served_by_thread

    with reserved_port() as port:
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        with (
            installed_on_sqlite(tmp_path_factory.mktemp("live"), base_url=url) as installation,
            served_by_thread(installation.app, port),
        ):
            yield installation


@pytest.fixture(params=ENGINES)
def installation(request, clock):
    """Give the product on each database in turn, empty, with the clock stopped."""
    yield from _empty_afterwards(
        request.getfixturevalue(f"{request.param}_installation"), request.node
    )


@pytest.fixture
def app(installation):
    """Give the app on each database in turn."""
    return installation.app


@pytest.fixture
def sqlite_app(request, sqlite_installation, clock):
    """Give the app on SQLite alone, for what concerns its files."""
    for installation in _empty_afterwards(sqlite_installation, request.node):
        yield installation.app


@pytest.fixture
def live_url(request, live_installation, clock):
    """Give the address at which `live_installation` is served to browsers, empty at first."""
    for installation in _empty_afterwards(live_installation, request.node):
        yield installation.settings["BASE_URL"]


@pytest.fixture(scope="session")
def base_url() -> None:
    """Open no page by its path alone: outside tests/browser nothing is served to browsers."""


def _empty_afterwards(installation, node: pytest.Item) -> Iterator:
    from tests.calendars.ready import differences

    wrong = []
    try:
        yield installation
        if not UNTOLD & set(node.path.parts):
            wrong = differences(installation.app)
    finally:
        installation.empty()
    assert not wrong, "Calendars were not told of a change."


@pytest.fixture
def session(request, app):
    """Give the database session of a unit of work, for tests that call services and queries.

    Tests with a client open a context of their own where they need one: a context kept open
    around the client would hide that a request forgot to commit.
    """
    if "client" in request.fixturenames:
        pytest.fail("Ask for `session` or for `client`, not both: `with app.app_context():`")
    from campaign.database import db

    with app.app_context():
        yield db.session


@pytest.fixture
def client(app):
    """Give a browser without a screen."""
    return app.test_client()


@pytest.fixture
def runner(app):
    """Give the command line: `runner.invoke(args=[...])`."""
    return app.test_cli_runner()


class Mailbox:
    """The mails of an installation in demo mode, where each is a file."""

    def __init__(self, installation) -> None:
        self._app = installation.app
        self._folder = installation.folder / "mail"

    def deliver(self) -> list[EmailMessage]:
        """Let the worker send what is due, and return all mails so far, oldest first."""
        result = self._app.test_cli_runner().invoke(args=["work", "--once"])
        assert result.exit_code == 0, result.output
        return self.mails

    @property
    def mails(self) -> list[EmailMessage]:
        """All mails sent so far, oldest first."""
        parser = BytesParser(policy=policy.default)
        files = sorted(self._folder.glob("*.eml")) if self._folder.exists() else []
        return [parser.parsebytes(file.read_bytes()) for file in files]

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails sent to one address so far."""
        return [mail for mail in self.mails if address in str(mail["To"])]


@pytest.fixture
def mailbox(installation) -> Mailbox:
    """Give the mails that the app has sent."""
    return Mailbox(installation)
