"""More places: the wait lists of an event and of its jobs move up into them."""

import sqlalchemy as sa

from campaign.database import db
from campaign.events.services import ShiftWish, add_shift, close_shift
from campaign.models import ShiftKind, ShiftStatus, SignupShift, SignupStatus
from campaign.signups import services
from tests.signups.making import acting, event, set_up, sign_up, signups


def statuses(app) -> list[SignupStatus]:
    return [one.status for one in sorted(signups(app), key=lambda one: one.position)]


def take(app, *addresses: str, **more) -> None:
    for address in addresses:
        sign_up(app, f"{address}@example.org", is_sample=True, **more)


def test_more_places_are_offered_to_who_waits_in_order(app):
    set_up(app, capacity_override=1)
    take(app, "a", "b", "c", "d")
    with acting(app):
        services.set_capacity(event(), 3)

    assert statuses(app) == [
        SignupStatus.CONFIRMED, SignupStatus.OFFERED, SignupStatus.OFFERED, SignupStatus.WAITING,
    ]  # fmt: skip


def test_fewer_places_take_none_away(app):
    set_up(app, capacity_override=2)
    take(app, "a", "b", "c")
    with acting(app):
        services.set_capacity(event(), 0)

    assert statuses(app) == [SignupStatus.CONFIRMED, SignupStatus.CONFIRMED, SignupStatus.WAITING]


def jobs(app) -> list[ShiftStatus]:
    with acting(app):
        query = sa.select(SignupShift.status).order_by(SignupShift.position)
        return list(db.session.scalars(query))


def test_more_places_of_a_job_are_offered_to_who_waits_for_it(app):
    with acting(app):
        shift = add_shift(event(), ShiftWish(ShiftKind.MARSHAL, None, 1, None, None)).id
    take(app, "a", "b", "c", shifts=(shift,))
    with acting(app):
        services.set_shift_places(event().shifts[0], 2)

    assert jobs(app) == [ShiftStatus.TAKEN, ShiftStatus.OFFERED, ShiftStatus.WAITING]


def test_nobody_comes_up_for_a_closed_job_until_it_is_open_again(app):
    with acting(app):
        shift = add_shift(event(), ShiftWish(ShiftKind.MARSHAL, None, 1, None, None)).id
    take(app, "a", "b", shifts=(shift,))
    with acting(app):
        close_shift(event().shifts[0])
        services.set_shift_places(event().shifts[0], 2)
    assert jobs(app) == [ShiftStatus.TAKEN, ShiftStatus.WAITING]

    with acting(app):
        services.reopen_shift(event().shifts[0])
    assert jobs(app) == [ShiftStatus.TAKEN, ShiftStatus.OFFERED]
