"""What a role reaches: the same by one event as by the condition of a query."""

from itertools import product

import pytest
import sqlalchemy as sa

from campaign.accounts.queries import campaigns_within_reach, reaches_event, roles_at
from campaign.commands.demo import SLUG
from campaign.database import db
from campaign.models import Actor, Campaign, Event, HeldRole, RoleName
from campaign.permissions import May, may, narrowed
from campaign.resolutions.queries import find_campaign
from campaign.resolutions.services import create_campaign
from tests.accounts.entering import administrator, coordinator, helper, organizer
from tests.factories import make_campaign_of_2005

OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"


@pytest.fixture
def events(app) -> dict[str, Event]:
    """Give the events of the campaign of 2005 in Norway, Sweden and Korea, by slug."""
    make_campaign_of_2005(app)
    with app.app_context():
        create_campaign("rivers", "Rivers", language="en")
        db.session.commit()
        found = db.session.scalars(sa.select(Event).join(Event.city)).all()
        yield {event.slug: event for event in found}


def reached(*roles: HeldRole) -> set[str]:
    """Return the slugs of the events that a query reaches for these roles."""
    condition = reaches_event(Actor("somebody", roles))
    return set(db.session.scalars(sa.select(Event.slug).join(Event.city).where(condition)))


def test_a_coordinator_reaches_the_events_of_one_country_or_city(events):
    oslo = events[OSLO]
    gothenburg = next(event for slug, event in events.items() if slug.startswith("goth"))

    assert reached(coordinator(oslo.campaign_id, country="NO")) == {OSLO}
    city = coordinator(oslo.campaign_id, city_id=gothenburg.city_id)
    assert reached(city) == {gothenburg.slug}
    both = reached(city, coordinator(oslo.campaign_id, country="NO"))
    assert both == {OSLO, gothenburg.slug}


def test_an_organizer_reaches_the_own_campaign_and_an_administrator_all(events):
    own, other = find_campaign(SLUG), find_campaign("rivers")

    assert reached(organizer(own.id)) == set(events)
    assert reached(organizer(other.id)) == set()
    assert reached(administrator()) == set(events)
    assert reached() == set()


def test_a_helper_reaches_one_event(events):
    assert reached(helper(events[OSLO].campaign_id, events[OSLO].id)) == {OSLO}


def test_a_role_without_the_scope_that_its_name_asks_for_reaches_nothing(events):
    own = find_campaign(SLUG).id
    malformed = [
        HeldRole(RoleName.ORGANIZER, None, None, None, None),
        HeldRole(RoleName.COORDINATOR, own, None, None, None),
        HeldRole(RoleName.COORDINATOR, None, "NO", None, None),
        HeldRole(RoleName.HELPER, own, None, None, None),
        HeldRole(RoleName.HELPER, None, None, None, events[OSLO].id),
    ]

    for role in malformed:
        assert reached(role) == set(), role
        assert campaigns_within_reach(Actor("somebody", (role,))) == [], role


def test_one_event_is_reached_exactly_where_the_query_reaches_it(events):
    oslo = events[OSLO]
    campaigns = (None, oslo.campaign_id, find_campaign("rivers").id)
    scopes = product(RoleName, campaigns, (None, "NO"), (None, oslo.city_id), (None, oslo.id))
    roles = [HeldRole(*scope) for scope in scopes]

    assert len(roles) == 96
    for role in roles:
        by_one = {slug for slug, one in events.items() if roles_at(Actor("x", (role,)), one)}
        assert by_one == reached(role), role


def test_the_campaigns_within_reach_are_those_of_the_roles(events):
    own, other = find_campaign(SLUG), find_campaign("rivers")

    def slugs(*roles: HeldRole) -> list[str]:
        return [one.slug for one in campaigns_within_reach(Actor("x", roles))]

    assert slugs(organizer(other.id)) == ["rivers"]
    assert slugs(coordinator(own.id, country="NO"), organizer(other.id)) == [SLUG, "rivers"]
    assert slugs(administrator()) == [SLUG, "rivers"]
    assert slugs() == []


def test_what_one_role_allows_is_not_done_in_the_scope_of_another():
    campaign = Campaign(id=1)
    sweden, at_one_event = coordinator(1, country="SE"), helper(1, 7)
    elsewhere = organizer(2)
    actor = Actor("somebody", (at_one_event, sweden, elsewhere))

    assert narrowed(actor, May.SEE_COUNTS).roles == (sweden, elsewhere)
    assert narrowed(actor, May.SEE_COUNTS, campaign).roles == (sweden,)
    assert not may(actor, May.REVIEW_RESOLUTION, campaign)
    assert may(actor, May.REVIEW_RESOLUTION)
    assert not may(None, May.SEE_COUNTS)
