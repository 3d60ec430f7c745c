"""An event to sign up for, and people who do, made by the product's own commands and services."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from campaign.database import db, transaction
from campaign.events.queries import find_event
from campaign.models import Email, Event, Signup
from campaign.resolutions.queries import find_campaign
from campaign.signups import services
from campaign.signups.queries import Person, find_by_token, person_of
from campaign.signups.services import SignupWish
from campaign.vault.services import unseal
from tests.factories import command

SLUG, ALTA, LULEA = "rivers", "alta-no-2005-05-14", "lulea-se-2005-05-14"
RESOLUTION = """Declaration of the Third Assembly for Living Rivers

We demand that the Northern Power Company:

• stop the night-time emptying of the Alta reservoir.

We call on everyone who lives by a river to gather at noon on 14 May 2005 at the offices of the
Northern Power Company, to demand an end to the night-time emptying of the Alta reservoir.
"""
SITES = """id,kind,name,organisation,country,city,latitude,longitude,timezone,precision,exists_now
alta,office,Office,Northern Power Company,NO,Alta,69.96887,23.27165,Europe/Oslo,city,yes
lulea,office,Office,Northern Power Company,SE,Luleå,65.58415,22.15465,Europe/Stockholm,city,yes
"""


def make_events(app: Flask, folder: Path) -> None:
    """Make a campaign with an event in Alta and one in Luleå, 14 May 2005, 12:00 to 13:30."""
    resolution, sites = folder / "resolution.txt", folder / "sites.csv"
    resolution.write_text(RESOLUTION, encoding="utf-8")
    sites.write_text(SITES, encoding="utf-8")
    command(app, "create-campaign", SLUG, "--title", "Living rivers")
    command(app, "import-resolution", str(resolution), "--campaign", SLUG, "--title", "Declaration")
    command(app, "publish-resolution", SLUG)
    command(app, "import-sites", str(sites), "--list", "offices")
    when = ["--on", "2005-05-14", "--at", "12:00", "--lasting", "90"]
    include = ["--include", "alta", "--include", "lulea"]
    command(app, "fan-out", f"{SLUG}/2005-05-14", "--list", "offices", *when, *include, "--publish")


@contextmanager
def acting(app: Flask) -> Iterator[None]:
    """Do something in a unit of work of its own, as a request does."""
    with app.app_context(), transaction():
        yield


def event(slug: str = ALTA) -> Event:
    """Return an event; call it while acting."""
    return find_event(find_campaign(SLUG), slug)


def set_up(app: Flask, slug: str = ALTA, **fields: object) -> None:
    """Let an event be as a test needs it."""
    with acting(app):
        found = event(slug)
        for name, value in fields.items():
            setattr(found, name, value)


def wish(
    email: str = "kari@example.org",
    *,
    name: str = "Kari",
    party_size: int = 1,
    key: str | None = "",
    **more: object,
) -> SignupWish:
    """Return what somebody types; the form's key is the address's own unless another is given."""
    person = Person(name, email, str(more.pop("access_needs", "")), str(more.pop("notes", "")))
    key = f"form of {email}" if key == "" else key
    return SignupWish(person, party_size, str(more.pop("language", "en")), key, **more)


def sign_up(app: Flask, email: str = "kari@example.org", slug: str = ALTA, **typed: object) -> None:
    """Sign somebody up."""
    with acting(app):
        services.sign_up(event(slug), wish(email, **typed))


def tokens(app: Flask) -> list[str]:
    """Return the tokens of the links in all mails that wait to be sent, each once, oldest first."""
    return list(dict.fromkeys(str(values["token"]) for values in mails(app)))


def mails(app: Flask) -> list[dict[str, object]]:
    """Return what the mails that wait say, each with its template's name, oldest first."""
    with acting(app):
        query = sa.select(Email).where(Email.contents.is_not(None)).order_by(Email.id)
        return [
            {
                "template": email.template,
                "language": email.language,
                **unseal(email.scope, f"emails/{email.key}", email.contents),
            }
            for email in db.session.scalars(query)
        ]


def confirm(app: Flask, token: str) -> None:
    """Confirm the sign-up of a link."""
    with acting(app):
        services.confirm(find_by_token(token))


def cancel(app: Flask, token: str) -> None:
    """Cancel the sign-up of a link."""
    with acting(app):
        services.cancel(find_by_token(token))


def signups(app: Flask) -> list[Signup]:
    """Return all sign-ups, oldest first, detached."""
    with acting(app):
        query = sa.select(Signup).order_by(Signup.created_at, Signup.position)
        found = list(db.session.scalars(query))
        db.session.expunge_all()
        return found


def person(app: Flask, token: str) -> Person | None:
    """Return what the sign-up of a link says of its person."""
    with acting(app):
        return person_of(find_by_token(token))


def link_in(mail: EmailMessage) -> str:
    """Return the path of the link in a mail."""
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"http://[^/\s]+(/\S+)", text).group(1)
