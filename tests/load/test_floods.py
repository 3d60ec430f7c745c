"""A flood of bogus sign-ups: everybody who is real has a place in the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import Signup, SignupStatus
from campaign.signups import jobs
from campaign.signups.queries import person_of, places_taken
from campaign.signups.services.tokens import page_token
from tests.signups.making import acting, confirm, event, make_events, set_up, sign_up

DAY = timedelta(days=1)


@pytest.fixture
def app(installation, tmp_path):
    """Give the app with an event, on each database in turn; it defends itself."""
    make_events(installation.app, tmp_path)
    return installation.app


def network_and_address(number: int) -> tuple[str, str]:
    """A third comes from one network, a third with one mail domain, a third from everywhere."""
    network, domain = f"10.{number // 250}.{number % 250}.0/24", f"d{number}"
    if number % 3 == 0:
        network = "198.51.100.0/24"
    elif number % 3 == 1:
        domain = "flood"
    return network, f"bot{number}@{domain}.example"


def at_once(count: int, act) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(count)))


def test_all_who_are_real_have_a_place_whatever_floods_in(app, clock, scaled):
    bogus, honest = scaled(10_000) // 2, scaled(100)
    set_up(app, capacity_override=honest)

    def flood(number: int) -> None:
        network, address = network_and_address(number)
        sign_up(app, address, network=network)

    def come(number: int) -> None:
        sign_up(app, f"real{number}@example.org", network=f"203.0.{number % 100}.0/24")

    at_once(bogus, flood)
    at_once(honest, come)
    at_once(bogus, lambda number: flood(bogus + number))
    for token in tokens_of_the_real(app):
        confirm(app, token)
    clock.advance(DAY)
    with app.app_context():
        jobs.move_up_lines()
    for token in tokens_of_the_real(app):
        confirm(app, token)

    with acting(app):
        taken = places_taken(event().id, clock.moment)
        confirmed = [
            person_of(one).email
            for one in db.session.scalars(sa.select(Signup))
            if one.status is SignupStatus.CONFIRMED
        ]
    assert sorted(confirmed) == sorted(f"real{number}@example.org" for number in range(honest))
    assert taken == honest


def tokens_of_the_real(app) -> list[str]:
    """The tokens in the mails to who is real; bots have no mailbox."""
    with acting(app):
        query = sa.select(Signup).order_by(Signup.position)
        return [
            page_token(one)
            for one in db.session.scalars(query)
            if person_of(one).email.startswith("real")
        ]
