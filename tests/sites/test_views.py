"""A city as everybody sees it: its events, its coordinator, what came of it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.accounts.services import Invitation, invite
from campaign.commands.demo import SLUG, TITLE
from campaign.database import db, transaction
from campaign.models import City, HeldRole, RoleName
from campaign.resolutions.queries import find_campaign
from tests.factories import command, make_campaign_of_2005, make_turnout
from tests.reading import words_of

CITIES = f"/en/{SLUG}/cities/"
OSLO = "oslo-no-2005-04-28"


@pytest.fixture
def event_in_oslo(app):
    """Give the one event of 28 April 2005 in Oslo."""
    make_campaign_of_2005(app, countries=("NO",))


def test_a_city_shows_its_events_and_a_way_to_subscribe(client, event_in_oslo):
    answer = client.get(f"{CITIES}oslo-no")

    assert answer.status_code == 200
    assert f'href="/en/{SLUG}/events/{OSLO}"' in answer.text
    assert f"webcal://localhost/{SLUG}/cities/oslo-no.ics?lang=en" in answer.text


def test_a_city_is_called_as_readers_of_the_language_call_it(client, event_in_oslo):
    answer = client.get(f"/ko/{SLUG}/cities/oslo-no")

    assert "오슬로" in words_of(answer)


def test_a_city_without_events_in_the_campaign_says_so_and_leads_to_the_nearest(
    client, event_in_oslo
):
    answer = client.get(f"{CITIES}stockholm-se")

    assert answer.status_code == 200
    assert "No event in Stockholm so far." in words_of(answer)
    assert re.search(rf'href="/en/{SLUG}/events/\?near=59\.\d+,18\.\d+"', answer.text)


def test_a_city_that_is_none_is_not_there(client, event_in_oslo):
    assert client.get(f"{CITIES}atlantis-xx").status_code == 404


@pytest.mark.parametrize(
    ("country", "of_city", "is_coordinated"),
    [(None, "oslo-no", True), ("NO", None, True), ("SE", None, False), (None, None, False)],
)
def test_a_city_says_whether_somebody_coordinates_it(
    app, client, event_in_oslo, country, of_city, is_coordinated
):
    with app.app_context(), transaction():
        campaign = find_campaign(SLUG)
        city = db.session.scalar(sa.select(City.id).where(City.slug == of_city))
        if country or city:
            role = HeldRole(RoleName.COORDINATOR, campaign.id, country, city, None)
            invite(Invitation("ola@example.org", "en", role, TITLE, is_sample=True))

    words = words_of(client.get(f"{CITIES}oslo-no"))

    assert ("Somebody coordinates Oslo already." in words) is is_coordinated
    assert ("Nobody coordinates Oslo so far." in words) is not is_coordinated


def test_a_coordinator_of_another_campaign_does_not_count(app, client, event_in_oslo):
    command(app, "create-campaign", "water", "--title", "Water for all")
    with app.app_context(), transaction():
        role = HeldRole(RoleName.COORDINATOR, find_campaign("water").id, "NO", None, None)
        invite(Invitation("ola@example.org", "en", role, "Water for all", is_sample=True))

    assert "Nobody coordinates Oslo so far." in words_of(client.get(f"{CITIES}oslo-no"))


def test_a_city_shows_what_was_reported_and_nothing_where_nothing_was(
    app, client, event_in_oslo, clock
):
    clock.advance(timedelta(days=28))
    before = words_of(client.get(f"{CITIES}oslo-no"))
    make_turnout(app, OSLO, 40, 60)
    make_turnout(app, OSLO, 55, 80)

    after = words_of(client.get(f"{CITIES}oslo-no"))

    assert "Who came" not in before
    assert "Thursday, 28 April 2005: 40 to 80 people 2 sources" in after
