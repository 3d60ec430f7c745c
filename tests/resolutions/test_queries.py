"""What is asked about campaigns, their resolutions, demands and calls."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaign.errors import NotFoundError
from campaign.models import CallToAction
from campaign.resolutions import queries
from campaign.resolutions.reader import ClauseKind
from campaign.resolutions.services import create_campaign, import_resolution, publish_resolution
from tests.resolutions.readings import TEXT, read, read_clause, store
from tests.statements import questions_to


def test_campaigns_are_found_by_their_address(session):
    peace = create_campaign("peace", "Peace", language="en")
    bread = create_campaign("bread", "Bread", language="en")

    assert queries.campaigns() == [peace, bread]
    assert queries.find_campaign("bread") is bread
    with pytest.raises(NotFoundError):
        queries.find_campaign("war")


def test_a_campaign_shows_only_what_is_published(session):
    campaign = create_campaign("peace", "Peace", language="en")
    with pytest.raises(NotFoundError):
        queries.newest_resolution(campaign)
    resolution = import_resolution(campaign, TEXT, read(), title="Resolution")

    assert queries.newest_resolution(campaign) is resolution
    with pytest.raises(NotFoundError):
        queries.published_resolution(campaign)
    publish_resolution(campaign)
    assert queries.published_resolution(campaign) is resolution


def test_demands_stand_by_addressee_in_the_order_of_the_text(session):
    campaign = store(
        read_clause("stop the war"),
        read_clause("free the jailed, free Ann and free Bo", addressee="the UN"),
        read_clause("free Ann", addressee="the UN", parent=1),
        read_clause("free Bo"),
    )
    grouped = queries.addressed_demands(campaign)

    assert [(one.addressee.slug, [demand.slug for demand in one.demands]) for one in grouped] == [
        ("norway", ["norway-1", "norway-2"]),
        ("the-un", ["the-un-1"]),
    ]


def test_one_campaign_never_finds_what_another_has(session):
    store(read_clause("stop the war"), read_clause("Meet", kind=ClauseKind.CALL))
    other = create_campaign("other", "Other", language="en")

    for find, slug in (
        (queries.find_demand, "norway-1"),
        (queries.find_call, "meet"),
        (queries.find_addressee, "norway"),
    ):
        with pytest.raises(NotFoundError):
            find(other, slug)


def test_calls_stand_by_their_day_and_those_without_one_last(session):
    campaign = store(
        read_clause("Meet", kind=ClauseKind.CALL),
        read_clause("at noon", kind=ClauseKind.CALL, dates=(date(2005, 5, 8),)),
        read_clause("on 1 May", kind=ClauseKind.CALL, dates=(date(2005, 5, 1),)),
    )

    assert [call.slug for call in queries.calls_of(campaign)] == [
        "2005-05-01",
        "2005-05-08",
        "meet",
    ]


def test_calls_come_with_all_that_calendars_say_of_them_in_three_questions(session):
    calls = [
        read_clause(words, kind=ClauseKind.CALL, purpose=(0, 1))
        for words in ("Meet", "at noon", "on 1 May", "noon")
    ]
    store(read_clause("free Ann"), read_clause("free Bo"), *calls)
    session.expire_all()
    with questions_to(session.get_bind()) as statements:
        for call in session.scalars(queries.calls_with_all()):
            assert call.clause.resolution.imported_at
            assert call.campaign.slug == "peace"
            assert [one.demand.addressee.name for one in call.purposes] == ["Norway", "Norway"]

    assert len(statements) <= 3


def test_purposes_stand_in_the_order_of_the_text(session):
    campaign = store(
        read_clause("free Bo"),
        read_clause("stop the war"),
        read_clause("Meet", kind=ClauseKind.CALL, purpose=(0, 1)),
    )
    call = session.scalars(sa.select(CallToAction)).one()

    assert [one.demand.exact for one in queries.purposes_of(call)] == ["stop the war", "free Bo"]
    assert queries.calls_of(campaign) == [call]


def test_a_demand_is_fresh_until_its_text_changes_anywhere(session):
    campaign = store(read_clause("stop the war"))
    resolution = queries.published_resolution(campaign)
    [demand] = queries.demands_of(campaign)

    assert queries.resolution_of(demand) is resolution
    assert not queries.is_stale(demand, resolution)
    resolution.text = TEXT.replace("noon", "Noon")
    assert queries.is_stale(demand, resolution)


def test_a_quote_that_does_not_stand_in_its_own_text_is_stale(session):
    campaign = store(read_clause("stop the war"))
    [demand] = queries.demands_of(campaign)
    demand.start += 1

    assert queries.is_stale(demand, queries.published_resolution(campaign))


@pytest.mark.parametrize(
    ("days", "slug"),
    [(0, "2005-05-01"), (31, "2005-05-01"), (32, "2005-05-08"), (99, "2005-05-08")],
)
def test_the_foremost_call_is_the_next_one_else_the_last_one(session, clock, days, slug):
    campaign = store(
        read_clause("Meet", kind=ClauseKind.CALL),
        read_clause("at noon", kind=ClauseKind.CALL, dates=(date(2005, 5, 8),)),
        read_clause("on 1 May", kind=ClauseKind.CALL, dates=(date(2005, 5, 1),)),
    )
    clock.advance(timedelta(days=days))

    assert queries.foremost_call(campaign).slug == slug


def test_a_campaign_without_calls_has_no_foremost_one(session):
    assert queries.foremost_call(store(read_clause("stop the war"))) is None


def test_a_text_is_cut_where_a_clause_begins_or_ends(session):
    campaign = store(
        read_clause("stop the war, free the jailed"),
        read_clause("free the jailed", parent=0),
        read_clause("Meet", kind=ClauseKind.CALL),
    )
    resolution = queries.published_resolution(campaign)
    pieces = queries.stretches(resolution, queries.clauses_of(resolution))

    found = [
        (TEXT[one.start : one.end], [around.number for around in one.clauses]) for one in pieces
    ]

    assert found == [
        ("To Norway: ", []),
        ("stop the war, ", [0]),
        ("free the jailed", [0, 1]),
        (", free Ann and free Bo. ", []),
        ("Meet", [2]),
        (" on 1 May at noon.", []),
    ]


def test_a_text_without_clauses_is_one_stretch(session):
    resolution = queries.published_resolution(store())

    assert queries.stretches(resolution, []) == [queries.Stretch(0, len(TEXT), ())]
