"""Sign in and out: pages, cookies, and the ways back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign import create_app
from campaign.database import db
from campaign.models import AccountSession, Email, Event, SignInLink
from tests.accounts.entering import (
    ADDRESS,
    administrator,
    give,
    helper,
    link_for,
    send,
    signed_in,
    token_in,
    use,
)
from tests.factories import command, make_campaign_of_2005
from tests.reading import words_of
from tests.statements import questions_to

OFFICE = "/en/organize/"
SIGN_IN = "/en/organize/sign-in"
STRANGER = "nobody@example.net"


def rows(app, model) -> list:
    with app.app_context():
        return list(db.session.scalars(sa.select(model)))


# --- Asking --------------------------------------------------------------------------------


def test_who_is_not_signed_in_is_asked_to_and_comes_back(app, client):
    give(app, administrator())
    asked = client.get(f"{OFFICE}?page=2")
    assert asked.status_code == 303
    assert asked.location == f"{SIGN_IN}?next=/en/organize/?page%3D2"

    form = client.get(asked.location)
    assert "Please sign in first." in words_of(form)
    sent = send(client, asked.location, email=ADDRESS, next="/en/organize/?page=2")
    assert sent.location == f"{SIGN_IN}/sent"
    assert "Look into your mail" in words_of(client.get(sent.location))

    assert use(client, link_for(app)).location == "/en/organize/?page=2"
    assert use(client, link_for(app)).location == OFFICE


def test_the_way_back_stands_in_the_form(client):
    form = client.get(f"{SIGN_IN}?next=/en/organize/")

    assert 'name="next" type="hidden" value="/en/organize/"' in form.text


def test_the_answer_does_not_tell_whether_an_address_is_known(app):
    give(app, administrator())
    answers = []
    for address in (ADDRESS, STRANGER):
        client = app.test_client()
        sent = send(client, SIGN_IN, email=address)
        after = client.get(sent.location)
        headers = [(name, value) for name, value in sent.headers if name != "Set-Cookie"]
        answers.append((sent.status_code, headers, sent.data, after.status_code, after.data))

    assert answers[0] == answers[1]
    assert len(rows(app, Email)) == 2


def test_the_mailed_link_signs_in(app, client, mailbox):
    give(app, administrator())
    send(client, SIGN_IN, email=f" {ADDRESS} ")
    mailbox.deliver()

    (mail,) = mailbox.to(ADDRESS)
    text = mail.get_body(("plain",)).get_content()
    (link,) = [word for word in text.split() if word.startswith("http://localhost/")]
    assert use(client, link.removeprefix("http://localhost")).status_code == 303
    assert client.get(OFFICE).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "We need the address"),
        ("kari", "not a complete e-mail address"),
        ("kari@example.org\nBcc: all@example.org", "not a complete e-mail address"),
        ("a" * 300 + "@example.org", "too long"),
    ],
)
def test_what_is_no_address_is_refused_and_nothing_is_kept(app, client, typed, said):
    answer = send(client, SIGN_IN, email=typed)

    assert answer.status_code == 422
    assert said in words_of(answer)
    assert rows(app, Email) == rows(app, SignInLink) == []


ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https://evil.example/en/organize/", "https:evil.example", "http:/evil.example",
    "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/en/organize/\r\nX: y",
    "\t//evil.example", " //evil.example", "/%09/evil.example", "/%2f/evil.example",
    "/%5cevil.example", "//localhost/en/organize/", "//[", "/en/organize/\u2028", "/nowhere",
    "/en/organize/sign-out", "evil", "?next=/", "#", "/en/../../evil", "/@evil.example",
    "/en/organize/?" + "x" * 3000, "/en/organize/?\tx", "/en/organize/?\\x", "/en/organize/#\u00e9",
]  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
def test_the_way_back_never_leads_elsewhere(app, client, path):
    give(app, administrator())
    assert (
        'name="next" type="hidden" value=""'
        in client.get(SIGN_IN, query_string={"next": path}).text
    )

    send(client, SIGN_IN, email=ADDRESS, next=path)

    assert use(client, link_for(app)).location == OFFICE
    assert client.get(SIGN_IN, query_string={"next": path}).location == OFFICE


OURS = ["/en/organize/", "/ko/organize/?q=a%20b&next=//evil.example", "/en/privacy", "/en/organize"]


@pytest.mark.parametrize("path", OURS)
def test_the_way_back_may_be_any_page_of_ours(app, client, path):
    give(app, administrator())
    send(client, SIGN_IN, email=ADDRESS, next=path)

    assert use(client, link_for(app)).location == path


# --- The link ------------------------------------------------------------------------------


def test_opening_a_link_changes_nothing(app, client):
    give(app, administrator())
    link = link_for(app)
    for _ in range(3):
        assert client.head(link).status_code == 200
        assert "Sign in now" in words_of(client.get(link))

    assert client.get(OFFICE).status_code == 303
    assert [one.spent_at for one in rows(app, SignInLink)] == [None]
    assert use(client, link).status_code == 303


def test_a_used_link_says_so_and_offers_a_new_one(app, client):
    give(app, administrator())
    link = link_for(app)
    token = token_in(client.get(link))
    use(app.test_client(), link)

    page = client.get(link)
    assert page.status_code == 404
    assert "This link is used up" in words_of(page)
    assert "Ask for a new link" in words_of(page)
    again = client.post(link, data={"csrf_token": token})
    assert again.status_code == 409
    assert "used before or is too old" in words_of(again)
    assert len(rows(app, AccountSession)) == 1


@pytest.mark.parametrize("token", ["x", "%00", "%F0%9F%95%AF", "a" * 5000])
def test_a_made_up_link_is_a_used_one(app, client, token):
    assert client.get(f"{SIGN_IN}/{token}").status_code == 404


def test_a_link_takes_no_form_of_another_visit(app, client):
    give(app, administrator())
    link = link_for(app)

    assert client.post(link, data={"csrf_token": "made-up"}).status_code == 400
    assert rows(app, AccountSession) == []


# --- The visit -----------------------------------------------------------------------------


def test_signing_in_begins_a_new_visit(app, client):
    give(app, administrator())
    link = link_for(app)
    before = token_in(client.get(link))
    with client.session_transaction() as visit:
        visit["planted"] = "by somebody else"
        old = visit["csrf_token"]
    client.post(link, data={"csrf_token": before})
    client.get(OFFICE)

    with client.session_transaction() as visit:
        assert "planted" not in visit
        assert visit["csrf_token"] != old
        assert len(visit["account"]) >= 43


def test_signing_in_again_ends_the_visit_before(app, client):
    give(app, administrator())
    use(client, link_for(app))
    (first,) = rows(app, AccountSession)
    use(client, link_for(app))
    (second,) = rows(app, AccountSession)

    assert first.token_hash != second.token_hash


def test_the_cookie_of_a_visit_is_for_this_site_alone(app, client):
    give(app, administrator())
    cookie = use(client, link_for(app)).headers["Set-Cookie"]

    assert cookie.startswith("visit=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_bound_to_host_and_transport(installation):
    secure = create_app(
        {
            **installation.settings,
            "MODE": "production",
            "BASE_URL": "https://example.org",
            "TRUSTED_HOSTS": "example.org",
            "SMTP_URL": "smtp://127.0.0.1:9",
            "SECRET_KEY": installation.app.config["SECRET_KEY"],
            "MASTER_KEYS": installation.app.config["MASTER_KEYS"],
        }
    )
    answer = secure.test_client().get("https://example.org/en/organize/sign-in")
    with secure.app_context():
        db.engine.dispose()

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-visit=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_pages_of_the_back_office_are_kept_nowhere(app):
    client = signed_in(app, administrator())

    for path in (OFFICE, SIGN_IN, f"{SIGN_IN}/sent", f"{SIGN_IN}/x"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_signing_out_ends_the_visit_for_good(app, client):
    give(app, administrator())
    use(client, link_for(app))
    cookie = client.get_cookie("visit").value

    out = client.post(f"{OFFICE}sign-out", data={"csrf_token": token_in(client.get(OFFICE))})
    assert out.status_code == 303
    assert "You are signed out." in words_of(client.get(out.location))
    assert rows(app, AccountSession) == []
    client.set_cookie("visit", cookie)
    assert client.get(OFFICE).status_code == 303


def test_nobody_is_signed_out_by_another_site(app):
    client = signed_in(app, administrator())

    assert client.get(f"{OFFICE}sign-out", follow_redirects=True).status_code == 404
    assert client.post(f"{OFFICE}sign-out").status_code == 400
    assert client.get(OFFICE).status_code == 200


def test_an_idle_visit_ends_and_a_busy_one_goes_on(app, clock):
    idle = signed_in(app, administrator())
    busy = signed_in(app, administrator())
    for _ in range(3):
        clock.advance(timedelta(minutes=15))
        assert busy.get(OFFICE).status_code == 200

    assert idle.get(OFFICE).status_code == 303
    clock.advance(timedelta(hours=11, minutes=15))
    assert busy.get(OFFICE).status_code == 303


def test_that_somebody_was_there_is_written_once_a_minute_at_most(app, clock):
    client = signed_in(app, administrator())
    seen = []
    for seconds in (10, 49, 1, 30, 30):
        clock.advance(timedelta(seconds=seconds))
        client.get(OFFICE)
        seen.append((clock.moment - rows(app, AccountSession)[0].seen_at).seconds)

    assert seen == [10, 59, 0, 30, 0]


def test_that_somebody_was_there_is_written_where_the_answer_is_no(app, clock):
    client = signed_in(app, administrator())
    clock.advance(timedelta(minutes=2))

    assert client.get("/en/organize/nowhere/").status_code == 404
    assert rows(app, AccountSession)[0].seen_at == clock.moment


# --- The first page ------------------------------------------------------------------------


def test_an_administrator_without_a_campaign_is_told_how_to_begin(app):
    client = signed_in(app, administrator())

    assert "There is no campaign yet." in words_of(client.get(OFFICE))


def test_a_helper_finds_a_friendly_empty_page(app):
    make_campaign_of_2005(app, countries=("NO",))
    (event,) = rows(app, Event)
    client = signed_in(app, helper(event.campaign_id, event.id))

    words = words_of(client.get(OFFICE))
    assert "Thank you for helping." in words
    assert "North Korea" not in words


def test_the_first_page_asks_as_many_questions_for_many_campaigns(installation):
    app = installation.app
    client = signed_in(app, administrator())
    command(app, "create-campaign", "one", "--title", "One")
    asked = []
    for more in range(2):
        for number in range(5 * more):
            command(app, "create-campaign", f"more-{number}", "--title", f"More {number}")
        with questions_to(installation.engines[0]) as questions:
            assert client.get(OFFICE).status_code == 200
        asked.append(len(questions))

    assert asked[0] == asked[1] <= 8
