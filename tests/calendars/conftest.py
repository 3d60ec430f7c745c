"""Programs other than ours that read our calendars."""

import pytest

from tests.readers.javascript import JavaScript, installed
from tests.readers.known import IN_JAVASCRIPT, known, names
from tests.readers.libical import library
from tests.readers.seen import MissingReader, Reader, do_without


@pytest.fixture(scope="session")
def libical() -> None:
    """Have libical."""
    try:
        library()
    except MissingReader as missing:
        do_without(missing)


@pytest.fixture(scope="session")
def javascript():
    """Have a process with the readers of JavaScript."""
    try:
        process = JavaScript(installed())
    except MissingReader as missing:
        do_without(missing)
    with process:
        yield process


@pytest.fixture(scope="session", params=names())
def reader(request) -> Reader:
    """Give each reader in turn."""
    name = request.param
    if name == "libical":
        request.getfixturevalue("libical")
    process = request.getfixturevalue("javascript") if name in IN_JAVASCRIPT else None
    return known(name, process)
