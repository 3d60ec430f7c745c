"""Budgets against floods: beyond them no place is held, and nobody is ever refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import FloodCount, FloodKind, SignupStatus
from campaign.signups import jobs
from campaign.signups.services import PartyTooLargeError
from campaign.signups.services.floods import (
    DOMAIN_BUDGET,
    FOR_EACH_CONFIRMED,
    NETWORK_BUDGET,
    UNCONFIRMED_FLOOR,
)
from campaign.vault import key_store
from tests.signups.making import (
    LULEA,
    acting,
    cancel,
    confirm,
    set_up,
    sign_up,
    signups,
    tokens,
)
from tests.signups.test_services import statements_of

EXIT = "198.51.100.0/24"  # a network that many share: a university, or the last hop of Tor
HOUR = timedelta(hours=1)
THREADS = 8


def network(number: int) -> str:
    return f"10.{number // 250}.{number % 250}.0/24"


def held(app) -> list[bool]:
    """Whether places are held for each, in the order they came."""
    found = sorted(signups(app), key=lambda one: (one.event_id, one.position))
    return [one.hold_until is not None for one in found]


def counts(app, kind: FloodKind) -> list[int]:
    with acting(app):
        query = sa.select(FloodCount.times).where(FloodCount.kind == kind)
        return sorted(db.session.scalars(query))


# --- Networks ------------------------------------------------------------------------------


def test_beyond_its_budget_a_network_gets_no_hold_till_the_next_hour(app, clock):
    for number in range(NETWORK_BUDGET + 1):
        sign_up(app, f"v{number}@example.org", network=EXIT)
    sign_up(app, "elsewhere@example.org", network=network(1))
    clock.advance(HOUR)
    sign_up(app, "later@example.org", network=EXIT)

    assert held(app) == [*[True] * NETWORK_BUDGET, False, True, True]


def test_who_shares_a_network_with_many_takes_a_place_by_confirming(app, clock):
    set_up(app, capacity_override=200)
    for number in range(NETWORK_BUDGET + 1):
        sign_up(app, f"v{number}@example.org", network=EXIT)

    confirm(app, tokens(app)[-1])

    last = max(signups(app), key=lambda one: one.position)
    assert last.status is SignupStatus.CONFIRMED
    assert last.position == NETWORK_BUDGET + 1


def test_a_budget_is_of_people_and_a_large_party_may_come_as_the_first(app):
    sign_up(app, "choir@example.org", party_size=NETWORK_BUDGET + 1, network=EXIT)
    sign_up(app, "next@example.org", network=EXIT)

    assert held(app) == [True, False]


def test_each_event_has_budgets_of_its_own(app):
    for number in range(NETWORK_BUDGET + 1):
        sign_up(app, f"v{number}@example.org", network=EXIT)
    sign_up(app, "v0@example.org", LULEA, network=EXIT)

    assert held(app) == [*[True] * NETWORK_BUDGET, False, True]


def test_a_refused_form_costs_nothing(app):
    set_up(app, capacity_override=2)

    with pytest.raises(PartyTooLargeError):
        sign_up(app, party_size=3, network=EXIT)

    assert counts(app, FloodKind.NETWORK) == []


def test_a_form_sent_again_is_counted_once(app):
    for _time in range(3):
        sign_up(app, network=EXIT)

    assert counts(app, FloodKind.NETWORK) == [1]


def test_with_flood_control_off_nothing_is_counted(app, monkeypatch):
    monkeypatch.setitem(app.config, "FLOOD_CONTROL", "off")
    for number in range(NETWORK_BUDGET + 1):
        sign_up(app, f"v{number}@example.org", network=EXIT)

    assert all(held(app))
    assert counts(app, FloodKind.NETWORK) == []


def test_what_is_kept_of_a_network_means_nothing_the_next_day(app, clock):
    sign_up(app, network=EXIT)
    before = key_store_scopes(app)
    clock.advance(timedelta(days=1))

    with app.app_context():
        jobs.forget_networks()

    assert {scope for scope in before if scope.startswith("networks:")}
    assert not {scope for scope in key_store_scopes(app) if scope.startswith("networks:")}


def key_store_scopes(app) -> tuple[str, ...]:
    with app.app_context():
        return key_store.scopes()


def test_who_signs_up_at_once_is_counted_one_by_one(app):
    """On PostgreSQL, two events at once too: neither waits for the other for ever."""

    def come(number: int) -> None:
        slug = {"slug": LULEA} if number % 2 else {}
        sign_up(app, f"v{number}@example.org", network=EXIT, **slug)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(come, range(2 * NETWORK_BUDGET + 20)))

    assert counts(app, FloodKind.NETWORK) == [NETWORK_BUDGET + 10] * 2
    assert held(app).count(True) == 2 * NETWORK_BUDGET


# --- Mail domains --------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch):
    """Let the budget of a mail domain be small enough for a test."""
    monkeypatch.setattr("campaign.signups.services.floods.DOMAIN_BUDGET", 10)
    return 10


def test_beyond_its_budget_a_mail_domain_gets_no_hold(app, small):
    for number in range(small + 1):
        sign_up(app, f"v{number}@flood.example", network=network(number))
    sign_up(app, "kari@example.org", network=network(99))

    assert held(app) == [*[True] * small, False, True]
    assert DOMAIN_BUDGET > NETWORK_BUDGET


def test_a_provider_whose_mails_are_read_has_a_larger_budget(app, small):
    for number in range(small):
        sign_up(app, f"v{number}@large.example", network=network(number))
    confirm(app, tokens(app)[0])
    for number in range(small, small + FOR_EACH_CONFIRMED + 1):
        sign_up(app, f"v{number}@large.example", network=network(number))

    assert held(app)[small:] == [*[True] * FOR_EACH_CONFIRMED, False]


def test_who_confirms_and_later_accepts_an_offer_is_counted_once(app):
    set_up(app, capacity_override=1)
    sign_up(app, "first@elsewhere.example")
    sign_up(app)
    first, own = tokens(app)
    confirm(app, own)
    cancel(app, first)

    confirm(app, own)

    assert [one.status for one in signups(app) if one.tokens] == [SignupStatus.CONFIRMED]
    assert counts(app, FloodKind.CONFIRMED) == [1]


# --- The event -----------------------------------------------------------------------------


def test_who_is_unconfirmed_keeps_half_of_the_places_at_most(app):
    places = 4 * UNCONFIRMED_FLOOR
    set_up(app, capacity_override=places)
    parties = places // 2 // 10
    for number in range(parties + 1):
        sign_up(app, f"v{number}@d{number}.example", party_size=10, network=network(number))

    assert held(app) == [*[True] * parties, False]


def test_an_event_without_a_limit_holds_for_everybody(app):
    parties = UNCONFIRMED_FLOOR // 10 + 2
    for number in range(parties):
        sign_up(app, f"v{number}@d{number}.example", party_size=10, network=network(number))

    assert all(held(app))


# --- What it costs -------------------------------------------------------------------------


def test_counting_costs_two_statements_whoever_comes(app, monkeypatch):
    sign_up(app, "known@example.org", network=EXIT)
    known = statements_of(app, "known@example.org", key="another", network=EXIT)
    unknown = statements_of(app, "unknown@example.org", network=EXIT)

    monkeypatch.setitem(app.config, "FLOOD_CONTROL", "off")
    uncounted = statements_of(app, "third@example.org", network=EXIT)

    assert known == unknown
    assert len(unknown) - len(uncounted) == 2
    assert [one for one in unknown if "flood_counts" not in one[0]] == uncounted
