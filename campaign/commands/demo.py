"""The demonstration: the 2005 campaign whole, made by the product's own services."""

from datetime import date, time
from pathlib import Path

import click
import sqlalchemy as sa

from campaign.accounts.services import Invitation, invite, print_sign_in
from campaign.addresses import absolute
from campaign.commands.running import clear_failure, plain, steps
from campaign.database import db, reading, setting, transaction
from campaign.demonstration import start_clock
from campaign.errors import CampaignError, NotFoundError
from campaign.events import services as events
from campaign.events.planning import FanOutOrder, plan_fan_out
from campaign.models import Account, CallToAction, Campaign, Event, HeldRole, RoleName, Signup
from campaign.resolutions import services as resolutions
from campaign.resolutions.queries import calls_of, find_campaign
from campaign.resolutions.reader import clean, read_resolution
from campaign.signups.jobs import renew_bands
from campaign.signups.queries import Person
from campaign.signups.services import SignupWish, sign_up
from campaign.sites.services import import_sites
from campaign.sites.site_file import parse_sites

DATA = Path(__file__).parent.parent / "data"
SLUG, TITLE = "north-korea-2005", "Human rights in North Korea"
MISSIONS, OTHERS = "prc-missions", "other-sites"
LASTING_MINUTES = 90
COORDINATED = "NO"
SAMPLE_PARTIES = (1, 2, 1, 4, 1, 3, 2, 1, 1, 5, 2, 1)  # people, one after the other
SAMPLE_SIGNUPS = {
    "oslo-no": 19,
    "seoul-kr": 64,
    "warsaw-pl": 22,
    "washington-us": 37,
    "tokyo-jp": 28,
}


class DemoOnlyError(CampaignError):
    """Samples belong to demo mode."""


@click.command("demo")
@plain
def demo() -> None:
    """Make the 2005 campaign with sample people; a second run adds only what is missing."""
    if setting("MODE") != "demo":
        raise DemoOnlyError("`demo` runs in demo mode only: set CAMPAIGN_MODE=demo.")
    with clear_failure():
        _make()
        links = _people()
    base = str(setting("BASE_URL"))
    click.echo(f"\n  {'The campaign':20}{base}/en/{SLUG}/")
    for role, token in links.items():
        address = absolute("accounts.sign_in_link", language="en", token=token)
        click.echo(f"  {'Sample ' + role:20}{address}")
    mails = setting("SMTP_URL") or Path(setting("INSTANCE_FOLDER")) / "mail"
    click.echo(f"  {'Mails go to':20}{mails if not setting('SMTP_URL') else 'the SMTP server'}\n")


def _make() -> None:
    if setting("NOW"):
        with transaction():
            start_clock(str(setting("NOW")))
    if not _is_whole():
        for step in (_resolution, _sites, _fan_out, _signups):
            with transaction():
                step()
        renew_bands()


def _is_whole() -> bool:
    with reading():
        return db.session.scalar(sa.select(Signup.id).where(Signup.is_sample).limit(1)) is not None


def _resolution() -> None:
    click.echo("Reading the resolution …", err=True)
    try:
        campaign = find_campaign(SLUG)
    except NotFoundError:
        campaign = resolutions.create_campaign(SLUG, TITLE, language="en", is_sample=True)
    text = clean((DATA / "resolution-seoul-2005.txt").read_bytes())
    found = read_resolution(text)
    resolutions.import_resolution(campaign, text, found, title=found.title)
    resolutions.publish_resolution(campaign)


def _sites() -> None:
    for name, file in ((MISSIONS, "prc_missions.csv"), (OTHERS, "other_sites.csv")):
        rows = parse_sites((DATA / file).read_bytes())
        with steps(len(rows), "Importing sites") as step:
            import_sites(rows, name, progress=step)


def _fan_out() -> None:
    for call in _dated_calls(find_campaign(SLUG)):
        order = FanOutOrder(
            call=call,
            list_name=MISSIONS,
            on=call.on or date.max,
            at=time(12),
            instant=None,
            lasting_minutes=LASTING_MINUTES,
        )
        plan = plan_fan_out(order)
        with steps(len(plan.missing), "Opening events") as step:
            events.fan_out(order, plan=plan, publish=True, progress=step)


def _dated_calls(campaign: Campaign) -> list[CallToAction]:
    return [call for call in calls_of(campaign) if call.on]


def _signups() -> None:
    query = sa.select(Event).join(Event.city).where(Event.campaign_id == find_campaign(SLUG).id)
    by_city = {event.city.slug: event for event in db.session.scalars(query)}
    for city, number in SAMPLE_SIGNUPS.items():
        for index in range(number if city in by_city else 0):
            sign_up(by_city[city], _sample(city, index))


def _sample(city: str, index: int) -> SignupWish:
    return SignupWish(
        person=Person(f"Sample Volunteer {index + 1}", f"{city}-{index + 1}@example.org", "", ""),
        party_size=SAMPLE_PARTIES[index % len(SAMPLE_PARTIES)],
        language="en",
        idempotency_key=f"sample:{city}:{index}",
        is_sample=True,
    )


def _people() -> dict[str, str]:
    """Return role -> token of a sign-in link, good for 24 hours."""
    with transaction():
        campaign = find_campaign(SLUG)
        roles = {
            "organizer": HeldRole(RoleName.ORGANIZER, campaign.id, None, None, None),
            "coordinator": HeldRole(RoleName.COORDINATOR, campaign.id, COORDINATED, None, None),
        }
        return {name: print_sign_in(_account(name, campaign, role)) for name, role in roles.items()}


def _account(name: str, campaign: Campaign, role: HeldRole) -> Account:
    address = f"sample-{name}@example.org"
    return invite(Invitation(address, campaign.language, role, campaign.title, is_sample=True))


COMMANDS = (demo,)
