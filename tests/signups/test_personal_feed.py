"""A personal feed: the sign-ups of one browser behind a secret address, and nobody else's."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import EventStatus, PersonalFeedEntry, SecretFeed
from campaign.signups import jobs
from tests.signups.making import (
    ALTA,
    LULEA,
    acting,
    cancel,
    confirm,
    set_up,
    sign_up,
    signups,
    tokens,
)
from tests.statements import questions_to

STREET, CORNER = "Strandgata 12", "By the red door"


def page(token: str) -> str:
    return f"/en/sign-ups/{token}"


def open_feed(client, token: str) -> str:
    """Open a feed, and return the path of its address."""
    answer = client.post(f"{page(token)}/feeds")
    assert answer.status_code == 200
    assert "webcal://localhost/feeds/" in answer.text
    return re.search(r'value="http://localhost(/feeds/[\w-]+\.ics)"', answer.text)[1]


def places(client, path: str) -> list[str]:
    """Return where the events of a feed are, by their start."""
    return [
        str(one["LOCATION"]) for one in icalendar.Calendar.from_ical(client.get(path).data).events
    ]


def count(app, model) -> int:
    with acting(app):
        return len(db.session.scalars(sa.select(model)).all())


@pytest.fixture
def both(app, client):
    """Give the tokens of Kari's sign-ups in Alta and in Luleå, both opened in this browser."""
    for slug in (ALTA, LULEA):
        sign_up(app, slug=slug)
    found = tokens(app)
    for token in found:
        client.get(page(token))
    return found


def test_a_feed_holds_the_sign_ups_that_this_browser_opened_and_no_others(app, client, both):
    sign_up(app, "ola@example.org")

    path = open_feed(client, both[0])

    assert len(places(app.test_client(), path)) == 2
    assert count(app, PersonalFeedEntry) == 2


def test_without_cookies_it_holds_the_one_whose_token_was_sent(app, both):
    stranger = app.test_client()

    assert len(places(stranger, open_feed(stranger, both[0]))) == 1


def test_a_forged_visit_adds_nothing_that_its_tokens_do_not_open(app, client, both):
    sign_up(app, "ola@example.org")
    ola = next(one.id for one in signups(app) if one.id not in _ids(client))
    with client.session_transaction() as visit:
        visit["signups"] = [*visit["signups"], (ola, both[0]), (ola, "made up")]

    open_feed(client, both[0])

    with acting(app):
        assert ola not in db.session.scalars(sa.select(PersonalFeedEntry.signup_id)).all()


def _ids(client) -> list[str]:
    with client.session_transaction() as visit:
        return [signup_id for signup_id, _token in visit["signups"]]


def test_it_says_where_to_meet_as_far_as_each_reader_may_know(app, client, clock, both):
    at_ten = datetime(2005, 5, 14, 8, tzinfo=UTC)
    for slug in (ALTA, LULEA):
        set_up(app, slug, street=STREET, corner=CORNER, corner_from_at=at_ten)
    confirm(app, both[0])
    path = open_feed(client, both[0])

    before = places(client, path)
    clock.moment = at_ten
    after = places(client, path)

    assert [STREET in place for place in before] == [True, False]
    assert not any(CORNER in place for place in before)
    assert [CORNER in place for place in after] == [True, False]


def test_of_a_discreet_event_it_says_no_more_than_its_public_feed(app, client, both):
    for slug in (ALTA, LULEA):
        set_up(app, slug, is_discreet=True, street=STREET, corner=CORNER)
    for token in both:
        confirm(app, token)

    text = client.get(open_feed(client, both[0])).text.replace("\r\n ", "")

    assert "SUMMARY:Appointment" in text
    for word in (STREET, CORNER, "Power", "Living rivers"):
        assert word not in text


def test_what_is_cancelled_or_forgotten_leaves_it(app, client, both):
    path = open_feed(client, both[0])

    cancel(app, both[0])
    after_one = places(client, path)
    client.post(f"{page(both[1])}/forget")

    assert len(after_one) == 1
    assert places(client, path) == []
    assert client.get(path).status_code == 200


def test_what_was_cancelled_before_is_not_in_it(app, client, both):
    cancel(app, both[0])

    assert len(places(client, open_feed(client, both[1]))) == 1


def test_an_event_that_is_called_off_stays_and_says_so(app, client, both):
    path = open_feed(client, both[0])

    set_up(app, status=EventStatus.CANCELLED)

    assert "STATUS:CANCELLED" in client.get(path).text


def test_it_is_the_same_until_something_changes(app, client, both):
    path = open_feed(client, both[0])
    first = client.get(path)
    tag = {"If-None-Match": first.headers["ETag"]}

    same = client.get(path, headers=tag)
    cancel(app, both[0])
    other = client.get(path, headers=tag)

    assert (same.status_code, same.data, other.status_code) == (304, b"", 200)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in first.headers
    assert path.removesuffix(".ics").rpartition("/")[2] not in first.text


def test_its_address_is_shown_once_and_kept_as_a_hash(app, client, both):
    path = open_feed(client, both[0])
    secret = path.removesuffix(".ics").rpartition("/")[2]

    shown = client.get(page(both[0]), follow_redirects=True)

    assert "Calendar opened on Fri, 1 Apr 2005, not read yet." in " ".join(shown.text.split())
    assert secret not in shown.text
    client.get(path)
    shown = client.get(page(both[0]), follow_redirects=True)
    assert "last read on Fri, 1 Apr 2005" in " ".join(shown.text.split())


def feed_id(app) -> int:
    with acting(app):
        return db.session.scalars(sa.select(SecretFeed.id)).first()


def test_a_revoked_feed_is_gone_for_good(app, client, both):
    path = open_feed(client, both[0])

    answer = client.post(f"{page(both[0])}/feeds/{feed_id(app)}/revoke")

    assert answer.status_code == 303
    assert client.get(path).status_code == 404
    assert (count(app, SecretFeed), count(app, PersonalFeedEntry)) == (0, 0)


def test_nobody_revokes_or_fills_the_feed_of_another(app, client, both):
    path = open_feed(client, both[0])
    sign_up(app, "ola@example.org")
    ola, stranger = tokens(app)[-1], app.test_client()

    for act in ("revoke", "add"):
        answer = stranger.post(f"{page(ola)}/feeds/{feed_id(app)}/{act}")

        assert answer.status_code == 404
    assert len(places(client, path)) == 2


def test_a_sign_up_that_is_opened_later_can_be_added(app, client, both):
    path = open_feed(client, both[0])
    sign_up(app, "ola@example.org", LULEA)
    set_up(app, LULEA, ends_at=datetime(2005, 5, 20, tzinfo=UTC))
    cancel(app, both[1])
    later = tokens(app)[-1]
    shown = client.get(page(later), follow_redirects=True)

    for _time in range(2):
        client.post(f"{page(later)}/feeds/{feed_id(app)}/add")

    assert "Add this event to it" in shown.text
    assert len(places(client, path)) == 2
    assert "Add this event to it" not in client.get(page(later), follow_redirects=True).text


def test_two_sign_ups_for_one_event_are_one_entry_that_knows_most(app, client, both):
    set_up(app, street=STREET)
    sign_up(app, "ola@example.org")
    ola = tokens(app)[-1]
    confirm(app, ola)
    client.get(page(ola))

    found = places(client, open_feed(client, both[0]))

    assert [STREET in place for place in found] == [True, False]


def test_a_sign_up_stands_in_five_feeds_at_most(app, client, both):
    answers = [client.post(f"{page(both[0])}/feeds").status_code for _time in range(6)]

    assert answers == [200] * 5 + [409]


def test_a_feed_in_which_nothing_stands_goes_once_nobody_reads_it(app, client, clock, both):
    path = open_feed(client, both[0])
    for token in both:
        client.post(f"{page(token)}/forget")

    def sweep():
        with app.app_context():
            jobs.forget_idle_feeds()
        return count(app, SecretFeed)

    clock.advance(timedelta(days=6))
    client.get(path)
    clock.advance(timedelta(days=6))
    still_read = sweep()
    clock.advance(timedelta(days=2))
    assert (still_read, sweep()) == (1, 0)


def test_a_feed_asks_no_more_for_many_than_for_one(app, client, both):
    paths = [open_feed(app.test_client(), both[0]), open_feed(client, both[0])]
    asked = []
    for path in paths:
        client.get(path)
        with app.app_context():
            engine = db.engine
        with questions_to(engine) as statements:
            client.get(path)
        asked.append(len(statements))

    assert asked[0] == asked[1]
