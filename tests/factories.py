"""Samples for tests, made by the product's own commands and services; call inside no context."""

import sqlalchemy as sa
from flask import Flask

from campaign import clock
from campaign.accounts.services import Invitation, invite, print_sign_in
from campaign.commands.demo import DATA, MISSIONS, SLUG, TITLE
from campaign.database import db, transaction
from campaign.events.queries import find_event
from campaign.events.services import renew
from campaign.models import Actor, CountMethod, Event, HeldRole, RoleName, SourceKind
from campaign.resolutions.queries import find_campaign
from campaign.resolutions.services import renew_calls
from campaign.turnout.services import Observation, record_turnout

DAY = "2005-04-28"
COUNTRIES = ("NO", "SE", "KR")


def command(app: Flask, *arguments: str) -> str:
    """Run a command of the product, and return what it said."""
    done = app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def make_campaign_of_2005(
    app: Flask, *, countries: tuple[str, ...] = COUNTRIES, is_published: bool = True
) -> None:
    """Make the campaign of 2005 with its real resolution and sites, and events in some countries.

    These are Oslo, Stockholm and Gothenburg, Seoul and Busan, unless other countries are named.
    While the resolution is under review, there are none.
    """
    resolution, sites = DATA / "resolution-seoul-2005.txt", DATA / "prc_missions.csv"
    command(app, "create-campaign", SLUG, "--title", TITLE)
    command(app, "import-resolution", str(resolution), "--campaign", SLUG, "--title", "Resolution")
    if not is_published:
        return
    command(app, "publish-resolution", SLUG)
    command(app, "import-sites", str(sites), "--list", MISSIONS)
    only = [word for country in countries for word in ("--country", country)]
    when = ["--on", DAY, "--at", "12:00", "--lasting", "90"]
    command(app, "fan-out", f"{SLUG}/{DAY}", "--list", MISSIONS, *when, *only, "--publish")


def make_turnout(app: Flask, event_slug: str, low: int, high: int) -> None:
    """Let an organizer of the campaign of 2005 record a head count of an event that has begun."""
    with app.app_context(), transaction():
        campaign = find_campaign(SLUG)
        role = HeldRole(RoleName.ORGANIZER, campaign.id, None, None, None)
        organizer = invite(Invitation("counter@example.org", "en", role, TITLE, is_sample=True))
        seen = Observation(
            low, high, CountMethod.HEAD_COUNT, SourceKind.ORGANIZER, None, clock.now()
        )
        record_turnout(find_event(campaign, event_slug), seen, Actor(organizer.id, (role,)))


def limit_places(app: Flask, event_slug: str, capacity: int) -> None:
    """Let an event of the campaign of 2005 have places for so many people only."""
    with app.app_context(), transaction():
        find_event(find_campaign(SLUG), event_slug).capacity_override = capacity


def change_event(app: Flask, event_slug: str, **fields: object) -> None:
    """Let an event of the campaign of 2005, or its call as `call__field`, be as a test needs it.

    Calendars show it as it is then, as though nothing had changed.
    """
    with app.app_context(), transaction():
        event = find_event(find_campaign(SLUG), event_slug)
        for name, value in fields.items():
            owner = event.call if name.startswith("call__") else event
            setattr(owner, name.removeprefix("call__"), value)
        of_call = sa.select(Event.id).where(Event.call_id == event.call_id)
        renew_calls([event.call_id])
        renew(db.session.scalars(of_call).all())


def invited(app: Flask, role: RoleName, *, country: str | None = None) -> str:
    """Invite somebody to the campaign of 2005; return the path of a link that signs them in."""
    with app.app_context(), transaction():
        campaign = find_campaign(SLUG)
        held = HeldRole(role, campaign.id, country, None, None)
        account = invite(Invitation(f"{role}@example.org", "en", held, TITLE, is_sample=True))
        return f"/en/organize/sign-in/{print_sign_in(account)}"
