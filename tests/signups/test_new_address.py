"""A sign-up gets another address: from the new mailbox, once, and old links end."""

from datetime import timedelta

import pytest

from campaign.errors import NotFoundError
from campaign.models import ContactRule, LinkKind, SignupStatus
from campaign.signups import services
from campaign.signups.queries import find_by_token
from campaign.signups.services.links import spend_link
from tests.signups.making import (
    LULEA,
    acting,
    confirm,
    event,
    mails,
    person,
    set_up,
    sign_up,
    signups,
    tokens,
    wish,
)
from tests.signups.test_services import Statements
from tests.signups.test_views import has

OLD, NEW = "kari@example.org", "kari.new@example.org"


@pytest.fixture
def token(app):
    """Give the token of Kari, who has confirmed."""
    sign_up(app, OLD)
    (token,) = tokens(app)
    confirm(app, token)
    return token


def page(token: str) -> str:
    return f"/en/sign-ups/{token}"


def ask(client, token: str, email: str = NEW):
    return client.post(f"{page(token)}/address", data={"email": email})


def mails_of(app, template: str) -> list[dict[str, object]]:
    return [one for one in mails(app) if one["template"] == template]


def test_the_new_mailbox_has_to_press_a_button_first(app, client, token):
    answer = ask(client, token)
    (mail,) = mails_of(app, "address")
    shown = client.get(f"{page(mail['token'])}/new-address")
    client.head(f"{page(mail['token'])}/new-address")

    assert (answer.status_code, mail["address"], shown.status_code) == (303, NEW, 200)
    assert person(app, token).email == OLD


def test_then_mails_go_there_old_links_end_and_all_else_stays(app, client, token):
    before = signups(app)[0]
    ask(client, token)
    (mail,) = mails_of(app, "address")

    answer = client.post(f"{page(mail['token'])}/new-address", follow_redirects=True)

    (link,), (note,) = mails_of(app, "link"), mails_of(app, "address_changed")
    (after,) = signups(app)
    assert has(NEW, answer)
    assert (link["address"], note["address"]) == (NEW, OLD)
    assert NEW not in str(note)
    assert "token" not in note
    assert person(app, str(link["token"])).email == NEW
    assert person(app, str(link["token"])).name == "Kari"
    assert client.get(page(token)).status_code == 404
    assert after.address_index != before.address_index
    assert (after.status, after.position) == (SignupStatus.CONFIRMED, before.position)


def test_the_link_works_once_and_for_a_day(app, client, clock, token):
    ask(client, token)
    path = f"{page(str(mails_of(app, 'address')[0]['token']))}/new-address"
    clock.advance(timedelta(days=1))
    late = client.post(path).status_code
    clock.advance(timedelta(seconds=-1))

    used = [client.post(path).status_code for _time in range(2)]

    assert (late, used) == (404, [303, 404])
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("is_late", [True, False])
def test_of_two_who_found_the_link_at_once_only_the_first_uses_it(
    app, client, clock, token, is_late
):
    ask(client, token)
    link = str(mails_of(app, "address")[0]["token"])

    with acting(app):
        found = find_by_token(link, LinkKind.ADDRESS)
        if is_late:
            clock.advance(timedelta(days=1))
        else:
            assert spend_link(found, link, LinkKind.ADDRESS) is not None
        with pytest.raises(NotFoundError, match="used before, or it is too old"):
            spend_link(found, link, LinkKind.ADDRESS)


def test_asking_again_ends_the_link_from_before(app, client, token):
    ask(client, token, "mistyped@example.org")
    ask(client, token)
    first, second = (str(one["token"]) for one in mails_of(app, "address"))

    assert client.post(f"{page(first)}/new-address").status_code == 404
    assert client.post(f"{page(second)}/new-address").status_code == 303


def test_a_link_of_another_kind_changes_no_address(client, token):
    assert client.get(f"{page(token)}/new-address").status_code == 404
    assert client.post(f"{page(token)}/new-address").status_code == 404


def test_an_address_that_is_signed_up_gets_a_mail_that_says_so_and_the_same_answer(
    app, client, token
):
    sign_up(app, "known@example.org")
    ask(client, token, "first@example.org")
    answers, heard = [], []
    for email in ("known@example.org", NEW):
        with Statements(app) as statements:
            answers.append(ask(client, token, email))
        heard.append(list(statements))

    _first, known, unknown = mails_of(app, "address")
    assert [(one.status, one.text, list(one.headers)) for one in answers[:1]] == [
        (one.status, one.text, list(one.headers)) for one in answers[1:]
    ]
    assert heard[0] == heard[1]
    assert (known["token"], bool(unknown["token"])) == ("", True)
    assert person(app, token).email == OLD


def test_an_address_that_signed_up_meanwhile_keeps_its_own_sign_up(app, client, token):
    ask(client, token)
    sign_up(app, NEW)

    answer = client.post(f"{page(str(mails_of(app, 'address')[0]['token']))}/new-address")

    assert answer.status_code == 409
    assert person(app, token).email == OLD
    assert len(signups(app)) == 2


def test_an_address_may_be_signed_up_for_another_event(app, client, token):
    sign_up(app, NEW, LULEA)

    ask(client, token)

    assert mails_of(app, "address")[0]["token"]


def test_the_old_address_is_free_again(app, client, token):
    ask(client, token)
    client.post(f"{page(str(mails_of(app, 'address')[0]['token']))}/new-address")

    sign_up(app, OLD)

    assert len(signups(app)) == 2


def test_who_wanted_no_mails_gets_the_new_link_and_no_note(app, client, token):
    with acting(app):
        find_by_token(token).is_silent = True
    ask(client, token)

    client.post(f"{page(str(mails_of(app, 'address')[0]['token']))}/new-address")

    assert [len(mails_of(app, one)) for one in ("link", "address_changed")] == [1, 0]


def test_strangers_mailboxes_get_three_such_mails_a_day(app, client, token):
    answers = {(one.status, one.text) for one in (ask(client, token) for _time in range(5))}

    assert len(answers) == 1
    assert len(mails_of(app, "address")) == 3


def test_who_has_a_code_alone_may_add_an_address(app, client):
    set_up(app, contact=ContactRule.OPTIONAL)
    with acting(app):
        code = services.sign_up(event(), wish("", key="k")).token
    ask(client, code)

    client.post(f"{page(str(mails_of(app, 'address')[0]['token']))}/new-address")

    (link,) = mails_of(app, "link")
    assert person(app, str(link["token"])).email == NEW
    assert client.get(page(code)).status_code == 404
    assert mails_of(app, "address_changed") == []


def test_where_no_address_is_kept_none_can_be_added(app, client):
    set_up(app, contact=ContactRule.NONE)
    with acting(app):
        code = services.sign_up(event(), wish("", key="k")).token

    answer = ask(client, code)

    assert answer.status_code == 404
    assert mails(app) == []


@pytest.mark.parametrize("typed", ["", "kari", "k@example.org\nBcc: all@example.org"])
def test_what_is_no_address_is_refused_and_can_be_put_right(app, client, token, typed):
    answer = ask(client, token, typed)

    assert answer.status_code == 422
    assert 'name="email"' in answer.text
    assert mails_of(app, "address") == []
