"""After many sign-ups: none of their names and addresses stands anywhere in the clear."""

import os
import re
import subprocess
import sys

import pytest
import sqlalchemy as sa

from campaign.database import db, key_store_engine, reading
from campaign.models import Email, EmailState, Signup
from tests.load.people import Person, prolong, signing_up
from tests.servers.web import ROOT, start_granian
from tests.signups.making import make_events

# One word that no template, catalog and library has, in every name, address, need and note.
CANARY = "quillarbuzz"
KINDS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")


def spellings(word: str) -> list[re.Pattern[bytes]]:
    """Return what finds a word in bytes, plain or encoded, whatever stands before it."""
    plain = [re.escape(word.encode(kind)) for kind in KINDS]
    base64 = [rb"cXVpbGxhcmJ1en", rb"F1aWxsYXJidXp6", rb"xdWlsbGFyYnV6e"]
    return [re.compile(one, re.IGNORECASE) for one in [*plain, word.encode().hex().encode()]] + [
        re.compile(one) for one in base64
    ]


def test_the_spellings_find_a_word_wherever_it_begins():
    import base64

    for before in ("", "x", "xx"):
        encoded = base64.b64encode(f"{before}{CANARY} and more".encode())
        assert any(pattern.search(encoded) for pattern in spellings(CANARY))


@pytest.fixture
def signed_up(own, tmp_path, smtp_server, scaled) -> int:
    """Let a thousand sign up over HTTP, and let the worker mail them; return how many."""
    people = scaled(1000)
    make_events(own.app, tmp_path)
    prolong(own.app)
    environment = own.environment | {"CAMPAIGN_SMTP_URL": smtp_server.url}
    granian = start_granian("wsgi:app", env=environment, folder=own.folder)
    everybody = [
        Person(
            granian.port,
            f"{CANARY}.{number}@example.org",
            f"{CANARY.title()} {number}",
            access_needs=f"A seat for {CANARY}",
            notes=f"{CANARY} comes by train",
        )
        for number in range(people)
    ]
    try:
        with signing_up(everybody):
            pass
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "work", "--once"]
        with (own.folder / "work.log").open("wb") as said:
            subprocess.run(
                command, check=True, cwd=ROOT, env={**os.environ, **environment},
                stdout=said, stderr=said,
            )  # fmt: skip
    finally:
        granian.stop()
    assert len(smtp_server.deliveries) == people
    return people


def rows_of(engine: sa.Engine) -> bytes:
    """Return every value of every table."""
    held = []
    with engine.connect() as connection:
        for table in sa.inspect(engine).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                held += [
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
                ]
    return b"\n".join(held)


def test_no_name_and_no_address_of_a_thousand_is_found_anywhere(own, signed_up):
    with own.app.app_context(), reading():
        sent = sa.select(sa.func.count(Email.id)).where(Email.state == EmailState.SENT)
        numbers = [db.session.scalar(one) for one in (sa.select(sa.func.count(Signup.id)), sent)]
        rows = b"\n".join(rows_of(engine) for engine in (db.engine, key_store_engine()))
    # By another process: who reads the file of an SQLite database gives up his own locks on it.
    files = sorted(path for path in own.folder.rglob("*") if path.is_file())
    content = subprocess.run(["cat", *files], check=True, capture_output=True).stdout

    assert numbers == [signed_up, signed_up]
    assert b"mail tried" in content  # The logs are among the files.
    for held in (rows, content):
        assert [one.pattern for one in spellings(CANARY) if one.search(held)] == []
