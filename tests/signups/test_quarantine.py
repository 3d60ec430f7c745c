"""Floods put aside in bulk and taken back, and addresses blocked, without harming who is real."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import BlockedAddress, ContactRule, Email, Signup, SignupStatus
from campaign.signups import jobs
from campaign.signups.flood_groups import (
    GroupKind,
    count_unproven,
    find_group,
    groups_of,
    totals_of,
    unproven_of,
)
from campaign.signups.queries import places_taken
from campaign.signups.services.blocking import (
    block_address,
    block_addresses,
    block_group,
    unblock_address,
)
from campaign.signups.services.quarantine import put_aside, take_back
from campaign.signups.surges import surge_in, surge_of
from tests.signups.making import (
    acting,
    cancel,
    confirm,
    event,
    mails,
    set_up,
    sign_up,
    signups,
    tokens,
)

FLOODED, QUIET = "203.0.113.0/24", "198.51.100.0/24"
HELD, WAITING, OFFERED, CONFIRMED, CANCELLED = SignupStatus


@pytest.fixture
def flood(app):
    """Eight from one network and mail domain, one of them real; behind them one from elsewhere."""
    set_up(app, capacity_override=8)
    for number in range(8):
        sign_up(app, f"b{number}@flood.example", network=FLOODED)
    confirm(app, tokens(app)[0])
    sign_up(app, "kari@example.org", network=QUIET)


def key_of(kind: GroupKind) -> str:
    (largest, *_others) = groups_of(event())[kind]
    return largest.group.key


def statuses(app) -> list[tuple[SignupStatus, bool]]:
    """The state of each, in the order they came, and whether it is put aside."""
    return [(one.status, one.aside_at is not None) for one in signups(app)]


def taken(app, clock) -> int:
    with acting(app):
        return places_taken(event().id, clock.moment)


@pytest.mark.parametrize("kind", [GroupKind.NETWORK, GroupKind.DOMAIN])
def test_a_flood_is_seen_as_a_group(app, flood, kind):
    with acting(app):
        (group, *others) = groups_of(event())[kind]

    assert (group.signups, group.confirmed, group.aside) == (8, 1, 0)
    assert others == []


@pytest.mark.parametrize("kind", [GroupKind.NETWORK, GroupKind.DOMAIN])
def test_putting_a_flood_aside_leaves_who_confirmed_and_frees_the_rest(app, clock, flood, kind):
    with acting(app):
        assert put_aside(event(), find_group(event(), key_of(kind))) == 7

    assert statuses(app) == [(CONFIRMED, False), *[(HELD, True)] * 7, (OFFERED, False)]
    assert taken(app, clock) == 2


def test_all_of_a_group_can_be_put_aside(app, flood):
    with acting(app):
        group = find_group(event(), key_of(GroupKind.NETWORK))
        assert put_aside(event(), group, including_confirmed=True) == 8

    assert [is_aside for _status, is_aside in statuses(app)] == [*[True] * 8, False]


def test_a_real_person_among_them_counts_again_by_confirming(app, flood):
    with acting(app):
        put_aside(event(), find_group(event(), key_of(GroupKind.NETWORK)))

    confirm(app, tokens(app)[3])

    assert statuses(app)[3] == (CONFIRMED, False)


def test_what_was_taken_back_has_places_only_as_far_as_there_are(app, clock, flood):
    with acting(app):
        group = find_group(event(), key_of(GroupKind.NETWORK))
        put_aside(event(), group, including_confirmed=True)
    set_up(app, capacity_override=1)

    with acting(app):
        assert take_back(event(), find_group(event(), group.key)) == 8

    assert statuses(app)[0] == (WAITING, False)
    assert taken(app, clock) <= 8
    with acting(app):
        assert totals_of(event()).aside == 0


def test_who_comes_back_takes_nobodys_place(app, clock):
    set_up(app, capacity_override=6)
    for number in range(6):
        sign_up(app, f"b{number}@flood.example", network=FLOODED)
    with acting(app):
        group = find_group(event(), key_of(GroupKind.NETWORK))
        put_aside(event(), group)
    for number in range(4):
        sign_up(app, f"real{number}@example.org", network=QUIET)
    links = tokens(app)
    for link in links[6:]:
        confirm(app, link)

    with acting(app):
        assert take_back(event(), group) == 6

    assert statuses(app)[:6] == [(HELD, False)] * 2 + [(WAITING, False)] * 4
    for link in links[:6]:
        confirm(app, link)
    assert statuses(app)[:6] == [(CONFIRMED, False)] * 2 + [(WAITING, False)] * 4
    assert taken(app, clock) == 6


def test_an_offer_taken_back_is_still_to_be_accepted(app, clock):
    set_up(app, capacity_override=1)
    sign_up(app, "first@example.org")
    for number in range(5):
        sign_up(app, f"b{number}@flood.example", network=FLOODED)
    confirm(app, tokens(app)[1])
    with acting(app):
        group = find_group(event(), key_of(GroupKind.NETWORK))
    cancel(app, tokens(app)[0])
    assert statuses(app)[1] == (OFFERED, False)

    with acting(app):
        put_aside(event(), group, including_confirmed=True)
    with acting(app):
        take_back(event(), group)

    assert statuses(app)[1:] == [(OFFERED, False), *[(WAITING, False)] * 4]


def test_after_forgetting_nobody_waits_to_be_let_in(app, clock):
    set_up(app, contact=ContactRule.NONE)
    sign_up(app, "", key="walk", is_held=False, name="")
    with acting(app):
        assert count_unproven(event()) == 1
    clock.advance(timedelta(days=90))

    with app.app_context():
        jobs.purge()

    with acting(app):
        assert (count_unproven(event()), unproven_of(event())) == (0, [])


def test_those_without_an_address_are_let_in_in_their_order_as_far_as_there_is_room(app, clock):
    set_up(app, contact=ContactRule.NONE, capacity_override=3)
    for number in range(4):
        sign_up(app, "", key=f"k{number}", is_held=False, name="")
    assert statuses(app) == [(HELD, True)] * 4

    with acting(app):
        assert take_back(event(), find_group(event(), "unproven-")) == 4

    assert statuses(app) == [(CONFIRMED, False)] * 3 + [(WAITING, False)]
    assert taken(app, clock) == 3


def test_one_alone_is_let_in(app):
    set_up(app, contact=ContactRule.NONE)
    for number in range(2):
        sign_up(app, "", key=f"k{number}", is_held=False, name="")

    with acting(app):
        second = signups(app)[1].id
        assert take_back(event(), find_group(event(), f"signup-{second}")) == 1

    assert statuses(app) == [(HELD, True), (CONFIRMED, False)]


# --- Blocking ------------------------------------------------------------------------------


def test_blocking_a_group_cancels_it_and_its_addresses_vanish_from_then_on(app, clock, flood):
    with acting(app):
        assert block_group(event(), find_group(event(), key_of(GroupKind.DOMAIN))) == 7
    assert [status for status, _aside in statuses(app)] == [CONFIRMED, *[CANCELLED] * 7, OFFERED]
    before = len(signups(app)), len(mails(app))

    sign_up(app, "b5@flood.example", key="again")

    assert (len(signups(app)), len(mails(app))) == before


def test_blocking_an_address_cancels_its_own_sign_up_alone(app, flood):
    with acting(app):
        block_address(event(), "KARI@example.org")

    states = [status for status, _aside in statuses(app)]
    assert states == [CONFIRMED, *[HELD] * 7, CANCELLED]
    assert signups(app)[-1].details is None


def test_what_is_kept_of_a_block_names_nobody(app):
    with acting(app):
        block_addresses(["Kari@Example.org"])
        block_addresses(["kari@example.org "])

    with acting(app):
        (held,) = db.session.scalars(sa.select(BlockedAddress.address_index)).all()
    assert b"kari" not in held
    assert len(held) == 32


def test_an_address_may_be_let_in_again(app):
    with acting(app):
        block_addresses(["kari@example.org"])
    sign_up(app)
    assert signups(app) == []

    with acting(app):
        unblock_address("KARI@example.org")
    sign_up(app)

    assert len(signups(app)) == 1


def test_a_blocked_address_causes_the_statements_of_any_other(app):
    from tests.signups.test_services import statements_of

    with acting(app):
        block_addresses(["kari@example.org"])

    blocked = statements_of(app, "kari@example.org")
    other = statements_of(app, "lena@example.org")

    with acting(app):
        assert db.session.scalar(sa.select(sa.func.count(Email.id))) == 1
        assert db.session.scalar(sa.select(sa.func.count(Signup.id))) == 1
    assert [one for one in blocked if "SAVEPOINT" not in one[0]] == other


# --- Surges --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_hour", "before", "hours", "is_surge"),
    [
        (19, 0, 168, False),
        (20, 0, 168, True),
        (50, 3360, 168, False),
        (100, 3360, 168, True),
    ],
)
def test_many_times_what_is_usual_is_a_surge(last_hour, before, hours, is_surge):
    assert (surge_in(last_hour, before, hours) is not None) is is_surge


def test_a_surge_shows_at_its_event(app):
    for number in range(20):
        sign_up(app, f"b{number}@flood.example")

    with acting(app):
        assert surge_of(event()).last_hour == 20
