"""The wait list while many come, confirm and leave at once: nobody too many, nobody early."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.errors import CampaignError
from campaign.models import Signup, SignupStatus
from campaign.signups import jobs, services
from campaign.signups.queries import find_by_token, person_of, places_taken
from campaign.signups.services.tokens import page_token
from tests.signups.making import acting, event, make_events, set_up, sign_up

PLACES, CLIENTS, STEPS = 30, 200, 4
IN_LINE, SEATED = SignupStatus.WAITING, (SignupStatus.OFFERED, SignupStatus.CONFIRMED)


@pytest.fixture
def app(installation, tmp_path, monkeypatch):
    """Give the app with an event of a few places, on each database in turn."""
    make_events(installation.app, tmp_path)
    monkeypatch.setitem(installation.app.config, "FLOOD_CONTROL", "off")
    set_up(installation.app, capacity_override=PLACES)
    return installation.app


def all_at_once(count: int, act: Callable[[int], None]) -> None:
    """Let many act at the same time; what is refused to one is no failure."""

    def safely(number: int) -> None:
        try:
            act(number)
        except CampaignError:
            return

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(safely, range(count)))


def token_of(app, number: int) -> str | None:
    with acting(app):
        query = sa.select(Signup).where(Signup.position == number + 1)
        signup = db.session.scalar(query)
        return page_token(signup) if signup is not None and signup.tokens else None


def step(app, number: int) -> None:
    """Let one volunteer do something at random, the same in every run."""
    choice = random.Random(number).random()
    token = token_of(app, number % CLIENTS)
    if token is None:
        return
    with acting(app):
        signup = find_by_token(token)
        if choice < 0.5:
            services.confirm(signup)
        elif choice < 0.75:
            services.cancel(signup)
        else:
            services.change(signup, person_of(signup), party_size=1, language="en")


def faults(app, moment) -> list[str]:
    """Return where somebody has a place too many, or was served before who came earlier."""
    with acting(app):
        taken = places_taken(event().id, moment)
        line = db.session.execute(
            sa.select(Signup.position, Signup.party_size, Signup.passed_over, Signup.status)
            .where(Signup.status == IN_LINE)
            .order_by(Signup.position)
        ).all()
        served = db.session.execute(
            sa.select(Signup.position, Signup.party_size).where(Signup.status.in_(SEATED))
        ).all()
    found = [f"{taken} of {PLACES} places are taken"] if taken > PLACES else []
    left = PLACES - taken
    found += [f"{one.position} waits though it fits" for one in line if one.party_size <= left]
    found += [
        f"{late.position} was served before {one.position}, no larger and never passed over"
        for one in line
        for late in served
        if late.position > one.position
        and one.party_size <= late.party_size
        and not one.passed_over
        and late.position > PLACES  # who came while there was room never stood in line
    ]
    return found


def test_nobody_is_let_in_too_many_or_out_of_order(app, clock):
    def come(number: int) -> None:
        size = 1 + number % 3
        sign_up(app, f"v{number}@example.org", party_size=size)

    all_at_once(CLIENTS, come)
    assert faults(app, clock.moment) == []
    for turn in range(STEPS):
        first = turn * CLIENTS
        all_at_once(CLIENTS, lambda number, first=first: step(app, first + number))
        assert faults(app, clock.moment) == []

        clock.advance(timedelta(hours=24))
        all_at_once(4, lambda _number: move_up(app))  # as many workers as one likes
        assert faults(app, clock.moment) == []

    with acting(app):
        rows = db.session.scalar(sa.select(sa.func.count(Signup.id)))
        positions = db.session.scalar(sa.select(sa.func.count(Signup.position.distinct())))
    assert rows == positions == CLIENTS


def move_up(app) -> None:
    with app.app_context():
        jobs.move_up_lines()
