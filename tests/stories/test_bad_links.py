"""Whoever comes by a bad link reads what happened and what to do now, in English and in Korean."""

from datetime import timedelta

import pytest

from campaign.commands.demo import SLUG
from tests.factories import command, make_campaign_of_2005
from tests.stories.browsing import Visitor
from tests.stories.letters import new_link
from tests.stories.signing_in import sign_in

FORGED = "a" * 43
ADDRESS = "inga@example.org"
OSLO = f"/en/{SLUG}/events/oslo-no-2005-04-28"


@pytest.fixture
def visitor(client) -> Visitor:
    """Give somebody who opens links."""
    return Visitor(client)


@pytest.fixture
def organizer(app, visitor) -> Visitor:
    """Give somebody who is invited to organize the campaign of 2005, and has not signed in yet."""
    make_campaign_of_2005(app)
    command(app, "invite", ADDRESS, "--role", "organizer", "--campaign", SLUG)
    return visitor


def test_an_unknown_campaign_is_said_to_be_nowhere(visitor):
    for language in ("en", "ko"):
        visitor.open(f"/{language}/no-such-campaign/events/", status=404)

        assert_is_helpful(visitor, language)


def test_an_unknown_event_is_said_to_be_nowhere(app, visitor):
    make_campaign_of_2005(app)

    for language in ("en", "ko"):
        visitor.open(f"/{language}/{SLUG}/events/no-such-event", status=404)

        assert_is_helpful(visitor, language, way_on=f"{SLUG}/events/")


@pytest.mark.parametrize("path", ["/xx/", f"/xx/{SLUG}/", f"/de/{SLUG}/", "/EN/"])
def test_a_language_that_we_do_not_speak_is_answered_in_one_that_we_do(visitor, path):
    visitor.open(path, status=404, headers={"Accept-Language": "ko"})
    assert_is_helpful(visitor, "ko")

    visitor.open(path, status=404, headers={"Accept-Language": "de, en;q=0.5"})
    assert_is_helpful(visitor, "en")


@pytest.mark.parametrize(
    ("path", "way_on"), [("sign-ups", ""), ("organize/sign-in", "organize/sign-in")]
)
def test_a_forged_link_shows_nothing_and_offers_a_way_on(visitor, path, way_on):
    for language in ("en", "ko"):
        visitor.open(f"/{language}/{path}/{FORGED}", status=404)

        assert_is_helpful(visitor, language, way_on)
        assert FORGED not in visitor.response.text


def test_a_sign_in_link_works_once(app, organizer, mailbox):
    link = sign_in(organizer, mailbox, ADDRESS)
    assert "Human rights in North Korea" in organizer.text

    somebody_else = Visitor(app.test_client()).open(link, status=404)

    assert_is_used_up(somebody_else)


def test_a_sign_in_link_works_for_fifteen_minutes(organizer, clock, mailbox):
    organizer.open("/en/organize/sign-in").send("Send me the link", email=ADDRESS)
    link = new_link(mailbox, ADDRESS)

    clock.advance(timedelta(minutes=14))
    organizer.open(link)
    clock.advance(timedelta(minutes=1, seconds=1))
    organizer.send("Sign in now", status=409)
    organizer.open("/en/organize/")

    assert "Please sign in first." in organizer.text
    assert_is_used_up(organizer.open(link, status=404))


def test_a_confirmation_after_the_event_is_told_why_it_comes_too_late(app, visitor, clock, mailbox):
    make_campaign_of_2005(app)
    visitor.open(OSLO)
    clock.advance(timedelta(seconds=40))
    visitor.send("Sign up", name="Kari", email=ADDRESS, consent="y")
    visitor.open(new_link(mailbox, ADDRESS))

    clock.advance(timedelta(days=28))
    visitor.send("I will come: confirm", status=409)

    assert "Sign-up for this event is closed." in visitor.text


def assert_is_helpful(visitor: Visitor, language: str, way_on: str = "") -> None:
    """Assert that a page says in its reader's language what is wrong, and where to go."""
    assert visitor.page.language == language
    assert is_korean(visitor.page.heading) == (language == "ko")
    assert visitor.offers(f"/{language}/{way_on}")


def is_korean(words: str) -> bool:
    """Tell whether there are words, and Hangul among them. Raises AssertionError for no words."""
    assert words
    return any("\uac00" <= letter <= "\ud7a3" for letter in words)


def assert_is_used_up(visitor: Visitor) -> None:
    """Assert that a page says that a link works once, and offers a new one."""
    assert "This link is used up" in visitor.text
    assert visitor.offers("/en/organize/sign-in")
