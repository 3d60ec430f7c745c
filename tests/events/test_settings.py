"""What an event decides for itself: places, privacy, where to meet, jobs."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign import clock as clocks
from campaign.commands.demo import SLUG
from campaign.database import db
from campaign.errors import InvalidError, NotFoundError
from campaign.events import services
from campaign.events.queries import find_event
from campaign.events.services import (
    ChangedMeanwhileError,
    EventEndedError,
    PrivacyMark,
    ShiftWish,
    mark_country,
    place_version,
    unmark_country,
)
from campaign.events.wall_time import NoSuchTimeError
from campaign.models import (
    CalendarScope,
    ContactRule,
    Event,
    EventStatus,
    Notice,
    NoticeKind,
    ShiftKind,
)
from campaign.resolutions.queries import find_campaign
from tests.factories import command, make_campaign_of_2005

OSLO, SEOUL, BUSAN = (f"{city}-2005-04-28" for city in ("oslo-no", "seoul-kr", "busan-kr"))
TEN = datetime(2005, 4, 28, 8, 0, tzinfo=UTC)  # 10:00 in Oslo
DISCREET = PrivacyMark(is_discreet=True, contact=ContactRule.NONE)
OPEN = PrivacyMark(is_discreet=False, contact=ContactRule.REQUIRED)


@pytest.fixture
def made(app, session):
    """Give a session with events in Oslo, Seoul and Busan."""
    make_campaign_of_2005(app, countries=("NO", "KR"))
    return session


def event(slug: str = OSLO) -> Event:
    return find_event(find_campaign(SLUG), slug)


def notices() -> list[tuple[NoticeKind, datetime]]:
    rows = db.session.scalars(sa.select(Notice).order_by(Notice.id))
    return [(one.kind, one.due_at) for one in rows]


def privacy(slug: str) -> PrivacyMark:
    return PrivacyMark.of(event(slug))


# --- Places and privacy --------------------------------------------------------------------


def test_an_event_has_its_own_number_of_places_or_its_calls(made):
    services.set_capacity(event(), 0)
    assert event().capacity == 0

    services.set_capacity(event(), None)
    assert event().capacity == event().call.capacity


@pytest.mark.parametrize("change", [
    lambda one: services.set_capacity(one, 3),
    lambda one: services.set_place(one, "Street", None, None),
    lambda one: services.set_offers(one, languages=["nb"], access=[]),
    lambda one: services.add_shift(one, ShiftWish(ShiftKind.MARSHAL, None, 1, None, None)),
])  # fmt: skip
def test_what_is_over_stays_as_it_was(made, clock, change):
    clock.advance(timedelta(days=28))

    with pytest.raises(EventEndedError):
        change(event())


def test_a_discreet_event_is_so_in_calendars_at_once(made):
    before = event().sequence
    services.set_privacy(event(), is_discreet=True, contact=ContactRule.NONE)

    assert privacy(OSLO) == DISCREET
    assert event().has_own_privacy
    assert event().sequence == before + 1


def test_what_somebody_else_changed_meanwhile_is_not_written_over(made):
    seen = place_version(event())
    services.set_place(event(), "Their street", None, None, seen=seen)

    with pytest.raises(ChangedMeanwhileError):
        services.set_place(event(), "My street", None, None, seen=seen)
    assert event().street == "Their street"


def test_languages_and_access_can_be_searched_for(made):
    services.set_offers(event(), languages=["nb", "en", "en"], access=["wheelchair"])

    assert (event().languages, event().access) == (" en nb ", " wheelchair ")
    services.set_offers(event(), languages=[], access=[])
    assert (event().languages, event().access) == ("", "")


# --- Where to meet -------------------------------------------------------------------------


def test_volunteers_are_told_of_another_street_at_once_and_of_the_corner_at_its_hour(made):
    services.set_place(event(), "Street", "Corner", TEN)

    assert notices() == [(NoticeKind.PLACED, clocks.now()), (NoticeKind.CORNER, TEN)]


def test_the_same_place_again_tells_nobody(made):
    for _time in range(2):
        services.set_place(event(), "Street", None, None)

    assert notices() == [(NoticeKind.PLACED, clocks.now())]


def test_a_corner_that_is_to_come_may_change_without_a_word(made):
    services.set_place(event(), None, "Corner", TEN)
    services.set_place(event(), None, "Other corner", TEN)

    assert notices() == [(NoticeKind.CORNER, TEN)]


def test_a_corner_that_is_known_may_not(made, clock):
    services.set_place(event(), None, "Corner", TEN)
    clock.advance(TEN - clocks.now())
    services.set_place(event(), None, "Other corner", TEN)

    assert (NoticeKind.PLACED, TEN) in notices()


def test_no_corner_of_a_discreet_event_is_told_by_mail(made):
    services.set_privacy(event(), is_discreet=True, contact=ContactRule.REQUIRED)
    services.set_place(event(), None, "Corner", TEN)
    assert notices() == []

    services.set_privacy(event(), is_discreet=False, contact=ContactRule.REQUIRED)
    assert notices() == [(NoticeKind.CORNER, TEN)]


def test_the_corner_of_a_draft_is_noted_once_it_is_public(made):
    found = event()
    found.status = EventStatus.DRAFT
    services.set_place(found, "Street", "Corner", TEN)
    assert notices() == []

    services.publish([found])
    assert notices() == [(NoticeKind.CORNER, TEN)]


@pytest.mark.parametrize(("corner", "moment"), [
    (None, TEN), ("Corner", datetime(2005, 4, 28, 11, 31, tzinfo=UTC)),
])  # fmt: skip
def test_a_corner_is_shown_before_the_end_or_not_at_all(made, corner, moment):
    with pytest.raises(InvalidError):
        services.set_place(event(), None, corner, moment)


def test_where_to_meet_changes_no_calendar(made):
    versions = sa.select(CalendarScope.path, CalendarScope.version).order_by(CalendarScope.path)
    before = db.session.execute(versions).all()
    services.set_place(event(), "Street", "Corner", TEN)

    assert before
    assert db.session.execute(versions).all() == before


# --- Countries -----------------------------------------------------------------------------


def test_a_mark_changes_the_events_of_its_country_but_those_set_by_hand(made):
    services.set_privacy(event(BUSAN), is_discreet=False, contact=ContactRule.OPTIONAL)
    changed = mark_country(find_campaign(SLUG), "KR", DISCREET)

    assert changed == 1
    assert privacy(SEOUL) == DISCREET
    assert privacy(BUSAN) == PrivacyMark(is_discreet=False, contact=ContactRule.OPTIONAL)
    assert privacy(OSLO) == OPEN


def test_a_mark_taken_away_puts_them_back(made):
    campaign = find_campaign(SLUG)
    mark_country(campaign, "KR", DISCREET)

    assert mark_country(campaign, "KR", DISCREET) == 0
    assert unmark_country(campaign, "KR") == 2
    assert privacy(SEOUL) == OPEN


def test_what_is_over_keeps_its_privacy(made, clock):
    clock.advance(timedelta(days=28))

    assert mark_country(find_campaign(SLUG), "KR", DISCREET) == 0
    assert privacy(SEOUL) == OPEN


def test_an_event_can_follow_its_country_again(made):
    services.set_privacy(event(SEOUL), is_discreet=False, contact=ContactRule.OPTIONAL)
    mark_country(find_campaign(SLUG), "KR", DISCREET)
    services.follow_country(event(SEOUL))

    assert privacy(SEOUL) == DISCREET
    assert not event(SEOUL).has_own_privacy


def test_new_events_begin_as_their_country_is_marked(app):
    make_campaign_of_2005(app, countries=("NO",))
    with app.app_context():
        mark_country(find_campaign(SLUG), "KR", DISCREET)
        db.session.commit()
    when = ["--on", "2005-04-28", "--at", "12:00", "--lasting", "90"]
    there = ["--country", "KR", "--country", "SE", "--publish"]
    command(app, "fan-out", f"{SLUG}/2005-04-28", "--list", "prc-missions", *when, *there)

    with app.app_context():
        assert privacy(SEOUL) == DISCREET
        assert privacy("stockholm-se-2005-04-28") == OPEN


# --- Jobs ----------------------------------------------------------------------------------


def wish(**fields: object) -> ShiftWish:
    values = {"kind": ShiftKind.MARSHAL, "title": None, "places": 2, "starts_local": None}
    return ShiftWish(**{**values, "ends_local": None, **fields})


def test_a_job_is_closed_and_opened_again(made):
    shift = services.add_shift(event(), wish())
    for _time in range(2):
        services.close_shift(shift)
    assert shift.closed_at == clocks.now()

    services.reopen_shift(shift)
    assert shift.closed_at is None


HOURS = {
    (datetime(2005, 4, 28, 12), None): InvalidError,
    (None, datetime(2005, 4, 28, 12)): InvalidError,
    (datetime(2005, 4, 28, 12), datetime(2005, 4, 28, 12)): InvalidError,
    (datetime(2005, 4, 27, 11, 59), datetime(2005, 4, 28, 12)): InvalidError,
    (datetime(2005, 4, 28, 12), datetime(2005, 4, 29, 13, 31)): InvalidError,
    (datetime(2005, 3, 27, 2, 30), datetime(2005, 3, 27, 4)): NoSuchTimeError,
}


@pytest.mark.parametrize(("starts", "ends"), HOURS)
def test_a_job_has_hours_that_are_near_its_event_or_none(made, starts, ends):
    with pytest.raises(HOURS[starts, ends]):
        services.add_shift(event(), wish(starts_local=starts, ends_local=ends))
    shift = services.add_shift(
        event(), wish(starts_local=datetime(2005, 4, 28, 11), ends_local=datetime(2005, 4, 28, 14))
    )
    assert shift.id


def test_a_job_of_another_event_is_not_found(made):
    shift = services.add_shift(event(), wish())

    with pytest.raises(NotFoundError):
        services.find_shift(event(SEOUL), shift.id)
