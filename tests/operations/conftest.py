"""Installations that a test makes for itself."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from campaign import create_app
from tests.installations import Installation, installed, installed_on_sqlite


@pytest.fixture
def fresh_app(tmp_path, clock) -> Iterator[Callable[..., Flask]]:
    """Give a maker of apps whose databases are not prepared."""
    made: list[Installation] = []

    def make(**settings: str) -> Flask:
        app = create_app(settings)
        made.append(Installation(app, tmp_path, settings))
        return app

    yield make
    for installation in made:
        for engine in installation.engines:
            engine.dispose()


@pytest.fixture
def fresh(request, tmp_path, clock) -> Iterator[Callable[[str], Installation]]:
    """Give a maker of installations on "sqlite" or "postgresql", each with nothing in it."""
    with ExitStack() as running:

        def make(engine: str) -> Installation:
            number = len(list(tmp_path.iterdir()))
            folder = tmp_path / f"installation-{number}"
            folder.mkdir()
            if engine == "sqlite":
                return running.enter_context(installed_on_sqlite(folder))
            server = request.getfixturevalue("postgresql")
            urls = (server.database(f"{name}_{number}") for name in ("fresh", "fresh_keys"))
            installation = running.enter_context(installed(folder, *urls))
            running.callback(installation.empty)
            return installation

        yield make
