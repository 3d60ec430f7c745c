"""A resolution as everybody reads it: whole, marked, and linked to its demands and back."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign.commands.demo import DATA
from campaign.database import db, transaction
from campaign.events.services import announce
from campaign.models import CallToAction, Clause, Demand, Event, EventDemand, Resolution
from campaign.resolutions.presenting import segments
from campaign.resolutions.queries import stretches
from campaign.resolutions.reader import clean
from tests.factories import SLUG, change_event, command, make_campaign_of_2005, make_turnout
from tests.reading import words_of

TEXTS = sorted((Path(__file__).parent / "texts").glob("*.txt"))
HOME = f"/en/{SLUG}/"


class Text(HTMLParser):
    """Collects the characters of the element of a class, but not of another within it."""

    def __init__(self, wanted: str, unwanted: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wanted, self.unwanted = wanted, unwanted
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "meta", "link", "input", "path", "circle"):
            self.open.append(dict(attributes).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "circle"):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.wanted in self.open and self.unwanted not in self.open:
            self.text += data


def text_of(html: str) -> str:
    reader = Text("resolution-text", "clause-kind")
    reader.feed(html)
    return reader.text


@pytest.mark.parametrize("path", [DATA / "resolution-seoul-2005.txt", *TEXTS], ids=lambda p: p.stem)
def test_a_resolution_comes_out_character_for_character(sqlite_app, path):
    command(sqlite_app, "create-campaign", "any", "--title", "Any")
    command(sqlite_app, "import-resolution", str(path), "--campaign", "any", "--title", "Text")
    command(sqlite_app, "publish-resolution", "any")

    answer = sqlite_app.test_client().get("/en/any/resolution")

    assert text_of(answer.text) == clean(path.read_bytes())


def test_marks_that_look_like_markup_stay_words(sqlite_app, tmp_path):
    trap = '"torture" & </p><script>alert(1)</script>'
    text = f"Resolution\n\nWe call upon the <b>PRC</b> to end {trap}.\n"
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8")
    command(sqlite_app, "create-campaign", "any", "--title", "</title><b>")
    command(sqlite_app, "import-resolution", str(path), "--campaign", "any", "--title", "<i>")
    command(sqlite_app, "publish-resolution", "any")

    answer = sqlite_app.test_client().get("/en/any/resolution")

    assert text_of(answer.text) == text
    assert "<script>alert" not in answer.text
    assert "</title><b>" not in answer.text


def test_overlapping_clauses_close_in_the_order_in_which_they_opened():
    text = "0123456789"
    one = Clause(number=0, kind="finding", start=1, end=6)
    other = Clause(number=1, kind="pledge", start=4, end=9)
    resolution = Resolution(text=text)

    found = segments(text, stretches(resolution, [one, other]), {1: "/pledge"})

    assert "".join(segment.text for segment in found) == text
    assert [segment.text for segment in found] == ["0", "123", "45", "678", "9"]
    assert [len(segment.opens) for segment in found] == [0, 1, 1, 1, 0]
    assert [segment.closes for segment in found] == [0, 0, 2, 1, 0]
    assert [opened.id for segment in found for opened in segment.opens] == [
        "clause-0",
        "clause-1",
        None,
    ]


def test_every_clause_is_marked_and_demands_and_calls_lead_to_their_pages(app, client):
    make_campaign_of_2005(app, countries=("NO",))

    text = client.get(f"{HOME}resolution").text

    with app.app_context():
        for clause in db.session.scalars(sa.select(Clause)):
            mark = f'<span class="clause clause-{clause.kind}" id="clause-{clause.number}">'
            assert text.count(mark) == 1
        for demand in db.session.scalars(sa.select(Demand)):
            assert f'<a href="{HOME}demands/{demand.slug}">' in text
        for call in db.session.scalars(sa.select(CallToAction)):
            assert f'<a href="{HOME}calls/{call.slug}">' in text


def test_a_resolution_shows_where_it_comes_from_and_who_signed(app, client):
    make_campaign_of_2005(app, countries=("NO",))

    answer = client.get(f"{HOME}resolution")

    words = words_of(answer)
    assert "Wednesday, 16 February 2005" in words
    assert "Seoul, South Korea" in words
    assert "Suzanne Scholte, Chairman, USA" in words
    assert "Fingerprint: d3e60423" in words
    assert re.search(r"<code>d3e60423[0-9a-f]{56}</code>", answer.text)


def test_what_could_not_be_read_is_no_business_of_the_public(app, client):
    make_campaign_of_2005(app, countries=("NO",))
    with app.app_context(), transaction():
        resolution = db.session.scalars(sa.select(Resolution)).one()
        resolution.unread = [{"start": 0, "end": 10, "reason": "odd-sentence"}]

    answer = client.get(f"{HOME}resolution")

    assert "odd-sentence" not in answer.text


def test_demands_stand_below_those_whom_they_ask(app, client):
    make_campaign_of_2005(app, countries=("NO",))

    answer = client.get(f"{HOME}demands/")

    words = words_of(answer)
    assert words.index("International Olympic Committee") < words.index("Change the venue")
    assert f'href="{HOME}demands/china-7" lang="en">End the forced repatriation' in answer.text
    assert re.search(r"Abide by the international agreements it has signed\W* 1 event", words)
    assert "/addressees/china.ics" in answer.text
    assert "/addressees/north-korea.ics" not in answer.text


def test_a_demand_stands_in_its_paragraph_and_leads_back_to_its_words(app, client):
    make_campaign_of_2005(app, countries=("NO", "SE"))

    answer = client.get(f"{HOME}demands/china-7")

    assert "<mark>end the forced repatriation of North Korean refugees</mark>" in answer.text
    assert f'href="{HOME}resolution#clause-13"' in answer.text
    words = words_of(answer)
    assert "We furthermore call upon the PRC" in words
    assert "3 events in 2 countries" in words
    assert "The text has changed" not in words


def test_a_demand_names_its_whole_its_parts_and_its_condition(app, client):
    make_campaign_of_2005(app, countries=("NO",))

    part, whole, conditional = (
        words_of(client.get(f"{HOME}demands/{slug}"))
        for slug in ("china-7", "china-2", "international-olympic-committee-1")
    )

    assert "Part of Abide by the international agreements it has signed" in part
    assert "Its parts" in whole
    assert "Provide unimpeded access to the UNHCR" in whole
    assert "Condition unless the People’s Republic of China ends" in conditional
    assert "No event supports this demand yet." in conditional


def test_a_demand_says_how_many_were_seen_at_its_events_and_no_others(app, client, clock):
    make_campaign_of_2005(app, countries=("NO", "SE"))
    before = words_of(client.get(f"{HOME}demands/china-1"))
    clock.advance(timedelta(days=30))
    make_turnout(app, "oslo-no-2005-04-28", 40, 60)
    make_turnout(app, "stockholm-se-2005-04-28", 500, 900)
    with app.app_context(), transaction():
        elsewhere = sa.select(Event.id).where(Event.slug == "stockholm-se-2005-04-28")
        db.session.execute(sa.delete(EventDemand).where(EventDemand.event_id.in_(elsewhere)))
        announce(db.session.scalars(elsewhere).all())

    supported = words_of(client.get(f"{HOME}demands/china-1"))
    other = words_of(client.get(f"{HOME}demands/north-korea-2"))

    assert "cities reported" not in before
    assert "people were seen 40 to 60" in supported
    assert "cities reported 1 of 2" in supported
    assert "people were seen" not in other


def test_a_demand_counts_the_events_of_its_parts_by_country(app, client):
    make_campaign_of_2005(app, countries=("NO", "SE"))

    answer = client.get(f"{HOME}demands/china-2")

    assert f'href="{HOME}events/?country=SE&amp;demand=china-2">Sweden</a>' in answer.text
    assert re.search(r"Sweden\s+2", words_of(answer))


@pytest.mark.parametrize(
    ("before", "after"),
    [("We furthermore", "We also"), ("Fumiaki Yamada, Japan", "Fumiaki Yamada, Korea")],
    ids=["before it", "far behind it"],
)
def test_a_quote_of_a_text_that_has_changed_is_called_stale(app, client, before, after):
    make_campaign_of_2005(app, countries=("NO",))
    with app.app_context(), transaction():
        resolution = db.session.scalars(sa.select(Resolution)).one()
        resolution.text = resolution.text.replace(before, after)

    answers = [
        client.get(f"{HOME}{path}") for path in ("demands/china-7", "events/oslo-no-2005-04-28")
    ]

    for answer in answers:
        assert "The text has changed since this was quoted." in words_of(answer)
        assert "<mark>end the forced repatriation of North Korean refugees</mark>" in answer.text


def test_a_call_names_its_purpose_as_the_text_states_it_and_how_far_it_reaches(app, client):
    make_campaign_of_2005(app, countries=("NO", "SE"))

    answer = client.get(f"{HOME}calls/2005-04-28")

    words = words_of(answer)
    assert words.count("stated in the text") == 2
    assert "3 events 3 places 3 cities 2 countries" in " ".join(reversed_figures(answer.text))
    assert f'href="{HOME}events/oslo-no-2005-04-28">Oslo</a>' in answer.text
    assert f'href="{HOME}resolution#clause-23"' in answer.text


def reversed_figures(html: str) -> list[str]:
    """Return each figure as it is shown: the number before what it counts."""
    pairs = re.findall(r'<dt>(\w+)</dt>\s*<dd class="figure-number">(\d+)</dd>', html)
    return [f"{number} {label}" for label, number in pairs]


def test_a_call_says_of_each_event_whether_it_is_cancelled(app, client):
    make_campaign_of_2005(app, countries=("NO", "SE"))
    change_event(app, "oslo-no-2005-04-28", status="cancelled")

    words = words_of(client.get(f"{HOME}calls/2005-04-28"))

    assert re.search(r"Oslo 12:00 × Cancelled", words)
    assert words.count("Cancelled") == 1


def test_a_call_with_very_many_events_counts_them_by_country(app, client, monkeypatch):
    make_campaign_of_2005(app, countries=("NO", "SE"))
    monkeypatch.setattr("campaign.resolutions.views.MOST_LISTED", 2)

    answer = client.get(f"{HOME}calls/2005-04-28")

    assert f'href="{HOME}events/?country=SE&amp;call=2005-04-28">Sweden</a>' in answer.text
    assert f'href="{HOME}events/oslo-no-2005-04-28">Oslo</a>' not in answer.text
