"""The wait list: first come, first served; never oversold, never out of order."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import Event, EventStatus, Signup, SignupStatus
from campaign.signups import jobs, services
from campaign.signups.queries import find_by_token, place_in_line, places_taken
from campaign.signups.services import PartyTooLargeError
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

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HELD, WAITING, OFFERED, CONFIRMED, CANCELLED = SignupStatus


@pytest.fixture
def full(app):
    """An event of two places, both confirmed, and a line behind them."""
    set_up(app, capacity_override=2)
    for number in (1, 2):
        come(app, number)
        confirm(app, tokens(app)[-1])


def come(app, number: int, **typed) -> None:
    sign_up(app, f"v{number}@example.org", **typed)


def statuses(app) -> list[SignupStatus]:
    with acting(app):
        query = sa.select(Signup.status).order_by(Signup.created_at, Signup.position)
        return list(db.session.scalars(query))


def by_number(app) -> dict[int, Signup]:
    """Sign-ups by the number in the address, in the order in which they came."""
    found = sorted(signups(app), key=lambda one: one.position)
    return dict(enumerate(found, 1))


def token_of(app, number: int, template: str = "confirm") -> str:
    (mail,) = [
        one
        for one in mails(app)
        if one["address"] == f"v{number}@example.org" and one["template"] == template
    ]
    return str(mail["token"])


def taken(app, moment: datetime) -> int:
    with acting(app):
        return places_taken(event().id, moment)


# --- In line -------------------------------------------------------------------------------


def test_places_in_line_count_from_one_in_the_order_people_came(app, clock, full):
    for number in (3, 4, 5):
        come(app, number)

    with acting(app):
        query = sa.select(Signup).order_by(Signup.position)
        assert [place_in_line(one) for one in db.session.scalars(query)] == [None, None, 1, 2, 3]


def test_a_place_in_line_is_kept_for_a_day_and_for_good_once_confirmed(app, clock, full):
    come(app, 3)
    come(app, 4)
    confirm(app, token_of(app, 4))
    clock.advance(DAY)

    with app.app_context():
        jobs.move_up_lines()

    found = by_number(app)
    assert (found[3].status, found[3].hold_until) == (HELD, None)
    assert (found[4].status, found[4].hold_until) == (WAITING, None)


def test_confirming_a_place_in_line_a_second_time_changes_nothing(app, clock, full):
    come(app, 3)
    confirm(app, token_of(app, 3))
    before = by_number(app)[3].confirmed_at
    clock.advance(HOUR)

    confirm(app, token_of(app, 3))

    assert by_number(app)[3].confirmed_at == before


# --- Moving up -----------------------------------------------------------------------------


def test_a_cancelled_place_is_offered_to_who_came_first(app, full):
    come(app, 3)
    come(app, 4)

    cancel(app, token_of(app, 1))

    assert statuses(app) == [CANCELLED, CONFIRMED, OFFERED, WAITING]
    (offer,) = [one for one in mails(app) if one["template"] == "offer"]
    assert offer["address"] == "v3@example.org"


def test_a_lapsed_hold_is_offered_on(app, clock):
    set_up(app, capacity_override=1)
    come(app, 1)
    clock.advance(HOUR)
    come(app, 2)
    confirm(app, token_of(app, 2))
    clock.advance(DAY - HOUR)

    with app.app_context():
        jobs.move_up_lines()

    assert statuses(app) == [HELD, OFFERED]


def test_a_raised_capacity_is_offered_down_the_line(app, full):
    for number in (3, 4, 5):
        come(app, number)

    set_up(app, capacity_override=4)
    with app.app_context():
        jobs.move_up_lines()

    assert statuses(app) == [CONFIRMED, CONFIRMED, OFFERED, OFFERED, WAITING]


def test_taking_up_an_offer_is_confirming(app, full):
    come(app, 3)
    cancel(app, token_of(app, 1))

    confirm(app, token_of(app, 3, "offer"))

    assert statuses(app) == [CANCELLED, CONFIRMED, CONFIRMED]


def test_an_offer_holds_a_day_and_then_goes_to_the_next(app, clock, full):
    come(app, 3)
    come(app, 4)
    for number in (3, 4):
        confirm(app, token_of(app, number))
    cancel(app, token_of(app, 1))
    assert by_number(app)[3].hold_until == clock.moment + DAY
    clock.advance(DAY)

    with app.app_context():
        jobs.move_up_lines()

    assert statuses(app) == [CANCELLED, CONFIRMED, HELD, OFFERED]


def test_who_let_an_offer_lapse_may_ask_again_and_stands_behind_the_others(app, clock, full):
    for number in (3, 4, 5):
        come(app, number)
        confirm(app, token_of(app, number))
    cancel(app, token_of(app, 1))
    clock.advance(DAY)

    confirm(app, token_of(app, 3))

    found = {one.id: one for one in signups(app)}
    with acting(app):
        late = find_by_token(token_of(app, 3)).id
    assert found[late].status is WAITING
    assert found[late].position == max(one.position for one in found.values())


@pytest.mark.parametrize(
    ("hours_before", "lasting"), [(25, DAY), (24, 2 * HOUR), (1, 2 * HOUR), (-0.5, HOUR)]
)
def test_an_offer_holds_two_hours_on_the_last_day_and_never_beyond_the_event(
    app, clock, full, hours_before, lasting
):
    come(app, 3)
    confirm(app, token_of(app, 3))
    with acting(app):
        starts_at = event().starts_at
    clock.moment = starts_at - timedelta(hours=hours_before)

    cancel(app, token_of(app, 1))

    assert by_number(app)[3].hold_until == clock.moment + lasting


def test_an_event_without_a_limit_offers_everybody_a_place(app, full):
    for number in (3, 4):
        come(app, number)

    set_up(app, capacity_override=None)
    with app.app_context():
        jobs.move_up_lines()

    assert statuses(app) == [CONFIRMED, CONFIRMED, OFFERED, OFFERED]


def test_nobody_is_offered_a_place_at_an_event_that_is_called_off(app, full):
    come(app, 3)
    set_up(app, status=EventStatus.CANCELLED)

    cancel(app, token_of(app, 1))

    assert statuses(app) == [CANCELLED, CONFIRMED, WAITING]


# --- Parties -------------------------------------------------------------------------------


def test_a_party_that_does_not_fit_is_passed_over_and_can_see_it(app, full):
    come(app, 3, party_size=2)
    come(app, 4)

    cancel(app, token_of(app, 1))

    found = by_number(app)
    assert statuses(app) == [CANCELLED, CONFIRMED, WAITING, OFFERED]
    assert (found[3].passed_over, found[4].passed_over) == (1, 0)


def test_a_party_that_was_passed_over_is_first_as_soon_as_it_fits(app, full):
    come(app, 3, party_size=2)
    come(app, 4)
    cancel(app, token_of(app, 1))
    come(app, 5)
    cancel(app, token_of(app, 4))
    assert statuses(app) == [CANCELLED, CONFIRMED, WAITING, CANCELLED, OFFERED]
    cancel(app, token_of(app, 5))

    cancel(app, token_of(app, 2))

    assert statuses(app) == [CANCELLED, CANCELLED, OFFERED, CANCELLED, CANCELLED]


def test_a_party_in_line_may_grow_and_keeps_its_place(app, full):
    come(app, 3)
    come(app, 4)

    with acting(app):
        found = find_by_token(token_of(app, 3))
        services.change(found, person(found), party_size=2, language="en")

    assert [by_number(app)[number].party_size for number in (3, 4)] == [2, 1]
    assert statuses(app) == [CONFIRMED, CONFIRMED, WAITING, WAITING]


def test_a_party_that_shrinks_gives_its_place_to_the_next(app):
    set_up(app, capacity_override=2)
    come(app, 1, party_size=2)
    come(app, 2)

    with acting(app):
        found = find_by_token(token_of(app, 1))
        services.change(found, person(found), party_size=1, language="en")

    assert statuses(app) == [HELD, OFFERED]


def test_a_party_in_line_grows_to_no_more_than_there_are_places(app, full):
    come(app, 3)

    with pytest.raises(PartyTooLargeError), acting(app):
        found = find_by_token(token_of(app, 3))
        services.change(found, person(found), party_size=3, language="en")

    assert by_number(app)[3].party_size == 1


def person(signup: Signup):
    from campaign.signups.queries import person_of

    return person_of(signup)


# --- Whoever counts nowhere ------------------------------------------------------------------


def test_who_is_put_aside_takes_no_place_and_is_offered_none(app, clock, full):
    come(app, 3)
    come(app, 4)
    with acting(app):
        for signup in db.session.scalars(sa.select(Signup).where(Signup.position.in_((1, 3)))):
            signup.aside_at = clock.moment

    with app.app_context():
        jobs.move_up_lines()

    found = by_number(app)
    assert [found[number].status for number in (3, 4)] == [WAITING, OFFERED]
    assert taken(app, clock.moment) == 2


def test_who_was_put_aside_and_confirms_by_mail_counts_again(app, clock, full):
    come(app, 3)
    with acting(app):
        db.session.execute(
            sa.update(Signup).where(Signup.position == 3).values(aside_at=clock.moment)
        )

    confirm(app, token_of(app, 3))

    found = by_number(app)[3]
    assert (found.status, found.aside_at) == (WAITING, None)


def test_a_line_moves_up_only_where_somebody_waits(app, clock, monkeypatch):
    come(app, 1)
    monkeypatch.setattr(jobs.lines, "transaction", None)

    with app.app_context():
        jobs.move_up_lines()

    assert statuses(app) == [HELD]


def test_all_of_an_event_that_is_over_stays_as_it_is(app, clock, full):
    come(app, 3)
    confirm(app, token_of(app, 3))
    clock.moment = datetime(2005, 6, 1, tzinfo=UTC)

    with app.app_context():
        jobs.move_up_lines()

    with acting(app):
        assert db.session.scalar(sa.select(sa.func.count(Event.id)))
    assert statuses(app) == [CONFIRMED, CONFIRMED, WAITING]
