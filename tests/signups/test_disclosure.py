"""All that is held of a volunteer, as a file: nothing is missing, and no key is in it."""

import base64
import io
import json
from datetime import UTC, datetime

import pytest
from PIL import Image

from campaign.database import db
from campaign.models import Shift, ShiftKind
from campaign.signups.queries import find_by_token
from campaign.signups.services import addresses, feeds, testimonies
from tests.signups.making import acting, cancel, confirm, event, mails, set_up, sign_up, tokens

STARTED = datetime(2005, 5, 14, 10, 30, tzinfo=UTC)
FILE = "data.json"

# Where each column of the tables of sign-ups stands in the file; or, in words, why it does not.
TIED_TO_NOBODY = "a number of an event, tied to nobody"
WITHIN = "tells one row from another in the database"
A_KEY = "whoever finds the file could act by it"
A_HASH = "a keyed hash of something that stands in the file"
COLUMNS = {
    "signups": {
        "id": "sign_up.id",
        "event_id": "event.address",
        "status": "sign_up.status",
        "party_size": "sign_up.people",
        "language": "sign_up.language",
        "position": "sign_up.order",
        "passed_over": "sign_up.passed_over",
        "scope": "the name of the event's key",
        "details": "person.name",
        "tokens": A_KEY,
        "address_index": A_HASH,
        "idempotency_index": "a keyed hash of a random word that the form made",
        "hold_until": "sign_up.kept_for_you_until",
        "aside_at": "sign_up.put_aside_at",
        "burst": "sign_up.counted_against_floods_in_the_hour",
        "is_silent": "sign_up.wants_no_mails",
        "is_sample": "sign_up.is_sample",
        "created_at": "sign_up.signed_up_at",
        "confirmed_at": "sign_up.confirmed_at",
        "cancelled_at": "sign_up.cancelled_at",
    },
    "signup_shifts": {
        "signup_id": "sign_up.id",
        "shift_id": "shifts.0.kind",
        "status": "shifts.0.status",
        "position": "shifts.0.order",
        "hold_until": "shifts.0.offered_until",
    },
    "signup_links": {
        "token_hash": "the hash of a key",
        "signup_id": "sign_up.id",
        "kind": "links.1.good_for",
        "contents": "links.1.new_address",
        "good_until": "links.1.good_until",
        "created_at": "links.1.made_at",
    },
    "signup_bands": dict.fromkeys(("event_id", "at_least", "renewed_at"), TIED_TO_NOBODY),
    "signup_sources": dict.fromkeys(("event_id", "source", "signups"), TIED_TO_NOBODY),
    "flood_counts": {
        "id": WITHIN,
        "kind": "says that a network is counted",
        "subject_index": "a keyed hash of many people's network, whose key dies with the day",
        "hour": "sign_up.counted_against_floods_in_the_hour",
        "times": "how many others came from there",
    },
    "blocked_addresses": {
        "address_index": "person.address_is_blocked",
        "blocked_on": "when organizers acted, which tells of others",
    },
    "forget_requests": dict.fromkeys(
        ("id", "contents", "created_at"), "gone within minutes, with all that the file could hold"
    ),
    "personal_feed_entries": {"feed_id": "calendars.0.opened_at", "signup_id": "sign_up.id"},
    "testimonies": {
        "id": WITHIN,
        "signup_id": "sign_up.id",
        "contents": "testimonies.0.words",
        "may_be_shown": "testimonies.0.may_be_shown",
        "created_at": "testimonies.0.left_at",
    },
}


MODULE = "campaign.models.signups"
MAY_BE_EMPTY = {
    "sign_up.kept_for_you_until",
    "sign_up.put_aside_at",
    "sign_up.cancelled_at",
    "shifts.0.offered_until",
}


def photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "gold").save(written, "JPEG")
    return written.getvalue()


@pytest.fixture
def token(app, clock):
    """Give the token of somebody of whom we hold as much as we ever do."""
    with acting(app):
        shift = Shift(event_id=event().id, kind=ShiftKind.MARSHAL)
        db.session.add(shift)
        db.session.flush()
        shift_id = shift.id
    sign_up(app, name="Kari 김", notes="By bike", access_needs="A seat", shifts=(shift_id,))
    (token,) = tokens(app)
    confirm(app, token)
    clock.moment = STARTED
    with acting(app):
        signup = find_by_token(token)
        addresses.ask_for_address(signup, "new@example.org")
        feeds.open_feed(signup, [], language="en")
        testimonies.testify(signup, testimonies.Words("We sang.", photo(), True))
    return token


def file_of(client, token: str):
    return client.get(f"/en/sign-ups/{token}/{FILE}")


def at(found, path: str):
    for name in path.split("."):
        found = found[int(name)] if isinstance(found, list) else found[name]
    return found


def test_it_is_a_file_that_nobody_keeps_on_the_way(client, token):
    answer = file_of(client, token)

    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sign-up.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Kari 김" in answer.text
    assert "\n  " in answer.text


def test_it_holds_what_we_know(client, token):
    found = json.loads(file_of(client, token).text)

    assert found["person"] == {
        "name": "Kari 김",
        "email": "kari@example.org",
        "access_needs": "A seat",
        "notes": "By bike",
        "address_is_blocked": False,
    }
    assert found["kept_until"] == "2005-05-28T11:30:00+00:00"
    assert (found["sign_up"]["status"], found["sign_up"]["people"]) == ("confirmed", 1)
    assert [shift["kind"] for shift in found["shifts"]] == ["marshal"]
    assert {link["good_for"] for link in found["links"]} >= {"page", "address"}
    assert [link["new_address"] for link in found["links"] if link["new_address"]] == [
        "new@example.org"
    ]
    assert {mail["kind"] for mail in found["mails"]} >= {"confirm", "address"}
    assert base64.b64decode(found["testimonies"][0]["photo_jpeg_base64"]) == photo()
    assert found["testimonies"][0]["words"] == "We sang."
    assert len(found["calendars"]) == 1


def test_every_column_stands_in_it_or_has_a_reason(client, token):
    found = json.loads(file_of(client, token).text)
    models = [one for one in db.Model.registry.mappers if one.class_.__module__ == MODULE]
    paths = [path for columns in COLUMNS.values() for path in columns.values() if " " not in path]
    order = next(i for i, link in enumerate(found["links"]) if link["good_for"] == "address")

    assert {one.local_table.name: {c.name for c in one.local_table.columns} for one in models} == {
        name: set(columns) for name, columns in COLUMNS.items()
    }
    for path in paths:
        value = at(found, path.replace("links.1", f"links.{order}"))
        assert value is not None or path in MAY_BE_EMPTY


def test_no_key_stands_in_it(app, client, token):
    text = file_of(client, token).text
    keys = [str(mail["token"]) for mail in mails(app) if mail.get("token")]

    assert keys
    assert not [key for key in [token, *keys] if key in text]


def test_it_says_nothing_of_others(app, client, token):
    set_up(app, ends_at=datetime(2005, 5, 20, tzinfo=UTC))
    sign_up(app, "ola@example.org", name="Ola")

    assert "Ola" not in file_of(client, token).text


def test_of_a_discreet_event_it_does_not_say_which_it_is(app, client, token):
    set_up(app, is_discreet=True)

    found = json.loads(file_of(client, token).text)

    assert found["event"]["address"] is None
    assert "rivers" not in json.dumps(found["event"])


def test_of_a_cancelled_sign_up_it_holds_what_is_left(app, client, token):
    cancel(app, token)

    found = json.loads(file_of(client, token).text)

    assert found["person"]["email"] is None
    assert found["sign_up"]["status"] == "cancelled"
    assert (found["testimonies"], found["calendars"], found["shifts"]) == ([], [], [])


def test_nobody_else_gets_it(app, client, token):
    short = client.get(f"/en/sign-ups/{token}").location

    assert app.test_client().get(f"{short}/{FILE}").status_code == 404
