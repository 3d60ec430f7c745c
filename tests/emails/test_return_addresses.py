"""The envelope's sender of each mail: it names one mail, to us alone."""

import re
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.emails.inbound.addresses import header_of, return_address, returned_to
from campaign.emails.jobs import LEASE
from campaign.emails.transport import Courier
from tests.emails.outbox import outbox, post, sweep
from tests.emails.test_jobs import Killed, die

MAILBOX = "reply@example.org"
TOKEN = re.compile(r"reply\+b-([a-z2-7]{39})@example\.org")


@pytest.fixture
def asked(sqlite_app, monkeypatch):
    """Give the app with a mailbox, within its context."""
    monkeypatch.setitem(sqlite_app.config, "REPLY_MAILBOX", MAILBOX)
    with sqlite_app.app_context():
        yield sqlite_app


@pytest.fixture
def server(app, smtp_server, monkeypatch):
    """Send by a mail server instead of writing files."""
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)
    return smtp_server


def to(address: str) -> bytes:
    return f"To: <{address}>\r\nSubject: x\r\n".encode()


@pytest.mark.parametrize("number", [1, 12, 10**9, 2**63 - 1])
def test_a_return_address_leads_back_to_its_mail(asked, number):
    address = return_address(number)

    assert TOKEN.fullmatch(address)
    for form in (address, address.upper(), address.replace("example.org", "Example.ORG")):
        assert returned_to(to(form)) == number


@pytest.mark.parametrize(
    "line",
    [
        "Delivered-To: {}",
        "X-Original-To: {}",
        "Envelope-to: {}",
        'To: "{}" <{}>',
        "Received: by mail.example.org (Postfix) for\r\n\t<{}>; Thu, 21 Apr 2005 09:00:02 +0000",
        "To: prvs=1234567890={}",
    ],
)
def test_every_server_says_in_its_own_way_to_whom_a_mail_came(asked, line):
    header = f"Subject: x\r\n{line.format(*[return_address(7)] * 2)}\r\nFrom: <>\r\n".encode()

    assert returned_to(header) == 7


def test_the_longest_mailbox_leaves_room_for_every_server(asked, monkeypatch):
    monkeypatch.setitem(asked.config, "REPLY_MAILBOX", "elevenchars@example.org")

    assert len(return_address(2**63 - 1).partition("@")[0]) <= 64


def test_addresses_do_not_tell_how_many_mails_were_sent(asked):
    tokens = [TOKEN.fullmatch(return_address(number))[1] for number in range(1, 200)]

    assert len({token[:8] for token in tokens}) == 199
    assert len({token[-8:] for token in tokens}) == 199


def test_the_same_mail_sent_twice_has_one_address(asked):
    assert return_address(5) == return_address(5)


@given(place=st.integers(0, 37), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_nobody_else_makes_a_return_address(sqlite_installation, place, letter):
    app = sqlite_installation.app
    app.config["REPLY_MAILBOX"] = MAILBOX
    try:
        with app.app_context():
            token = TOKEN.fullmatch(return_address(5))[1]
            forged = token[:place] + letter + token[place + 1 :]

            found = returned_to(to(f"reply+b-{forged}@example.org"))
    finally:
        app.config["REPLY_MAILBOX"] = ""

    assert found == (5 if forged == token else None)


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("example.org", "example.net"),
        lambda address: address.replace("example.org", "example.org.example.net"),
        lambda address: address.replace("reply+", "other+"),
        lambda address: address.replace("reply+", "my.reply+"),
        lambda address: address.replace("+b-", "+"),
        lambda address: address.replace("+b-", "+b-a"),
        lambda address: address.replace("@", "a@"),
        lambda address: "reply@example.org",
    ],
)
def test_another_address_leads_nowhere(asked, change):
    assert returned_to(to(change(return_address(5)))) is None


def test_another_secret_makes_other_addresses(asked, monkeypatch):
    before = return_address(5)
    monkeypatch.setitem(asked.config, "SECRET_KEY", "another secret of enough characters")

    assert return_address(5) != before
    assert returned_to(to(before)) is None


def test_a_forged_address_in_front_of_ours_does_not_hide_it(asked):
    forged = to(f"reply+b-{'a' * 39}@example.org")

    assert returned_to(forged + to(return_address(5))) == 5


def test_only_the_header_says_to_whom_a_mail_came(asked):
    mail = b"Subject: x\r\n\r\n" + to(return_address(5))

    assert returned_to(header_of(mail)) is None
    assert header_of(b"A: b\n\nTo: x") == b"A: b"


# --- On the wire -----------------------------------------------------------------------------


def test_each_mail_goes_out_under_an_address_of_its_own_and_says_so_nowhere(
    app, server, monkeypatch
):
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", MAILBOX)
    post(app, "kari", "ola")

    sweep(app)

    numbers = [email.id for email in outbox(app).values()]
    with app.app_context():
        assert [returned_to(to(delivery.sender)) for delivery in server.deliveries] == numbers
    for delivery in server.deliveries:
        assert delivery.content["From"] == "campaign@localhost"
        assert delivery.sender not in delivery.content.as_string()


def test_without_a_mailbox_the_sender_is_the_one_that_people_see(app, server):
    post(app, "kari")

    sweep(app)

    [delivery] = server.deliveries
    assert delivery.sender == parseaddr(delivery.content["From"])[1] == "campaign@localhost"


def test_a_mail_that_goes_out_twice_comes_back_to_one_address(app, server, clock, monkeypatch):
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", MAILBOX)
    post(app, "kari")
    deliver = Courier.deliver

    def die_afterwards(*args, **options):
        deliver(*args, **options)
        die()

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Courier, "deliver", die_afterwards)
        sweep(app)
    clock.advance(LEASE * 2)

    sweep(app)

    first, second = server.deliveries
    assert first.sender == second.sender
    assert first.content["Message-ID"] == second.content["Message-ID"]
