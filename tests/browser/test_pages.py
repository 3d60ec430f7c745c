"""Every page as Chromium shows it: it fits a phone, shuts nobody out, and asks no other site."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from campaign.models import RoleName
from tests.browser.judging import too_wide, violations
from tests.factories import invited, make_turnout
from tests.servers.browser import PHONE
from tests.stories.browsing import Visitor
from tests.stories.letters import new_link

CAMPAIGN = "/north-korea-2005"
OSLO = f"{CAMPAIGN}/events/oslo-no-2005-04-28"
OFFICE = f"/organize{CAMPAIGN}"
PUBLIC = (
    *("/", "/privacy", "/contact", "/credits", "/rel/demand", "/organize/sign-in"),
    *(f"{CAMPAIGN}/", f"{CAMPAIGN}/resolution", f"{CAMPAIGN}/demands/"),
    *(f"{CAMPAIGN}/demands/china-1", f"{CAMPAIGN}/calls/2005-04-28"),
    *(f"{CAMPAIGN}/events/", f"{CAMPAIGN}/events/?near=Oslo", f"{CAMPAIGN}/events/?q=nowhere"),
    *(OSLO, f"{OSLO}/sign-up/sent", f"{CAMPAIGN}/cities/oslo-no", f"{CAMPAIGN}/turnout"),
)
AFTERWARDS = (f"{CAMPAIGN}/", OSLO, f"{CAMPAIGN}/cities/oslo-no", f"{CAMPAIGN}/turnout")
NOWHERE = (f"{CAMPAIGN}/events/no-such-event", "/nowhere/", "/sign-ups/forged")
BACK_OFFICE = (
    *("/organize/", f"{OFFICE}/", f"{OFFICE}/resolution", f"{OFFICE}/turnout"),
    *(f"{OFFICE}/events/oslo-no-2005-04-28", f"{OFFICE}/events/oslo-no-2005-04-28/turnout"),
    f"{OFFICE}/events/seoul-kr-2005-04-28/turnout",
)


@dataclass(frozen=True)
class Tour:
    """Pages to look at one after the other, by their addresses without the language."""

    paths: tuple[str, ...]
    status: int = 200
    way_in: str | None = None  # a link that signs in


@pytest.fixture(params=["before the event", "after it", "nowhere", "in the back office"])
def tour(request, installation, campaign_of_2005, clock, mailbox) -> Tour:
    """Give the pages of the campaign of 2005, at one time and another."""
    if request.param == "before the event":
        return Tour((*PUBLIC, own_page(installation.app, clock, mailbox)))
    if request.param == "nowhere":
        return Tour(NOWHERE, status=404)
    clock.advance(timedelta(days=28))
    make_turnout(installation.app, "oslo-no-2005-04-28", 40, 60)
    if request.param == "after it":
        return Tour(AFTERWARDS)
    return Tour(BACK_OFFICE, way_in=invited(installation.app, RoleName.ORGANIZER))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_fits_a_phone(new_context, tour, language):
    page = new_context(**PHONE).new_page()

    faults = {path: too_wide(page) for path in walk(page, tour, language)}

    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_all(new_context, tour, scheme):
    page = new_context(**PHONE, color_scheme=scheme).new_page()

    faults = {path: violations(page) for path in walk(page, tour, "en")}

    assert {path: found for path, found in faults.items() if found} == {}


def walk(page: Page, tour: Tour, language: str):
    """Open each page of a tour in a language, and yield its path while it is open."""
    if tour.way_in:
        page.goto(tour.way_in)
        page.get_by_role("button").click()
    for path in tour.paths:
        opened = page.goto(f"/{language}{path}")
        assert opened.status == tour.status, path
        assert page.get_attribute("html", "lang") == language
        yield path


def own_page(app, clock, mailbox) -> str:
    """Sign somebody up for Oslo; return the address of the page in the mail."""
    volunteer = Visitor(app.test_client()).open(f"/en{OSLO}")
    clock.advance(timedelta(seconds=40))
    volunteer.send("Sign up", name="Kari", email="kari@example.org", consent="y")
    return new_link(mailbox, "kari@example.org").partition("/en")[2]
