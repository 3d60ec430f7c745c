"""Which sites a fan-out takes, when, and which it leaves out and why."""

from datetime import UTC, date, datetime, time

import pytest

from campaign.errors import InvalidError, NotFoundError
from campaign.events.planning import (
    LeftOut,
    NothingToFanOutError,
    Plan,
    is_of_class,
    plan_fan_out,
)
from campaign.events.services import fan_out
from campaign.events.wall_time import NoSuchTimeError, TwiceSuchTimeError
from campaign.models import Site
from tests.events.orders import BERGEN, OFFICE, OSLO, PYONGYANG, SEOUL, make_call, order
from tests.sites.rows import row


def taken(plan: Plan) -> set[str]:
    return {planned.site.id for planned in plan.events}


def reasons(plan: Plan) -> dict[str, LeftOut]:
    return {site.id: reason for site, reason in plan.left_out}


# --- Which sites ---------------------------------------------------------------------------


def test_a_site_in_north_korea_is_left_out_unless_somebody_says_otherwise(session):
    call = make_call()

    assert reasons(plan_fan_out(order(call))) == {PYONGYANG.id: LeftOut.ENDANGERED}
    assert taken(plan_fan_out(order(call, countries=frozenset({"KP"})))) == {PYONGYANG.id}
    assert PYONGYANG.id in taken(plan_fan_out(order(call, include=frozenset({PYONGYANG.id}))))


def test_sites_of_another_country_are_left_out(session):
    plan = plan_fan_out(order(make_call(), countries=frozenset({"NO"})))

    assert taken(plan) == {OSLO.id, BERGEN.id, OFFICE.id}
    assert reasons(plan) == {
        SEOUL.id: LeftOut.OTHER_COUNTRY,
        PYONGYANG.id: LeftOut.OTHER_COUNTRY,
    }


def test_sites_that_were_not_there_or_perhaps_not_are_left_out(session):
    gone = row("cn-cg-gone", existed_on=((date(2005, 4, 28), "no"),))
    unsure = row("cn-cg-unsure", existed_on=(), opened=None)
    plan = plan_fan_out(order(make_call(OSLO, gone, unsure)))

    assert taken(plan) == {OSLO.id}
    assert reasons(plan) == {gone.id: LeftOut.NOT_THERE, unsure.id: LeftOut.UNKNOWN}


def test_an_organizer_has_the_last_word_and_leaving_out_is_the_very_last(session):
    unsure = row("cn-cg-unsure", existed_on=(), opened=None)
    call = make_call(OSLO, SEOUL, unsure, site_class="consulates of CN")
    plan = plan_fan_out(
        order(
            call,
            include=frozenset({unsure.id, SEOUL.id, OSLO.id}),
            leave_out=frozenset({OSLO.id}),
            countries=frozenset({"NO"}),
        )
    )

    assert taken(plan) == {unsure.id, SEOUL.id}
    assert reasons(plan) == {OSLO.id: LeftOut.EXCEPTED}


def test_the_calls_class_of_sites_sets_the_kinds(session):
    call = make_call(site_class="embassies and consulates of CN")

    assert reasons(plan_fan_out(order(call)))[OFFICE.id] is LeftOut.OTHER_CLASS


@pytest.mark.parametrize(
    ("site_class", "kind", "owner", "is_one"),
    [
        (None, "square", None, True),
        ("embassies of CN", "embassy", "CN", True),
        ("embassies of CN", "embassy", "JP", False),
        ("embassies of CN", "embassy", None, True),
        ("embassies of CN", "consulate", "CN", False),
        ("embassies of CN and JP", "embassy", "JP", True),
        ("embassies of CN and JP", "embassy", "KR", False),
        ("consulates", "consulate-general", "JP", True),
        ("consulate offices of CN", "consulate", "CN", True),
        ("parliaments of NO", "legislature", None, True),
        ("parliaments of JP", "legislature", None, False),
        ("United Nations offices", "headquarters", None, True),
        ("United Nations offices", "embassy", "CN", False),
        ("missions", "permanent-mission", "CN", True),
        ("city halls", "city-hall", None, True),
        ("bridges of the city", "square", None, True),
        ("bridges", "square", None, True),
    ],
)
def test_a_class_of_sites_says_kinds_and_whose(site_class, kind, owner, is_one):
    site = Site(kind=kind, owner_country=owner, country="NO")

    assert is_of_class(site, site_class) is is_one


@pytest.mark.parametrize(
    "wrong",
    [
        {"include": frozenset({"nowhere"})},
        {"leave_out": frozenset({"nowhere"})},
        {"countries": frozenset({"NO", "UK"})},
    ],
)
def test_what_the_list_does_not_have_is_named(session, wrong):
    with pytest.raises(InvalidError, match="nowhere|UK"):
        plan_fan_out(order(make_call(), **wrong))


def test_an_unknown_list_is_not_found(session):
    with pytest.raises(NotFoundError, match="unknown"):
        plan_fan_out(order(make_call(), list_name="unknown"))


def test_a_fan_out_that_no_site_is_left_for_is_refused(session):
    with pytest.raises(NothingToFanOutError):
        plan_fan_out(order(make_call(PYONGYANG)))


# --- When ----------------------------------------------------------------------------------


def test_noon_is_noon_at_each_site(session):
    plan = plan_fan_out(order(make_call(OSLO, SEOUL)))

    assert [(one.site.id, one.starts_local, one.starts_at) for one in plan.events] == [
        (SEOUL.id, datetime(2005, 4, 28, 12), datetime(2005, 4, 28, 3, tzinfo=UTC)),
        (OSLO.id, datetime(2005, 4, 28, 12), datetime(2005, 4, 28, 10, tzinfo=UTC)),
    ]


def test_one_instant_is_the_same_everywhere_whatever_the_clocks_show(session):
    moment = datetime.fromisoformat("2005-04-28T18:00:00+02:00")
    plan = plan_fan_out(order(make_call(OSLO, SEOUL), at=None, instant=moment))

    assert {one.starts_at for one in plan.events} == {moment}
    assert [one.starts_local for one in plan.events] == [
        datetime(2005, 4, 29, 1),
        datetime(2005, 4, 28, 18),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": None},
        {"instant": datetime(2005, 4, 28, 12, tzinfo=UTC)},
        {"at": None, "instant": datetime(2005, 4, 30, tzinfo=UTC)},
        {"lasting_minutes": 0},
        {"lasting_minutes": -1},
        {"lasting_minutes": 20_161},
        {"on": date(1899, 12, 31)},
        {"on": date(9999, 12, 31)},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(session, wrong):
    with pytest.raises(InvalidError):
        plan_fan_out(order(make_call(OSLO), **wrong))


@pytest.mark.parametrize(
    ("day", "error", "choices"),
    [
        (date(2005, 3, 27), NoSuchTimeError, ("2005-03-27 01:30", "2005-03-27 03:30")),
        (date(2005, 10, 30), TwiceSuchTimeError, ("2005-10-30 00:30", "2005-10-30 01:30")),
    ],
)
def test_a_time_that_some_clocks_do_not_show_once_names_the_sites_and_the_choices(
    session, day, error, choices
):
    call = make_call()
    everywhere = frozenset({OSLO.id, BERGEN.id, SEOUL.id})
    with pytest.raises(error) as refused:
        plan_fan_out(order(call, on=day, at=time(2, 30), include=everywhere))

    for word in (*choices, BERGEN.id, OSLO.id):
        assert word in str(refused.value)
    assert SEOUL.id not in str(refused.value)


def test_another_day_than_the_calls_own_is_allowed_and_said(session):
    call = make_call(OSLO)
    other = order(call, on=date(2006, 4, 28), include=frozenset({OSLO.id}))

    assert not plan_fan_out(order(call)).is_on_another_day
    assert plan_fan_out(other).is_on_another_day


def test_a_call_without_a_day_has_no_other_day(session):
    call = make_call(OSLO, dates=())

    assert not plan_fan_out(order(call)).is_on_another_day


def test_what_is_there_keeps_its_own_hours(session):
    call = make_call(OSLO)
    fan_out(order(call))
    import_more = order(call, at=time(18))
    plan = plan_fan_out(import_more)

    assert [(one.is_there, one.starts_local.hour) for one in plan.events] == [(True, 12)]
    assert plan.missing == ()
