"""A lost link is sent again; whoever asks learns nothing, and old links can be ended."""

from datetime import UTC, datetime, timedelta

import pytest

from campaign.models import ContactRule
from campaign.signups import services
from campaign.signups.codes import read_code
from campaign.signups.queries import find_by_token
from campaign.signups.services import feeds
from tests.signups.making import (
    ALTA,
    SLUG,
    acting,
    cancel,
    confirm,
    event,
    mails,
    set_up,
    sign_up,
    signups,
    tokens,
    wish,
)
from tests.signups.test_services import Statements
from tests.signups.test_views import fields, has

EVENT = f"/en/{SLUG}/events/{ALTA}"
LINK = f"{EVENT}/sign-up/link"
KARI = "kari@example.org"
STATES = ("unknown", "held", "confirmed", "silent", "cancelled")


@pytest.fixture
def ask(client):
    """Give a way to ask for the link of an address."""
    csrf = fields(client.get(LINK).text)["csrf_token"]
    return lambda email: client.post(LINK, data={"csrf_token": csrf, "email": email})


def links(app) -> list[dict[str, object]]:
    return [one for one in mails(app) if one["template"] == "link"]


@pytest.fixture
def in_all_states(app):
    """Let somebody be in each state in which an address can be."""
    for state in STATES[1:]:
        sign_up(app, f"{state}@example.org")
    _held, confirmed, silent, cancelled = tokens(app)
    for token in (confirmed, silent):
        confirm(app, token)
    cancel(app, cancelled)
    with acting(app):
        find_by_token(silent).is_silent = True


def test_the_event_leads_to_it(client):
    assert f'href="{LINK}"' in client.get(EVENT).text
    assert has("Type the address that you signed up with", client.get(LINK))


def test_the_link_in_the_mail_opens_the_page_and_old_ones_still_do(app, client, ask):
    sign_up(app)
    (old,) = tokens(app)

    answer = ask(" KARI@example.org")

    (mail,) = links(app)
    assert (answer.status_code, answer.location) == (303, f"{LINK}/sent")
    assert (mail["address"], mail["token"] in (old, "")) == (KARI, False)
    for token in (old, mail["token"]):
        assert client.get(f"/en/sign-ups/{token}", follow_redirects=True).status_code == 200


def test_the_mail_goes_to_the_mailbox_of_the_sign_up_however_the_address_is_spelled(app, ask):
    sign_up(app, "kari@example.org")

    ask("\N{KELVIN SIGN}ari@example.org")

    assert [mail["address"] for mail in links(app)] == [KARI]


def test_an_address_without_a_sign_up_is_told_so_by_mail_alone(app, ask):
    ask("unknown@example.org")

    (mail,) = links(app)
    assert (mail["address"], mail["token"]) == ("unknown@example.org", "")
    assert signups(app) == []


def test_every_address_gets_the_same_page_with_the_same_headers(ask, in_all_states):
    answers = [ask(f"{state}@example.org") for state in STATES]

    first, *others = [(one.status, one.text, list(one.headers)) for one in answers]
    assert others == [first] * 4


def test_every_address_causes_the_same_statements_and_one_mail(app, ask, in_all_states):
    heard = {}
    for state in STATES:
        with Statements(app) as statements:
            ask(f"{state}@example.org")
        heard[state] = list(statements)

    assert len(heard["unknown"]) > 5
    assert all(one == heard["unknown"] for one in heard.values())
    assert len(links(app)) == len(STATES)


def test_one_address_gets_three_such_mails_a_day_and_the_answer_stays_the_same(app, ask, clock):
    answers = [ask("unknown@example.org") for _time in range(4)]

    assert len(links(app)) == 3
    assert len({(one.status, one.text) for one in answers}) == 1
    clock.advance(timedelta(days=1))
    ask("unknown@example.org")
    assert len(links(app)) == 4


def test_a_network_that_tries_many_addresses_has_to_wait(app, client, ask, clock):
    answers = [ask(f"v{number}@example.org") for number in range(21)]

    assert [one.status_code for one in answers] == [303] * 20 + [409]
    assert has("Many addresses were tried from your network.", answers[-1])
    assert len(links(app)) == 20
    clock.advance(timedelta(hours=1))
    assert ask(KARI).status_code == 303


@pytest.mark.parametrize("typed", ["", "kari", "a" * 250 + "@example.org"])
def test_what_is_no_address_is_refused_in_plain_words(app, ask, typed):
    answer = ask(typed)

    assert answer.status_code == 422
    assert mails(app) == []


def test_without_the_token_of_the_visit_nothing_is_sent(app, client):
    assert client.post(LINK, data={"email": KARI}).status_code in (400, 422)
    assert mails(app) == []


def test_where_nobody_leaves_an_address_there_is_no_link_to_send(app, client, ask):
    set_up(app, contact=ContactRule.NONE)

    answer = ask(KARI)

    assert "Lost your link?" not in client.get(EVENT).text
    assert has("nobody leaves an address", answer)
    assert mails(app) == []


def test_for_an_event_whose_people_are_forgotten_nothing_is_sent_and_no_key_is_made(
    app, ask, clock
):
    clock.moment = datetime(2005, 6, 14, tzinfo=UTC)

    answer = ask(KARI)

    assert answer.status_code == 303
    assert mails(app) == []


def test_the_mail_of_a_discreet_event_says_nothing_of_it(app, ask):
    set_up(app, is_discreet=True)
    sign_up(app)

    ask(KARI)

    assert links(app)[0].keys() == {"template", "language", "address", "is_discreet", "token"}


# --- Ending old links ----------------------------------------------------------------------


def test_old_links_can_be_ended_and_this_browser_goes_on(app, client, ask):
    sign_up(app)
    (old,) = tokens(app)
    ask(KARI)
    second = links(app)[0]["token"]

    answer = client.post(f"/en/sign-ups/{old}/renew-links", follow_redirects=True)

    new = links(app)[-1]["token"]
    assert answer.status_code == 200
    assert len({old, second, new}) == 3
    for token, status in ((old, 404), (second, 404), (new, 302)):
        assert app.test_client().get(f"/en/sign-ups/{token}").status_code == status


def test_ending_old_links_takes_the_sign_up_out_of_calendars(app, client):
    sign_up(app)
    (old,) = tokens(app)
    with acting(app):
        secret = feeds.open_feed(find_by_token(old), [], language="en")
    assert b"BEGIN:VEVENT" in client.get(f"/feeds/{secret}.ics").data

    client.post(f"/en/sign-ups/{old}/renew-links")

    assert b"BEGIN:VEVENT" not in client.get(f"/feeds/{secret}.ics").data


def test_a_code_is_ended_by_a_new_code(app, client):
    set_up(app, contact=ContactRule.NONE)
    with acting(app):
        code = services.sign_up(event(), wish("", key="k")).token

    new = client.post(f"/en/sign-ups/{code}/renew-links").location.rpartition("/")[2]

    assert read_code(new) == new
    assert new != code
    assert client.get(f"/en/sign-ups/{code}").status_code == 404
    assert client.get(f"/en/sign-ups/{new}").status_code == 302


def test_a_cancelled_sign_up_has_no_links_to_renew(app, client):
    sign_up(app)
    (token,) = tokens(app)
    cancel(app, token)

    client.post(f"/en/sign-ups/{token}/renew-links")

    assert client.get(f"/en/sign-ups/{token}").status_code == 302
    assert links(app) == []
