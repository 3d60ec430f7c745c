"""A volunteer's own page and card in Chromium: in every state, on a phone, on paper, and left."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from campaign.database import db
from campaign.events.services import renew
from campaign.models import ContactRule, EventStatus, SafetySheet, Shift, ShiftKind
from campaign.signups import services
from campaign.signups.queries import find_by_token
from tests.browser.judging import too_wide, violations
from tests.servers.browser import DESK, PHONE
from tests.signups.making import (
    acting,
    cancel,
    confirm,
    event,
    make_events,
    sign_up,
    tokens,
    wish,
)

SHEET = "Do not be alone.\n\n- Take the number of a lawyer with you.\n- Film nobody's face."
STATES = ("held", "confirmed", "waiting", "offered", "cancelled", "off", "over", "code", "discreet")
TOUCH = 44  # CSS pixels; WCAG 2.2, 2.5.5


@pytest.fixture
def app(installation, tmp_path):
    """Give the app as browsers see it, with an event of one place, a job and a safety sheet."""
    make_events(installation.app, tmp_path)
    with acting(installation.app):
        here = event()
        db.session.add(Shift(event_id=here.id, kind=ShiftKind.MARSHAL, title=None, places=1))
        sheet = {"text": SHEET, "source": "Lawyers", "source_url": "https://example.org/"}
        db.session.add(
            SafetySheet(
                campaign_id=here.campaign_id, country="NO", language="en",
                checked_on=date(2005, 3, 1), **sheet,
            )
        )  # fmt: skip
    set_up(installation.app, capacity_override=1, street="Markedsgata")
    return installation.app


def set_up(app, **fields) -> None:
    """Let the event be as a test needs it, and tell calendars of it."""
    with acting(app):
        here = event()
        for name, value in fields.items():
            setattr(here, name, value)
        renew([here.id])


def come(app, number: int) -> str:
    with acting(app):
        shifts = tuple(one.id for one in event().shifts)
    sign_up(app, f"v{number}@example.org", shifts=shifts)
    return tokens(app)[-1]


def in_state(app, clock, state: str) -> str:
    """Bring somebody into a state, and return the path of the page."""
    if state in ("code", "discreet"):
        set_up(app, contact=ContactRule.NONE, is_discreet=state == "discreet")
        with acting(app):
            return f"/sign-ups/{services.sign_up(event(), wish('')).token}"
    first = come(app, 1)
    if state in ("confirmed", "waiting", "offered", "off", "over"):
        confirm(app, first)
    if state in ("waiting", "offered"):
        second = come(app, 2)
        confirm(app, second)
        if state == "offered":
            cancel(app, first)
        first = second
    if state == "cancelled":
        cancel(app, first)
    if state == "off":
        set_up(app, status=EventStatus.CANCELLED)
    if state == "over":
        clock.advance(timedelta(days=44))
    return f"/sign-ups/{first}"


@pytest.fixture(params=STATES)
def state(request) -> str:
    """Give each state in turn."""
    return request.param


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_state_fits_a_phone_and_can_be_used_by_all(new_context, app, clock, state, language):
    path = in_state(app, clock, state)
    faults = []

    for scheme in ("light", "dark"):
        page = new_context(**PHONE, color_scheme=scheme).new_page()
        for more in ("", "/card"):
            page.goto(f"/{language}{path}{more}")
            faults += [*violations(page), *too_wide(page)]

    assert faults == []


@pytest.mark.parametrize("path", ["/sign-ups/", "/check-in/0"])
def test_pages_about_codes_fit_a_phone_and_can_be_used_by_all(new_context, app, path):
    page = new_context(**PHONE).new_page()

    page.goto(f"/en{path}")

    assert [*violations(page), *too_wide(page)] == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("held", "I will come: confirm"),
        ("offered", "Take the place"),
        ("confirmed", "Show my code at the door"),
        ("code", "Show my code at the door"),
    ],
)
def test_the_first_screen_says_where_when_and_the_one_thing_to_do(
    new_context, app, clock, state, words
):
    page = new_context(**PHONE, java_script_enabled=False).new_page()

    page.goto(f"/en{in_state(app, clock, state)}")

    action = page.locator(".button:not(.button-quiet):visible")
    expect(page.locator(".notice")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Alta")).to_be_in_viewport()
    expect(page.get_by_text("Saturday, 14 May 2005")).to_be_in_viewport()
    expect(action).to_have_count(1)
    expect(action).to_have_text(words)
    expect(action).to_be_in_viewport(ratio=1)
    assert overlaps(action.bounding_box(), way_out(page).bounding_box()) is False


def overlaps(one: dict[str, float], other: dict[str, float]) -> bool:
    return one["y"] + one["height"] > other["y"] and other["y"] + other["height"] > one["y"]


def test_a_volunteer_without_script_takes_on_a_job_and_brings_more(new_context, app, clock):
    set_up(app, capacity_override=3)
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    first, second = come(app, 1), come(app, 2)
    for token in (first, second):
        confirm(app, token)
    cancel(app, first)

    page.goto(f"/en/sign-ups/{second}")
    page.get_by_role("button", name="Take it on").click()
    expect(page.get_by_text("It is yours.")).to_be_visible()
    page.locator("summary", has_text="Bring more people").click()
    page.get_by_role("button", name="Bring them").click()
    expect(page.get_by_text("We expect 2 of you.")).to_be_visible()
    page.locator("summary", has_text="Bring more people").click()
    page.get_by_label("How many of you will come now?").fill("4")
    page.get_by_role("button", name="Bring them").click()

    expect(page.get_by_role("alert")).to_contain_text("There are not enough places")
    expect(page.get_by_label("How many of you will come now?")).to_have_value("4")
    with acting(app):
        assert find_by_token(second).party_size == 2


# --- On paper ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["confirmed", "code", "discreet"])
def test_a_card_prints_as_large_as_a_hand_without_what_only_a_screen_can_use(
    new_context, app, clock, state
):
    page = new_context(**DESK).new_page()
    page.goto(f"/en{in_state(app, clock, state)}/card")

    page.emulate_media(media="print")

    box, code = page.locator(".card").bounding_box(), page.locator(".qr").bounding_box()
    millimetre = 96 / 25.4
    assert box["width"] == pytest.approx(105 * millimetre, abs=1)
    assert box["height"] < 148 * millimetre
    assert code["width"] == pytest.approx(42 * millimetre, abs=1)
    expect(page.get_by_text("Film nobody's face.")).to_be_visible()
    expect(way_out(page)).to_be_hidden()
    expect(page.get_by_text("Back to your sign-up")).to_be_hidden()


# --- Leaving -----------------------------------------------------------------------------------


def way_out(page: Page):
    return page.locator(".quick-exit")


@pytest.fixture
def elsewhere(app, base_url, monkeypatch) -> str:
    """Let the way out lead to a page that this machine has."""
    url = f"{base_url}/en/credits"
    monkeypatch.setitem(app.config, "QUICK_EXIT_URL", url)
    return url


def by_button(page: Page) -> None:
    way_out(page).click()


def by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(way_out(page)).to_be_focused()
    page.keyboard.press("Enter")


def by_escape(page: Page) -> None:
    for _time in range(3):
        page.keyboard.press("Escape")


@pytest.mark.parametrize("leave", [by_button, by_keyboard, by_escape])
def test_whoever_leaves_by_script_does_not_come_back_by_the_back_button(
    new_context, app, clock, elsewhere, leave
):
    page = new_context(**PHONE).new_page()
    page.goto("/en/privacy")
    page.goto(f"/en{in_state(app, clock, 'confirmed')}")
    short = page.url

    leave(page)
    page.wait_for_url(elsewhere)
    page.go_back()

    expect(page.get_by_role("heading", name="Privacy", exact=True)).to_be_visible()
    assert page.goto(short).status == 404
    assert page.context.cookies() == []


@pytest.mark.parametrize("leave", [by_button, by_keyboard])
def test_whoever_leaves_without_script_leaves_nothing_to_come_back_to(
    new_context, app, clock, elsewhere, leave
):
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    page.goto(f"/en{in_state(app, clock, 'confirmed')}")

    leave(page)
    page.wait_for_url(elsewhere)
    page.go_back()

    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    assert page.context.cookies() == []


def test_twice_is_not_enough_nor_is_it_with_another_key_between(new_context, app, clock, elsewhere):
    page = new_context(**PHONE).new_page()
    page.goto(f"/en{in_state(app, clock, 'confirmed')}")
    short = page.url

    for key in ("Escape", "Escape", "Tab", "Escape", "Escape"):
        page.keyboard.press(key)

    page.wait_for_load_state("networkidle")
    assert page.url == short
    page.keyboard.press("Escape")
    page.wait_for_url(elsewhere)


def test_the_way_out_stays_in_reach_of_a_thumb(new_context, app, clock):
    page = new_context(**PHONE).new_page()
    page.goto(f"/en{in_state(app, clock, 'confirmed')}")

    for place in (0, 600, 100_000):
        page.evaluate(f"scrollTo(0, {place})")

        expect(way_out(page)).to_be_in_viewport(ratio=1)
        assert way_out(page).bounding_box()["height"] >= TOUCH
    page.locator(".footer a").last.click(trial=True)
