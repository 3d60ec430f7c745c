"""A volunteer finds an event by typing a city, signs up by mail, changes it, and leaves again."""

from datetime import timedelta

import pytest

from tests.factories import limit_places, make_campaign_of_2005
from tests.stories.browsing import Visitor
from tests.stories.letters import new_link

HOME = "/en/north-korea-2005/"
OSLO = "oslo-no-2005-04-28"
FILLING_IN = timedelta(seconds=40)


@pytest.fixture
def volunteer(app, client) -> Visitor:
    """Give a volunteer at the front page of the campaign of 2005; Oslo has places for three."""
    make_campaign_of_2005(app)
    limit_places(app, OSLO, 3)
    return Visitor(client).open(HOME)


def test_a_volunteer_signs_up_changes_and_leaves(app, volunteer, clock, mailbox):
    find_oslo(volunteer)
    sign_up(volunteer, clock, "Kari", "kari@example.org", party_size="2")
    confirm(volunteer, mailbox, "kari@example.org")
    assert "We expect 2 of you." in volunteer.text
    has_the_event_in_a_calendar(volunteer)

    volunteer.send("Keep the change", party_size="3")
    assert "We expect 3 of you." in volunteer.text
    assert is_full(app)

    volunteer.send("Yes, cancel and delete")
    assert "This sign-up is cancelled." in volunteer.text
    assert "kari@example.org" not in volunteer.text
    assert not is_full(app)


def test_a_place_that_a_volunteer_gave_back_goes_to_the_next(app, volunteer, clock, mailbox):
    find_oslo(volunteer)
    sign_up(volunteer, clock, "Kari", "kari@example.org", party_size="3")
    own_page = confirm(volunteer, mailbox, "kari@example.org").address
    waiting = Visitor(app.test_client()).open(f"{HOME}events/{OSLO}")
    assert "This event is full." in waiting.text
    sign_up(waiting, clock, "Ola", "ola@example.org", party_size="3")
    waiting.open(new_link(mailbox, "ola@example.org"))
    assert "You are on the wait list, in place 1." in waiting.text

    place_in_line = waiting.address
    volunteer.open(own_page).send("Yes, cancel and delete")
    mailbox.deliver()
    assert "A place is free for you" in str(mailbox.to("ola@example.org")[-1]["Subject"])

    waiting.open(place_in_line)
    assert "A place is free for you." in waiting.text
    waiting.send("Take the place")
    assert "Your place is confirmed." in waiting.text
    assert {str(mail["To"]) for mail in mailbox.mails} == {"kari@example.org", "ola@example.org"}


def find_oslo(volunteer: Visitor) -> None:
    """Type the city in Korean, and open the event nearest to it."""
    volunteer.send("Find my event", near="오슬로")
    assert "5 events, by distance from Oslo, Norway" in volunteer.text
    volunteer.follow("Oslo")

    assert volunteer.address.endswith(f"{HOME}events/{OSLO}")
    assert "Thursday, 28 April 2005" in volunteer.text
    assert "12:00" in volunteer.text
    assert "forced repatriation" in volunteer.text


def sign_up(volunteer: Visitor, clock, name: str, address: str, **values: str) -> None:
    """Fill in the form on the event's page, in the time that a person takes."""
    clock.advance(FILLING_IN)
    volunteer.send("Sign up", name=name, email=address, consent="y", **values)

    assert "Check your mail" in volunteer.text
    assert address not in volunteer.text


def confirm(volunteer: Visitor, mailbox, address: str) -> Visitor:
    """Open the link in the mail and press its button."""
    volunteer.open(new_link(mailbox, address))
    assert "Not confirmed yet." in volunteer.text

    return volunteer.send("I will come: confirm")


def has_the_event_in_a_calendar(volunteer: Visitor) -> None:
    """Download the calendar file from one's own page, and go back there."""
    own_page = volunteer.address
    volunteer.follow("Put it into my calendar")

    assert volunteer.response.mimetype == "text/calendar"
    lines = volunteer.response.text.splitlines()
    assert "DTSTART;TZID=Europe/Oslo:20050428T120000" in lines
    assert lines.count("BEGIN:VEVENT") == 1
    volunteer.open(own_page)


def is_full(app) -> bool:
    """Tell what somebody else reads on the event's page."""
    return "This event is full." in Visitor(app.test_client()).open(f"{HOME}events/{OSLO}").text
