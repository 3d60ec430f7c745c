"""One click ends the mails of a sign-up; the sign-up stays, and another click brings them back."""

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.events import services as events
from campaign.models import Email, EmailState, SignupStatus
from campaign.signups import jobs, services
from campaign.signups.queries import find_by_token
from campaign.signups.services import mails as mail_services
from tests.signups.making import acting, confirm, event, mails, sign_up, signups, tokens

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def token(app) -> str:
    """Let Kari come, with a mail that still waits."""
    sign_up(app)
    (found,) = tokens(app)
    confirm(app, found)
    return found


def is_silent(app) -> bool:
    (signup,) = signups(app)
    return signup.is_silent


def call_off(app) -> None:
    with acting(app):
        events.cancel(event())
    with app.app_context():
        jobs.tell_notices()


def test_a_mail_program_ends_the_mails_without_cookie_and_token_of_a_form(app, token):
    fresh = app.test_client()

    answer = fresh.post(f"/en/sign-ups/{token}/unsubscribe", data=ONE_CLICK)

    assert answer.status_code == 200  # RFC 8058: no redirect.
    assert is_silent(app)
    assert [mail["template"] for mail in mails(app)] == ["confirm"]
    with acting(app):
        (waiting,) = db.session.scalars(sa.select(Email).where(Email.template == "confirmed"))
        assert (waiting.state, waiting.contents) == (EmailState.STALE, None)
    call_off(app)
    assert [mail["template"] for mail in mails(app)] == ["confirm"]


def test_the_address_in_the_mail_is_the_one_that_ends_it(app, client, token):
    (confirmed,) = [mail for mail in mails(app) if mail["template"] == "confirmed"]

    path = confirmed["unsubscribe"].removeprefix("http://localhost")
    client.post(path, data=ONE_CLICK)

    assert is_silent(app)


def test_following_the_link_changes_nothing_and_leaves_it_out_of_the_address_bar(
    app, client, token
):
    moved = client.get(f"/en/sign-ups/{token}/unsubscribe")
    page = client.get(moved.location)

    assert (moved.status_code, page.status_code) == (302, 200)
    assert token not in moved.location
    assert "Send me no more mails" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert not is_silent(app)


def test_silence_twice_is_silence_and_the_sign_up_stays(app, client, token):
    for _time in range(2):
        client.post(f"/en/sign-ups/{token}/unsubscribe", data=ONE_CLICK)

    (signup,) = signups(app)
    assert (signup.is_silent, signup.status) == (True, SignupStatus.CONFIRMED)
    assert signup.details is not None


def test_mails_come_again_once_they_are_wished_for(app, client, token):
    client.post(f"/en/sign-ups/{token}/unsubscribe", data=ONE_CLICK)

    answer = client.post(f"/en/sign-ups/{token}/resume")

    assert answer.status_code == 303
    call_off(app)
    assert mails(app)[-1]["template"] == "cancelled"


@pytest.mark.parametrize("act", ["unsubscribe", "resume"])
def test_what_is_no_link_of_ours_ends_nothing(app, client, token, act):
    assert client.post(f"/en/sign-ups/{'a' * 43}/{act}", data=ONE_CLICK).status_code == 404
    (signup,) = signups(app)
    # The short address serves the browser alone that opened the link.
    assert app.test_client().post(f"/en/sign-ups/{signup.id}/{act}").status_code == 404
    assert not is_silent(app)


def test_the_short_address_wants_the_token_of_a_form(app, client, token):
    short = client.get(f"/en/sign-ups/{token}/unsubscribe").location

    assert client.post(short, data=ONE_CLICK).status_code == 400
    assert not is_silent(app)


def test_what_somebody_has_just_asked_for_comes_all_the_same(app, token):
    with acting(app):
        services.silence(find_by_token(token))
        for template in sorted({"link", "thanks"}):
            mail_services.mail(template, find_by_token(token), occasion="1")

    assert [mail["template"] for mail in mails(app)] == ["confirm", "link"]
    assert "unsubscribe" not in mails(app)[-1]
