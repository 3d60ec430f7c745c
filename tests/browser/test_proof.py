"""The work that a busy event asks for, done by the script while somebody types."""

import pytest
from playwright.sync_api import expect

from campaign.database import transaction
from campaign.events.queries import find_event
from campaign.resolutions.queries import find_campaign
from campaign.signups.proof import CALM, LEAST_BITS, is_paid
from campaign.signups.services import sign_up
from tests.servers.browser import PHONE
from tests.signups.making import wish

OSLO = "oslo-no-2005-04-28"
PAGE = f"/en/north-korea-2005/events/{OSLO}"


@pytest.fixture
def busy(installation, campaign_of_2005):
    """Let many sign up for Oslo in these minutes."""
    with installation.app.app_context(), transaction():
        event = find_event(find_campaign(campaign_of_2005), OSLO)
        for number in range(CALM):
            sign_up(event, wish(f"v{number}@example.org"))


def test_the_script_finds_a_proof_that_is_right_while_one_can_type(new_context, busy, clock):
    page = new_context(**PHONE).new_page()
    page.goto(PAGE)

    page.get_by_label("Name").fill("Kari")
    proof = page.locator("input[name=proof]")
    expect(proof).not_to_have_value("", timeout=60_000)

    token = page.locator("input[name=form_token]").first.input_value()
    assert is_paid(token, proof.input_value(), LEAST_BITS)
    expect(page.get_by_label("Name")).to_have_value("Kari")


def test_a_calm_event_asks_for_no_work(new_context, campaign_of_2005, clock):
    page = new_context(**PHONE).new_page()
    page.goto(PAGE)

    expect(page.locator("input[name=proof]")).to_have_value("")
    assert page.locator("input[data-bits]").count() == 0
