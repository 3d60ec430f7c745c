"""Roles from the command line: who may have which scope, and who is told."""

import pytest
import sqlalchemy as sa

from campaign.accounts.queries import held_role
from campaign.commands.demo import SLUG
from campaign.database import db
from campaign.models import City, Email, Event, HeldRole, Role, RoleName
from tests.commands.refusals import refused
from tests.factories import command, make_campaign_of_2005

ADDRESS = "kari@example.org"
OSLO = "oslo-no-2005-04-28"


@pytest.fixture
def campaign_app(app):
    """Give the app with the campaign of 2005 in Norway."""
    make_campaign_of_2005(app, countries=("NO",))
    return app


def invited(app, role: str, *scope: str) -> str:
    return command(app, "invite", ADDRESS, "--role", role, "--campaign", SLUG, *scope)


def held(app) -> list[HeldRole]:
    with app.app_context():
        return [held_role(role) for role in db.session.scalars(sa.select(Role).order_by(Role.id))]


def test_each_role_is_given_in_its_own_scope(campaign_app):
    said = invited(campaign_app, "organizer")
    invited(campaign_app, "coordinator", "--country", "no")
    invited(campaign_app, "coordinator", "--city", "oslo-no")
    invited(campaign_app, "helper", "--event", OSLO)
    with campaign_app.app_context():
        event = db.session.scalars(sa.select(Event).join(City).where(City.slug == "oslo-no")).one()
        campaign, city, event_id = event.campaign_id, event.city_id, event.id

    assert said == "Invited an organizer. The mail tells how to sign in.\n"
    assert held(campaign_app) == [
        HeldRole(RoleName.ORGANIZER, campaign, None, None, None),
        HeldRole(RoleName.COORDINATOR, campaign, "NO", None, None),
        HeldRole(RoleName.COORDINATOR, campaign, None, city, None),
        HeldRole(RoleName.HELPER, campaign, None, None, event_id),
    ]


def test_an_invited_person_is_told_and_who_is_invited_twice_has_one_role(campaign_app, mailbox):
    for _ in range(2):
        invited(campaign_app, "organizer")
    mailbox.deliver()

    assert len(held(campaign_app)) == 1
    assert len(mailbox.to(ADDRESS)) == 2
    text = mailbox.to(ADDRESS)[0].get_body(("plain",)).get_content()
    assert "http://localhost/en/organize/sign-in" in text


def test_an_administrator_has_no_scope(app, mailbox):
    said = command(app, "create-administrator", ADDRESS)
    mailbox.deliver()

    assert said == "Invited an administrator. The mail tells how to sign in.\n"
    assert held(app) == [HeldRole(RoleName.ADMINISTRATOR, None, None, None, None)]
    assert len(mailbox.to(ADDRESS)) == 1


def test_a_role_in_a_scope_that_is_not_its_own_is_refused(campaign_app):
    scopes = {
        "organizer": (["--country", "NO"], ["--city", "oslo-no"], ["--event", OSLO]),
        "coordinator": ([], ["--country", "NO", "--city", "oslo-no"], ["--event", OSLO]),
        "helper": ([], ["--country", "NO"], ["--event", OSLO, "--city", "oslo-no"]),
    }
    for role, wrong in scopes.items():
        for scope in wrong:
            said = refused(
                campaign_app, "invite", ADDRESS, "--role", role, "--campaign", SLUG, *scope
            )
            assert "a coordinator one --country or one --city" in said, (role, scope)


def test_a_scope_that_is_not_there_is_refused(campaign_app):
    scopes = {
        ("coordinator", "--country", "Norway"): "There is no country “Norway”",
        ("coordinator", "--country", "XX"): "There is no country “XX”",
        ("coordinator", "--country", "419"): "There is no country “419”",
        ("coordinator", "--city", "atlantis"): "No city called atlantis",
        ("helper", "--event", "atlantis-2005-04-28"): "no event called atlantis-2005-04-28",
    }
    for (role, *scope), sentence in scopes.items():
        said = refused(campaign_app, "invite", ADDRESS, "--role", role, "--campaign", SLUG, *scope)
        assert sentence in said, (role, scope)


def test_a_role_in_a_campaign_that_is_not_there_is_refused(app):
    said = refused(app, "invite", ADDRESS, "--role", "organizer", "--campaign", "nowhere")

    assert said


@pytest.mark.parametrize("address", ["", "kari", "kari@", "a b@example.org", "a@example.org\nb"])
def test_what_is_no_address_is_refused(app, address):
    assert "This is not an e-mail address." in refused(app, "create-administrator", address)


def test_nobody_is_made_an_administrator_by_an_invitation(campaign_app):
    said = refused(campaign_app, "invite", ADDRESS, "--role", "administrator", "--campaign", SLUG)

    assert "administrator" in said


def test_a_refused_invitation_writes_no_mail(campaign_app):
    refused(campaign_app, "invite", ADDRESS, "--role", "helper", "--campaign", SLUG)

    with campaign_app.app_context():
        assert db.session.scalars(sa.select(Email)).all() == []
