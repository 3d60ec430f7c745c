"""Calendars of others become drafts of a call, once each, and follow what changes there."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign.calendars.reading import NotACalendar
from campaign.calendars.scopes import Scope
from campaign.calendars.views.joining import feed_bytes
from campaign.database import abandon, db, reading, transaction
from campaign.errors import InvalidError
from campaign.events.importing import Action
from campaign.events.services import CalendarImport, import_calendar, publish
from campaign.models import CalendarScope, CallToAction, Event, EventStatus
from campaign.resolutions.queries import find_call, find_campaign
from tests.calendars.ready import differences
from tests.factories import SLUG, change_event, command, make_campaign_of_2005

OSLO = "oslo-no-2005-04-28"


@pytest.fixture
def made(app):
    """Give the campaign of 2005 with its events in Oslo, Stockholm, Gothenburg, Seoul and Busan."""
    make_campaign_of_2005(app)
    return app


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def vevent(uid: str = "vigil-1@example.org", **lines: str) -> str:
    given = {
        "SUMMARY": "Vigil",
        "DTSTART;TZID=Europe/Warsaw": "20050428T180000",
        "DTEND;TZID=Europe/Warsaw": "20050428T190000",
        "LOCATION": "Plac Zamkowy\\, Warsaw\\, Poland",
        **{name.replace("_", ";"): value for name, value in lines.items()},
    }
    written = [f"{name}:{value}" for name, value in given.items() if value]
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *written, "END:VEVENT"])


def take_in(app, content: bytes, *, dry: bool = False) -> CalendarImport:
    with app.app_context(), transaction():
        done = import_calendar(find_call(find_campaign(SLUG), "2005-04-28"), content)
        if dry:
            abandon()
        return done


def found(app, uid: str = "vigil-1@example.org") -> Event:
    with app.app_context(), reading():
        event = db.session.scalars(sa.select(Event).where(Event.uid == uid)).one()
        assert event.city and event.site and event.call  # loaded while we may
        return event


def actions(done: CalendarImport) -> list[Action]:
    return [one.action for one in done.entries]


def reasons(done: CalendarImport) -> list[str]:
    return [str(one.why) for one in done.entries if one.action is Action.LEAVE_OUT]


# --- The first time ------------------------------------------------------------------------


def test_an_entry_becomes_a_draft_of_the_call_at_its_place_and_hour(made):
    done = take_in(made, calendar(vevent(DESCRIPTION="Bring a candle.", SEQUENCE="4")))
    event = found(made)

    assert actions(done) == [Action.MAKE]
    assert (event.uid, event.status, event.sequence) == (
        "vigil-1@example.org",
        EventStatus.DRAFT,
        4,
    )
    assert (event.title, event.description) == ("Vigil", "Bring a candle.")
    assert event.starts_local == datetime(2005, 4, 28, 18)
    assert event.starts_at == datetime(2005, 4, 28, 16, tzinfo=UTC)
    assert event.lasting_minutes == 60
    assert (event.city.slug, event.timezone) == ("warsaw-pl", "Europe/Warsaw")
    assert (event.site.name, event.site.precision) == ("Plac Zamkowy", "city")
    assert event.slug == "warsaw-pl-2005-04-28"
    with made.app_context(), reading():
        supported = db.session.get(Event, event.id).supports
        assert sorted(link.demand.slug for link in supported) == ["china-1", "china-7"]


def test_nobody_sees_a_draft_and_no_feed_moves(made):
    with made.app_context(), reading():
        before = db.session.scalars(sa.select(CalendarScope.version)).all()
    take_in(made, calendar(vevent()))

    with made.app_context(), reading():
        assert db.session.scalars(sa.select(CalendarScope.version)).all() == before
    assert b"Vigil" not in made.test_client().get(f"/{SLUG}/calendar.ics").data


def test_a_point_leads_to_the_site_that_we_know_there(made):
    take_in(made, calendar(vevent(LOCATION="In front of the gate", GEO="59.9414;10.7016")))

    assert found(made).site.id == "cn-embassy-no-oslo"


def test_a_point_where_we_know_nothing_is_a_place_of_its_city(made):
    take_in(made, calendar(vevent(LOCATION="Town Hall Square", GEO="59.9120;10.7330")))
    site = found(made).site

    assert (site.name, site.kind, site.precision) == ("Town Hall Square", "place", "site")
    assert found(made).city.slug == "oslo-no"


def test_two_entries_at_one_new_place_share_it(made):
    take_in(
        made,
        calendar(
            vevent("a"),
            vevent(
                "b",
                **{"DTSTART;TZID=Europe/Warsaw": "20050429T180000", "DTEND;TZID=Europe/Warsaw": ""},
            ),
        ),
    )

    assert found(made, "a").site_id == found(made, "b").site_id
    assert found(made, "b").lasting_minutes == 90  # as the call's


@pytest.mark.parametrize(
    ("line", "value", "starts_at"),
    [
        ("DTSTART", "20050428T180000", datetime(2005, 4, 28, 16, tzinfo=UTC)),
        ("DTSTART", "20050428T160000Z", datetime(2005, 4, 28, 16, tzinfo=UTC)),
        ("DTSTART;TZID=Asia/Seoul", "20050429T010000", datetime(2005, 4, 28, 16, tzinfo=UTC)),
        ("DTSTART;TZID=Mars/Olympus", "20050428T180000", datetime(2005, 4, 28, 16, tzinfo=UTC)),
        ("DTSTART;VALUE=DATE", "20050428", datetime(2005, 4, 28, 10, tzinfo=UTC)),
    ],
)
def test_every_kind_of_hour_becomes_one_by_the_clocks_of_the_place(made, line, value, starts_at):
    plain = {"DTSTART;TZID=Europe/Warsaw": "", "DTEND;TZID=Europe/Warsaw": ""}
    take_in(made, calendar(vevent(**plain, **{line: value})))

    assert found(made).starts_at == starts_at
    assert found(made).timezone == "Europe/Warsaw"


def test_an_hour_that_the_clocks_of_the_place_skip_is_left_out_with_the_choices(made):
    plain = {"DTSTART;TZID=Europe/Warsaw": "", "DTEND;TZID=Europe/Warsaw": ""}
    done = take_in(made, calendar(vevent(**plain, DTSTART="20050327T023000")))

    assert actions(done) == [Action.LEAVE_OUT]
    assert "does not exist in Europe/Warsaw" in reasons(done)[0]


def test_what_has_no_place_or_is_called_off_is_left_out(made):
    done = take_in(
        made,
        calendar(
            vevent("a", LOCATION=""),
            vevent("b", LOCATION="https://example.org/meet"),
            vevent("c", STATUS="CANCELLED"),
            vevent("d", **{"DTEND;TZID=Europe/Warsaw": "20050601T190000"}),
        ),
    )

    assert reasons(done) == [
        "Its place is not known: it names no city that we know.",
        "Its place is not known: it names no city that we know.",
        "It is cancelled.",
        "An event lasts from one minute to two weeks.",
    ]


def test_a_repeating_event_becomes_one_draft_each_time(made):
    take_in(made, calendar(vevent(RRULE="FREQ=WEEKLY;COUNT=3")))

    with made.app_context(), reading():
        slugs = db.session.scalars(
            sa.select(Event.slug).where(Event.slug.startswith("warsaw")).order_by(Event.slug)
        ).all()
    assert slugs == [
        "warsaw-pl-2005-04-28",
        "warsaw-pl-2005-05-05",
        "warsaw-pl-2005-05-12",
    ]


def test_what_is_no_calendar_or_comes_for_a_call_without_purpose_is_refused(made):
    with pytest.raises(NotACalendar):
        take_in(made, b"<html>")
    with made.app_context(), transaction():
        call = find_call(find_campaign(SLUG), "2005-04-28")
        db.session.execute(sa.delete(type(call.purposes[0])))
        with pytest.raises(InvalidError, match="aimed at no demand"):
            import_calendar(call, calendar(vevent()))
        abandon()


def test_a_dry_run_says_the_same_and_keeps_nothing(made):
    dry = take_in(made, calendar(vevent()), dry=True)

    assert actions(dry) == [Action.MAKE]
    with made.app_context(), reading():
        assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 5


# --- The second time -----------------------------------------------------------------------


def test_the_same_file_a_second_time_changes_nothing(made):
    content = calendar(vevent(DESCRIPTION="Bring a candle.\\nAnd sing."))
    take_in(made, content)
    again = take_in(made, content)

    assert actions(again) == [Action.KEEP]


def test_a_later_version_changes_the_draft_and_says_how(made):
    take_in(made, calendar(vevent()))
    again = take_in(
        made,
        calendar(
            vevent(
                SUMMARY="March",
                LOCATION="Kraków\\, Poland",
                SEQUENCE="2",
                **{"DTSTART;TZID=Europe/Warsaw": "20050428T170000"},
            )
        ),
    )
    event = found(made)

    assert actions(again) == [Action.CHANGE]
    assert [str(one.what) for one in again.entries[0].differences] == [
        "title",
        "start",
        "minutes",
        "where",
    ]
    assert (event.title, event.city.slug, event.sequence) == ("March", "krakow-pl", 2)
    assert event.starts_at == datetime(2005, 4, 28, 15, tzinfo=UTC)
    assert event.lasting_minutes == 120
    assert event.slug == "warsaw-pl-2005-04-28"  # Made once.


def test_readers_are_told_of_changes_to_what_is_public(made, clock):
    take_in(made, calendar(vevent()))
    with made.app_context(), transaction():
        publish(db.session.scalars(sa.select(Event).where(Event.uid == "vigil-1@example.org")))
    clock.advance(timedelta(hours=1))
    take_in(made, calendar(vevent(SUMMARY="March", SEQUENCE="7")))

    assert found(made).sequence == 7
    assert found(made).changed_at == clock.moment
    assert differences(made) == []
    take_in(made, calendar(vevent(SUMMARY="March", STATUS="CANCELLED", SEQUENCE="8")))
    assert (found(made).status, found(made).sequence) == (EventStatus.CANCELLED, 8)
    again = take_in(made, calendar(vevent(SUMMARY="March", SEQUENCE="9")))
    assert reasons(again) == ["It was cancelled here, and stays cancelled."]


def test_what_is_over_is_not_changed_any_more(made, clock):
    with made.app_context(), reading():
        content = feed_bytes(find_campaign(SLUG), Scope.CITY, "oslo-no", language="en")
    clock.advance(timedelta(days=60))
    done = take_in(made, content.replace(b"SUMMARY:Oslo", b"SUMMARY:Vigil"))

    assert reasons(done) == ["It is over here: it cannot be changed any more."]


def test_another_calls_event_is_not_taken(made):
    take_in(made, calendar(vevent()))
    with made.app_context(), transaction():
        call = find_call(find_campaign(SLUG), "2005-04-28")
        columns = {
            c.name: getattr(call, c.name) for c in CallToAction.__table__.columns if c.name != "id"
        }
        other = CallToAction(**{**columns, "slug": "other", "uid": "other"})
        other.purposes = [type(one)(demand=one.demand, is_stated=True) for one in call.purposes]
        db.session.add(other)
        db.session.flush()
        done = import_calendar(other, calendar(vevent()))
        abandon()

    assert reasons(done) == ["Another call has an event with this UID."]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_our_own_feed_comes_back_as_it_went(made, language):
    change_event(made, OSLO, title_override="Vigil", description_override="Sing.\n\nThen walk.")
    with made.app_context(), reading():
        content = feed_bytes(find_campaign(SLUG), Scope.CAMPAIGN, "", language=language)
    done = take_in(made, content)

    assert [one.action for one in done.entries] == [Action.LEAVE_OUT, *[Action.KEEP] * 5]
    assert reasons(done) == ["It is the day of a call, which has its events already."]


def test_the_feed_of_a_discreet_event_does_not_overwrite_what_it_hides(made):
    change_event(made, OSLO, is_discreet=True, title_override="Vigil")
    with made.app_context(), reading():
        content = feed_bytes(find_campaign(SLUG), Scope.EVENT, OSLO, language="en")

    assert actions(take_in(made, content)) == [Action.KEEP]


# --- The command ---------------------------------------------------------------------------


def test_the_command_shows_each_entry_and_keeps_nothing_in_a_dry_run(made, tmp_path):
    file = tmp_path / "movement.ics"
    file.write_bytes(
        calendar(vevent(), vevent("b", LOCATION=""), "BEGIN:VEVENT\r\nUID:c\r\nEND:VEVENT")
    )
    line = ["import-calendar", str(file), "--call", f"{SLUG}/2005-04-28"]

    dry = command(made, *line, "--dry-run")
    assert "new     2005-04-28 18:00 Vigil @ Plac Zamkowy\n" in dry
    assert "out     Vigil: Its place is not known: it names no city that we know.\n" in dry
    assert "out     line 16: c: It has no start.\n" in dry
    assert dry.endswith("1 new, 0 changed, 0 the same, 2 left out.\nNothing was kept.\n")
    assert command(made, *line).endswith("1 new, 0 changed, 0 the same, 2 left out.\n")
    file.write_bytes(calendar(vevent(SUMMARY="March of lights")))
    assert "title: “Vigil” → “March of lights”" in command(made, *line, "--dry-run")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/calendar.ics",
        "https://localhost/calendar.ics",
        "webcal://[::1]/calendar.ics",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
    ],
)
def test_no_address_of_the_inside_network_is_fetched(made, runner, address):
    line = ["import-calendar", address, "--call", f"{SLUG}/2005-04-28"]
    done = runner.invoke(args=line)

    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
