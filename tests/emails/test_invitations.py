"""Mails bring their event into the calendars of those they go to."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import icalendar
import pytest

from campaign.calendars.itip.invitations import render_cancel, render_request
from campaign.calendars.itip.people import Attendee, Organizer, Participation, reply_address
from campaign.calendars.itip.replies import read_reply
from campaign.calendars.rendering import Entry, EntryStatus
from campaign.emails import messages
from campaign.emails.invitations import Invitation, invitation_in
from campaign.emails.messages import compose
from campaign.emails.rendering import Words
from campaign.emails.services import Recipient, send
from campaign.models import Email, EmailState
from tests.emails.outbox import acting, outbox, sweep
from tests.pinning import assert_is_pinned

SNAPSHOTS = Path(__file__).parent / "snapshots"
MAILBOX = "reply@example.org"
SENT = datetime(2005, 4, 20, 6, 0, tzinfo=UTC)
VALUES = {
    "token": "TOKEN",
    "is_held": True,
    "is_waiting": False,
    "hold_hours": 24,
    "is_discreet": False,
    "city": "Oslo",
    "starts_local": "2005-04-28T12:00:00",
    "timezone": "Europe/Oslo",
}
KOREAN = "오슬로: 대사관 앞 시위, 정오에 🕯️"
POLISH = "Oslo: Demonstracja przed ambasadą – „Światło”; w południe, łącznie"


def entry(**changes) -> Entry:
    """Make the demonstration in Oslo, with changes."""
    oslo = Entry(
        uid="3a1f6c0d-8c55-4c5c-8f6e-2b8f7b0c9d04",
        sequence=1,
        created_at=datetime(2005, 2, 20, 9, 30, tzinfo=UTC),
        modified_at=datetime(2005, 4, 19, 18, 0, 5, tzinfo=UTC),
        status=EntryStatus.CONFIRMED,
        title="Oslo: Demonstration at the embassy",
        starts_local=datetime.fromisoformat("2005-04-28T12:00"),
        ends_local=datetime.fromisoformat("2005-04-28T14:00"),
        timezone="Europe/Oslo",
        description="Bring a candle.\n\nhttps://example.org/en/sign-ups/x",
        location="Tuengen allé 2 B, Oslo",
    )
    return replace(oslo, **changes)


def token_of(name: str) -> str:
    return (name * 52)[:52]


def invitation(made: Entry, name: str = "kari", *, method: str = "REQUEST") -> Invitation:
    """Make what the mail to one attendee brings along."""
    render = {"REQUEST": render_request, "CANCEL": render_cancel}[method]
    organizer = Organizer("Campaign", reply_address(MAILBOX, token_of(name)))
    content = render(made, organizer, Attendee(f"{name}@example.org"), stamped_at=SENT)
    return Invitation(method, content.decode(), organizer.address)


def compose_bytes(app, values: dict[str, object]) -> bytes:
    """Compose a mail as the worker does."""
    email = Email(
        key="confirm:1:2",
        template="confirm",
        language="en",
        created_at=datetime(2005, 4, 1, 9, tzinfo=UTC),
    )
    with app.app_context():
        message = compose(email, {"address": "kari@example.org", **VALUES, **values})
        return message.as_bytes(policy=policy.SMTP)


def received(app, brought: Invitation) -> EmailMessage:
    content = compose_bytes(app, brought.to_values())
    return BytesParser(policy=policy.default).parsebytes(content)


def structure(message: EmailMessage) -> object:
    """Give the types of a message's parts, nested as they are."""
    if message.is_multipart():
        return message.get_content_type(), [structure(part) for part in message.iter_parts()]
    return message.get_content_type()


def calendars(message: EmailMessage) -> list[bytes]:
    """Give the calendars of a message: the one to show and the one to keep."""
    kinds = {"text/calendar", "application/ics"}
    return [
        part.get_payload(decode=True) for part in message.walk() if part.get_content_type() in kinds
    ]


def event_in(message: EmailMessage) -> icalendar.Event:
    shown, _kept = calendars(message)
    [event] = icalendar.Calendar.from_ical(shown).events
    return event


def pinned(content: bytes) -> str:
    """Give a whole message to be read by people, without what is random and with base64 undone."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    text = re.sub("(?<=Message-ID: <)[0-9a-f]{40}", "random", content.decode("ascii"))
    for number, mark in enumerate(dict.fromkeys(re.findall(r"={15}\d+==", text))):
        text = text.replace(mark, f"mark-{number}")
    for part in message.walk():
        if part["Content-Transfer-Encoding"] == "base64":
            text = text.replace(part.get_payload(), part.get_payload(decode=True).decode())
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("name", "made", "method"),
    [
        ("request-korean", entry(title=KOREAN), "REQUEST"),
        ("request-polish", entry(title=POLISH), "REQUEST"),
        ("update", entry(sequence=2, location="Tuengen allé 4, Oslo"), "REQUEST"),
        ("cancel", entry(sequence=3), "CANCEL"),
    ],
)
def test_a_mail_with_its_calendar_is_as_it_was_agreed(sqlite_app, monkeypatch, name, made, method):
    words = Words("Oslo, 28 April", "Come at noon.\n", "<p>Come at noon.</p>\n")
    monkeypatch.setattr(messages, "render", lambda *_args: words)

    content = pinned(compose_bytes(sqlite_app, invitation(made, method=method).to_values()))

    assert_is_pinned(content.encode(), SNAPSHOTS / f"{name}.eml")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_calendar_is_the_last_of_the_forms_and_a_file_beside_them(sqlite_app, method):
    brought = invitation(entry(), method=method)

    mail = received(sqlite_app, brought)

    assert structure(mail) == (
        "multipart/mixed",
        [
            ("multipart/alternative", ["text/plain", "text/html", "text/calendar"]),
            "application/ics",
        ],
    )
    shown, kept = [
        part for part in mail.walk() if part.get_content_subtype() in {"calendar", "ics"}
    ]
    assert dict(shown["Content-Type"].params) == {
        "charset": "UTF-8",
        "method": method,
        "component": "VEVENT",
    }
    assert shown["Content-Disposition"] is None
    assert kept["Content-Disposition"] == 'attachment; filename="invite.ics"'
    assert {part["Content-Transfer-Encoding"] for part in (shown, kept)} == {"base64"}
    assert calendars(mail) == [brought.content.encode()] * 2
    assert icalendar.Calendar.from_ical(calendars(mail)[0])["METHOD"] == method


def test_answers_go_to_the_organizer_in_the_calendar(sqlite_app):
    mail = received(sqlite_app, invitation(entry()))

    assert mail["Reply-To"] == f"reply+{token_of('kari')}@example.org"
    assert event_in(mail)["ORGANIZER"] == f"mailto:{mail['Reply-To']}"
    assert (mail["From"], mail["To"]) == ("campaign@localhost", "kari@example.org")
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "en")


def test_a_mail_with_a_calendar_says_the_same_words_as_without(sqlite_app):
    parser = BytesParser(policy=policy.default)
    bare = parser.parsebytes(compose_bytes(sqlite_app, {}))
    mail = received(sqlite_app, invitation(entry()))

    assert structure(bare) == ("multipart/alternative", ["text/plain", "text/html"])
    assert "Reply-To" not in bare
    for kind in ("plain", "html"):
        words = [message.get_body((kind,)).get_content() for message in (bare, mail)]
        assert words[0] == words[1]
    assert {*mail.keys()} == {*bare.keys(), "Reply-To"}


def test_an_invitation_comes_back_from_the_values_of_a_mail():
    brought = invitation(entry(title=KOREAN))

    assert invitation_in({"address": "x", **brought.to_values()}) == brought
    assert invitation_in({"address": "x"}) is None


@pytest.mark.parametrize("method", ["CANCEL", "request", "", "REQUEST\r\nX-A:1"])
def test_a_method_that_the_content_does_not_say_is_refused(method):
    with pytest.raises(ValueError, match="method"):
        replace(invitation(entry()), method=method)


def test_an_address_for_replies_cannot_add_a_header(sqlite_app):
    brought = replace(invitation(entry()), reply_to="a@example.org\r\nBcc: all@example.org")

    with pytest.raises(ValueError, match="linefeed"):
        compose_bytes(sqlite_app, brought.to_values())


# --- Through the outbox and a mail server ----------------------------------------------------


@pytest.fixture
def post(app, smtp_server, monkeypatch):
    """Send mails with calendars through the outbox, and give what the mail server took."""
    monkeypatch.setitem(app.config, "SMTP_URL", smtp_server.url)

    def post(*brought: tuple[str, Invitation]) -> list[EmailMessage]:
        for number, (name, carried) in enumerate(brought):
            to = Recipient(f"{name}@example.org", "en", "people")
            with acting(app):
                send("confirm", f"test:{name}{number}", to, {**VALUES, **carried.to_values()})
        sweep(app)
        assert {email.state for email in outbox(app).values()} == {EmailState.SENT}
        return [delivery.content for delivery in smtp_server.deliveries]

    return post


@pytest.mark.parametrize(
    "made",
    [
        entry(title=KOREAN),
        entry(title=POLISH),
        entry(title="가,나;" * 1250),
        entry(description="".join(f"{n}: ż\\;\n" for n in range(1000))),
    ],
    ids=["Korean", "Polish", "5,000 characters", "long description"],
)
def test_a_calendar_arrives_with_every_byte_through_outbox_and_mail_server(post, made):
    brought = invitation(made)

    [mail] = post(("kari", brought))

    assert calendars(mail) == [brought.content.encode()] * 2
    assert b"\n" not in calendars(mail)[0].replace(b"\r\n", b"")
    event = event_in(mail)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (made.title, made.description)


def test_everybody_is_the_only_attendee_of_their_own_calendar(post):
    names = ["kari", "ola", "hans"]

    mails = post(*((name, invitation(entry(), name)) for name in names))

    for name, mail in zip(names, mails, strict=True):
        assert mail["To"] == f"{name}@example.org"
        assert event_in(mail)["ATTENDEE"] == f"mailto:{name}@example.org"
        everything = mail.as_string() + "".join(map(bytes.decode, calendars(mail)))
        assert not [other for other in names if other != name and other in everything]


def test_a_change_and_a_cancellation_are_about_the_same_event_and_each_is_newer(post):
    moved = entry(sequence=2, ends_local=datetime.fromisoformat("2005-04-28T15:00"))
    called_off = replace(moved, sequence=3)

    events = [
        event_in(mail)
        for mail in post(
            ("kari", invitation(entry())),
            ("kari", invitation(moved)),
            ("kari", invitation(called_off, method="CANCEL")),
        )
    ]

    assert {event["UID"] for event in events} == {entry().uid}
    assert [event["SEQUENCE"] for event in events] == [1, 2, 3]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event.DTEND - event.DTSTART for event in events] == [
        timedelta(hours=2),
        timedelta(hours=3),
        timedelta(hours=3),
    ]


def test_the_answer_to_a_mail_finds_the_sign_up_it_was_about(post):
    [mail] = post(("kari", invitation(entry())))
    answer = calendars(mail)[0].decode().replace("METHOD:REQUEST", "METHOD:REPLY")
    reply = EmailMessage()
    reply["From"], reply["To"] = "Kari <kari@example.org>", mail["Reply-To"]
    reply.set_content("Kari has declined.")
    reply.add_alternative(
        answer.replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=DECLINED").encode(),
        maintype="text",
        subtype="calendar",
        params={"method": "REPLY", "charset": "utf-8"},
    )

    read = read_reply(reply.as_bytes(), MAILBOX)

    assert (read.token, read.uid, read.sequence) == (token_of("kari"), entry().uid, 1)
    assert read.participation is Participation.DECLINED
    assert read.attendee == read.sender == "kari@example.org"
