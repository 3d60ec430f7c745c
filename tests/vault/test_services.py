"""Keys of scopes: made before use, apart from the data, gone for good once shredded."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from campaign.database import db, key_store_engine, reading
from campaign.vault import key_store, services
from campaign.vault.sealing import SealError
from campaign.vault.services import INSTALLATION, KeyGoneError

FIRST = "first:" + base64.b64encode(bytes(range(32))).decode()
SECOND = "second:" + base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def vault(app):
    """Work in the app's context: the vault has a database of its own and no unit of work."""
    with app.app_context():
        yield services


def test_what_is_sealed_for_a_record_opens_for_it_alone(vault):
    sealed = vault.seal("event:1", "signups/a/details", {"name": "Kari"})

    assert vault.unseal("event:1", "signups/a/details", sealed) == {"name": "Kari"}
    with pytest.raises(SealError):
        vault.unseal("event:1", "signups/b/details", sealed)
    vault.make_key("event:2")
    with pytest.raises(SealError):
        vault.unseal("event:2", "signups/a/details", sealed)


def test_a_key_is_kept_before_anything_is_sealed_by_it(vault, monkeypatch):
    kept = []

    def seal(_key, _place, _values):
        kept.extend(key_store.scopes())
        return b""

    monkeypatch.setattr(services.sealing, "seal", seal)

    vault.seal("event:1", "record", {})

    assert kept == ["event:1"]


def test_a_scope_has_one_key_however_often_it_is_asked_for(vault):
    assert vault.make_key("event:1") == vault.make_key("event:1") == vault.find_key("event:1")
    assert vault.make_key("event:1") != vault.make_key("event:2")


def test_a_scope_gets_one_key_though_many_ask_at_once(app):
    def make(_worker):
        with app.app_context():
            return services.make_key("event:1")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(make, range(8)))

    assert len(keys) == 1


def test_what_was_sealed_by_a_destroyed_key_is_gone_and_a_new_key_does_not_open_it(vault):
    sealed = vault.seal("event:1", "record", {"name": "Kari"})

    vault.shred("event:1")

    with pytest.raises(KeyGoneError):
        vault.unseal("event:1", "record", sealed)
    vault.make_key("event:1")
    with pytest.raises(SealError):
        vault.unseal("event:1", "record", sealed)


def test_shredding_leaves_other_scopes_alone(vault):
    sealed = vault.seal("event:2", "record", {"name": "Ola"})

    vault.shred("event:1", "event:3")
    vault.shred()

    assert vault.unseal("event:2", "record", sealed) == {"name": "Ola"}


def test_the_key_store_holds_keys_only_wrapped(vault):
    key = vault.make_key("event:1")

    ((_scope, _master, wrapped, _made_at),) = key_store.everything()

    assert key not in wrapped


def test_a_key_stands_in_no_file_once_it_is_destroyed(sqlite_app):
    with sqlite_app.app_context():
        for number in range(50):
            services.make_key(f"event:{number}")
        wrapped = {scope: key for scope, _master, key, _made_at in key_store.everything()}
        file = Path(make_url(str(key_store_engine().url)).database)

        def standing() -> set[str]:
            held = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
            return {scope for scope, key in wrapped.items() if key in held}

        assert standing() == set(wrapped)
        services.shred(*(f"event:{number}" for number in range(25)))
        assert standing() == {f"event:{number}" for number in range(25, 50)}


def test_the_data_and_the_keys_are_in_different_databases(vault):
    vault.make_key("event:1")

    assert "wrapped_keys" not in db.metadata.tables
    assert str(key_store_engine().url) != str(db.engine.url)


def test_a_new_master_key_seals_new_keys_and_the_old_one_still_opens(app, vault, monkeypatch):
    monkeypatch.setitem(app.config, "MASTER_KEYS", FIRST)
    sealed = vault.seal("event:1", "record", {"name": "Kari"})
    monkeypatch.setitem(app.config, "MASTER_KEYS", f"{SECOND},{FIRST}")

    vault.make_key("event:2")

    assert vault.unseal("event:1", "record", sealed) == {"name": "Kari"}
    masters = {scope: master for scope, master, _wrapped, _made_at in key_store.everything()}
    assert masters == {"event:1": "first", "event:2": "second"}


def test_without_its_master_key_a_key_cannot_be_opened_and_is_not_replaced(app, vault, monkeypatch):
    monkeypatch.setitem(app.config, "MASTER_KEYS", FIRST)
    vault.make_key("event:1")
    monkeypatch.setitem(app.config, "MASTER_KEYS", SECOND)

    for ask in (vault.find_key, vault.make_key):
        with reading():
            pass  # A unit of work ends, and what it remembered of keys.
        with pytest.raises(SealError):
            ask("event:1")


def test_keys_that_nobody_owns_are_destroyed_after_a_day(vault, clock):
    for scope in ("event:1", "event:2", INSTALLATION):
        vault.make_key(scope)
    clock.advance(timedelta(days=1, seconds=1))
    vault.make_key("event:3")

    assert vault.sweep_orphans(frozenset({"event:1"})) == 1

    assert key_store.scopes() == ("event:1", "event:3", INSTALLATION)


def test_an_index_is_per_scope(vault):
    first, again, other = (
        vault.index(scope, "kari@example.org") for scope in ("event:1", "event:1", "event:2")
    )

    assert first == again != other
