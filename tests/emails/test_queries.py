"""What became of an event's mails, in numbers."""

from datetime import timedelta

from campaign import clock as campaign_clock
from campaign.database import db
from campaign.emails.queries import MailStates, mail_states
from campaign.emails.services import bounce, forget_mails, forget_scope
from tests.emails.outbox import acting, outbox, post, sweep
from tests.statements import questions_to

SCOPE = "event:1"
NOWHERE = "smtp://127.0.0.1:9"


def states(app, scope: str = SCOPE) -> MailStates:
    with acting(app):
        return mail_states(scope)


def test_an_event_without_mails_has_none_in_any_state(app):
    assert states(app) == MailStates(0, 0, 0, 0, 0, None)


def test_each_mail_counts_in_its_state_and_its_own_scope(app, smtp_server, clock, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)
    smtp_server.answer(550, to="refused@example.org")
    smtp_server.answer(451, to="waits@example.org")
    written_at = clock.moment
    post(app, "kari", "ola", "returns", "refused", "waits", scope=SCOPE)
    post(app, "late", scope=SCOPE, stale_at=clock.moment)
    post(app, "elsewhere", scope="event:11")
    sweep(app)
    clock.advance(timedelta(minutes=5))
    with acting(app):
        bounce(outbox(app)["returns"].id, "5.1.1")
    post(app, "new", scope=SCOPE)

    found = states(app)

    assert found == MailStates(due=2, sent=2, failed=1, bounced=1, stale=1, due_since=written_at)
    assert found.undelivered == 2
    assert states(app, "event:11").sent == 1


def test_while_the_server_is_down_mails_wait_since_they_were_written(app, clock, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", NOWHERE)
    written_at = clock.moment
    post(app, "kari", scope=SCOPE)
    for _look in range(10):
        sweep(app)
        clock.advance(timedelta(minutes=24))

    assert states(app) == MailStates(1, 0, 0, 0, 0, written_at)


def test_mails_whose_reader_has_left_have_not_failed_though_they_were_tried(
    app, smtp_server, monkeypatch
):
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)
    smtp_server.answer(451)
    post(app, "gone:x", "tried", scope=SCOPE)
    sweep(app)
    post(app, "never-tried", scope=SCOPE)
    with acting(app):
        forget_mails(SCOPE, about="gone")
        forget_scope(SCOPE)

    assert states(app) == MailStates(0, 0, 0, 0, 3, None)


def test_the_moment_is_told_in_the_time_of_the_demonstration(app, clock, monkeypatch):
    post(app, "kari", scope=SCOPE)
    year = timedelta(days=365)
    monkeypatch.setattr(campaign_clock, "now", lambda: clock.moment - year)

    assert states(app).due_since == clock.moment - year


def test_all_states_cost_one_question(app):
    post(app, "kari", scope=SCOPE)
    with acting(app), questions_to(db.engine) as asked:
        mail_states(SCOPE)

    assert len(asked) == 1
