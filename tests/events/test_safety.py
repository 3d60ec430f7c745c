"""Safety sheets: which one a volunteer reads, and when it is too old."""

from datetime import date, timedelta

import pytest

from campaign.commands.demo import SLUG
from campaign.errors import InvalidError, NotFoundError
from campaign.events.queries import find_event
from campaign.events.safety import find_sheet, is_old, sheets_for
from campaign.events.services import (
    ChangedMeanwhileError,
    SheetExistsError,
    SheetWish,
    add_sheet,
    change_sheet,
    delete_sheet,
    sheet_version,
)
from campaign.resolutions.queries import find_campaign
from tests.factories import command, make_campaign_of_2005

OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"


@pytest.fixture
def campaign(app, session):
    """Give the campaign, with events in Oslo and Seoul; its own language is Korean."""
    make_campaign_of_2005(app, countries=("NO", "KR"))
    command(app, "create-campaign", "rivers", "--title", "Rivers")
    found = find_campaign(SLUG)
    found.language = "ko"
    return found


def wish(language: str = "en", text: str = "Keep calm.", **fields: object) -> SheetWish:
    values = {"source": "Lawyers", "source_url": None, "checked_on": date(2005, 4, 1)}
    return SheetWish(language, text, **{**values, **fields})


def texts(campaign, language: str, slug: str = OSLO) -> list[str]:
    return [one.text for one in sheets_for(find_event(campaign, slug), language)]


def test_a_volunteer_reads_the_events_own_sheet_and_then_the_countrys(campaign):
    add_sheet(campaign, wish(text="country"), country="NO")
    add_sheet(campaign, wish(text="event"), event=find_event(campaign, OSLO))

    assert texts(campaign, "en") == ["event", "country"]
    assert texts(campaign, "en", SEOUL) == []


def test_a_sheet_comes_in_the_readers_language_or_the_campaigns_or_english_or_any(campaign):
    for language in ("pl", "en", "ko", "fr"):
        add_sheet(campaign, wish(language, language), country="NO")
    found = {one.language: one for one in sheets_for(find_event(campaign, OSLO), "fr")}

    assert list(found) == ["fr"]
    for asked, read in (("fr", "fr"), ("ru", "ko"), ("ru", "en"), ("ru", "pl")):
        assert texts(campaign, asked) == [read]
        delete_sheet(sheets_for(find_event(campaign, OSLO), asked)[0])


def test_a_sheet_of_another_campaign_is_nobodys_business(campaign):
    other = find_campaign("rivers")
    sheet = add_sheet(other, wish(), country="NO")

    assert texts(campaign, "en") == []
    with pytest.raises(NotFoundError):
        find_sheet(campaign, sheet.id)


def test_a_sheet_is_old_after_half_a_year(campaign, clock):
    sheet = add_sheet(campaign, wish(), country="NO")
    clock.advance(timedelta(days=180))
    assert not is_old(sheet)

    clock.advance(timedelta(days=1))
    assert is_old(sheet)


def test_there_is_one_sheet_in_a_language(campaign):
    add_sheet(campaign, wish("en"), country="NO")
    other = add_sheet(campaign, wish("ko"), country="NO")
    add_sheet(campaign, wish("en"), country="KR")
    add_sheet(campaign, wish("en"), event=find_event(campaign, OSLO))

    with pytest.raises(SheetExistsError):
        add_sheet(campaign, wish("en"), country="NO")
    with pytest.raises(SheetExistsError):
        change_sheet(other, wish("en"))
    change_sheet(other, wish("ko", "New."))
    assert other.text == "New."


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(campaign):
    sheet = add_sheet(campaign, wish(), country="NO")
    seen = sheet_version(sheet)
    change_sheet(sheet, wish(text="Theirs."), seen=seen)

    with pytest.raises(ChangedMeanwhileError):
        change_sheet(sheet, wish(text="Mine."), seen=seen)


@pytest.mark.parametrize("fields", [
    {"source_url": "javascript:alert(1)"}, {"source_url": "ftp://example.org/"}, {"source": ""},
    {"checked_on": date(2005, 4, 3)},
])  # fmt: skip
def test_a_sheet_says_who_says_so_and_when(campaign, fields):
    with pytest.raises(InvalidError):
        add_sheet(campaign, wish(**fields), country="NO")
