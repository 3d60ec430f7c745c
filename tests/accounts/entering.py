"""How tests come into the back office: with roles, by a printed link, without a mail."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.accounts.services import Invitation, find_account, invite, print_sign_in
from campaign.database import transaction
from campaign.models import Actor, HeldRole, RoleName

ADDRESS = "kari@example.org"


def administrator() -> HeldRole:
    """Return the role of who runs the installation."""
    return HeldRole(RoleName.ADMINISTRATOR, None, None, None, None)


def organizer(campaign_id: int) -> HeldRole:
    """Return the role of who organizes a campaign."""
    return HeldRole(RoleName.ORGANIZER, campaign_id, None, None, None)


def coordinator(
    campaign_id: int, *, country: str | None = None, city_id: int | None = None
) -> HeldRole:
    """Return the role of who coordinates a country or a city."""
    return HeldRole(RoleName.COORDINATOR, campaign_id, country, city_id, None)


def helper(campaign_id: int, event_id: int) -> HeldRole:
    """Return the role of who helps at an event."""
    return HeldRole(RoleName.HELPER, campaign_id, None, None, event_id)


def give(app: Flask, *roles: HeldRole, address: str = ADDRESS) -> Actor:
    """Give somebody roles, without a mail."""
    with app.app_context(), transaction():
        for role in roles:
            account = invite(Invitation(address, "en", role, "Campaign", is_sample=True))
        return Actor(account.id, roles)


def link_for(app: Flask, address: str = ADDRESS) -> str:
    """Return the path of a fresh printed link."""
    with app.app_context(), transaction():
        account = find_account(address)
        assert account is not None
        return f"/en/organize/sign-in/{print_sign_in(account)}"


def signed_in(app: Flask, *roles: HeldRole, address: str = ADDRESS) -> FlaskClient:
    """Return a browser in which somebody with these roles is signed in."""
    give(app, *roles, address=address)
    client = app.test_client()
    answer = use(client, link_for(app, address))
    assert answer.status_code == 303, answer.text
    return client


def use(client: FlaskClient, link: str) -> TestResponse:
    """Open a link and press its button."""
    return client.post(link, data={"csrf_token": token_in(client.get(link))})


def token_in(answer: TestResponse) -> str:
    """Return the token that protects the forms of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def send(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    """Open the page with a form at a path and send the form."""
    return client.post(path, data={"csrf_token": token_in(client.get(path)), **fields})
