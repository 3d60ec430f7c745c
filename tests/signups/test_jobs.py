"""Sweeps over sign-ups: bands by the hour, and forgetting, whole and everywhere."""

import base64
import gzip
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from campaign.database import db, key_store_engine, transaction
from campaign.emails.jobs import send_due
from campaign.models import (
    Email,
    EmailState,
    InstallationFact,
    SignupBand,
    SignupLink,
    SignupStatus,
)
from campaign.operations.backup import backup, restore
from campaign.signups import jobs
from campaign.signups.queries import Counts, bands, counts, find_by_token, person_of
from campaign.vault import key_store
from campaign.vault.sealing import SealError
from tests.signups.making import (
    ALTA,
    LULEA,
    acting,
    cancel,
    confirm,
    event,
    mails,
    person,
    set_up,
    sign_up,
    signups,
    tokens,
)

RETENTION = timedelta(days=14)
CANARIES = ("Kanarí Fugl", "kanarifugl@example.org", "kanari-needs", "kanari-notes")


def band(app, slug=ALTA) -> int | None:
    with acting(app):
        event_id = event(slug).id
        return bands([event_id]).get(event_id)


def sweep(app, job):
    with app.app_context():
        return job()


def scope(app, slug=ALTA) -> str:
    with acting(app):
        return f"event:{event(slug).id}"


def keys(app) -> set[str]:
    with app.app_context():
        scopes = set(key_store.scopes()) - {"installation"}
        return {scope for scope in scopes if not scope.startswith("networks:")}


@pytest.fixture
def two_weeks_after(app, clock):
    """Move to the moment at which the people of Alta are to be forgotten."""

    def move() -> None:
        with acting(app):
            clock.moment = event(ALTA).ends_at + RETENTION + timedelta(seconds=1)

    return move


# --- Bands ---------------------------------------------------------------------------------


def test_bands_count_who_confirmed_and_are_renewed_by_the_hour(app, clock):
    for number in range(2):
        sign_up(app, f"v{number}@example.org", party_size=10)
    confirm(app, tokens(app)[0])

    assert band(app) is None
    sweep(app, jobs.renew_bands)
    assert band(app) == 10

    sign_up(app, "more@example.org", party_size=15)
    confirm(app, tokens(app)[2])
    clock.advance(timedelta(minutes=59))
    sweep(app, jobs.renew_bands)
    assert band(app) == 10

    clock.advance(timedelta(minutes=1))
    sweep(app, jobs.renew_bands)
    assert band(app) == 25


def test_a_band_sinks_when_people_cancel(app, clock):
    sign_up(app, party_size=10)
    confirm(app, tokens(app)[0])
    sweep(app, jobs.renew_bands)
    cancel(app, tokens(app)[0])
    clock.advance(timedelta(hours=1))

    sweep(app, jobs.renew_bands)

    assert band(app) == 0


# --- Never confirmed -----------------------------------------------------------------------


def test_who_never_confirmed_is_forgotten_after_a_week_and_may_sign_up_anew(app, clock):
    sign_up(app)
    sign_up(app, "sure@example.org")
    confirm(app, tokens(app)[1])
    clock.advance(timedelta(days=7))
    sweep(app, jobs.forget_unconfirmed)
    assert signups(app)[0].details is not None

    clock.advance(timedelta(seconds=1))
    sweep(app, jobs.forget_unconfirmed)

    states = {(one.status, one.details is None) for one in signups(app)}
    assert states == {(SignupStatus.CANCELLED, True), (SignupStatus.CONFIRMED, False)}
    sign_up(app)
    assert len(signups(app)) == 3


def test_who_signed_up_again_has_another_week(app, clock):
    sign_up(app)
    clock.advance(timedelta(days=6))
    sign_up(app, key="again")
    clock.advance(timedelta(days=6))

    sweep(app, jobs.forget_unconfirmed)

    assert signups(app)[0].status is SignupStatus.HELD


# --- Purge ---------------------------------------------------------------------------------


def test_people_are_forgotten_two_weeks_after_the_event_and_not_before(app, clock, two_weeks_after):
    sign_up(app, party_size=3)
    (token,) = tokens(app)
    confirm(app, token)
    two_weeks_after()
    clock.advance(timedelta(seconds=-2))
    assert sweep(app, jobs.purge) == 0
    assert person(app, token) is not None

    clock.advance(timedelta(seconds=2))
    assert sweep(app, jobs.purge) == 1

    (signup,) = signups(app)
    with acting(app):
        event_id = event().id
        assert counts([event_id]) == {event_id: Counts(confirmed=3, held=0)}
        assert db.session.scalar(sa.select(SignupLink)) is None
    assert (signup.details, signup.address_index, signup.idempotency_index) == (None, None, None)
    assert keys(app) == set()
    assert mails(app) == []


def test_a_second_purge_finds_nothing(app, two_weeks_after):
    sign_up(app)
    two_weeks_after()

    assert [sweep(app, jobs.purge) for _time in range(2)] == [1, 0]


def test_other_events_keep_their_people(app, two_weeks_after):
    sign_up(app)
    sign_up(app, slug=LULEA, name="Lena")
    set_up(app, LULEA, ends_at=datetime(2005, 6, 1, tzinfo=UTC))
    (_gone, token) = tokens(app)
    two_weeks_after()

    sweep(app, jobs.purge)

    assert person(app, token).name == "Lena"
    assert [mail["token"] for mail in mails(app)] == [token]


def test_mails_still_waiting_for_who_is_forgotten_are_given_up(app, two_weeks_after):
    sign_up(app)
    two_weeks_after()

    sweep(app, jobs.purge)

    with acting(app):
        (email,) = db.session.scalars(sa.select(Email)).all()
        assert (email.state, email.contents) == (EmailState.FAILED, None)
        assert email.finished_at is not None


def test_a_purge_that_is_killed_between_key_and_rows_is_finished_by_the_next(
    app, two_weeks_after, monkeypatch
):
    sign_up(app)
    (token,) = tokens(app)
    two_weeks_after()

    class Killed(BaseException):
        pass

    def die(_event_id):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(jobs.forgetting, "forget_people", die)
        sweep(app, jobs.purge)
    assert keys(app) == set()
    assert person(app, token) is None

    assert sweep(app, jobs.purge) == 1
    assert signups(app)[0].details is None


def test_a_page_of_who_is_forgotten_is_not_there_any_more(app, client, two_weeks_after):
    sign_up(app)
    (token,) = tokens(app)
    short = client.get(f"/en/sign-ups/{token}").location
    two_weeks_after()

    sweep(app, jobs.purge)

    assert [client.get(path).status_code for path in (f"/en/sign-ups/{token}", short)] == [404, 404]


# --- Keys without an owner -----------------------------------------------------------------


def test_a_key_that_nobody_owns_is_destroyed_after_a_day(app, clock):
    sign_up(app)
    cancel(app, tokens(app)[0])
    assert sweep(app, jobs.sweep_keys) == 0

    clock.advance(timedelta(days=1, seconds=1))

    assert sweep(app, jobs.sweep_keys) == 1
    assert keys(app) == set()


def test_a_key_with_a_person_is_kept(app, clock):
    sign_up(app)
    clock.advance(timedelta(days=2))

    assert sweep(app, jobs.sweep_keys) == 0
    assert keys(app) == {scope(app)}


def test_looking_for_idle_keys_takes_no_lock_while_there_are_none(app, clock, monkeypatch):
    sign_up(app)
    clock.advance(timedelta(days=2))
    monkeypatch.setattr(jobs.keys, "transaction", None)

    assert sweep(app, jobs.sweep_keys) == 0


def test_the_installations_own_key_is_kept(app, clock):
    sign_up(app)
    clock.advance(timedelta(days=2))

    sweep(app, jobs.sweep_keys)

    with app.app_context():
        assert "installation" in key_store.scopes()


def test_a_key_that_finds_an_owner_while_it_is_swept_is_kept(app, clock, monkeypatch):
    sign_up(app)
    cancel(app, tokens(app)[0])
    clock.advance(timedelta(days=2))
    lock = jobs.keys._lock_events

    def sign_up_first(scopes):
        # Another process signs somebody up just before the sweep has the lock.
        db.session.rollback()
        sign_up(app, "late@example.org")
        lock(scopes)

    monkeypatch.setattr(jobs.keys, "_lock_events", sign_up_first)

    assert sweep(app, jobs.sweep_keys) == 0
    assert person(app, tokens(app)[0]).email == "late@example.org"


# --- Nobody is found, anywhere -------------------------------------------------------------


def spellings(words: str) -> set[bytes]:
    """Return a text as a dump may hold it."""
    found = {words.encode(), words.encode("utf-16-le"), words.encode("utf-16-be")}
    for offset in range(3):  # Base64 of a text depends on where in a triple it begins.
        encoded = base64.b64encode(b"-" * offset + words.encode())
        found.add(encoded[4 if offset else 0 :].rstrip(b"=")[:-2])
    found.add(words.encode().hex().encode())
    found.add(ascii(words).strip("'").encode())
    return found


def dump(engine) -> bytes:
    """Return every row of every table as bytes, binary values as they are."""
    held = []
    with engine.connect() as connection:
        tables = sa.inspect(engine).get_table_names()
        for table in tables:
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                held += [
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
                ]
    return b"\n".join(held)


def everything(app, folder: Path) -> bytes:
    """Return all that the installation holds: rows, database files, write-ahead logs, backups."""
    with app.app_context():
        engines = [db.engine, key_store_engine()]
        with transaction():
            backup(folder / "backup.gz")
        held = [dump(engine) for engine in engines]
    files = [Path(make_url(str(engine.url)).database or "") for engine in engines]
    if engines[0].dialect.name == "sqlite":
        parts = [part for file in files for part in file.parent.glob(file.name + "*")]
        # By another process: whoever opens and closes the file of a database himself gives up
        # all locks that his process holds on it.
        held.append(subprocess.run(["cat", *parts], check=True, capture_output=True).stdout)
    return b"\n".join([*held, gzip.decompress((folder / "backup.gz").read_bytes())])


@pytest.fixture
def said(caplog):
    """Give what is said in logs from here on."""
    with capture_logs() as lines:
        yield lambda: (caplog.text + "\n".join(map(str, lines))).encode()


@pytest.fixture
def canaries(app, client, said):
    """Sign up people with names and addresses that are easily found, by the web and whole."""
    name, address, needs, notes = CANARIES
    for slug in (ALTA, LULEA):
        sign_up(app, address, slug, name=name, access_needs=needs, notes=notes)
    for token in tokens(app):
        client.get(f"/en/sign-ups/{token}", follow_redirects=True)
        client.post(f"/en/sign-ups/{token}/confirm")
        client.post(f"/en/sign-ups/{token}/change", data={"name": name, "notes": notes})
    return {spelling for words in CANARIES for spelling in spellings(words)}


def test_the_dump_would_find_a_name_that_is_not_sealed(app, canaries, tmp_path):
    with acting(app):
        db.session.add(InstallationFact(name="open", value="Another bird"))

    found = everything(app, tmp_path)

    assert b"Another bird" in found


@pytest.mark.parametrize("is_purged", [False, True])
def test_no_name_and_no_address_stands_anywhere_unsealed(
    app, canaries, said, tmp_path, two_weeks_after, is_purged
):
    sweep(app, send_due)
    if is_purged:
        two_weeks_after()
        sweep(app, jobs.purge)

    found = everything(app, tmp_path)

    assert [one for one in canaries if one in found] == []
    assert b"mail tried" in said()
    assert [one for one in canaries if one in said()] == []


def test_no_token_stands_anywhere(app, canaries, tmp_path):
    links = [spelling for token in tokens(app) for spelling in spellings(token)]

    found = everything(app, tmp_path)

    assert [one for one in links if one in found] == []


def test_a_backup_from_before_the_purge_gives_nobody_of_that_event_and_everybody_else(
    app, installation, clock, tmp_path, two_weeks_after
):
    sign_up(app, name="Gone")
    sign_up(app, slug=LULEA, name="Here")
    set_up(app, LULEA, ends_at=datetime(2005, 6, 1, tzinfo=UTC))
    links = tokens(app)
    with acting(app):
        backup(tmp_path / "before.gz")
    two_weeks_after()
    sweep(app, jobs.purge)

    with app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            with transaction():
                db.session.execute(sa.delete(table))
        with transaction():
            restore(tmp_path / "before.gz")

    gone, here = (person(app, link) for link in links)
    assert gone is None
    assert here.name == "Here"
    assert sweep(app, jobs.purge) == 1
    assert [one.details is None for one in signups(app)].count(True) == 1


def test_bands_outlive_the_people(app, clock, two_weeks_after):
    sign_up(app, party_size=12)
    confirm(app, tokens(app)[0])
    sweep(app, jobs.renew_bands)
    two_weeks_after()

    sweep(app, jobs.purge)
    sweep(app, jobs.renew_bands)

    with acting(app):
        assert db.session.scalars(sa.select(SignupBand.at_least)).all() == [10]


def test_what_is_sealed_for_one_sign_up_opens_in_no_other(app):
    sign_up(app)
    sign_up(app, "other@example.org", name="Other")

    with acting(app):
        one, other = (find_by_token(token) for token in tokens(app))
        one.details, other.details = other.details, one.details
        for signup in (one, other):
            with pytest.raises(SealError):
                person_of(signup)
        db.session.rollback()
