"""Put mails into the outbox: once for each cause, within a budget, and out of it again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.emails import services
from campaign.emails.services import Recipient
from campaign.models import EmailState, MailAllowance
from campaign.vault.services import unseal
from tests.emails.outbox import acting, outbox, post

KARI = Recipient("kari@example.org", "ko", "people")


def test_a_mail_waits_sealed_in_its_recipients_language(app, clock):
    with acting(app):
        services.send("sign_in", "cause:1", KARI, {"token": "TOKEN"})

    email = outbox(app)["1"]
    with acting(app):
        values = unseal("people", "emails/cause:1", email.contents)
    assert values == {"address": "kari@example.org", "token": "TOKEN"}
    assert b"kari" not in email.contents
    assert (email.template, email.language, email.state) == ("sign_in", "ko", EmailState.DUE)
    assert (email.due_at, email.attempts) == (clock.moment, 0)


def test_one_cause_is_one_mail(app):
    for token in ("FIRST", "SECOND"):
        with acting(app):
            services.send("sign_in", "cause:1", KARI, {"token": token})

    assert len(outbox(app)) == 1


def test_a_mail_whose_cause_is_rolled_back_is_not_there(app):
    with pytest.raises(RuntimeError), acting(app):
        services.send("sign_in", "cause:1", KARI, {"token": "TOKEN"})
        raise RuntimeError

    assert outbox(app) == {}


def allowed(app, address) -> bool:
    with acting(app):
        return services.allow(address)


def test_three_mails_a_day_are_allowed_to_an_address_however_it_is_spelled(app):
    spellings = ("kari@example.org", "Kari@Example.ORG", " ｋari@example.org ", "KARI@example.org")

    assert [allowed(app, one) for one in spellings] == [True, True, True, False]
    assert allowed(app, "other@example.org")


def test_the_budget_is_for_one_day_and_its_traces_go_after_two(app, clock):
    for _time in range(4):
        allowed(app, "kari@example.org")
    clock.advance(timedelta(days=1))

    assert allowed(app, "kari@example.org")
    clock.advance(timedelta(days=2))
    with acting(app):
        services.forget_allowances()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(MailAllowance)) == 0


def test_a_refused_request_takes_nothing_of_the_budget(app):
    with pytest.raises(RuntimeError), acting(app):
        services.allow("kari@example.org")
        raise RuntimeError

    assert [allowed(app, "kari@example.org") for _time in range(3)] == [True] * 3


def test_the_mails_of_a_scope_are_forgotten_and_no_others(app):
    post(app, "kari", scope="one")
    post(app, "ola", scope="other")

    with acting(app):
        services.forget_scope("one")

    states = {name: (email.state, email.contents is None) for name, email in outbox(app).items()}
    assert states == {"kari": (EmailState.FAILED, True), "ola": (EmailState.DUE, False)}


@pytest.mark.parametrize("about", ["a_c", "%", "ab"])
def test_the_mails_about_one_thing_are_forgotten_and_no_others(app, about):
    with acting(app):
        for key in ("confirm:abc:1", f"confirm:{about}:1"):
            services.send("sign_in", key, KARI, {"token": "TOKEN"})
        services.send("sign_in", f"confirm:{about}:2", Recipient("o@example.org", "en", "o"), {})

    with acting(app):
        services.forget_mails("people", about=about)

    left = [name for name, email in outbox(app).items() if email.contents]
    assert left == ["abc:1", f"{about}:2"]
