"""Mails that come in: replies of calendars and reports of servers, to people who signed up."""

from pathlib import Path

from flask import Flask

from campaign.database import db
from campaign.emails.inbound.addresses import return_address
from campaign.models import Email, EmailState, LinkKind, Signup
from campaign.signups.jobs import Taken, take_in
from campaign.signups.services.tokens import add_link
from tests.calendars.test_itip import TOKEN, entry, plain, reply_calendar
from tests.signups.making import acting, confirm, set_up, sign_up, signups, tokens

MAILBOX = "reply@example.org"
REPORTS = Path(__file__).parent.parent / "emails" / "reports"


def invite(app: Flask, *, kind: LinkKind = LinkKind.REPLY, **fields: object) -> None:
    """Let Kari have a place, and an invitation whose answers are those of tests/calendars."""
    set_up(app, uid=entry().uid, **{"sequence": 1, **fields})
    sign_up(app)
    confirm(app, tokens(app)[-1])
    [signup] = signups(app)
    with acting(app):
        add_link(signup.id, TOKEN, kind)


def answer(said: str = "DECLINED", **changes: str) -> bytes:
    """Write the mail by which Kari's calendar answers."""
    calendar = reply_calendar(**changes).replace("PARTSTAT=DECLINED", f"PARTSTAT={said}")
    return plain(calendar)


def come_in(app: Flask, mail: bytes) -> Taken:
    """Let a mail come in."""
    with app.app_context():
        return take_in(mail)


def report(app: Flask, email_id: int, name: str = "final/postfix") -> bytes:
    """Write the mail by which a server tells what became of ours."""
    with app.app_context():
        address = return_address(email_id)
    return (REPORTS / f"{name}.eml").read_bytes().replace(b"RETURN_ADDRESS", address.encode())


def kari(app: Flask) -> Signup:
    """Return the first who signed up."""
    return signups(app)[0]


def set_state(app: Flask, email_id: int, state: EmailState, **fields: object) -> None:
    """Let a mail have become what a test needs."""
    with acting(app):
        email = db.session.get_one(Email, email_id)
        for name, value in {"state": state, **fields}.items():
            setattr(email, name, value)
