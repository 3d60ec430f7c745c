"""The one control on each page that puts its events into a calendar."""

import html
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.factories import SLUG, change_event, command, make_campaign_of_2005, make_turnout
from tests.reading import words_of

HOME = f"/en/{SLUG}/"
OSLO = "oslo-no-2005-04-28"
HOST = "localhost"

# Each page with the feed that it offers, and how many entries that holds; those of a campaign and
# of a call hold one more than events, which stands for the day all over the world.
PAGES = {
    "": ("calendar.ics?lang=en", 6),
    "resolution": ("calendar.ics?lang=en", 6),
    "turnout": ("calendar.ics?lang=en", 6),
    "demands/": ("calendar.ics?lang=en", 6),
    "demands/china-7": ("demands/china-7.ics?lang=en", 5),
    "demands/international-olympic-committee-1": (
        "demands/international-olympic-committee-1.ics?lang=en",
        0,
    ),
    "calls/2005-04-28": ("calls/2005-04-28.ics?lang=en", 6),
    "cities/oslo-no": ("cities/oslo-no.ics?lang=en", 1),
    "cities/paris-fr": ("cities/paris-fr.ics?lang=en", 0),
    f"events/{OSLO}": (f"events/{OSLO}.ics?lang=en", 1),
    "events/": ("search.ics?lang=en", 5),
    "events/?page=2": ("search.ics?lang=en", 5),
    "events/?country=SE": ("countries/se.ics?lang=en", 2),
    "events/?country=se&q=&page=1": ("countries/se.ics?lang=en", 2),
    "events/?country=XX": ("search.ics?lang=en&country=XX", 0),
    "events/?country=SE&q=stockholm": ("search.ics?lang=en&q=stockholm&country=SE", 1),
    "events/?near=Oslo": ("search.ics?lang=en", 5),
    "events/?city=oslo-no": ("search.ics?lang=en&city=oslo-no", 1),
    "events/?demand=china-2&on=2005-04-28": ("search.ics?lang=en&demand=china-2&on=2005-04-28", 5),
    "events/?call=2005-04-28": ("search.ics?lang=en&call=2005-04-28", 5),
    "events/?language=nb": ("search.ics?lang=en&language=nb", 1),
    "events/?access=wheelchair": ("search.ics?lang=en&access=wheelchair", 1),
    "events/?q=nowhere": ("search.ics?lang=en&q=nowhere", 0),
    "events/?q=%22%3E%26lang%3Dko%23": ("search.ics?lang=en&q=%22%3E%26lang%3Dko%23", 0),
}


@dataclass(frozen=True)
class Control:
    """What a page offers for calendars."""

    words: str
    links: dict[str, str]  # by their words
    address: str | None  # to copy
    rels: set[str]  # what links that leave the site say beside their address
    files: list[str]  # addresses that are kept as a file


def controls(text: str) -> list[Control]:
    """Return every control of a page."""
    found = []
    for markup in re.findall(r'<details class="menu add-to-calendar">.*?</details>', text, re.S):
        links = re.findall(r'<a href="([^"]+)"([^>]*)>([^<]+)</a>', markup)
        address = re.search(r'<input value="([^"]*)" readonly>', markup)
        found.append(
            Control(
                words=" ".join(html.unescape(re.sub("<[^>]*>", " ", markup)).split()),
                links={words: html.unescape(url) for url, _rest, words in links},
                address=html.unescape(address[1]) if address else None,
                rels={rest for url, rest, _words in links if url.startswith("https:")},
                files=[html.unescape(url) for url, rest, _ in links if rest == " download"],
            )
        )
    return found


def control(client, path: str, home: str = HOME) -> Control:
    answer = client.get(f"{home}{path}")
    assert answer.status_code == 200, path
    assert len(controls(answer.text)) == 1, path
    return controls(answer.text)[0]


def asked(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))


def question(url: str) -> tuple[str, str, dict[str, str]]:
    """Return a feed's address so that the order of its filters does not matter."""
    return urlsplit(url).netloc, urlsplit(url).path, asked(url)


@pytest.fixture
def campaign_of_2005(app):
    """Give the events of 28 April 2005 in Oslo, Stockholm and Gothenburg, Seoul and Busan."""
    make_campaign_of_2005(app)
    change_event(app, OSLO, languages=" nb en ")
    change_event(app, "seoul-kr-2005-04-28", access=" wheelchair ")


def test_every_page_offers_the_one_calendar_that_it_is_about(client, campaign_of_2005):
    offered = {path: control(client, path).links["Subscribe on this device"] for path in PAGES}

    assert {path: question(url) for path, url in offered.items()} == {
        path: question(f"webcal://{HOST}/{SLUG}/{feed}") for path, (feed, _) in PAGES.items()
    }
    assert all(url.startswith("webcal://") for url in offered.values())


def test_every_way_leads_to_the_same_calendar(client, campaign_of_2005):
    for path in PAGES:
        found = control(client, path)
        webcal = found.links["Subscribe on this device"]
        address = "http" + webcal.removeprefix("webcal")

        assert found.address == address
        assert found.links["Apple Calendar"] == webcal
        assert found.links["Download a copy that stays as it is"] == address.partition(HOST)[2]
        assert found.files == [address.partition(HOST)[2]]
        assert asked(found.links["Google Calendar"]) == {"cid": webcal}
        for words in ("Outlook, private account", "Outlook at work or school"):
            assert asked(found.links[words])["url"] == address
            assert asked(found.links[words])["name"].startswith("Human rights in North Korea")
        assert len(found.links) == 7


def test_the_services_are_those_that_people_have_accounts_with(client, campaign_of_2005):
    links = control(client, "").links

    pages = {words: url.partition("?")[0] for words, url in links.items() if "https:" in url}
    assert pages == {
        "Google Calendar": "https://calendar.google.com/calendar/r",
        "Outlook, private account": "https://outlook.live.com/calendar/0/addfromweb",
        "Outlook at work or school": "https://outlook.office.com/calendar/0/addfromweb",
    }


def test_every_calendar_that_a_page_offers_is_there_with_its_events(client, campaign_of_2005):
    entries, news = {}, {}
    for path in PAGES:
        links = control(client, path).links
        calendar = client.get(links["Download a copy that stays as it is"])
        atom = client.get(links["News feed (Atom)"])
        assert (calendar.status_code, calendar.mimetype) == (200, "text/calendar"), path
        assert (atom.status_code, atom.mimetype) == (200, "application/atom+xml"), path
        entries[path] = calendar.text.count("BEGIN:VEVENT")
        news[path] = atom.text.count("<entry>")

    assert entries == {path: number for path, (_, number) in PAGES.items()}
    assert news == entries


def test_the_head_of_a_page_names_the_same_feeds_to_programs(client, campaign_of_2005):
    for path in PAGES:
        text = client.get(f"{HOME}{path}").text
        links = controls(text)[0].links
        head = dict(
            re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]*" href="([^"]+)">', text)
        )

        assert {kind: html.unescape(url) for kind, url in head.items()} == {
            "text/calendar": links["Download a copy that stays as it is"],
            "application/atom+xml": links["News feed (Atom)"],
        }, path


def test_a_calendar_speaks_the_language_of_its_page(client, campaign_of_2005):
    for path in ("", "demands/china-7", "events/?language=nb", f"events/{OSLO}"):
        found = control(client, path, home=f"/ko/{SLUG}/")

        assert asked(found.links["이 기기에서 구독하기"])["lang"] == "ko"
        assert asked(found.address)["lang"] == "ko"
    assert "구독하면" in found.words


def test_a_search_for_a_day_that_does_not_exist_offers_no_calendar(client, campaign_of_2005):
    answer = client.get(f"{HOME}events/?on=2005-02-30")

    assert answer.status_code == 422
    assert not controls(answer.text)
    assert "text/calendar" not in answer.text


def test_a_control_says_what_one_subscribes_to_and_who_learns_of_it(client, campaign_of_2005):
    event, demand, search = (
        control(client, path) for path in (f"events/{OSLO}", "demands/china-7", "events/?q=oslo")
    )

    assert "Oslo: Join in the peaceful demonstrations" in event.words
    assert "your calendar follows if it is moved or cancelled" in event.words
    assert "End the forced repatriation of North Korean refugees" in demand.words
    assert "new events and changes arrive by themselves" in demand.words
    assert "All that this search finds" in search.words
    for found in (event, demand, search):
        assert "Google and Outlook learn which calendar you follow." in found.words
        assert found.rels == {' rel="noreferrer"'}


def test_a_discreet_event_is_shown_to_no_service_and_has_no_title(app, client, campaign_of_2005):
    change_event(app, OSLO, is_discreet=True)

    answer = client.get(f"{HOME}events/{OSLO}")

    found = control(client, f"events/{OSLO}")
    feed = f"/{SLUG}/events/{OSLO}.ics?lang=en"
    assert found.links == {
        "Subscribe on this device": f"webcal://{HOST}{feed}",
        "Download a copy that stays as it is": feed,
    }
    assert found.address is None
    assert found.words.startswith("Add to calendar Appointment Subscribe")
    assert "whoever runs the account sees this too" in found.words
    assert not re.search("google|outlook|text/calendar|atom", answer.text, re.I)
    assert client.get(feed).text.count("BEGIN:VEVENT") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"status": "cancelled"},
        {"status": "postponed"},
        {"status": "happened"},
        {"capacity_override": 0},
    ],
)
def test_an_event_that_takes_no_sign_up_still_has_its_calendar(
    app, client, campaign_of_2005, change
):
    change_event(app, OSLO, **change)

    assert control(client, f"events/{OSLO}").links["Google Calendar"]


def test_a_refused_sign_up_keeps_the_calendar_of_its_event(client, campaign_of_2005):
    answer = client.post(f"{HOME}events/{OSLO}/sign-up", data={"name": "Kari"})

    assert answer.status_code == 422
    assert len(controls(answer.text)) == 1


def test_results_keep_the_calendar_of_their_campaign(app, client, campaign_of_2005, clock):
    clock.advance(timedelta(days=28))
    make_turnout(app, OSLO, 40, 60)

    assert f"/{SLUG}/calendar.ics" in control(client, "turnout").address


def test_each_addressee_has_a_plain_way_to_its_own_calendar(client, campaign_of_2005):
    text = client.get(f"{HOME}demands/").text

    feeds = re.findall(r'<a class="calendar-link" href="([^"]+)"', text)
    assert feeds == [f"/{SLUG}/addressees/china.ics?lang=en"]
    assert client.get(feeds[0]).text.count("BEGIN:VEVENT") == 5
    assert "Calendar : People’s Republic of China" in words_of(client.get(f"{HOME}demands/"))


def test_a_list_of_campaigns_has_a_plain_way_to_the_calendar_of_each(app, client):
    command(app, "create-campaign", "water", "--title", "Water for all")
    command(app, "create-campaign", "air", "--title", "Clean air")

    text = client.get("/ko/").text

    feeds = re.findall(r'<a class="calendar-link" href="([^"]+)"', text)
    assert sorted(feeds) == ["/air/calendar.ics?lang=ko", "/water/calendar.ics?lang=ko"]
    assert [client.get(feed).status_code for feed in feeds] == [200, 200]
    assert not controls(text)


@pytest.mark.parametrize("path", ["", "events/", "demands/", "turnout"])
def test_a_campaign_with_nothing_published_can_be_followed_already(app, client, path):
    command(app, "create-campaign", "water", "--title", "Water for all")

    found = control(client, path, home="/en/water/")

    assert client.get(found.links["Download a copy that stays as it is"]).status_code == 200


@pytest.mark.parametrize("path", ["/en/privacy", "/en/contact", "/en/credits", "/en/nowhere/"])
def test_a_page_of_no_campaign_offers_no_calendar(client, path):
    assert not controls(client.get(path).text)
