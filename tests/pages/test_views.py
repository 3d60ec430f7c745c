"""What anybody finds at the addresses of pages, whatever is published so far."""

import re
from datetime import datetime, timedelta

import pytest

from campaign.database import transaction
from campaign.resolutions.services import create_campaign
from tests.factories import SLUG, command, make_campaign_of_2005
from tests.reading import words_of

HOME = f"/en/{SLUG}/"


def test_an_address_without_a_language_leads_to_the_one_the_browser_asks_for(client):
    answer = client.get("/", headers={"Accept-Language": "ko-KR, en;q=0.5"})

    assert (answer.status_code, answer.location) == (302, "/ko/")
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_deep_address_without_a_language_keeps_its_question(app, client):
    make_campaign_of_2005(app)

    answer = client.get(f"/{SLUG}/events/?near=Oslo&page=2", headers={"Accept-Language": "xx"})

    assert (answer.status_code, answer.location) == (302, f"/en/{SLUG}/events/?near=Oslo&page=2")


def test_an_installation_without_campaigns_says_so(client):
    answer = client.get("/en/")

    assert answer.status_code == 200
    assert "There is no campaign here yet." in words_of(answer)


def test_the_only_campaign_is_the_front_page(app, client):
    make_campaign_of_2005(app, countries=("NO",))

    front, home = client.get("/en/"), client.get(HOME)

    assert front.status_code == 200
    assert words_of(front) == words_of(home)
    assert f'rel="canonical" href="http://localhost{HOME}"' in front.text


def test_several_campaigns_are_listed(app, client):
    command(app, "create-campaign", "water", "--title", "Water for all")
    command(app, "create-campaign", "air", "--title", "Clean air")

    answer = client.get("/en/")

    assert 'href="/en/water/"' in answer.text
    assert "Clean air" in words_of(answer)


def test_a_home_opens_on_the_demand_that_the_call_is_aimed_at_in_its_words(app, client):
    make_campaign_of_2005(app, countries=("NO", "SE"))

    answer = client.get(HOME)

    assert "<mark>end the forced repatriation of North Korean refugees</mark>" in answer.text
    assert f'href="/en/{SLUG}/resolution#clause-13"' in answer.text
    assert "Thursday, 28 April 2005 12:00 local time" in words_of(answer)


def test_a_home_has_a_light_for_each_city_and_names_every_addressee(app, client):
    make_campaign_of_2005(app, countries=("NO", "SE"))

    answer = client.get(HOME)

    lights = re.findall(
        r'<a class="world-map-light lit" href="([^"]+)"><text[^>]*>([^<]+)', answer.text
    )
    assert (f"/en/{SLUG}/events/oslo-no-2005-04-28", "Oslo, Norway · 1 event") in lights
    assert len(lights) == 3
    assert "3 events in 2 countries" in words_of(answer)
    assert "International Olympic Committee" in words_of(answer)


def test_a_city_with_several_events_is_one_light_that_leads_to_the_city(app, client):
    make_campaign_of_2005(app, countries=("NO",))
    again = ["--on", "2005-05-28", "--at", "12:00", "--lasting", "60", "--publish"]
    oslo = ["--country", "NO", "--include", "cn-embassy-no-oslo"]
    command(app, "fan-out", f"{SLUG}/2005-04-28", "--list", "prc-missions", *again, *oslo)

    answer = client.get(HOME)

    assert answer.text.count('class="world-map-light') == 1
    assert f'href="/en/{SLUG}/cities/oslo-no"><text' in answer.text


@pytest.mark.parametrize("path", ["", "events/", "demands/"])
def test_a_campaign_with_nothing_published_says_so_kindly(app, client, path):
    with app.app_context(), transaction():
        create_campaign("water", "Water for all", language="en")

    answer = client.get(f"/en/water/{path}")

    assert answer.status_code == 200
    assert re.search(
        "Nothing is published|There is no event yet|No demand is published", answer.text
    )


def test_a_resolution_under_review_shows_nothing_of_itself(app, client):
    make_campaign_of_2005(app, countries=("NO",), is_published=False)

    answers = {
        path: client.get(f"{HOME}{path}")
        for path in ("", "resolution", "demands/", "demands/china-1", "calls/2005-04-28")
    }

    statuses = [answer.status_code for answer in answers.values()]
    assert statuses == [200, 404, 200, 404, 404]
    assert not any("repatriation" in answer.text for answer in answers.values())


def test_every_page_names_its_counterparts_in_the_other_languages(app, client):
    make_campaign_of_2005(app, countries=("NO",))

    text = client.get(f"{HOME}demands/china-7").text

    assert f'hreflang="ko" href="http://localhost/ko/{SLUG}/demands/china-7"' in text
    assert f'hreflang="x-default" href="http://localhost/{SLUG}/demands/china-7"' in text


def test_the_privacy_page_says_after_how_many_days_details_go(app, client):
    app.config["RETENTION_DAYS"], before = 21, app.config["RETENTION_DAYS"]

    answer = client.get("/en/privacy")

    app.config["RETENTION_DAYS"] = before
    assert "21 days after the event the key is destroyed" in words_of(answer)


def test_the_credits_name_the_source_of_the_cities_and_its_licence(client):
    words = words_of(client.get("/en/credits"))

    assert "GeoNames" in words
    assert "CC BY 4.0" in words


@pytest.fixture
def contact(app):
    """Set the contact of this installation; none again afterwards."""
    yield lambda value: app.config.update(CONTACT=value)
    app.config["CONTACT"] = ""


def test_the_relation_that_calendars_name_can_be_followed(client):
    answer = client.get("/rel/demand", follow_redirects=True)

    assert answer.status_code == 200
    assert "supports a demand of a resolution" in words_of(answer)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("help@example.org", 'href="mailto:help@example.org"'),
        ("https://example.org/contact", 'href="https://example.org/contact"'),
        ("Ola, at the market", "Ola, at the market"),
        ("", "have not named an address yet"),
    ],
)
def test_the_contact_page_says_whom_to_write_to_or_that_nobody_is_named(
    client, contact, value, shown
):
    contact(value)

    answer = client.get("/en/contact")

    assert shown in answer.text


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("help@example.org", "Contact: mailto:help@example.org"),
        ("", "Contact: http://localhost/en/contact"),
        ("https://example.org\nExpires: never", "Contact: https://example.org Expires: never"),
    ],
)
def test_security_txt_is_valid_for_less_than_a_year(client, clock, contact, value, line):
    contact(value)

    answer = client.get("/.well-known/security.txt")

    fields = dict(one.split(": ", 1) for one in answer.text.splitlines())
    ahead = datetime.fromisoformat(fields["Expires"]) - clock.moment
    assert answer.text.splitlines()[0] == line
    assert timedelta(days=30) < ahead < timedelta(days=365)
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
    assert answer.content_type == "text/plain; charset=utf-8"


def test_a_page_that_is_not_there_offers_a_search_in_its_campaign(app, client):
    make_campaign_of_2005(app, countries=("NO",))

    answer = client.get(f"{HOME}events/nowhere-xx-2005-04-28")

    assert answer.status_code == 404
    assert f'action="/en/{SLUG}/events/"' in answer.text
    assert "This campaign has no event at this address." in words_of(answer)


def test_an_unknown_address_leads_to_the_campaigns(client):
    answer = client.get("/en/no-such-campaign/")

    assert answer.status_code == 404
    assert 'href="/en/">All campaigns' in answer.text
