"""One call becomes one event per site; a second run adds only what is missing."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from uuid import UUID

import pytest
import sqlalchemy as sa

from campaign.commands.demo import DATA
from campaign.errors import InvalidError
from campaign.events.planning import plan_fan_out
from campaign.events.services import fan_out, follow_sites
from campaign.events.wall_time import NoSuchTimeError
from campaign.models import CallToAction, Event, EventDemand, EventStatus, LinkOrigin
from campaign.resolutions.queries import demands_of
from campaign.resolutions.services import aim
from campaign.sites.services import import_sites
from campaign.sites.site_file import parse_sites
from tests.events.orders import BERGEN, OSLO, SEOUL, THE_DAY, make_call, order
from tests.sites.rows import row
from tests.statements import questions_to

MISSIONS = DATA / "prc_missions.csv"


def events(session) -> list[Event]:
    return list(session.scalars(sa.select(Event).order_by(Event.id)))


def count(session, table) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table))


def make_world_call() -> CallToAction:
    """Store a call to all missions of 2005."""
    return make_call(
        *parse_sites(MISSIONS.read_bytes()), site_class="embassies and consulates of CN"
    )


# --- The day of 2005 -----------------------------------------------------------------------


def test_noon_on_28_april_2005_is_212_events_at_the_instants_of_that_day(session):
    call = make_world_call()
    began = process_time()
    done = fan_out(order(call))
    seconds = process_time() - began
    with MISSIONS.open(encoding="utf-8") as file:
        offsets = {one["id"]: one["utc_offset_2005_04_28"] for one in csv.DictReader(file)}

    assert (done.made, done.there) == (212, 0)
    assert seconds < 3
    for event in events(session):
        noon = datetime.fromisoformat(f"2005-04-28T12:00:00{offsets[event.site_id]}")
        assert event.starts_local == datetime(2005, 4, 28, 12)
        assert event.starts_at == noon
    assert {event.slug: f"{event.starts_at:%H:%MZ}" for event in events(session)}.items() >= {
        ("seoul-kr-2005-04-28", "03:00Z"),
        ("warsaw-pl-2005-04-28", "10:00Z"),
        ("washington-us-2005-04-28", "16:00Z"),
    }
    assert "KP" not in {event.site.country for event in events(session)}


def test_each_event_supports_exactly_what_the_call_states(session):
    call = make_world_call()
    fan_out(order(call))
    links = session.execute(sa.select(EventDemand.event_id, EventDemand.origin)).all()

    assert len(links) == 2 * 212
    assert {origin for _event, origin in links} == {LinkOrigin.STATED}
    assert len({event for event, _origin in links}) == 212


def test_the_two_in_north_korea_can_be_added(session):
    call = make_world_call()
    fan_out(order(call))
    done = fan_out(order(call, countries=frozenset({"KP"})))

    assert done.made == 2
    assert count(session, Event) == 214


def test_the_number_of_questions_does_not_grow_with_the_sites(session):
    call = make_world_call()
    with questions_to(session.get_bind()) as one:
        fan_out(order(call, countries=frozenset({"NO"})))
    session.expire_all()
    with questions_to(session.get_bind()) as many:
        fan_out(order(call))

    assert len(many) <= len(one) + 1


# --- Each event ----------------------------------------------------------------------------


def test_an_event_is_a_draft_with_an_identity_of_its_own(session, clock):
    fan_out(order(make_call(OSLO, SEOUL)))
    seoul, oslo = events(session)

    assert {event.status for event in (seoul, oslo)} == {EventStatus.DRAFT}
    assert str(UUID(oslo.uid)) == oslo.uid != seoul.uid
    assert (oslo.slug, oslo.timezone, oslo.site_id) == (
        "oslo-no-2005-04-28",
        "Europe/Oslo",
        OSLO.id,
    )
    assert (oslo.sequence, oslo.created_at, oslo.changed_at) == (0, clock.moment, clock.moment)


def test_published_at_once_if_wished(session):
    fan_out(order(make_call(OSLO)), publish=True)

    assert [event.status for event in events(session)] == [EventStatus.PUBLISHED]


def test_what_calendars_show_changed_at_a_whole_second(session, clock):
    clock.advance(timedelta(microseconds=1))
    fan_out(order(make_call(OSLO)))

    assert [event.changed_at.microsecond for event in events(session)] == [0]


def test_a_city_with_several_sites_has_several_addresses(session):
    second = row("cn-cg-no-oslo", kind="consulate")
    third = row("cn-office-no-oslo", kind="office")
    fan_out(order(make_call(OSLO, second, third)))

    assert {event.slug for event in events(session)} == {
        "oslo-no-2005-04-28",
        "oslo-no-2005-04-28-2",
        "oslo-no-2005-04-28-3",
    }


def test_one_instant_takes_the_address_of_each_local_day(session):
    moment = datetime(2005, 4, 28, 16, tzinfo=UTC)
    fan_out(order(make_call(OSLO, SEOUL), at=None, instant=moment))

    assert {event.slug: event.starts_at for event in events(session)} == {
        "oslo-no-2005-04-28": moment,
        "seoul-kr-2005-04-29": moment,
    }


def test_events_inherit_from_the_call_until_they_say_otherwise(session):
    call = make_call(OSLO, SEOUL)
    fan_out(order(call, lasting_minutes=90))
    seoul, oslo = events(session)
    seoul.title_override, seoul.capacity_override = "Candles", 40
    seoul.lasting_minutes_override, seoul.description_override = 30, "Bring one."
    call.title, call.description, call.capacity = "March", "Come.", 500

    assert (oslo.title, oslo.description, oslo.capacity, oslo.lasting_minutes) == (
        "March",
        "Come.",
        500,
        90,
    )
    assert (seoul.title, seoul.description, seoul.capacity, seoul.lasting_minutes) == (
        "Candles",
        "Bring one.",
        40,
        30,
    )


def test_the_first_fan_out_settles_hour_and_length_and_later_ones_override_them(session):
    call = make_call(OSLO, SEOUL)
    fan_out(order(call, lasting_minutes=90, countries=frozenset({"NO"})))
    fan_out(order(call, lasting_minutes=45, at=time(18), countries=frozenset({"KR"})))
    oslo, seoul = events(session)

    assert (call.at, call.lasting_minutes) == (time(12), 90)
    assert (oslo.lasting_minutes_override, seoul.lasting_minutes_override) == (None, 45)
    assert seoul.ends_at - seoul.starts_at == timedelta(minutes=45)


# --- A second run --------------------------------------------------------------------------


def test_a_second_run_adds_only_what_is_missing(session, clock):
    call = make_call(OSLO, SEOUL)
    fan_out(order(call, countries=frozenset({"NO"})))
    before = session.execute(sa.select(Event.__table__)).one()
    clock.advance(timedelta(hours=1))
    import_sites([OSLO, BERGEN, SEOUL], "missions")
    done = fan_out(order(call, at=time(18), lasting_minutes=30))

    assert (done.made, done.there) == (2, 1)
    assert session.execute(sa.select(Event.__table__).order_by(Event.id)).first() == before
    assert count(session, EventDemand) == 6


def test_a_third_run_finds_everything_there(session):
    call = make_call(OSLO, SEOUL)
    fan_out(order(call))
    done = fan_out(order(call))

    assert (done.made, done.there, done.published) == (0, 2, 0)
    assert count(session, Event) == 2


def test_a_run_that_publishes_takes_its_drafts_along(session, clock):
    call = make_call(OSLO, SEOUL)
    fan_out(order(call))
    clock.advance(timedelta(hours=1))
    done = fan_out(order(call, leave_out=frozenset({SEOUL.id})), publish=True)
    seoul, oslo = events(session)

    assert (done.made, done.published) == (0, 1)
    assert (oslo.status, seoul.status) == (EventStatus.PUBLISHED, EventStatus.DRAFT)
    assert oslo.changed_at == clock.moment


def test_a_run_that_publishes_leaves_alone_what_was_decided_since(session):
    call = make_call(OSLO)
    fan_out(order(call), publish=True)
    events(session)[0].status = EventStatus.CANCELLED
    done = fan_out(order(call), publish=True)

    assert (done.made, done.published) == (0, 0)
    assert events(session)[0].status is EventStatus.CANCELLED


def test_another_day_is_another_fan_out(session):
    call = make_call(OSLO)
    fan_out(order(call))
    done = fan_out(order(call, on=date(2006, 4, 28)))

    assert done.made == 1
    assert {event.fanned_out_on for event in events(session)} == {THE_DAY, date(2006, 4, 28)}


# --- All or nothing ------------------------------------------------------------------------


def test_a_time_that_does_not_exist_at_one_site_makes_no_event_anywhere(session):
    call = make_call(OSLO, SEOUL)
    with pytest.raises(NoSuchTimeError, match=OSLO.id):
        fan_out(order(call, on=date(2005, 3, 27), at=time(2, 30)))

    assert count(session, Event) == 0
    assert call.at is None


def test_a_call_that_is_aimed_at_no_demand_is_refused(session):
    call = make_call(OSLO, purpose=())
    with pytest.raises(InvalidError, match="aimed at no demand"):
        fan_out(order(call))

    assert call.at is None


def test_a_demand_that_an_organizer_added_is_marked_as_added(session):
    call = make_call(OSLO, purpose=(0,))
    aim(call, demands_of(call.campaign)[1])
    fan_out(order(call))
    [event] = events(session)
    origins = {link.demand.slug: link.origin for link in event.supports}

    assert origins == {"norway-1": LinkOrigin.STATED, "norway-2": LinkOrigin.ADDED}


def test_a_plan_made_before_is_carried_out_as_it_is(session):
    call = make_call(OSLO, SEOUL)
    wish = order(call)
    plan, steps = plan_fan_out(wish), []
    done = fan_out(wish, plan=plan, progress=lambda: steps.append(1))

    assert done.plan is plan
    assert len(steps) == done.made == 2


# --- Sites that change ---------------------------------------------------------------------


def test_calendars_learn_that_a_site_has_changed(session, clock):
    call = make_call(OSLO, SEOUL)
    fan_out(order(call), publish=True)
    clock.advance(timedelta(days=1, microseconds=5))
    events(session)[1].site.name = "The embassy"
    changed = follow_sites({OSLO.id, "somewhere-else"})
    session.expire_all()
    seoul, oslo = events(session)

    assert changed == 1
    assert (oslo.sequence, seoul.sequence) == (1, 0)
    assert oslo.changed_at == clock.moment.replace(microsecond=0)
    assert seoul.changed_at == clock.moment - timedelta(days=1, microseconds=5)


def test_no_event_changes_with_no_site(session):
    assert follow_sites(frozenset()) == 0


def test_two_thousand_sites_are_fanned_out_in_seconds(session):
    sites = [row(f"cn-site-{number}", kind="consulate") for number in range(2_000)]
    call = make_call(*sites)
    began = process_time()
    done = fan_out(order(call), publish=True)

    assert done.made == 2_000
    assert process_time() - began < 12
