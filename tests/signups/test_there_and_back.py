"""A mail goes out by SMTP, and what comes back of it finds its mail and its sign-up."""

import pytest

from campaign.emails.jobs import send_due
from campaign.models import EmailState, SignupStatus
from campaign.signups.jobs import Taken
from tests.calendars.test_itip import plain
from tests.emails.outbox import outbox
from tests.signups.letters_in import MAILBOX, REPORTS, come_in, kari
from tests.signups.making import confirm, sign_up, tokens


@pytest.fixture
def server(app, smtp_server, monkeypatch):
    """Send by a mail server, and ask for replies."""
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", MAILBOX)
    return smtp_server


def send(app) -> None:
    with app.app_context():
        while send_due():
            pass


def test_a_report_to_the_envelopes_sender_is_about_the_mail_that_went_out(app, server):
    sign_up(app)
    sign_up(app, "ola@example.org")
    send(app)
    to_kari, _to_ola = server.deliveries
    written = (REPORTS / "final" / "exchange.eml").read_bytes()

    mail = written.replace(b"RETURN_ADDRESS", to_kari.sender.upper().encode())

    assert come_in(app, mail) is Taken.BOUNCED
    assert [email.state for email in outbox(app).values()] == [EmailState.BOUNCED, EmailState.SENT]


def test_the_calendar_of_a_mail_that_went_out_can_say_no(app, server):
    sign_up(app)
    confirm(app, tokens(app)[-1])
    send(app)
    [invitation] = [
        part.get_payload(decode=True).decode()
        for delivery in server.deliveries
        for part in delivery.content.walk()
        if part.get_content_type() == "text/calendar"
    ]
    answer = invitation.replace("METHOD:REQUEST", "METHOD:REPLY").replace("\r\n ", "")

    mail = plain(answer.replace("PARTSTAT=ACCEPTED", "PARTSTAT=DECLINED"))

    assert come_in(app, plain(answer)) is Taken.NOTHING
    assert [come_in(app, mail) for _time in range(2)] == [Taken.DECLINED, Taken.NOTHING]
    assert kari(app).status is SignupStatus.CANCELLED
