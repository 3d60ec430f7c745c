"""Volunteers who read Korean and French, on a phone, with script and without."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from campaign.database import transaction
from campaign.events.queries import find_event
from campaign.events.services import set_privacy
from campaign.languages import gettext, speaking
from campaign.models import ContactRule
from campaign.resolutions.queries import find_campaign
from tests.browser.judging import too_wide, violations
from tests.servers.browser import PHONE
from tests.stories.letters import new_link

OSLO = "oslo-no-2005-04-28"
ADDRESS = "kari@example.org"
FILLING_IN = timedelta(seconds=40)


@pytest.fixture(params=["ko", "fr"])
def language(request) -> str:
    """Give the language that is read."""
    return request.param


@pytest.fixture
def say(installation, language):
    """Give what turns our words into those of the language."""

    def words(english: str) -> str:
        with installation.app.test_request_context(), speaking(language):
            return gettext(english)

    return words


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request, new_context, campaign_of_2005) -> Page:
    """Give a page on a phone."""
    return new_context(**PHONE, java_script_enabled=request.param).new_page()


def judge(page: Page, language: str) -> None:
    """See that the page is in the language, fits the phone, and shuts nobody out."""
    assert page.get_attribute("html", "lang") == language
    assert too_wide(page) == []


def test_a_volunteer_signs_up_confirms_and_leaves(page, language, say, clock, mailbox):
    page.goto(f"/{language}/north-korea-2005/events/{OSLO}")
    judge(page, language)
    clock.advance(FILLING_IN)
    page.get_by_label(say("Name"), exact=True).fill("Kari")
    page.get_by_label(say("E-mail address")).fill(ADDRESS)
    page.get_by_label(say("I agree to this")).check()
    page.get_by_role("button", name=say("Sign up"), exact=True).click()
    expect(page.get_by_role("heading", name=say("Check your mail"))).to_be_in_viewport()

    page.goto(new_link(mailbox, ADDRESS))
    judge(page, language)
    page.get_by_role("button", name=say("I will come: confirm")).click()
    expect(page.get_by_text(say("Your place is confirmed."))).to_be_in_viewport()
    judge(page, language)

    page.get_by_text(say("Cancel my place")).click()
    page.get_by_role("button", name=say("Yes, cancel and delete")).click()
    expect(page.get_by_text(say("This sign-up is cancelled."))).to_be_in_viewport()
    assert ADDRESS not in page.content()


def test_a_volunteer_leaves_no_name_and_comes_back_by_six_words(
    page, language, say, clock, installation
):
    with installation.app.app_context(), transaction():
        event = find_event(find_campaign("north-korea-2005"), OSLO)
        set_privacy(event, is_discreet=True, contact=ContactRule.NONE)
    page.goto(f"/{language}/north-korea-2005/events/{OSLO}")
    clock.advance(FILLING_IN)
    expect(page.get_by_label(say("E-mail address"))).to_have_count(0)
    page.get_by_role("button", name=say("Sign up"), exact=True).click()

    expect(page.get_by_text(say("Your place is confirmed."))).to_be_in_viewport()
    judge(page, language)
    page.get_by_role("link", name=say("Show my code at the door")).click()
    judge(page, language)
    words = re.findall(r"\b[a-z]{4}\b", page.locator(".code-words").first.inner_text())
    assert len(words) == 6
    expect(page.locator("svg").first).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"/{language}/sign-ups/")
    judge(page, language)
    page.get_by_label(say("The six words")).fill(" ".join(words).upper())
    page.get_by_role("button", name=say("Open my sign-up")).click()
    expect(page.get_by_text(say("Your place is confirmed."))).to_be_visible()

    page.get_by_text(say("Forget me here")).first.click()
    page.get_by_role("button", name=say("Yes, delete it now")).click()
    expect(page.get_by_role("heading", name=say("It is deleted"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_volunteer_sees_shuts_nobody_out(
    new_context, campaign_of_2005, language, say, clock, scheme, installation
):
    page = new_context(**PHONE, color_scheme=scheme).new_page()
    with installation.app.app_context(), transaction():
        event = find_event(find_campaign("north-korea-2005"), OSLO)
        set_privacy(event, is_discreet=False, contact=ContactRule.NONE)
    page.goto(f"/{language}/north-korea-2005/events/{OSLO}")
    clock.advance(FILLING_IN)
    page.get_by_role("button", name=say("Sign up"), exact=True).click()

    own = page.url
    for path in (own, f"{own}/card", f"/{language}/sign-ups/", f"/{language}/check-in/none"):
        page.goto(path)
        assert violations(page) == [], path
