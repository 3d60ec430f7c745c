"""Installations of their own for load tests: other processes serve them, whose clocks run."""

import pytest

from tests.installations import installed, installed_on_sqlite


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def own(request, tmp_path):
    """Give an empty installation on each database in turn, in a folder of its own."""
    folder = tmp_path / "own"
    if request.param == "sqlite":
        with installed_on_sqlite(folder) as installation:
            yield installation
        return
    server, name = request.getfixturevalue("postgresql"), f"own_{abs(hash(str(tmp_path)))}"
    with installed(folder, server.database(name), server.database(f"{name}_keys")) as installation:
        yield installation
