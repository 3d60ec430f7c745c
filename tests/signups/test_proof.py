"""Proofs of work: what is asked for rises with load, and is checked at one hash."""

from datetime import timedelta
from hashlib import sha256

import pytest

from campaign.models import ContactRule, SignupStatus
from campaign.signups.proof import (
    CALM,
    LEAST_BITS,
    MOST_BITS,
    is_paid,
    leading_zero_bits,
    price_for,
)
from tests.signups.making import ALTA, SLUG, acting, set_up, sign_up, signups
from tests.signups.test_views import FORM, fields

FILLING_IN = timedelta(seconds=40)


def work(token: str, bits: int) -> str:
    nonce = 0
    while leading_zero_bits(sha256(f"{token}:{nonce}".encode()).digest()) < bits:
        nonce += 1
    return str(nonce)


@pytest.mark.parametrize(
    ("load", "bits"),
    [(0, 0), (CALM - 1, 0), (CALM, LEAST_BITS), (2 * CALM, LEAST_BITS + 1), (10**9, MOST_BITS)],
)
def test_nothing_is_asked_for_in_calm_and_one_bit_more_as_the_load_doubles(load, bits):
    assert price_for(load) == bits


def test_only_the_right_number_pays():
    nonce = work("a token", 10)

    assert is_paid("a token", nonce, 10)
    assert not is_paid("another token", nonce, 16)
    assert not is_paid("a token", None, 10)
    assert not is_paid("a token", "\ud800" * 1000, 10)


@pytest.fixture
def busy(app, monkeypatch):
    """An event for which many sign up right now."""
    for number in range(CALM):
        sign_up(app, f"busy{number}@example.org")


def test_a_busy_event_asks_the_form_for_work_and_a_calm_one_for_none(app, client, clock, busy):
    page = client.get(f"/en/{SLUG}/events/{ALTA}").text
    clock.advance(timedelta(minutes=11))
    calm = client.get(f"/en/{SLUG}/events/{ALTA}").text

    assert f'data-bits="{LEAST_BITS}"' in page
    assert "data-bits" not in calm


@pytest.mark.parametrize(("is_done", "is_held"), [(True, True), (False, False)])
def test_who_did_the_work_has_a_place_at_once_and_others_by_confirming(
    app, client, clock, busy, is_done, is_held
):
    form = fields(client.get(f"/en/{SLUG}/events/{ALTA}").text)
    clock.advance(FILLING_IN)
    typed = {"name": "Kari", "email": "kari@example.org", "party_size": "1", "consent": "y"}
    if is_done:
        typed["proof"] = work(form["form_token"], LEAST_BITS)

    answer = client.post(FORM, data={**form, **typed})

    assert answer.status_code == 303
    assert (signups(app)[-1].hold_until is not None) is is_held


def test_a_form_is_good_for_one_hold(app, client, clock, busy):
    form = fields(client.get(f"/en/{SLUG}/events/{ALTA}").text)
    clock.advance(FILLING_IN)
    form |= {"name": "Kari", "party_size": "1", "consent": "y"}
    form["proof"] = work(form["form_token"], LEAST_BITS)

    for number in range(2):
        more = {"email": f"k{number}@example.org", "idempotency_key": f"key {number}"}
        assert client.post(FORM, data={**form, **more}).status_code == 303

    assert [one.hold_until is not None for one in signups(app)[-2:]] == [True, False]


def test_tokens_laid_in_while_all_is_calm_are_worth_nothing_later(app, client, clock):
    form = fields(client.get(f"/en/{SLUG}/events/{ALTA}").text)
    typed = {"name": "Kari", "email": "kari@example.org", "party_size": "1", "consent": "y"}
    early = fields(client.get(f"/en/{SLUG}/events/{ALTA}").text)
    clock.advance(timedelta(minutes=29))
    for number in range(CALM):
        sign_up(app, f"busy{number}@example.org")
    client.post(FORM, data={**early, **typed, "email": "early@example.org"})
    clock.advance(timedelta(minutes=2))

    client.post(FORM, data={**form, **typed})
    refused = client.post(FORM, data={**form, **typed, "consent": ""})

    assert [one.hold_until is not None for one in signups(app)[-2:]] == [True, False]
    assert f'data-bits="{LEAST_BITS}"' in refused.text


def test_without_an_address_and_without_work_an_organizer_lets_one_in(app, client, clock, busy):
    set_up(app, contact=ContactRule.NONE)
    page = client.get(f"/en/{SLUG}/events/{ALTA}")
    clock.advance(FILLING_IN)

    answer = client.post(FORM, data={**fields(page.text), "party_size": "1"}, follow_redirects=True)

    assert "an organizer has to let you in first" in page.text
    assert "an organizer has to let you in first" in answer.text
    with acting(app):
        assert signups(app)[-1].aside_at is not None
    assert signups(app)[-1].status is SignupStatus.HELD
