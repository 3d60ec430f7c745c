"""Browser tests work on the product as it is served: pages open by path, fixtures by its app."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.factories import make_campaign_of_2005


@pytest.fixture(scope="session")
def base_url(live_installation) -> str:
    """Let `page.goto("/en/")` find the product."""
    return live_installation.settings["BASE_URL"]


@pytest.fixture
def installation(live_url, live_installation):
    """Give the product as browsers see it, empty, with the clock stopped."""
    return live_installation


@pytest.fixture
def campaign_of_2005(installation) -> str:
    """Give the campaign of 2005 with events in Norway, Sweden and Korea; return its path."""
    make_campaign_of_2005(installation.app)
    return "north-korea-2005"


class Watch:
    """What pages do that none of ours may: ask others, complain, miss a file, break the CSP."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.requests = 0
        self.faults: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watch all pages of a context from now on."""
        context.on("request", self._requested)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("page", self._opened)
        return context

    def _opened(self, page: Page) -> None:
        page.on("requestfailed", self._failed)

    def _failed(self, request: Request) -> None:
        # A page that is left cuts off what it was still loading; a download cuts off the page.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def _requested(self, request: Request) -> None:
        self.requests += 1
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"asked another site: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 422 by intent is said so by Chromium itself; its files are not.
        is_page_itself = message.location["url"] == getattr(message.page, "url", None)
        if message.type in ("error", "warning") and not is_page_itself:
            self.faults.append(f"console: {message.text} ({message.location['url']})")


@pytest.fixture
def watch(base_url: str):
    """Watch over every page of a test; at its end none may have done what none of ours may."""
    watch = Watch(base_url)
    yield watch
    assert watch.faults == []
    assert watch.requests > 0


@pytest.fixture
def new_context(new_context, watch: Watch):
    """Open browser contexts that are watched over."""

    def open_context(**options) -> BrowserContext:
        return watch.over(new_context(**options))

    return open_context
