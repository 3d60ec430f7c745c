"""Browser tests work on the product as it is served: pages open by path, fixtures by its app."""

import pytest


@pytest.fixture(scope="session")
def base_url(live_installation) -> str:
    """Let `page.goto("/en/")` find the product."""
    return live_installation.settings["BASE_URL"]


@pytest.fixture
def installation(live_url, live_installation):
    """Give the product as browsers see it, empty, with the clock stopped."""
    return live_installation
