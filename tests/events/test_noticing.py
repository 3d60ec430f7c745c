"""An import of a calendar tells volunteers what it changes, as an organizer's own change does."""

import pytest
import sqlalchemy as sa

from campaign.database import db, reading, transaction
from campaign.events.services import import_calendar, publish
from campaign.models import Event, Notice, NoticeKind
from campaign.resolutions.queries import find_call, find_campaign
from tests.factories import SLUG, make_campaign_of_2005

HOURS = {"start": "20050428T180000", "end": "20050428T190000", "status": "CONFIRMED"}
WARSAW, KRAKOW = "Plac Zamkowy\\, Warsaw\\, Poland", "Rynek\\, Kraków\\, Poland"


def calendar(place: str = WARSAW, **changes: str) -> bytes:
    hours = {**HOURS, **changes}
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:vigil-1@example.org"),
        *("SUMMARY:Vigil", f"DTSTART;TZID=Europe/Warsaw:{hours['start']}"),
        *(f"DTEND;TZID=Europe/Warsaw:{hours['end']}", f"LOCATION:{place}"),
        *(f"STATUS:{hours['status']}", "END:VEVENT", "END:VCALENDAR", ""),
    ]
    return "\r\n".join(lines).encode()


def take_in(app, content: bytes) -> None:
    with app.app_context(), transaction():
        import_calendar(find_call(find_campaign(SLUG), "2005-04-28"), content)


@pytest.fixture
def vigil(app):
    """Give the campaign of 2005 with a vigil in Warsaw, imported and published."""
    make_campaign_of_2005(app)
    take_in(app, calendar())
    with app.app_context(), transaction():
        publish(db.session.scalars(sa.select(Event).where(Event.uid == "vigil-1@example.org")))
    return app


def noted(app) -> dict[NoticeKind, str | None]:
    """Return what is to be told, each with the start that was."""
    with app.app_context(), reading():
        found = db.session.scalars(sa.select(Notice)).all()
        return {one.kind: (one.before or {}).get("starts_local") for one in found}


def test_another_hour_in_the_file_is_told(vigil):
    take_in(vigil, calendar(start="20050428T183000"))

    assert noted(vigil) == {NoticeKind.MOVED: "2005-04-28T18:00:00"}


def test_another_place_in_the_file_is_told(vigil):
    take_in(vigil, calendar(KRAKOW))

    assert noted(vigil) == {NoticeKind.PLACED: None}


def test_a_cancellation_in_the_file_is_told(vigil):
    take_in(vigil, calendar(status="CANCELLED"))

    assert list(noted(vigil)) == [NoticeKind.CANCELLED]


def test_the_same_file_once_more_tells_nothing(vigil):
    take_in(vigil, calendar())

    assert noted(vigil) == {}


def test_a_draft_that_changes_has_nobody_to_tell(app):
    make_campaign_of_2005(app)
    take_in(app, calendar())
    take_in(app, calendar(start="20050428T183000"))

    assert noted(app) == {}
