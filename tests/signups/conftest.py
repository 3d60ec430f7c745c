"""What tests of sign-ups share: a campaign with two events, on each database in turn."""

import pytest

from tests.signups.making import make_events


@pytest.fixture
def app(installation, tmp_path):
    """Give the app with an event in Alta and one in Luleå, on each database in turn."""
    make_events(installation.app, tmp_path)
    return installation.app
