"""A coordinator signs in, counts who came, and reaches no city of somebody else."""

from datetime import timedelta

import pytest

from campaign.commands.demo import SLUG
from tests.factories import command, make_campaign_of_2005
from tests.stories.browsing import Visitor
from tests.stories.signing_in import sign_in

ADDRESS = "kari@example.org"
OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
OFFICE = f"/en/organize/{SLUG}"
TO_THE_DAY_AFTER = timedelta(days=28)


@pytest.fixture
def coordinator(app, client) -> Visitor:
    """Give somebody who is invited to coordinate Norway, and has not signed in yet."""
    make_campaign_of_2005(app)
    command(app, "invite", ADDRESS, "--role", "coordinator", "--campaign", SLUG, "--country", "NO")
    return Visitor(client)


def test_a_coordinator_counts_who_came_and_everybody_reads_it(app, coordinator, clock, mailbox):
    clock.advance(TO_THE_DAY_AFTER)
    sign_in(coordinator, mailbox, ADDRESS)
    everybody = Visitor(app.test_client()).open(f"/en/{SLUG}/turnout")
    assert "Nobody has reported yet: 0 of 5 cities." in everybody.text

    coordinator.open(f"{OFFICE}/turnout").follow("Oslo")
    coordinator.send("Add this report", low="40", high="60", method="head count")

    assert "40 to 60" in coordinator.text
    everybody.open(f"/en/{SLUG}/turnout")
    assert "cities reported 1 of 5 in 1 report" in everybody.text
    assert "Oslo, Norway · 40 to 60 people" in everybody.text
    everybody.open(f"/en/{SLUG}/events/{OSLO}")
    assert "40 to 60 people" in everybody.text


def test_nobody_counts_a_crowd_before_there_is_one(coordinator, mailbox):
    sign_in(coordinator, mailbox, ADDRESS)

    coordinator.open(f"{OFFICE}/events/{OSLO}/turnout", status=409)

    assert "This event has not begun" in coordinator.text


def test_a_coordinator_reaches_no_city_of_somebody_else(coordinator, clock, mailbox):
    clock.advance(TO_THE_DAY_AFTER)
    sign_in(coordinator, mailbox, ADDRESS)

    pages = [coordinator.open(path).text for path in ("/en/organize/", f"{OFFICE}/")]
    pages += [coordinator.open(f"{OFFICE}/?country=KR").text]
    pages += [coordinator.open(f"{OFFICE}/turnout").text]

    assert "Oslo" in pages[1]
    assert not [text for text in pages if "Seoul" in text or "Stockholm" in text]
    for path in (f"events/{SEOUL}", f"events/{SEOUL}/turnout", "resolution"):
        coordinator.open(f"{OFFICE}/{path}", status=404)


def test_a_coordinator_cannot_count_for_another_city(coordinator, clock, mailbox):
    clock.advance(TO_THE_DAY_AFTER)
    sign_in(coordinator, mailbox, ADDRESS)
    form = coordinator.open(f"{OFFICE}/events/{OSLO}/turnout").form("Add this report")

    content = {**form.fields, "low": "1", "high": "2"}
    sent = coordinator.client.post(f"{OFFICE}/events/{SEOUL}/turnout", data=content)

    assert sent.status_code == 404
    assert "Nobody has reported yet" in coordinator.open(f"/en/{SLUG}/turnout").text
