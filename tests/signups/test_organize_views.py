"""Floods as organizers handle them: groups, never people; every act by one button."""

import pytest

from campaign.models import SignupStatus
from campaign.resolutions.queries import find_campaign
from tests.accounts.entering import organizer as organizer_of
from tests.accounts.entering import signed_in
from tests.signups.making import (
    ALTA,
    SLUG,
    confirm,
    set_up,
    sign_up,
    signups,
    tokens,
)
from tests.stories.browsing import Visitor

FLOODS = f"/en/organize/{SLUG}/events/{ALTA}/floods"
# What no form of ours says, made-up kinds and numbers out of every range among it.
GROUPS = ["", "network-x", "network-9999999999", "domain-", "planet-1", "window-999999999",
          "signup-\0", "signup-1", "unproven-1"]  # fmt: skip
NAMES = ("Kari", "b3@flood.example", "203.0.113")


@pytest.fixture
def organizer(app) -> Visitor:
    """An organizer at the floods page of an event that eight bogus people signed up for."""
    for number in range(8):
        sign_up(app, f"b{number}@flood.example", network="203.0.113.0/24")
    confirm(app, tokens(app)[0])
    with app.app_context():
        role = organizer_of(find_campaign(SLUG).id)
    return Visitor(signed_in(app, role)).open(FLOODS)


def test_groups_are_shown_and_nobody_in_them(organizer):
    assert "@flood.example" in organizer.text
    assert not [name for name in NAMES if name in organizer.response.text]


def test_a_group_is_put_aside_and_taken_back_by_a_button(app, organizer):
    organizer.send("Put aside")
    assert [one.aside_at is not None for one in signups(app)] == [False, *[True] * 7]

    organizer.send("Take back")
    assert [one.aside_at is not None for one in signups(app)] == [False] * 8


def test_addresses_of_a_group_are_blocked_by_a_button(app, organizer):
    organizer.send("Block the unconfirmed addresses")

    states = [one.status for one in signups(app)]
    assert states == [SignupStatus.CONFIRMED, *[SignupStatus.CANCELLED] * 7]


def test_one_address_is_blocked_and_let_in_again(app, organizer):
    organizer.send("Block", email="kari@example.org")
    assert "This address is blocked." in organizer.text
    sign_up(app)
    assert len(signups(app)) == 8

    organizer.send("Let it sign up again", email="kari@example.org")
    assert "This address may sign up again." in organizer.text
    sign_up(app)
    assert len(signups(app)) == 9


def test_what_is_no_address_is_refused(organizer):
    organizer.send("Block", email="nobody", status=422)

    assert "This is not a complete e-mail address." in organizer.text


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_is_none_is_not_there(organizer, group):
    organizer.send("Put aside", group=group, status=404)


def test_the_events_page_and_the_list_flag_a_surge(app, organizer):
    for number in range(8, 30):
        sign_up(app, f"b{number}@flood.example", network="203.0.113.0/24")

    organizer.open(f"/en/organize/{SLUG}/")
    assert "unusually many" in organizer.text
    organizer.open(f"/en/organize/{SLUG}/events/{ALTA}")
    assert "More people sign up than usual." in organizer.text
    organizer.follow("Look at them")
    assert organizer.address.endswith("/floods")


def test_those_without_an_address_are_let_in_from_the_page(app, organizer):
    set_up(app, contact="none")
    sign_up(app, "", key="walk", is_held=False, name="")
    organizer.open(FLOODS)

    organizer.send("Let in")

    assert signups(app)[-1].status is SignupStatus.CONFIRMED
