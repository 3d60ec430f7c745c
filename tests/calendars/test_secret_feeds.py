"""Secret feeds: told once, read by who knows them, listed with when, and closed for good."""

import re
from datetime import timedelta

import icalendar
import pytest
import sqlalchemy as sa

from campaign.database import db, reading
from campaign.models import EventStatus, SecretFeed
from tests.events.test_organize_views import coordinating, organizing
from tests.factories import SLUG, change_event, make_campaign_of_2005
from tests.reading import words_of

OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
PAGE = f"/en/organize/{SLUG}/calendars"


@pytest.fixture
def made(app):
    """Give the campaign of 2005 with a draft in Oslo."""
    make_campaign_of_2005(app)
    change_event(app, OSLO, status=EventStatus.DRAFT)
    return app


def post(client, path: str):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(PAGE).text)[1]
    return client.post(path, data={"csrf_token": token})


def opened(client) -> str:
    """Open a feed, and return the path of its address."""
    page = post(client, PAGE)
    return re.search(r'value="http://localhost(/feeds/[\w-]+\.ics)"', page.text)[1]


def slugs(answer) -> list[str]:
    events = icalendar.Calendar.from_ical(answer.data).events
    return [str(event["URL"]).rpartition("/")[2] for event in events]


def test_an_organizers_calendar_holds_all_within_reach_drafts_too(made, client):
    answer = client.get(opened(organizing(made)))
    by_slug = {
        str(event["URL"]).rpartition("/")[2]: event
        for event in icalendar.Calendar.from_ical(answer.data).events
    }

    assert len(by_slug) == 5
    assert str(by_slug[OSLO]["STATUS"]) == "TENTATIVE"
    assert str(by_slug[OSLO]["SUMMARY"]).startswith("Draft: Oslo: ")
    assert str(by_slug[SEOUL]["STATUS"]) == "CONFIRMED"
    assert [by_slug[OSLO].start.hour, by_slug[OSLO].start.utcoffset()] == [12, timedelta(hours=2)]


def test_a_coordinators_calendar_holds_their_own_country_only(made, client):
    assert slugs(client.get(opened(coordinating(made, "NO")))) == [OSLO]


def test_whoever_has_no_role_any_more_gets_an_empty_calendar(made, client):
    path = opened(coordinating(made, "NO"))
    with made.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM roles"))

    assert slugs(client.get(path)) == []


def test_the_address_is_told_once_and_kept_as_a_hash_alone(made, client):
    organizer = organizing(made)
    path = opened(organizer)
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    with made.app_context(), reading():
        [feed] = db.session.scalars(sa.select(SecretFeed))
        kept = [str(getattr(feed, column.name)) for column in SecretFeed.__table__.columns]

    assert len(secret) == 43
    assert not any(secret in value for value in kept)
    assert secret not in organizer.get(PAGE).text
    assert secret not in client.get(path).text


def test_a_secret_calendar_is_cached_by_no_one_else_and_sets_no_cookie(made, client):
    path = opened(organizing(made))
    answer = client.get(path)

    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_list_says_when_each_was_last_read_to_the_hour(made, client, clock):
    organizer = organizing(made)
    path = opened(organizer)

    assert "never" in words_of(organizer.get(PAGE))
    clock.advance(timedelta(minutes=25))
    client.get(path)
    assert "1 Apr 2005, 09:00 (UTC)" in words_of(organizer.get(PAGE))
    clock.advance(timedelta(minutes=20))
    client.get(path)
    assert "1 Apr 2005, 09:00 (UTC)" in words_of(organizer.get(PAGE))
    clock.advance(timedelta(minutes=20))
    client.get(path)
    assert "1 Apr 2005, 10:00 (UTC)" in words_of(organizer.get(PAGE))


def test_a_revoked_calendar_is_gone_for_good(made, client):
    organizer = organizing(made)
    path, other = opened(organizer), opened(organizer)
    with made.app_context(), reading():
        first = db.session.scalars(sa.select(SecretFeed.id).order_by(SecretFeed.id)).first()
    gone = post(organizer, f"{PAGE}/{first}/revoke")

    assert gone.status_code == 303
    assert client.get(path).status_code == 404
    assert client.get(other).status_code == 200
    assert words_of(organizer.get(PAGE)).count("never") == 0
    assert post(organizer, f"{PAGE}/{first}/revoke").status_code == 303


def test_nobody_lists_or_revokes_the_calendar_of_another(made, client):
    path = opened(organizing(made))
    other = coordinating(made, "NO")
    with made.app_context(), reading():
        feed = db.session.scalars(sa.select(SecretFeed.id)).one()

    assert "No calendar is open." in words_of(other.get(PAGE))
    assert post(other, f"{PAGE}/{feed}/revoke").status_code == 404
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("secret", ["x", "a" * 43, "%00", "한", "a" * 5000])
def test_what_is_no_secret_of_ours_leads_nowhere(made, client, secret):
    assert client.get(f"/feeds/{secret}.ics").status_code == 404
