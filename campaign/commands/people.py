"""Commands for organizers and coordinators."""

import click
import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email

from campaign.accounts import services
from campaign.accounts.services import Invitation
from campaign.commands.running import keeping
from campaign.database import db, setting
from campaign.errors import InvalidError, NotFoundError
from campaign.formats import country_name
from campaign.models import Event, HeldRole, RoleName
from campaign.resolutions.queries import find_campaign
from campaign.sites.queries import find_city


@click.command("create-administrator")
@click.argument("email")
@keeping
def create_administrator(email: str) -> None:
    """Make EMAIL an administrator of this installation, and tell the person by mail."""
    role = HeldRole(RoleName.ADMINISTRATOR, None, None, None, None)
    title = str(setting("BASE_URL"))
    services.invite(Invitation(_address(email), _language(), role, title))
    click.echo("Invited an administrator. The mail tells how to sign in.")


@click.command("invite")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(["organizer", "coordinator", "helper"]))
@click.option("--campaign", "campaign_slug", required=True, help="Slug of the campaign.")
@click.option("--country", metavar="CC", help="A coordinator's country.")
@click.option("--city", metavar="C", help="A coordinator's city.")
@click.option("--event", metavar="E", help="A helper's event.")
@keeping
def invite(email: str, role: str, campaign_slug: str, **scope: str | None) -> None:
    """Give EMAIL a role in a campaign, and tell the person by mail."""
    campaign = find_campaign(campaign_slug)
    held = _held(RoleName(role), campaign.id, scope)
    services.invite(Invitation(_address(email), campaign.language, held, campaign.title))
    article = "an" if role == "organizer" else "a"
    click.echo(f"Invited {article} {role}. The mail tells how to sign in.")


def _held(name: RoleName, campaign_id: int, scope: dict[str, str | None]) -> HeldRole:
    given = sorted(kind for kind, value in scope.items() if value)
    allowed = {
        RoleName.ORGANIZER: ([],),
        RoleName.COORDINATOR: (["country"], ["city"]),
        RoleName.HELPER: (["event"],),
    }[name]
    if given not in allowed:
        raise InvalidError(
            "An organizer has the whole campaign, a coordinator one --country or one --city, "
            "a helper one --event."
        )
    country, city, event = scope["country"], scope["city"], scope["event"]
    return HeldRole(
        name,
        campaign_id,
        _country(country) if country else None,
        _city_id(city) if city else None,
        _event_id(campaign_id, event) if event else None,
    )


def _country(text: str) -> str:
    code = text.upper()
    if code == country_name(code) or len(code) != 2:
        raise InvalidError(f"There is no country “{text}”: give its two letters, like NO.")
    return code


def _city_id(slug: str) -> int:
    try:
        return find_city(slug).id
    except NotFoundError as error:
        raise InvalidError(f"No city called {slug} has a place or an event here.") from error


def _event_id(campaign_id: int, slug: str) -> int:
    query = sa.select(Event.id).where(Event.campaign_id == campaign_id, Event.slug == slug)
    event_id = db.session.scalar(query)
    if event_id is None:
        raise InvalidError(f"This campaign has no event called {slug}.")
    return event_id


def _address(email: str) -> str:
    try:
        return validate_email(
            email,
            check_deliverability=False,
            test_environment=setting("MODE") == "demo",  # Lets .test addresses in.
        ).normalized
    except EmailNotValidError as error:
        raise InvalidError("This is not an e-mail address.") from error


def _language() -> str:
    return str(setting("DEFAULT_LANGUAGE"))


COMMANDS = (create_administrator, invite)
