"""When volunteers are told what: by the clocks of the place, whatever these clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.events.notice_times import (
    day_of_at,
    goes_stale_at,
    occasion_of,
    reminder_at,
    thanks_at,
)
from campaign.events.wall_time import wall_time
from campaign.models import Event, NoticeKind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Both changes of 2005, in forty zones of all kinds: by half an hour, at midnight, in the south.
ZONES = [
    "Europe/Oslo", "Europe/London", "Europe/Moscow", "Europe/Lisbon", "Europe/Athens",
    "Europe/Kaliningrad", "Europe/Dublin", "Atlantic/Azores", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "America/Adak", "America/St_Johns", "America/Halifax", "America/Toronto",
    "America/Mexico_City", "America/Asuncion", "America/Santiago", "America/Sao_Paulo",
    "America/Godthab", "America/Campo_Grande", "America/Montevideo", "Asia/Tehran", "Asia/Baku",
    "Asia/Yerevan", "Asia/Nicosia", "Asia/Beirut", "Asia/Amman", "Asia/Damascus", "Asia/Gaza",
    "Asia/Jerusalem", "Asia/Baghdad", "Africa/Cairo", "Africa/Windhoek", "Australia/Sydney",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
]  # fmt: skip


def changes(zone: str) -> list[date]:
    """Return the local days of 2005 on which the clocks of a zone change."""
    hours = (datetime(2005, 1, 1, tzinfo=UTC) + number * HOUR for number in range(365 * 24))
    found, before = [], None
    for hour in hours:
        local = hour.astimezone(ZoneInfo(zone))
        if before is not None and local.utcoffset() != before:
            found.append(local.date())
        before = local.utcoffset()
    return found


def event(zone: str, starts_local: datetime, *, minutes: int = 90) -> Event:
    starts_at = starts_local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Event(
        timezone=zone,
        starts_local=starts_local,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
    )


def test_there_are_forty_zones_and_each_changes_twice():
    assert len(set(ZONES)) == 40
    assert {len(changes(zone)) for zone in ZONES} == {2}


@pytest.mark.parametrize("zone", ZONES)
def test_mails_come_at_their_hours_on_both_sides_of_both_changes(zone):
    for change in changes(zone):
        for days in (-1, 0, 1, 2):
            on = change + days * DAY
            one = event(zone, datetime.combine(on, time(12)))

            eve, morning = reminder_at(one), day_of_at(one)
            assert wall_time(eve, zone) == datetime.combine(on - DAY, time(11))
            assert wall_time(morning, zone) == datetime.combine(on, time(8))
            assert eve < morning < one.starts_at < thanks_at(one) == one.ends_at + HOUR


@pytest.mark.parametrize("hour", [0, 4, 23])
@pytest.mark.parametrize("zone", ZONES)
def test_no_reminder_is_noted_too_late_to_be_seen(zone, hour):
    for change in changes(zone):
        for days in (-1, 0, 1, 2):
            one = event(zone, datetime.combine(change + days * DAY, time(hour, 59)))

            assert timedelta(hours=12) <= one.starts_at - reminder_at(one) <= timedelta(hours=38)


def test_the_eve_of_a_day_after_one_that_was_left_out_is_the_day_before_that():
    # Samoa had no 30 December 2011.
    one = event("Pacific/Apia", datetime(2011, 12, 31, 12))

    assert wall_time(reminder_at(one), "Pacific/Apia") == datetime(2011, 12, 29, 11)


@pytest.mark.parametrize(("starts", "is_told"), [(time(8, 59), False), (time(9), True)])
def test_what_begins_before_nine_is_not_told_of_at_eight(starts, is_told):
    one = event("Europe/Oslo", datetime.combine(date(2005, 5, 14), starts))

    assert (day_of_at(one) is not None) is is_told
    stale = goes_stale_at(one, NoticeKind.REMINDER, reminder_at(one))
    assert stale == (day_of_at(one) if is_told else one.starts_at)


def test_news_is_of_use_until_the_end_and_of_what_has_ended_for_three_days():
    one = event("Europe/Oslo", datetime(2005, 5, 14, 12))

    before, after = one.starts_at - DAY, one.ends_at + DAY
    assert goes_stale_at(one, NoticeKind.CANCELLED, before) == one.ends_at
    assert goes_stale_at(one, NoticeKind.CANCELLED, after) == after + 3 * DAY
    assert goes_stale_at(one, NoticeKind.THANKS, after) == one.ends_at + 3 * DAY


def test_the_same_hour_in_another_zone_is_another_occasion():
    noon = datetime(2005, 5, 14, 12)

    occasions = {occasion_of(event(zone, noon)) for zone in ZONES}

    assert len(occasions) == 40
