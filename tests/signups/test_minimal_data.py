"""Where nothing is asked, nothing is kept: no name, no address, no network, anywhere."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign.models import ContactRule
from tests.signups.making import ALTA, SLUG, set_up, signups
from tests.signups.test_views import fields, has

EVENT = f"/en/{SLUG}/events/{ALTA}"
HERE, FORWARDED = "203.0.113.77", "198.51.100.23"
NAME, ADDRESS, NEEDS = "Zebedeus Quist", "zebedeus@example.org", "a zither"
TOLD = (NAME, ADDRESS, NEEDS, HERE, FORWARDED, "203.0.113.", "198.51.100.", "Quaintfox")
TYPED = {"name": NAME, "email": ADDRESS, "notes": f"I am {NAME}", "access_needs": NEEDS}


@pytest.fixture
def client(app):
    """Give a browser that says where it is, and what it is, as loudly as it can."""
    client = app.test_client()
    client.environ_base |= {
        "REMOTE_ADDR": HERE,
        "HTTP_X_FORWARDED_FOR": FORWARDED,
        "HTTP_USER_AGENT": "Quaintfox/1.0",
    }
    return client


def spellings(text: str) -> set[bytes]:
    """Return how a text could stand in a file without being sealed."""
    plain = [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]
    encoded = [base64.b64encode(text.encode())[:-4], text.encode().hex().encode()]
    return {*plain, *encoded, text.casefold().encode()}


def everything_kept(installation) -> bytes:
    """Return all rows of both stores and all files of the instance folder."""
    kept = [file.read_bytes() for file in files(installation.folder)]
    for engine in installation.engines:
        with engine.connect() as connection:
            for name in sa.inspect(connection).get_table_names():
                rows = connection.execute(sa.text(f'SELECT * FROM "{name}"')).all()
                kept += [
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for row in rows
                    for value in row
                ]
    return b"\n".join(kept)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def told(kept: bytes) -> list[str]:
    return [text for text in TOLD if any(one in kept for one in spellings(text))]


def sign_up(client, clock, **typed):
    form = fields(client.get(EVENT).text)
    clock.advance(timedelta(seconds=40))
    return client.post(EVENT + "/sign-up", data={**form, **typed, "consent": "y"})


def test_after_a_sign_up_without_contact_nothing_tells_who_it_was(
    app, client, clock, installation, mailbox, capfd
):
    set_up(app, contact=ContactRule.NONE)

    answer = sign_up(client, clock, **TYPED, party_size="2")
    page = client.get(answer.location, follow_redirects=True)
    client.post(f"{page.request.path}/change", data=fields(page.text) | TYPED)
    client.post(f"{page.request.path}/party", data=fields(page.text) | TYPED | {"party_size": "3"})
    client.get("/en/sign-ups/mika-tobe-lusa-dogi-nepu-hasi")
    mailbox.deliver()

    (signup,) = signups(app)
    assert (answer.status_code, signup.party_size, signup.details) == (303, 3, None)
    assert has("Your place is confirmed.", page)
    assert mailbox.mails == []
    assert told(everything_kept(installation)) == []
    assert told("".join(capfd.readouterr()).encode()) == []


def test_the_form_takes_nothing_that_could_tell_who_it_is(app, client):
    set_up(app, contact=ContactRule.NONE)

    found = fields(client.get(EVENT).text)

    assert not {"name", "email", "notes", "access_needs"} & found.keys()
    assert {"party_size", "language"} <= found.keys()


def test_the_search_finds_what_is_kept_in_the_clear(app, client, clock, installation):
    set_up(app, corner=f"Ask {NAME}")

    assert told(everything_kept(installation)) == [NAME]
