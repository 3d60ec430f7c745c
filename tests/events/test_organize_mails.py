"""Those who organize see what became of their event's mails, and of nobody else's."""

from datetime import timedelta

import pytest

from campaign.commands.demo import SLUG
from campaign.emails.services import bounce
from campaign.events.queries import find_event
from campaign.resolutions.queries import find_campaign
from campaign.signups.services import scope_of
from tests.accounts.entering import coordinator, signed_in
from tests.emails.outbox import acting, outbox, post, sweep
from tests.events.test_organize_views import OFFICE, OSLO, SEOUL, campaign_id, organizing
from tests.factories import make_campaign_of_2005
from tests.reading import words_of


@pytest.fixture
def made(app):
    """Give the app with events in Oslo, Stockholm, Gothenburg, Seoul and Busan."""
    make_campaign_of_2005(app)
    return app


def scope(app, slug: str) -> str:
    with app.app_context():
        return scope_of(find_event(find_campaign(SLUG), slug).id)


def page(client, slug: str = OSLO) -> str:
    return words_of(client.get(f"{OFFICE}/events/{slug}"))


def test_the_page_says_what_became_of_the_mails(made, smtp_server, clock, monkeypatch):
    monkeypatch.setitem(made.config, "SMTP_URL", smtp_server.url)
    smtp_server.answer(550, to="refused@example.org")
    post(made, "kari", "refused", "returns", scope=scope(made, OSLO))
    post(made, "late", scope=scope(made, OSLO), stale_at=clock.moment)
    sweep(made)
    with acting(made):
        bounce(outbox(made)["returns"].id, "5.1.1")

    words = page(organizing(made))

    assert "Mails waiting to be sent 0 sent 1 not delivered 2 1 refused, 1 came back" in words
    assert "not needed any more 1 too late, or their reader has left" in words
    assert "refused@example.org" not in words


def test_while_the_server_is_down_the_page_says_since_when_mails_wait(made, clock, monkeypatch):
    monkeypatch.setitem(made.config, "SMTP_URL", "smtp://127.0.0.1:9")
    post(made, "kari", scope=scope(made, OSLO))
    client = organizing(made)
    sweep(made)
    clock.advance(timedelta(minutes=20))

    words = page(client)

    assert "waiting to be sent 1 the oldest since Fri, 1 Apr 2005, 11:00" in words
    assert "not delivered 0" in words


def test_another_events_mails_do_not_count(made):
    post(made, "kari", scope=scope(made, SEOUL))

    assert "waiting to be sent 0 sent 0 not delivered 0" in page(organizing(made), OSLO)


def test_an_event_out_of_reach_shows_no_mails(made):
    client = signed_in(made, coordinator(campaign_id(made), country="KR"), address="kr@example.org")

    assert client.get(f"{OFFICE}/events/{OSLO}").status_code == 404
