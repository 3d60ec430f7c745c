"""Sign-up over the web: what a form answers, what a link opens, and what nobody else can do."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.events.services import ShiftWish, add_shift
from campaign.models import EventStatus, ShiftKind, SignupShift, SignupStatus
from tests.signups.making import (
    ALTA,
    SLUG,
    acting,
    confirm,
    event,
    link_in,
    mails,
    set_up,
    sign_up,
    signups,
    tokens,
)

EVENT = f"/en/{SLUG}/events/{ALTA}"
FORM = f"{EVENT}/sign-up"
FILLING_IN = timedelta(seconds=40)
NO_ONE = {"name": "", "email": "", "party_size": "", "language": ""}


def fields(html: str) -> dict[str, str]:
    """Return what stands in the fields of a page's form, the hidden ones too."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and 'type="checkbox"' not in tag:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', html, re.S):
        found[name] = unescape(text).strip("\r\n")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return found


@pytest.fixture
def form(client, clock):
    """Give the fields of the event's form as somebody finds them who then fills them in."""
    found = fields(client.get(EVENT).text)
    clock.advance(FILLING_IN)
    return {**found, "name": "Kari", "email": "kari@example.org", "consent": "y"}


def has(text: str, response) -> bool:
    words = re.sub(r"<[^>]+>", " ", response.text)
    return text in " ".join(unescape(words).split())


# --- The form ------------------------------------------------------------------------------


def test_a_sign_up_leads_to_the_mail_and_holds_its_places(app, client, form):
    answer = client.post(FORM, data={**form, "party_size": "2"})

    assert (answer.status_code, answer.location) == (303, f"{FORM}/sent")
    (signup,) = signups(app)
    assert (signup.status, signup.party_size) == (SignupStatus.HELD, 2)
    assert signup.hold_until is not None
    assert has("Check your mail", client.get(answer.location))


def test_what_is_typed_in_every_field_arrives(app, client, form):
    typed = {"language": "ko", "access_needs": "A seat,\r\nplease", "notes": "🚲"}

    client.post(FORM, data={**form, **typed})

    (mail,) = mails(app)
    page = client.get(f"/en/sign-ups/{mail['token']}", follow_redirects=True)
    assert mail["language"] == "ko"
    assert fields(page.text)["access_needs"].splitlines() == ["A seat,", "please"]
    assert fields(page.text)["notes"] == "🚲"


def test_the_form_says_what_happens_to_what_is_typed_and_when_it_goes(client):
    page = client.get(EVENT)

    assert has("only those who organize this event may read it", page)
    assert has("It is deleted on Saturday, 28 May 2005", page)


def test_the_form_can_be_filled_in_by_the_address(client):
    query = "?name=Ola&email=ola%40example.org&language=ko&party_size=4"

    found = fields(client.get(EVENT + query).text)

    typed = {name: found[name] for name in ("name", "email", "language", "party_size")}
    assert typed == {
        "name": "Ola",
        "email": "ola@example.org",
        "language": "ko",
        "party_size": "4",
    }


def test_nonsense_in_the_address_leaves_the_form_as_it_is(client):
    found = fields(client.get(EVENT + "?language=tlh&party_size=-7&name=%00").text)

    assert (found["language"], found["party_size"], found["name"]) == ("en", "1", "")


def test_each_form_has_a_key_of_its_own(client):
    first, second = (fields(client.get(EVENT).text)["idempotency_key"] for _time in range(2))

    assert first != second
    assert len(first) >= 22


REFUSED = [
    ({"name": ""}, "Tell us any name, please."),
    ({"name": " \u200b\u2060 "}, "Tell us any name, please."),
    ({"name": "x" * 10_000}, "at most 100 characters"),
    ({"name": "Kari\nNordmann"}, "Write this in one line, please."),
    ({"name": "Kari\u2028Nordmann"}, "Write this in one line, please."),
    ({"email": ""}, "We need an e-mail address"),
    ({"email": "kari"}, "This is not a complete e-mail address."),
    ({"email": "kari@example"}, "This is not a complete e-mail address."),
    ({"email": '"kari n"@example.org'}, "This is not a complete e-mail address."),
    ({"email": "kari@example.org\nBcc: all@example.org"}, "This is not a complete e-mail address."),
    ({"email": "kari@127.0.0.1"}, "This is not a complete e-mail address."),
    ({"email": f"{'k' * 250}@example.org"}, "at most 254 characters"),
    ({"party_size": "0"}, "A number from 1 to 50"),
    ({"party_size": "51"}, "A number from 1 to 50"),
    ({"party_size": "two"}, "A number from 1 to 50"),
    ({"party_size": "9" * 5000}, "A number from 1 to 50"),
    ({"language": "tlh"}, "Choose one of the languages in the list"),
    ({"access_needs": "x" * 1001}, "at most 1000 characters"),
    ({"notes": "x" * 1001}, "at most 1000 characters"),
    ({"consent": ""}, "Without your consent"),
    ({"csrf_token": ""}, "The form was open too long, or cookies are off."),
    ({"csrf_token": "ø"}, "The form was open too long, or cookies are off."),
]


@pytest.mark.parametrize(("typed", "words"), REFUSED)
def test_what_cannot_be_read_is_refused_in_plain_words_and_nothing_is_kept(
    app, client, form, typed, words
):
    answer = client.post(FORM, data={**form, **typed})

    assert answer.status_code == 422
    assert has(words, answer)
    assert (signups(app), mails(app)) == ([], [])


def test_a_refused_form_keeps_what_was_typed_and_its_key(client, form):
    typed = {"party_size": "99", "language": "ko", "access_needs": "A seat", "notes": "<By bike>"}

    answer = client.post(FORM, data={**form, **typed})

    found = fields(answer.text)
    assert {name: found[name] for name in typed} == typed
    assert found["name"], found["email"] == ("Kari", "kari@example.org")
    assert found["idempotency_key"] == form["idempotency_key"]
    assert 'checked id="consent"' in answer.text


def test_a_refused_form_can_be_reloaded(client):
    answer = client.get(FORM)

    assert (answer.status_code, answer.location) == (302, f"{EVENT}#sign-up")


KEPT = [
    ("  Kari \t  Nordmann ", "Kari Nordmann"),
    ("Kari\u202egnp.exe", "Karignp.exe"),
    ("\u2066Kari\u2069", "Kari"),
    ("Ka\x00ri\x07", "Kari"),
    ('=HYPERLINK("http://example.org")', '=HYPERLINK("http://example.org")'),
    ("👩‍👩‍👧 🏳️‍🌈", "👩‍👩‍👧 🏳️‍🌈"),
    ("Kári", "Kári"),
    ("<b>Kari</b> & {{ 7 * 7 }} %(name)s", "<b>Kari</b> & {{ 7 * 7 }} %(name)s"),
    ("می‌خواهم", "می‌خواهم"),
    ("김" * 100, "김" * 100),
]


@pytest.mark.parametrize(("typed", "kept"), KEPT)
def test_a_name_may_be_anything_that_can_be_seen(app, client, form, typed, kept):
    answer = client.post(FORM, data={**form, "name": typed})

    page = client.get(f"/en/sign-ups/{tokens(app)[0]}", follow_redirects=True)
    assert answer.status_code == 303
    assert fields(page.text)["name"] == kept


def test_bytes_that_are_no_text_are_no_failure(app, client, form):
    body = "&".join(f"{name}={quote(value)}" for name, value in form.items() if name != "name")
    body += "&name=Kari%ED%A0%80%FF"

    answer = client.post(FORM, data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Kari@EXAMPLE.org ", "Kari@example.org"),
        ("kari@xn--bcher-kva.example.org", "kari@bücher.example.org"),
        ("kåri@example.org", "kåri@example.org"),
        (f"{'k' * 64}@{'example.' * 20}org", f"{'k' * 64}@{'example.' * 20}org"),
        ("kari@example.test", "kari@example.test"),
    ],
)
def test_addresses_are_kept_as_written_in_full(app, client, form, typed, kept):
    answer = client.post(FORM, data={**form, "email": typed})

    assert answer.status_code == 303
    assert mails(app)[0]["address"] == kept


def test_a_machine_that_fills_in_the_hidden_field_sees_success_and_nothing_is_kept(
    app, client, form
):
    person = client.post(FORM, data=form)

    machine = client.post(FORM, data={**form, "email": "m@example.org", "website": "x"})

    assert (machine.status_code, machine.text) == (person.status_code, person.text)
    assert machine.headers == person.headers
    assert len(signups(app)) == 1


UNFAIR = [
    ({"idempotency_key": ""}, 40),
    ({"idempotency_key": "k" * 201}, 40),
    ({"form_token": ""}, 40),
    ({"form_token": "forged"}, 40),
    ({"form_token": "ø\x00"}, 40),
    ({}, 1.9),
    ({}, 24 * 3600 + 1),
]


@pytest.mark.parametrize(("changed", "seconds"), UNFAIR)
def test_without_key_or_fair_token_one_signs_up_but_no_place_is_held(
    app, client, clock, changed, seconds
):
    form = {**fields(client.get(EVENT).text), "name": "K", "email": "k@example.org", "consent": "y"}
    clock.advance(timedelta(seconds=seconds))

    answer = client.post(FORM, data={**form, **changed})

    assert answer.status_code == 303
    assert signups(app)[0].hold_until is None


@pytest.mark.parametrize("seconds", [2, 24 * 3600])
def test_a_form_is_fair_from_two_seconds_to_a_day(app, client, clock, seconds):
    form = {**fields(client.get(EVENT).text), "name": "K", "email": "k@example.org", "consent": "y"}
    clock.advance(timedelta(seconds=seconds))

    client.post(FORM, data=form)

    assert signups(app)[0].hold_until is not None


def test_a_form_that_is_refused_without_a_fair_token_gets_one(app, client, clock, form):
    lacking = {"idempotency_key": "", "form_token": ""}
    refused = client.post(FORM, data={**form, **lacking, "name": ""})
    clock.advance(FILLING_IN)

    client.post(FORM, data={**fields(refused.text), "name": "Kari", "consent": "y"})

    assert signups(app)[0].hold_until is not None


def test_a_token_of_another_event_holds_nothing(app, client, clock, form):
    other = fields(client.get(EVENT.replace(ALTA, "lulea-se-2005-05-14")).text)
    clock.advance(FILLING_IN)

    client.post(FORM, data={**form, "form_token": other["form_token"]})

    assert signups(app)[0].hold_until is None


def test_without_flood_control_nobody_has_to_wait(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "FLOOD_CONTROL", "off")
    form = {**fields(client.get(EVENT).text), "name": "K", "email": "k@example.org", "consent": "y"}

    client.post(FORM, data=form)

    assert signups(app)[0].hold_until is not None


def test_an_event_nobody_may_see_takes_no_sign_up(app, client, form):
    set_up(app, status=EventStatus.DRAFT)

    assert client.post(FORM, data=form).status_code == 404
    assert signups(app) == []


# --- Nobody learns who is known ------------------------------------------------------------


def test_known_and_unknown_addresses_get_the_same_answer(app, client, clock, form):
    for email in ("held@example.org", "confirmed@example.org", "cancelled@example.org"):
        sign_up(app, email)
    confirm(app, tokens(app)[1])
    client.post(f"/en/sign-ups/{tokens(app)[2]}/cancel")
    answers = []

    for state in ("unknown", "held", "confirmed", "cancelled"):
        data = {**form, "email": f"{state}@example.org", "idempotency_key": f"a key for {state}"}
        answers.append(client.post(FORM, data=data))

    first, *others = [(one.status, one.text, list(one.headers)) for one in answers]
    assert others == [first] * 3


def test_the_page_after_the_form_says_nothing_personal(client, form):
    answer = client.post(FORM, data=form, follow_redirects=True)

    assert "kari@example.org" not in answer.text
    assert not has("Kari", answer)


# --- No place ------------------------------------------------------------------------------


def test_a_full_event_says_so_and_takes_who_waits(app, client, form):
    set_up(app, capacity_override=1)
    sign_up(app, "first@example.org")

    page = client.get(f"/en/{SLUG}/events/{ALTA}")
    answer = client.post(FORM, data=form)

    assert has("This event is full.", page)
    assert has("Join the wait list", page)
    assert answer.status_code == 303
    assert [one.status for one in signups(app)] == [SignupStatus.HELD, SignupStatus.WAITING]


def test_a_party_too_large_may_come_with_fewer_by_the_same_form(app, client, form):
    set_up(app, capacity_override=2)

    answer = client.post(FORM, data={**form, "party_size": "3"})
    again = {**fields(answer.text), "party_size": "1", "consent": "y"}

    assert answer.status_code == 409
    assert has("There are not enough places for a party of 3.", answer)
    near = re.search(r'href="([^"]*near=[^"]*)"', answer.text)[1]
    assert near.startswith(f"/en/{SLUG}/events/?near=69.9")
    assert client.get(unescape(near)).status_code == 200
    assert signups(app) == []
    assert client.post(FORM, data=again).status_code == 303


@pytest.mark.parametrize(
    "state",
    [
        {"status": EventStatus.CANCELLED},
        {"status": EventStatus.POSTPONED},
        {"ends_at": datetime(2005, 4, 1, tzinfo=UTC)},
    ],
)
def test_an_event_that_is_off_or_over_takes_no_sign_up(app, client, form, state):
    set_up(app, **state)

    answer = client.post(FORM, data=form)

    assert answer.status_code == 409
    assert has("Sign-up for this event is closed.", answer)
    assert signups(app) == []


# --- The link ------------------------------------------------------------------------------


@pytest.fixture
def token(app):
    """Give the token of the link of somebody who signed up."""
    sign_up(app)
    return tokens(app)[0]


def test_a_link_shows_the_sign_up_and_leaves_the_address_bar(app, client, token):
    first = client.get(f"/en/sign-ups/{token}")

    assert (first.status_code, first.location) == (302, f"/en/sign-ups/{signups(app)[0].id}")
    page = client.get(first.location)
    assert page.status_code == 200
    assert has("kari@example.org", page)
    assert token not in page.text


def test_a_link_leads_to_its_language_where_the_address_names_none(client, token):
    answer = client.get(f"/sign-ups/{token}", headers={"Accept-Language": "ko"})

    assert (answer.status_code, answer.location) == (302, f"/ko/sign-ups/{token}")


def test_opening_a_link_changes_nothing(app, client, token):
    before = signups(app)[0].__dict__

    for _time in range(2):
        client.get(f"/en/sign-ups/{token}", follow_redirects=True)
        client.head(f"/en/sign-ups/{token}")

    after = signups(app)[0].__dict__
    assert {**before, "_sa_instance_state": 0} == {**after, "_sa_instance_state": 0}


def test_another_browser_does_not_see_a_sign_up_by_its_short_address(app, client, token):
    short = client.get(f"/en/sign-ups/{token}").location

    for path in (short, f"{short}/calendar.ics"):
        assert app.test_client().get(path).status_code == 404
    for act in ("confirm", "change", "cancel"):
        assert app.test_client().post(f"{short}/{act}").status_code == 404


FORGED = [
    "x",
    "a" * 43,
    "0" * 32,
    "ø" * 20,
    "%01",
    "%ED%A0%80",
    "%FF%FE",
    "a" * 7000,
    "..%2e",
    "{{7}}",
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_link_is_a_page_in_the_readers_language_that_says_so(client, forged):
    answer = client.get(f"/ko/sign-ups/{forged}")

    assert answer.status_code == 404
    assert '<html lang="ko"' in answer.text
    for act in ("confirm", "change", "cancel"):
        assert client.post(f"/ko/sign-ups/{forged}/{act}").status_code == 404


def test_a_browser_remembers_the_twenty_newest_links(app, client):
    for number in range(22):
        sign_up(app, f"v{number}@example.org", name=f"Volunteer {number}")
    shorts = [client.get(f"/en/sign-ups/{token}").location for token in tokens(app)]

    assert [client.get(short).status_code for short in shorts] == [404] * 2 + [200] * 20
    assert has("Volunteer 21", client.get(shorts[-1]))
    cookie = client.get_cookie("visit")
    assert len(cookie.value) < 3500


def test_personal_pages_are_kept_by_no_cache(client, token, form):
    pages = [
        client.get(f"/en/sign-ups/{token}"),
        client.get(f"/en/sign-ups/{token}", follow_redirects=True),
        client.get(f"/en/sign-ups/{token}/calendar.ics"),
        client.post(FORM, data=form),
        client.post(FORM, data=NO_ONE),
    ]

    assert [page.headers["Cache-Control"] for page in pages] == ["no-store"] * 5
    assert {page.headers["Referrer-Policy"] for page in pages} == {"no-referrer"}


# --- Confirm, change, cancel ---------------------------------------------------------------


def visit(client, token):
    """Open a link, and return the short address and the page's token."""
    page = client.get(f"/en/sign-ups/{token}", follow_redirects=True)
    return page.request.path, fields(page.text)["csrf_token"]


def test_a_volunteer_confirms_by_one_button(app, client, token):
    short, csrf_token = visit(client, token)

    answer = client.post(f"{short}/confirm", data={"csrf_token": csrf_token})

    assert (answer.status_code, answer.location) == (303, short)
    page = client.get(short)
    assert has("Your place is confirmed.", page)
    assert f"{short}/confirm" not in page.text
    assert signups(app)[0].status is SignupStatus.CONFIRMED


def test_a_volunteer_changes_what_was_said(app, client, token):
    short, csrf_token = visit(client, token)
    new = {"name": "Kari N.", "party_size": "3", "language": "ko", "access_needs": "", "notes": "!"}

    answer = client.post(f"{short}/change", data={**new, "csrf_token": csrf_token})

    assert (answer.status_code, answer.location) == (303, short)
    page = client.get(short).text
    found = fields(page[page.index(f'action="{short}/change"') :].partition("</form>")[0])
    assert {name: found[name] for name in new} == new
    assert signups(app)[0].party_size == 3


@pytest.mark.parametrize("by", ["token", "short"])
def test_a_change_that_cannot_be_read_is_refused_and_keeps_what_was_typed(app, client, token, by):
    short, csrf_token = visit(client, token)
    path = short if by == "short" else f"/en/sign-ups/{token}"
    new = {"name": "x" * 101, "party_size": "3", "language": "en", "notes": "By bike"}

    answer = client.post(f"{path}/change", data={**new, "csrf_token": csrf_token})

    assert answer.status_code == 422
    assert has("at most 100 characters", answer)
    assert fields(answer.text)["notes"] == "By bike"
    assert signups(app)[0].party_size == 1


def test_a_volunteer_cancels_and_what_was_said_is_gone(app, client, token):
    short, csrf_token = visit(client, token)

    client.post(f"{short}/cancel", data={"csrf_token": csrf_token})

    page = client.get(short)
    assert has("This sign-up is cancelled.", page)
    assert "kari@example.org" not in page.text
    assert signups(app)[0].details is None


@pytest.mark.parametrize("act", ["confirm", "change", "cancel"])
def test_by_its_short_address_a_sign_up_is_changed_only_with_the_visits_token(
    app, client, token, act
):
    short, _csrf_token = visit(client, token)

    for data in ({}, {"csrf_token": "forged"}):
        assert client.post(f"{short}/{act}", data=data).status_code == 400

    assert signups(app)[0].status is SignupStatus.HELD
    assert signups(app)[0].details is not None


@pytest.mark.parametrize(
    ("act", "status"), [("confirm", SignupStatus.CONFIRMED), ("cancel", SignupStatus.CANCELLED)]
)
def test_by_the_links_own_address_every_act_works_without_cookies(app, token, act, status):
    answer = app.test_client(use_cookies=False).post(f"/en/sign-ups/{token}/{act}")

    assert answer.status_code == 303
    assert signups(app)[0].status is status


def test_by_the_links_own_address_a_change_works_without_cookies(app, token):
    new = {"name": "Kari", "party_size": "2", "language": "en"}

    answer = app.test_client(use_cookies=False).post(f"/en/sign-ups/{token}/change", data=new)

    assert answer.status_code == 303
    assert signups(app)[0].party_size == 2


def test_another_website_can_act_neither_by_cookie_nor_by_link(app, client, token):
    short, csrf_token = visit(client, token)

    for path in (short, f"/en/sign-ups/{token}"):
        data, headers = {"csrf_token": csrf_token}, {"Sec-Fetch-Site": "cross-site"}
        assert client.post(f"{path}/cancel", data=data, headers=headers).status_code == 403

    assert signups(app)[0].status is SignupStatus.HELD


def test_a_lapsed_hold_whose_place_is_gone_waits_in_line(app, client, clock, token):
    set_up(app, capacity_override=1)
    clock.advance(timedelta(days=1))
    sign_up(app, "next@example.org")

    answer = client.post(f"/en/sign-ups/{token}/confirm", follow_redirects=True)

    assert answer.status_code == 200
    assert has("You are on the wait list, in place 1.", answer)


@pytest.mark.parametrize("act", ["confirm", "change"])
def test_a_cancelled_sign_up_stays_cancelled(app, client, token, act):
    client.post(f"/en/sign-ups/{token}/cancel")

    answer = client.post(f"/en/sign-ups/{token}/{act}", data={"name": "K", "party_size": "1"})

    assert answer.status_code in (303, 409)
    assert signups(app)[0].status is SignupStatus.CANCELLED


# --- What the page tells -------------------------------------------------------------------

CORNER_AT = datetime(2005, 5, 13, 10, tzinfo=UTC)
PLACE = {"street": "Markedsgata", "corner": "By the bank", "corner_from_at": CORNER_AT}


def test_the_street_is_shown_after_confirmation_and_the_corner_from_its_hour(
    app, client, clock, token
):
    set_up(app, **PLACE)
    short, _csrf_token = visit(client, token)
    before = client.get(short)
    client.post(f"/en/sign-ups/{token}/confirm")
    after = client.get(short)
    clock.moment = CORNER_AT
    at_last = client.get(short)

    assert not has("Markedsgata", before)
    assert has("Markedsgata", after)
    assert not has("By the bank", after)
    assert has("The exact corner is shown here from Fri, 13 May 2005, 12:00.", after)
    assert has("By the bank", at_last)


def test_the_calendar_file_has_the_street_only_once_confirmed(app, client, token):
    set_up(app, **PLACE)
    before = client.get(f"/en/sign-ups/{token}/calendar.ics")
    client.post(f"/en/sign-ups/{token}/confirm")
    after = client.get(f"/en/sign-ups/{token}/calendar.ics")

    assert before.mimetype == after.mimetype == "text/calendar"
    assert "Markedsgata" not in before.text
    assert "LOCATION:Markedsgata\\, Alta\\, Norway" in after.text
    assert "DTSTART;TZID=Europe/Oslo:20050514T120000" in after.text
    assert "Kari" not in after.text
    assert "kari@example.org" not in after.text


def test_of_a_discreet_event_neither_title_nor_calendar_say_what_it_is(app, client, token):
    set_up(app, is_discreet=True, **PLACE)
    client.post(f"/en/sign-ups/{token}/confirm")

    page = client.get(f"/en/sign-ups/{token}", follow_redirects=True)
    calendar = client.get(f"/en/sign-ups/{token}/calendar.ics").text
    assert "<title>Your sign-up</title>" in page.text
    assert "SUMMARY:Appointment" in calendar
    assert "Markedsgata" not in calendar
    assert "reservoir" not in calendar


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": EventStatus.CANCELLED}, "This event was cancelled."),
        ({"status": EventStatus.POSTPONED}, "This event is postponed."),
        ({"ends_at": datetime(2005, 4, 1, tzinfo=UTC)}, "Sign-up for this event is closed."),
    ],
)
def test_the_page_says_when_the_event_is_off_or_over_and_offers_no_confirmation(
    app, client, token, state, words
):
    set_up(app, **state)

    page = client.get(f"/en/sign-ups/{token}", follow_redirects=True)

    assert has(words, page)
    assert "/confirm" not in page.text


def test_the_page_says_what_is_kept_and_when_it_goes(client, token):
    page = client.get(f"/en/sign-ups/{token}", follow_redirects=True)

    assert has("it is deleted on Saturday, 28 May 2005", page)


def test_the_mail_leads_to_the_page(client, form, mailbox):
    client.post(FORM, data=form)

    (mail,) = mailbox.deliver()
    assert has("Not confirmed yet.", client.get(link_in(mail), follow_redirects=True))


# --- Shifts --------------------------------------------------------------------------------


def test_each_shift_of_an_event_has_a_box_to_tick_that_arrives(app, client, form):
    with acting(app):
        for kind in (ShiftKind.MARSHAL, ShiftKind.FIRST_AID):
            add_shift(event(), ShiftWish(kind, None, 2, None, None))
    page = client.get(f"/en/{SLUG}/events/{ALTA}").text
    boxes = re.findall(r'<input[^>]*name="shifts"[^>]*>', page)

    client.post(FORM, data={**form, "shifts": [re.search(r'value="(\d+)"', boxes[1])[1]]})

    assert len(boxes) == 2
    assert all('type="checkbox"' in box for box in boxes)
    with acting(app):
        (taken,) = db.session.scalars(sa.select(SignupShift)).all()
        assert taken.shift.kind is ShiftKind.FIRST_AID
