"""A text becomes a campaign's resolution, demands and calls, for review and then for good."""

from datetime import date, timedelta
from hashlib import sha256
from time import process_time
from uuid import UUID

import pytest
import sqlalchemy as sa

from campaign.errors import InvalidError, NotFoundError
from campaign.models import (
    Addressee,
    CallPurpose,
    CallToAction,
    Campaign,
    Clause,
    Demand,
    DemandStatus,
    Resolution,
)
from campaign.resolutions import queries
from campaign.resolutions.reader import ClauseKind
from campaign.resolutions.services import (
    RESERVED,
    AlreadyPublishedError,
    SlugTakenError,
    aim,
    create_campaign,
    import_resolution,
    publish_resolution,
)
from tests.resolutions.readings import TEXT, read, read_clause, store, store_seoul

# --- Campaigns -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slug",
    ["", "a b", "Peace", "-peace", "peace-", "pea--ce", "peace\n", "frieden-für-alle", "p" * 61],
)
def test_a_campaign_cannot_have_an_address_that_is_hard_to_type(session, slug):
    with pytest.raises(InvalidError):
        create_campaign(slug, "Peace", language="en")


@pytest.mark.parametrize("slug", ["ko", "zh-hant", "organize", "static", "feeds", "sign-ups"])
def test_a_campaign_cannot_have_the_address_of_something_else(session, slug):
    with pytest.raises(InvalidError, match=slug):
        create_campaign(slug, "Peace", language="en")


def test_every_first_part_of_our_addresses_is_reserved(app):
    parts = [rule.rule.strip("/").split("/") for rule in app.url_map.iter_rules()]
    first = {path[0] for path in parts} | {
        path[1] for path in parts if path[0] == "<language:language>" and len(path) > 1
    }
    words = {part for part in first if part.replace("-", "").isalnum()}

    assert "organize" in words
    assert words <= RESERVED


def test_an_address_is_taken_once(session):
    create_campaign("peace", "Peace", language="en")

    with pytest.raises(SlugTakenError, match="peace"):
        create_campaign("peace", "Another peace", language="en")


def test_a_longest_address_is_allowed(session):
    assert create_campaign("p" * 60, "Peace", language="en").slug == "p" * 60


def test_titles_stand_on_one_trimmed_line(session):
    assert create_campaign("peace", "  Peace \x00\n now\u202e ", language="en").title == "Peace now"


@pytest.mark.parametrize("title", ["", " \n\t ", "p" * 301])
def test_a_title_is_neither_missing_nor_endless(session, title):
    with pytest.raises(InvalidError):
        create_campaign("peace", title, language="en")
    with pytest.raises(InvalidError):
        import_resolution(
            create_campaign("other", "Other", language="en"), TEXT, read(), title=title
        )


def test_a_campaign_speaks_a_language_that_has_a_tag(session):
    with pytest.raises(InvalidError, match="<b>"):
        create_campaign("peace", "Peace", language="<b>")


# --- Import --------------------------------------------------------------------------------


def test_each_demand_of_the_2005_text_is_tied_to_its_very_words(session):
    campaign, resolution = store_seoul()
    demands = queries.demands_of(campaign)

    assert len(demands) >= 30
    for demand in demands:
        assert resolution.text[demand.start : demand.end] == demand.exact
        assert resolution.text[: demand.start].endswith(demand.prefix)
        assert resolution.text[demand.end :].startswith(demand.suffix)
        assert demand.sha256 == sha256(resolution.text.encode()).hexdigest()
        assert demand.status is DemandStatus.OPEN


def test_the_surroundings_of_a_quote_tell_equal_words_apart(session):
    campaign, resolution = store_seoul()
    found = [one for one in queries.demands_of(campaign) if "safe passage" in one.exact]
    quotes = {(one.prefix, one.exact, one.suffix) for one in found}

    assert {one.addressee.slug for one in found} >= {
        "countries-in-the-region",
        "united-nations-high-commissioner-on",
    }
    assert len(quotes) == len(found)
    for demand in found:
        assert resolution.text.count(demand.prefix + demand.exact + demand.suffix) == 1


def test_one_changed_character_makes_every_demand_stale(session):
    campaign, resolution = store_seoul()
    demands = queries.demands_of(campaign)
    fresh = [queries.is_stale(demand, resolution) for demand in demands]
    resolution.text = resolution.text[:-1] + "x"

    assert not any(fresh)
    assert all(queries.is_stale(demand, resolution) for demand in demands)


def test_demands_are_numbered_by_addressee_in_the_order_of_the_text(session):
    campaign = store(
        read_clause("stop the war"),
        read_clause("free the jailed", addressee="the UN"),
        read_clause("free Ann"),
    )

    assert [demand.slug for demand in queries.demands_of(campaign)] == [
        "norway-1",
        "the-un-1",
        "norway-2",
    ]


def test_parts_of_parts_keep_their_place_three_deep(session):
    campaign = store(
        read_clause("stop the war, free the jailed, free Ann and free Bo"),
        read_clause("free the jailed, free Ann and free Bo", parent=0),
        read_clause("free Ann", parent=1),
        read_clause("free Bo", parent=1),
    )
    whole, part, *persons = queries.demands_of(campaign)

    assert whole.parent is None
    assert part.parent is whole
    assert [person.parent for person in persons] == [part, part]
    assert [one.slug for one in part.parts] == ["norway-3", "norway-4"]


def test_a_state_is_one_addressee_by_whatever_name(session):
    campaign = store(
        read_clause("stop the war", addressee="People’s Republic of China"),
        read_clause("free Ann", addressee="PRC"),
        read_clause("free Bo", addressee="the UN"),
        read_clause("free the jailed", addressee="The UN"),
    )
    addressees = session.scalars(sa.select(Addressee).order_by(Addressee.position)).all()

    assert [(one.slug, one.name, one.country) for one in addressees] == [
        ("china", "People’s Republic of China", "CN"),
        ("the-un", "the UN", None),
    ]
    assert {demand.slug for demand in queries.demands_of(campaign)} == {
        "china-1",
        "china-2",
        "the-un-1",
        "the-un-2",
    }


def test_addressees_whose_short_names_are_equal_get_different_ones(session):
    long = "international federation of associations"
    store(
        read_clause("stop the war", addressee=f"{long} of bakers"),
        read_clause("free Ann", addressee=f"{long} of tailors"),
    )
    slugs = session.scalars(sa.select(Addressee.slug).order_by(Addressee.position)).all()

    assert slugs == ["international-federation-of-associations"] + [
        "international-federation-of-associations-2"
    ]


def test_a_demand_that_names_nobody_is_a_demand_all_the_same(session):
    campaign = store(
        read_clause("stop the war", addressee=None),
        read_clause("free Ann", addressee=None, actor="the king"),
    )
    first, second = queries.demands_of(campaign)

    assert (first.slug, first.addressee.name) == ("unnamed-1", "an addressee not named")
    assert (second.slug, second.addressee.name) == ("the-king-1", "the king")


def test_other_clauses_than_demands_and_calls_are_kept_as_clauses_only(session):
    campaign = store(
        read_clause("stop the war", kind=ClauseKind.PLEDGE, addressee=None),
        read_clause("free Ann", kind=ClauseKind.COMMENDATION),
    )
    clauses = queries.clauses_of(queries.published_resolution(campaign))

    assert [clause.kind for clause in clauses] == ["pledge", "commendation"]
    assert queries.demands_of(campaign) == []
    assert queries.calls_of(campaign) == []


def test_a_call_knows_its_day_its_places_and_its_stated_purpose(session):
    campaign = store(
        read_clause("stop the war"),
        read_clause("free Ann"),
        read_clause(
            "Meet on 1 May at noon",
            kind=ClauseKind.CALL,
            addressee="everybody",
            dates=(date(2005, 5, 1), date(2005, 5, 8)),
            site_class="embassies of NO",
            purpose=(1, 0, 1),
        ),
    )
    [call] = queries.calls_of(campaign)
    purposes = queries.purposes_of(call)

    assert (call.slug, call.on, call.site_class) == (
        "2005-05-01",
        date(2005, 5, 1),
        "embassies of NO",
    )
    assert str(UUID(call.uid)) == call.uid
    assert [(one.demand.slug, one.is_stated) for one in purposes] == [
        ("norway-1", True),
        ("norway-2", True),
    ]


def test_a_call_without_a_day_goes_by_its_words_and_may_have_no_purpose(session):
    campaign = store(read_clause("Meet on 1 May at noon", kind=ClauseKind.CALL))
    [call] = queries.calls_of(campaign)

    assert (call.slug, call.on) == ("meet-on-1-may-at-noon", None)
    assert queries.purposes_of(call) == []


def test_calls_for_the_same_day_get_different_addresses(session):
    on = (date(2005, 5, 1),)
    campaign = store(
        read_clause("Meet on 1 May", kind=ClauseKind.CALL, dates=on),
        read_clause("at noon", kind=ClauseKind.CALL, dates=on),
    )

    assert {call.slug for call in queries.calls_of(campaign)} == {"2005-05-01", "2005-05-01-2"}


def test_an_organizer_may_aim_a_call_at_more_and_it_says_so(session):
    campaign = store(
        read_clause("stop the war"), read_clause("Meet on 1 May", kind=ClauseKind.CALL)
    )
    [call], [demand] = queries.calls_of(campaign), queries.demands_of(campaign)
    aim(call, demand)
    aim(call, demand)
    [purpose] = queries.purposes_of(call)

    assert (purpose.demand, purpose.is_stated) == (demand, False)


# --- A second time -------------------------------------------------------------------------


def test_the_same_text_a_second_time_changes_nothing(session, clock):
    clauses = read_clause("stop the war"), read_clause("Meet on 1 May", kind=ClauseKind.CALL)
    campaign = store(*clauses)
    before = everything(session)
    clock.advance(timedelta(hours=1))
    store(*clauses, campaign=campaign)

    assert everything(session) == before


def everything(session) -> list[list[tuple]]:
    """Return all rows of what an import makes."""
    tables = (Campaign, Resolution, Addressee, Clause, Demand, CallToAction, CallPurpose)
    return [session.execute(sa.select(table.__table__)).all() for table in tables]


def test_another_text_is_refused_once_one_is_published(session):
    campaign = store(read_clause("stop the war"))
    before = everything(session)

    with pytest.raises(AlreadyPublishedError):
        import_resolution(campaign, "Other", read(text="Other"), title="Other")
    assert everything(session) == before


def test_another_text_takes_the_place_of_one_under_review(session):
    campaign = create_campaign("peace", "Peace", language="en")
    neighbour = store(read_clause("free Bo"), campaign=create_campaign("b", "B", language="en"))
    clauses = (
        read_clause("stop the war"),
        read_clause("stop the war", parent=0),
        read_clause("Meet on 1 May", kind=ClauseKind.CALL, purpose=(0,)),
    )
    import_resolution(campaign, "Draft", read(*clauses, text="Draft"), title="Draft")
    store(*clauses, campaign=campaign)

    assert [
        one.title for one in session.scalars(sa.select(Resolution).order_by(Resolution.id))
    ] == [
        "Resolution",
        "Resolution",
    ]
    assert [demand.slug for demand in queries.demands_of(campaign)] == ["norway-1", "norway-2"]
    assert [demand.slug for demand in queries.demands_of(neighbour)] == ["norway-1"]


def test_what_is_under_review_is_not_shown(session):
    campaign = create_campaign("peace", "Peace", language="en")
    clauses = read_clause("stop the war"), read_clause("Meet", kind=ClauseKind.CALL)
    import_resolution(campaign, TEXT, read(*clauses), title="Resolution")

    assert queries.demands_of(campaign) == []
    assert queries.calls_of(campaign) == []
    for find, slug in (
        (queries.find_demand, "norway-1"),
        (queries.find_call, "meet"),
        (queries.find_addressee, "norway"),
    ):
        with pytest.raises(NotFoundError):
            find(campaign, slug)


def test_publishing_twice_keeps_the_first_moment(session, clock):
    campaign = store(read_clause("stop the war"))
    moment = queries.published_resolution(campaign).published_at
    clock.advance(timedelta(days=1))

    assert publish_resolution(campaign).published_at == moment


def test_there_must_be_a_resolution_to_publish(session):
    with pytest.raises(NotFoundError):
        publish_resolution(create_campaign("peace", "Peace", language="en"))


def test_a_text_of_two_megabytes_is_stored_in_seconds(session):
    sentence = "To Norway: stop the war, free the jailed, free Ann and free Bo. "
    text = sentence * (2_000_000 // len(sentence))
    clauses = tuple(
        read_clause("stop the war", start=start, end=start + 12)
        for start in range(11, len(text), 2 * len(sentence))
    )
    campaign = create_campaign("peace", "Peace", language="en")
    began = process_time()
    import_resolution(campaign, text, read(*clauses, text=text), title="Long")

    assert len(clauses) > 15_000
    assert process_time() - began < 60
