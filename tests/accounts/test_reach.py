"""Every address of the back office, asked by every role, in and out of its scope."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.commands.demo import SLUG
from campaign.database import db
from campaign.events.queries import find_event
from campaign.models import Role, TurnoutReport
from campaign.resolutions.queries import find_campaign
from tests.accounts.entering import (
    administrator,
    coordinator,
    helper,
    organizer,
    signed_in,
    token_in,
)
from tests.factories import command, make_campaign_of_2005

OSLO = "oslo-no-2005-04-28"
OFFICE = "/en/organize"
SENT = {"email": "ola@example.org", "low": "40", "high": "60", "observed_at": "2005-04-28T12:30",
        "method": "head count", "source": "organizer"}  # fmt: skip

# Who asks, in this order: nobody, a helper at the event, a coordinator of another country, one of
# its own, an organizer of another campaign, one of its own, an administrator.
ASKING = ("nobody", "helper", "elsewhere", "coordinator", "outsider", "organizer", "administrator")
IN, OUT, NONE, REFUSED, INVALID = 200, 303, 404, 409, 422
ANYBODY = (IN,) * 7
SIGNED_IN = (OUT, *(IN,) * 6)
NOWHERE = (OUT, *(NONE,) * 6)
EVENTS = (OUT, NONE, NONE, NONE, NONE, IN, IN)  # what organizers set up
EVENTS_REFUSED = (OUT, NONE, NONE, NONE, NONE, REFUSED, REFUSED)  # since nothing was shown before
EVENTS_INVALID = (OUT, NONE, NONE, NONE, NONE, INVALID, INVALID)
PLACES = (OUT, NONE, NONE, IN, NONE, IN, IN)
EXPECTED: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "accounts.organize"): SIGNED_IN,
    ("GET", "accounts.sign_in"): (IN, *(OUT,) * 6),
    ("POST", "accounts.request_sign_in"): (OUT,) * 7,
    ("GET", "accounts.link_sent"): ANYBODY,
    ("GET", "accounts.sign_in_link"): (NONE,) * 7,
    ("POST", "accounts.use_sign_in_link"): (REFUSED,) * 7,
    ("POST", "accounts.sign_out"): (OUT,) * 7,
    ("GET", "event_settings.settings"): EVENTS,
    ("POST", "event_settings.change_capacity"): EVENTS_REFUSED,
    ("POST", "event_settings.change_privacy"): EVENTS_INVALID,
    ("POST", "event_settings.change_offers"): EVENTS_REFUSED,
    ("GET", "event_settings.place"): PLACES,
    ("POST", "event_settings.change_place"): (OUT, NONE, NONE, REFUSED, NONE, REFUSED, REFUSED),
    ("GET", "event_settings.shifts"): PLACES,
    ("POST", "event_settings.add_shift"): (OUT, NONE, NONE, INVALID, NONE, INVALID, INVALID),
    ("POST", "event_settings.change_shift_places"): NOWHERE,
    ("POST", "event_settings.close_shift"): NOWHERE,
    ("POST", "event_settings.reopen_shift"): NOWHERE,
    ("GET", "event_settings.event_sheets"): EVENTS,
    ("GET", "event_settings.new_event_sheet"): EVENTS,
    ("POST", "event_settings.add_event_sheet"): EVENTS_INVALID,
    ("GET", "event_settings.forget_people"): EVENTS,
    ("POST", "event_settings.forget_now"): (OUT, NONE, NONE, NONE, NONE, OUT, OUT),
    ("GET", "organize_signups.floods"): EVENTS,
    ("POST", "organize_signups.put_group_aside"): NOWHERE,
    ("POST", "organize_signups.take_group_back"): NOWHERE,
    ("POST", "organize_signups.block"): NOWHERE,
    ("POST", "organize_signups.block_one"): (OUT, NONE, NONE, NONE, NONE, OUT, OUT),
    ("GET", "event_settings.countries"): EVENTS,
    ("GET", "event_settings.country"): EVENTS,
    ("POST", "event_settings.mark_country"): EVENTS_INVALID,
    ("GET", "event_settings.sheets"): EVENTS,
    ("GET", "event_settings.new_country_sheet"): EVENTS,
    ("POST", "event_settings.add_country_sheet"): EVENTS_INVALID,
    ("GET", "event_settings.sheet"): NOWHERE,
    ("POST", "event_settings.change_sheet"): NOWHERE,
    ("GET", "event_settings.sheet_to_delete"): NOWHERE,
    ("POST", "event_settings.delete_sheet"): NOWHERE,
    ("GET", "organize_calendars.calendars"): (OUT, NONE, IN, IN, NONE, IN, IN),
    ("POST", "organize_calendars.open_calendar"): (OUT, NONE, IN, IN, NONE, IN, IN),
    ("POST", "organize_calendars.revoke_calendar"): (OUT, NONE, NONE, NONE, NONE, NONE, NONE),
    ("GET", "organize_events.events"): (OUT, NONE, IN, IN, NONE, IN, IN),
    ("GET", "organize_events.event"): (OUT, NONE, NONE, IN, NONE, IN, IN),
    ("GET", "organize_resolutions.resolution"): (OUT, NONE, NONE, NONE, NONE, IN, IN),
    ("GET", "turnout.organize_turnout"): (OUT, NONE, IN, IN, NONE, IN, IN),
    ("GET", "turnout.report_turnout"): (OUT, NONE, NONE, IN, NONE, IN, IN),
    ("POST", "turnout.record_turnout"): (OUT, NONE, NONE, OUT, NONE, OUT, OUT),
}
VALUES = {"language": "en", "campaign": SLUG, "event": OSLO, "token": "made-up", "feed": 0,
          "country": "no", "shift": 0, "sheet": 0}  # fmt: skip


def office_routes(app: Flask) -> set[tuple[str, str]]:
    """Return method and endpoint of each address that is guarded or in the back office."""
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if "/organize" in rule.rule or app.view_functions[rule.endpoint].access != "public"
    }


def test_every_address_of_the_back_office_stands_in_the_table(sqlite_app):
    assert office_routes(sqlite_app) == set(EXPECTED)


@pytest.fixture
def clients(app, clock) -> dict[str, FlaskClient]:
    """Give a browser for each of those who ask, on the day after the event in Oslo."""
    make_campaign_of_2005(app, countries=("NO", "SE"))
    command(app, "create-campaign", "rivers", "--title", "Rivers")
    clock.advance(timedelta(days=28))
    with app.app_context():
        own, other = find_campaign(SLUG).id, find_campaign("rivers").id
        event_id = find_event(find_campaign(SLUG), OSLO).id
    roles = {
        "helper": helper(own, event_id),
        "elsewhere": coordinator(own, country="SE"),
        "coordinator": coordinator(own, country="NO"),
        "outsider": organizer(other),
        "organizer": organizer(own),
        "administrator": administrator(),
    }
    browsers = {
        name: signed_in(app, role, address=f"{name}@example.org") for name, role in roles.items()
    }
    return {"nobody": app.test_client(), **browsers}


def status(app: Flask, client: FlaskClient, method: str, endpoint: str) -> int:
    """Ask an address, and return the status of the answer."""
    rule = next(app.url_map.iter_rules(endpoint))
    values = {name: VALUES[name] for name in rule.arguments}
    path = app.url_map.bind("localhost").build(endpoint, values)
    if method == "GET":
        return client.get(path).status_code
    return post(client, path).status_code


def post(client: FlaskClient, path: str) -> TestResponse:
    """Send the same form to any address."""
    page = client.get(f"{OFFICE}/", follow_redirects=True)
    return client.post(path, data={"csrf_token": token_in(page), **SENT})


def test_each_role_gets_what_the_table_says(app, clients):
    addresses = sorted(EXPECTED, key=lambda address: address[1] == "accounts.sign_out")

    got = {
        address: tuple(status(app, clients[who], *address) for who in ASKING)
        for address in addresses
    }

    assert got == EXPECTED


def test_only_who_may_report_has_reported(app, clients):
    path = f"{OFFICE}/{SLUG}/events/{OSLO}/turnout"

    reported = []
    for who in ASKING:
        post(clients[who], path)
        with app.app_context():
            reported.append(len(db.session.scalars(sa.select(TurnoutReport)).all()))

    assert reported == [0, 0, 0, 1, 1, 2, 3]


def test_a_role_taken_away_ends_at_once(app, clients):
    coordinator_ = clients["coordinator"]
    assert coordinator_.get(f"{OFFICE}/{SLUG}/").status_code == 200

    with app.app_context():
        db.session.execute(sa.delete(Role))
        db.session.commit()

    assert coordinator_.get(f"{OFFICE}/{SLUG}/").status_code == 404
    assert "You have no part in a campaign" in coordinator_.get(f"{OFFICE}/").text
