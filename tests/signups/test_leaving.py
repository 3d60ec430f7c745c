"""Leave quickly: one press, from every page of a sign-up, and nothing stays in the browser."""

import pytest

from campaign.settings import SettingsError, load
from tests.signups.making import ALTA, SLUG, sign_up, signups, tokens
from tests.signups.test_views import fields

EXIT = "/en/exit"
EVENT = f"/en/{SLUG}/events/{ALTA}"


@pytest.fixture
def short(app, client) -> str:
    """Give the short address of a sign-up that this browser has opened."""
    sign_up(app)
    return client.get(f"/en/sign-ups/{tokens(app)[0]}").location


def test_leaving_ends_the_visit_and_leads_to_a_page_that_tells_nothing(app, client, short):
    before = client.get(short)

    answer = client.get(EXIT)

    assert before.status_code == 200
    assert (answer.status_code, answer.location) == (303, app.config["QUICK_EXIT_URL"])
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get_cookie("visit") is None
    assert client.get(short).status_code == 404


def test_leaving_changes_no_sign_up(app, client, short):
    before = signups(app)[0].__dict__

    client.get(EXIT)

    after = signups(app)[0].__dict__
    assert {**before, "_sa_instance_state": 0} == {**after, "_sa_instance_state": 0}


def test_another_website_cannot_end_a_visit(client, short):
    answer = client.get(EXIT, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 303
    assert "Clear-Site-Data" not in answer.headers
    assert client.get(short).status_code == 200


def test_every_page_of_a_sign_up_has_the_way_out_first_of_all(client, short):
    pages = [
        client.get(short),
        client.get(f"{short}/card"),
        client.get(f"{EVENT}/sign-up/sent"),
        client.get("/en/sign-ups/"),
        client.get("/en/check-in/0"),
        client.get("/en/sign-ups/forged"),
        client.post(
            f"{short}/change", data={"csrf_token": fields(client.get(short).text)["csrf_token"]}
        ),
        client.post(f"{EVENT}/sign-up"),
    ]

    for page in pages:
        first = page.text.partition("<body>")[2].partition("<a ")[2].partition(">")[0]
        assert f'href="{EXIT}" rel="noreferrer nofollow"' in first, page.request.path
        assert "js/quick_exit.js" in page.text
        assert page.text.count('class="skip-link"') == 1


def test_elsewhere_there_is_no_need_to_leave(client):
    for path in (EVENT, "/en/", "/en/organize/sign-in"):
        assert "quick-exit" not in client.get(path).text


@pytest.mark.parametrize(
    "url", ["", "wikipedia", "javascript:alert(1)", "//example.org", "ftp://x"]
)
def test_where_it_leads_is_an_address_of_the_web(tmp_path, url):
    with pytest.raises(SettingsError, match="CAMPAIGN_QUICK_EXIT_URL is an address"):
        load({"MODE": "demo", "INSTANCE_FOLDER": str(tmp_path), "QUICK_EXIT_URL": url})
