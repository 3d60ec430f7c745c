"""The card: city, day and hour, a code that opens no more than the words beside it."""

import re
from datetime import UTC, datetime

import pytest

from campaign.models import ContactRule
from campaign.signups.qr import qr_code
from tests.signups.making import cancel, confirm, set_up, sign_up, signups, tokens
from tests.signups.test_own_page import come_without_address, open_page
from tests.signups.test_views import has

PLACE = {
    "street": "Markedsgata",
    "corner": "By the bank",
    "corner_from_at": datetime(2005, 4, 1, tzinfo=UTC),
}


@pytest.fixture
def link(app) -> str:
    """Give the token of somebody who signed up by mail and confirmed."""
    set_up(app, **PLACE)
    sign_up(app, party_size=2)
    confirm(app, tokens(app)[0])
    return tokens(app)[0]


@pytest.fixture
def code(app) -> str:
    """Give the code of somebody who was asked for nothing."""
    set_up(app, contact=ContactRule.NONE, **PLACE)
    return come_without_address(app)


def opened_by(page) -> set[str]:
    """Return which of the addresses that a code could hold is the one on the page."""
    drawn = re.search(r'<path d="([^"]+)"', page.text)[1]
    short = page.request.path.removesuffix("/card")
    candidates = {short, f"/en/check-in/{short.rpartition('/')[2]}"}
    return {path for path in candidates if qr_code(f"http://localhost{path}").path == drawn}


def test_a_card_names_city_day_hour_and_street_and_never_its_holder(app, client, link):
    page = open_page(client, link, "/card")

    for words in ("Alta", "Saturday, 14 May 2005", "12:00", "Norway Time", "Markedsgata"):
        assert has(words, page), words
    for hidden in ("Kari", "kari@example.org", "By the bank", "Northern Power", "rivers", link):
        assert hidden not in page.text, hidden


def test_before_the_confirmation_a_card_has_no_street_and_says_that_it_is_not_certain(app, client):
    set_up(app, **PLACE)
    sign_up(app)

    page = open_page(client, tokens(app)[0], "/card")

    assert not has("Markedsgata", page)
    assert has("Not certain yet", page)


def test_the_card_leaves_the_link_out_of_the_address_bar(app, client, link):
    answer = client.get(f"/en/sign-ups/{link}/card")

    assert (answer.status_code, answer.location) == (302, f"/en/sign-ups/{signups(app)[0].id}/card")


def test_the_picture_on_a_card_by_mail_opens_nothing_to_who_photographs_it(app, client, link):
    page = open_page(client, link, "/card")
    stranger = app.test_client()
    (path,) = opened_by(page)

    answer = stranger.get(path)

    assert path == f"/en/check-in/{signups(app)[0].id}"
    assert answer.status_code == 200
    assert has("This code is for those who check people in on the spot.", answer)
    assert "Alta" not in answer.text
    for further in ("", "/card", "/calendar.ics", "/data.json"):
        short = f"/en/sign-ups/{signups(app)[0].id}{further}"
        assert stranger.get(short).status_code == 404


def test_who_scans_a_card_learns_not_even_whether_it_is_still_good(app, client, link):
    known = signups(app)[0].id
    pages = {one: client.get(f"/en/check-in/{one}") for one in (known, "0" * 32, "ø", "x" * 3000)}
    cancel(app, link)
    pages["cancelled"] = client.get(f"/en/check-in/{known}")

    def said(one: str) -> str:
        path = pages[one].request.path
        return pages[one].text.replace(path.removeprefix("/en"), "")

    assert {page.status_code for page in pages.values()} == {200}
    assert said(known) == said("0" * 32) == said("cancelled")


def test_the_picture_on_a_card_with_words_opens_what_the_words_open(app, client, code):
    page = open_page(client, code, "/card")

    drawn = re.search(r'<path d="([^"]+)"', page.text)[1]
    assert drawn == qr_code(f"http://localhost/en/sign-ups/{code}").path
    assert has(" ".join(code.split("-")), page)
    assert has("Your place is confirmed.", open_page(app.test_client(), code))


def test_a_card_of_what_is_deleted_leads_back(app, client, link):
    short = open_page(client, link, "/card").request.path
    cancel(app, link)

    answer = client.get(short)

    assert (answer.status_code, answer.location) == (303, short.removesuffix("/card"))


def test_a_card_is_for_its_holders_browser_and_is_kept_by_no_cache(app, client, link):
    page = open_page(client, link, "/card")

    assert page.headers["Cache-Control"] == "no-store"
    assert app.test_client().get(page.request.path).status_code == 404
