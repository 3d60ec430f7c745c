"""Everything that is held of a volunteer, to take along as JSON."""

import base64
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from campaign.addresses import absolute
from campaign.database import db
from campaign.emails.queries import MailRecord, mails_about
from campaign.languages import gettext as _
from campaign.models import FloodCount, Signup, SignupLink, SignupShift
from campaign.signups.belongings import LeftTestimony, PersonalFeed, feeds_of, testimonies_of
from campaign.signups.queries import forgotten_at, person_of, place_in_line
from campaign.signups.services.addresses import new_address_in
from campaign.signups.services.floods import is_blocked

Plain = dict[str, Any]


def disclose(signup: Signup) -> Plain:
    """Return all that is held of a sign-up and of whoever it is, in plain values.

    Left out are the tokens of its links and feeds: whoever finds the file could act by them.
    Moments are in UTC.
    """
    person = person_of(signup)
    address = person.email if person else ""
    return {
        "about": _("This is all that we hold of this sign-up. Keep it as you would keep a letter."),
        "kept_until": _moment(forgotten_at(signup.event)),
        "event": _event(signup),
        "sign_up": _sign_up(signup),
        "person": {
            "name": person.name if person else None,
            "email": person.email if person else None,
            "access_needs": person.access_needs if person else None,
            "notes": person.notes if person else None,
            "address_is_blocked": bool(address) and is_blocked(address),
        },
        "shifts": [_shift(row) for row in signup.shifts],
        "links": [_link(signup, link) for link in _links(signup)],
        "mails": [_mail(mail) for mail in mails_about(signup.scope, signup.id)],
        "testimonies": [_testimony(one) for one in testimonies_of(signup)],
        "calendars": [_feed(one) for one in feeds_of([signup.id])],
    }


def _event(signup: Signup) -> Plain:
    event = signup.event
    url = absolute("events.event", campaign=event.campaign.slug, event=event.slug)
    return {
        "address": None if event.is_discreet else url,  # It would tell of what the event is.
        "starts_at": _moment(event.starts_at),
        "ends_at": _moment(event.ends_at),
        "timezone": event.timezone,
    }


def _sign_up(signup: Signup) -> Plain:
    counted = db.session.get(FloodCount, signup.burst) if signup.burst else None
    return {
        "id": signup.id,
        "status": signup.status.value,
        "people": signup.party_size,
        "language": signup.language,
        "order": signup.position,
        "place_in_line": place_in_line(signup),
        "passed_over": signup.passed_over,
        "kept_for_you_until": _moment(signup.hold_until),
        "put_aside_at": _moment(signup.aside_at),
        "wants_no_mails": signup.is_silent,
        "is_sample": signup.is_sample,
        "signed_up_at": _moment(signup.created_at),
        "confirmed_at": _moment(signup.confirmed_at),
        "cancelled_at": _moment(signup.cancelled_at),
        "counted_against_floods_in_the_hour": _moment(counted.hour if counted else None),
    }


def _shift(row: SignupShift) -> Plain:
    return {
        "kind": row.shift.kind.value,
        "title": row.shift.title,
        "status": row.status.value,
        "order": row.position,
        "offered_until": _moment(row.hold_until),
    }


def _mail(mail: MailRecord) -> Plain:
    return {
        "kind": mail.template,
        "language": mail.language,
        "state": mail.state.value,
        "written_at": _moment(mail.created_at),
        "finished_at": _moment(mail.finished_at),
    }


def _links(signup: Signup) -> list[SignupLink]:
    of_it = sa.select(SignupLink).where(SignupLink.signup_id == signup.id)
    return list(db.session.scalars(of_it.order_by(SignupLink.created_at, SignupLink.token_hash)))


def _link(signup: Signup, link: SignupLink) -> Plain:
    return {
        "good_for": link.kind.value,
        "made_at": _moment(link.created_at),
        "good_until": _moment(link.good_until),
        "new_address": new_address_in(signup, link),
    }


def _testimony(one: LeftTestimony) -> Plain:
    return {
        "words": one.words,
        "photo_jpeg_base64": base64.b64encode(one.photo).decode() if one.photo else None,
        "may_be_shown": one.may_be_shown,
        "left_at": _moment(one.created_at),
    }


def _feed(one: PersonalFeed) -> Plain:
    return {
        "language": one.language,
        "opened_at": _moment(one.created_at),
        "last_read_at": _moment(one.last_read_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
