"""A coordinator signs in, counts who came, and sees no city of somebody else."""

from datetime import timedelta

import pytest

from campaign.commands.demo import SLUG
from tests.factories import command, make_campaign_of_2005
from tests.stories.browsing import Visitor
from tests.stories.letters import link_in

ADDRESS = "kari@example.org"
OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
OFFICE = f"/en/organize/{SLUG}"
TO_THE_EVENT = timedelta(days=27, hours=2)


@pytest.fixture
def coordinator(app, client, mailbox) -> Visitor:
    """Give the coordinator of Norway, who has signed in by a mailed link."""
    make_campaign_of_2005(app)
    command(app, "invite", ADDRESS, "--role", "coordinator", "--campaign", SLUG, "--country", "NO")
    coordinator = Visitor(client).open("/en/organize/")
    coordinator.send("Send me a link", email=ADDRESS)
    mailbox.deliver()
    coordinator.open(link_in(mailbox.to(ADDRESS)[-1]))
    return coordinator.send("Sign in")


def test_a_coordinator_records_who_came_and_everybody_reads_it(app, coordinator, clock):
    coordinator.open(f"{OFFICE}/events/{OSLO}/turnout", status=409)
    clock.advance(TO_THE_EVENT)
    sign_in_again(coordinator)

    coordinator.open(f"{OFFICE}/turnout").follow("Oslo")
    coordinator.send("Record", low="40", high="60", method="head count")

    public = Visitor(app.test_client()).open(f"/en/{SLUG}/turnout")
    assert "40" in public.text
    assert "60" in public.text
    assert "1 of 5 cities reported" in public.text
