"""Recurrence rules name the days that other programs find, and never without end."""

import datetime as datetime_module
import time
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from campaign.calendars.reading.refusals import MOST_OCCURRENCES
from campaign.calendars.reading.repeating import repeat, window_end
from campaign.calendars.reading.rules import Frequency, UnreadableRule, read_rule

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@pytest.fixture(scope="module", autouse=True)
def soon_given_up():
    """Let dateutil search a rule that names no day for some years only, not for 8,000."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datetime_module, "MAXYEAR", 2043)
        yield


def never(day: date) -> bool:
    return False


def days(rule: str, first: str) -> list[str]:
    """The days of a rule, without the year where it is the first one's."""
    start = date.fromisoformat(first)
    found = repeat(read_rule(rule), start, never).days
    return [day.isoformat().removeprefix(f"{start.year}-") for day in found]


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    either_end = st.integers(low, high) | st.integers(-high, -low)
    return st.lists(either_end, min_size=1, max_size=4).map(lambda all: ",".join(map(str, all)))


def weekdays(ordinals: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    each = st.builds(lambda ordinal, day: ordinal + day, ordinals, st.sampled_from(WEEKDAYS))
    return st.lists(each, min_size=1, max_size=4).map(",".join)


NO_ORDINALS = st.just("")
# Not with and without an ordinal in one rule: dateutil then forgets those without.
IN_A_MONTH = st.sampled_from(["1", "2", "+3", "4", "5", "-1", "-2", "-5"])
IN_A_YEAR = st.sampled_from(["1", "20", "52", "53", "-1", "-30", "-53"])
MONTHS = st.lists(st.integers(1, 12), min_size=1, max_size=4).map(
    lambda months: ",".join(map(str, months))
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A rule with any of the parts that its frequency may have."""
    frequency = draw(st.sampled_from([each.value for each in Frequency]))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 5)))}
    is_long = frequency in {"MONTHLY", "YEARLY"}
    if draw(st.booleans()):
        parts["BYMONTH"] = draw(MONTHS)
    kind = draw(st.sampled_from(["", "BYMONTHDAY", "BYDAY", "both"]))
    if kind in {"BYMONTHDAY", "both"} and frequency != "WEEKLY":
        parts["BYMONTHDAY"] = draw(numbers(1, 31))
    if kind == "BYDAY" and is_long:
        whole_year = frequency == "YEARLY" and "BYMONTH" not in parts
        ordinals = draw(st.sampled_from([NO_ORDINALS, IN_A_YEAR if whole_year else IN_A_MONTH]))
        parts["BYDAY"] = draw(weekdays(ordinals))
    elif kind in {"BYDAY", "both"}:
        parts["BYDAY"] = draw(weekdays(NO_ORDINALS))
    if frequency != "WEEKLY" and parts.keys() & {"BYMONTH", "BYMONTHDAY", "BYDAY"}:
        # Not of weeks: dateutil counts within what is left of the first one.
        parts |= draw(st.just({}) | st.builds(lambda some: {"BYSETPOS": some}, numbers(1, 4)))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    return ";".join(f"{name}={value}" for name, value in parts.items())


def by_dateutil(rule: str, first: date) -> list[date]:
    """The days that dateutil finds in our window, the first put before if it finds it not."""
    end = datetime.combine(window_end(first), datetime.min.time())
    start = datetime.combine(first, datetime.min.time())
    found = [each.date() for each in rrulestr(rule, dtstart=start).between(start, end, inc=True)]
    return ([] if found[:1] == [first] else [first]) + found


@settings(max_examples=1_000, deadline=None)
@given(rules(), DAYS)
def test_a_rule_names_the_days_that_dateutil_finds(rule, first):
    found = repeat(read_rule(rule), first, never)

    expected = by_dateutil(rule, first)
    assert list(found.days) == expected[:MOST_OCCURRENCES]
    assert found.is_cut


@settings(max_examples=150, deadline=None)
@given(rules(), DAYS, st.integers(1, 120))
def test_a_count_counts_the_first_and_ends_the_rule(rule, first, count):
    found = repeat(read_rule(f"{rule};COUNT={count}"), first, never)

    expected = by_dateutil(rule, first)[: min(count, MOST_OCCURRENCES)]
    assert list(found.days) == expected
    assert found.is_cut == (len(expected) < count)


@settings(max_examples=150, deadline=None)
@given(rules(), DAYS, st.integers(0, 900))
def test_an_end_ends_the_rule_where_it_lies_in_the_window(rule, first, length):
    last = first + timedelta(days=length)

    found = repeat(read_rule(rule), first, lambda day: day > last)

    expected = [day for day in by_dateutil(rule, first) if day <= last]
    assert list(found.days) == expected[:MOST_OCCURRENCES]
    is_ended = last < window_end(first) and len(expected) <= MOST_OCCURRENCES
    assert found.is_cut == (not is_ended)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(WEEKDAYS), weekdays(NO_ORDINALS), numbers(1, 4), DAYS)
def test_a_position_in_weeks_counts_from_the_day_weeks_begin_on(begin, named, places, day):
    first = day - timedelta(days=(day.weekday() - WEEKDAYS.index(begin)) % 7)
    rule = f"FREQ=WEEKLY;WKST={begin};BYDAY={named};BYSETPOS={places}"
    assume(by_dateutil(rule, first)[1:])

    found = repeat(read_rule(rule), first, never)

    assert list(found.days) == by_dateutil(rule, first)[:MOST_OCCURRENCES]


def test_a_position_in_the_first_week_counts_days_before_the_event_too():
    # Thursday: of Monday, Wednesday and Friday the second is past in the first week.
    found = days("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=3", "2005-04-28")

    assert found == ["04-28", "05-04", "05-11"]


@pytest.mark.parametrize(
    ("rule", "first", "found"),
    [
        ("FREQ=DAILY;COUNT=3", "2005-02-27", "02-27 02-28 03-01"),
        ("freq=weekly;count=2;", "2005-04-28", "04-28 05-05"),
        ("FREQ=MONTHLY;COUNT=3", "2005-01-31", "01-31 03-31 05-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2005-01-31", "01-31 02-28 03-31"),
        ("FREQ=MONTHLY;BYDAY=-1SU;COUNT=3", "2005-03-27", "03-27 04-24 05-29"),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "2005-05-13",
            "05-13 2006-01-13 2006-10-13 2007-04-13",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3",
            "2005-04-29",
            "04-29 05-31 06-30",
        ),
        ("FREQ=YEARLY", "2005-04-28", "04-28 2006-04-28 2007-04-28"),
        ("FREQ=YEARLY", "2004-02-29", "02-29"),
        ("FREQ=YEARLY", "2005-01-31", "01-31 2006-01-31 2007-01-31"),
        ("FREQ=YEARLY;BYMONTH=4,10", "2005-04-28", "04-28 10-28 2006-04-28 2006-10-28 2007-04-28"),
        ("FREQ=YEARLY;BYDAY=-1MO", "2005-12-26", "12-26 2006-12-25"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4",
            "1997-08-05",
            "08-05 08-10 08-19 08-24",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4",
            "1997-08-05",
            "08-05 08-17 08-19 08-31",
        ),
        ("FREQ=MONTHLY;BYDAY=SU,1MO;COUNT=3", "2005-05-01", "05-01 05-02 05-08"),
        ("FREQ=DAILY;BYDAY=MO;COUNT=2", "2005-04-28", "04-28 05-02"),
    ],
)
def test_rules_are_followed_as_people_mean_them(rule, first, found):
    assert days(rule, first) == found.split()


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=DAILY;COUNT=999999", "FREQ=WEEKLY"])
def test_a_rule_without_end_is_cut_and_says_so(rule):
    found = repeat(read_rule(rule), date(2005, 4, 28), never)

    assert len(found.days) == MOST_OCCURRENCES
    assert found.is_cut


@pytest.mark.parametrize(
    "rule",
    [
        *("", "COUNT=3", "FREQ=", "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY;COUNT=2"),
        *("FREQ=FORTNIGHTLY", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;X-A=1", "FREQ=DAILY;BYDAY="),
        *("FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYYEARDAY=100", "FREQ=DAILY;BYHOUR=9,10"),
        *("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=x"),
        *(
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;COUNT=-1",
            "FREQ=DAILY;COUNT=²",
            "FREQ=DAILY;COUNT=9999999",
        ),
        *("FREQ=DAILY;UNTIL=later", "FREQ=DAILY;UNTIL=20051341", "FREQ=DAILY;WKST=XX"),
        *("FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;BYDAY=54MO", "FREQ=WEEKLY;BYDAY=1MO"),
        *("FREQ=DAILY;BYDAY=-1MO", "FREQ=MONTHLY;BYDAY=XX", "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=3"),
        *("FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=WEEKLY;BYMONTHDAY=1"),
        *("FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=0", "FREQ=YEARLY;BYMONTH=-1"),
        *("FREQ=DAILY;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "RSCALE=HEBREW;FREQ=YEARLY"),
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 101),
        "FREQ=DAILY" + ";" * 1_000,
    ],
)
def test_a_rule_that_we_do_not_evaluate_is_not_guessed(rule):
    with pytest.raises(UnreadableRule):
        read_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11",
        "FREQ=YEARLY;BYSETPOS=366;BYDAY=TU,WE,TH,FR,SA," + ",".join(f"{n}MO" for n in range(1, 54)),
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, [*range(1, 32), *range(-31, 0)])),
    ],
)
def test_no_rule_takes_long(rule):
    read = read_rule(rule)
    started = time.process_time()
    for _ in range(20):
        repeat(read, date(2005, 4, 28), never)

    assert time.process_time() - started < 1
