"""A volunteer with a phone in hand: from the front page to a place, and back out again."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers.browser import PHONE
from tests.stories.letters import new_link

ADDRESS = "kari@example.org"


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
def test_a_volunteer_signs_up_on_a_phone(new_context, campaign_of_2005, clock, mailbox, has_script):
    page = new_context(**PHONE, java_script_enabled=has_script).new_page()

    find_oslo(page)
    sees_all_that_matters_at_once(page)
    clock.advance(timedelta(seconds=40))
    forgets_to_consent(page)
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_in_viewport()

    page.goto(new_link(mailbox, ADDRESS))
    page.get_by_role("button", name="I will come: confirm").click()
    expect(page.get_by_text("Your place is confirmed.")).to_be_in_viewport()
    assert "BEGIN:VEVENT" in download(page, "Put it into my calendar")

    page.get_by_text("Change what I said").click()
    page.get_by_label("How many of you will come?").fill("3")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.get_by_text("We expect 3 of you.")).to_be_in_viewport()

    page.get_by_text("Cancel my place").click()
    page.get_by_role("button", name="Yes, cancel and delete").click()
    expect(page.get_by_text("This sign-up is cancelled.")).to_be_in_viewport()
    assert ADDRESS not in page.content()


def find_oslo(page: Page) -> None:
    """Type the city in Korean on the front page, and open the nearest event."""
    page.goto("/en/")
    page.get_by_label("Near").fill("오슬로")
    page.get_by_role("button", name="Find my event").click()
    page.get_by_role("main").get_by_role("link", name="Oslo", exact=True).click()

    expect(page).to_have_url("/en/north-korea-2005/events/oslo-no-2005-04-28")


def sees_all_that_matters_at_once(page: Page) -> None:
    """See what, where, when, for which demand, and one button, without scrolling."""
    for words in ("Thursday, 28 April 2005", "12:00"):
        expect(page.get_by_role("main").get_by_text(words).first).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Oslo")).to_be_in_viewport()
    expect(page.get_by_role("link", name="forced repatriation").first).to_be_in_viewport()
    expect(page.get_by_role("link", name="Sign up", exact=True)).to_be_in_viewport()


def forgets_to_consent(page: Page) -> None:
    """Send the form without the tick: it comes back with what was typed, and what is missing."""
    page.get_by_role("link", name="Sign up", exact=True).click()
    page.get_by_label("Name").fill("Kari")
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("How many of you will come?").fill("2")
    page.get_by_role("button", name="Sign up").click()

    expect(page.get_by_role("alert")).to_contain_text("consent")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page.get_by_label("E-mail address")).to_have_value(ADDRESS)


def download(page: Page, words: str) -> str:
    """Follow a link to a file, and return what the file says."""
    with page.expect_download() as downloading:
        page.get_by_role("link", name=words).click()
    return Path(downloading.value.path()).read_text(encoding="utf-8")
