"""Every public page as Chromium shows it: it fits a phone, can be used by all, and asks no one."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.factories import make_turnout
from tests.servers.browser import PHONE

OSLO = "oslo-no-2005-04-28"
PATHS = (
    "",
    "resolution",
    "demands/",
    "demands/china-1",
    "calls/2005-04-28",
    "events/",
    "events/?near=Oslo",
    "events/?q=nowhere",
    f"events/{OSLO}",
    "cities/oslo-no",
    "turnout",
    "events/no-such-event",
)
NO_CAMPAIGN = ("", "privacy", "contact", "credits", "organize/sign-in", "sign-ups/forged")
WIDEST = """() => {
    const limit = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= limit) return [];
    const all = [...document.body.querySelectorAll('*')];
    const wide = all.filter(e => e.getBoundingClientRect().right > limit + 0.5);
    return ['page', ...wide.slice(0, 5).map(e => e.tagName + '.' + e.className)];
}"""


@pytest.fixture
def addresses(installation, campaign_of_2005, clock) -> list[str]:
    """Give the addresses of all public pages, without a language, the day after the event."""
    clock.advance(timedelta(days=28))
    make_turnout(installation.app, OSLO, 40, 60)
    return [*NO_CAMPAIGN, *(f"{campaign_of_2005}/{path}" for path in PATHS)]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_fits_a_phone(new_context, addresses, language):
    page = new_context(**PHONE).new_page()
    too_wide = {}

    for address in addresses:
        page.goto(f"/{language}/{address}")
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            if widest := page.evaluate(WIDEST):
                too_wide[f"{address} at {width}"] = widest

    assert too_wide == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_all(new_context, addresses, scheme):
    page = new_context(**PHONE, color_scheme=scheme).new_page()

    faults = {}
    for address in addresses:
        page.goto(f"/en/{address}")
        faults[address] = violations(page)

    assert {address: found for address, found in faults.items() if found} == {}


def test_every_page_in_korean_says_so(new_context, addresses):
    page = new_context(**PHONE).new_page()

    for address in addresses:
        page.goto(f"/ko/{address}")

        expect(page.locator("html")).to_have_attribute("lang", "ko")


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page that is open, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {', '.join(' '.join(map(str, node['target'])) for node in one['nodes'][:3])}"
        for one in found
    ]
