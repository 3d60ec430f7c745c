"""Each mail as it reaches its recipient: pinned whole, in text and HTML."""

import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html import unescape
from pathlib import Path

import pytest

from campaign.emails.messages import compose
from campaign.models import Email

SNAPSHOTS = Path(__file__).parent / "snapshots"
EVENT = {
    "is_discreet": False,
    "city": "Oslo",
    "starts_local": "2005-04-28T12:00:00",
    "timezone": "Europe/Oslo",
}
DISCREET = {"is_discreet": True}
LINK = {"token": "TOKEN"}
CONFIRM = {**LINK, "is_held": True, "hold_hours": 24}
MAILS = {
    "confirm": ("confirm", {**CONFIRM, **EVENT}),
    "confirm-without-a-hold": ("confirm", {**CONFIRM, **EVENT, "is_held": False}),
    "confirm-discreet": ("confirm", {**CONFIRM, **DISCREET}),
    "signed_up_before": ("signed_up_before", {**LINK, **EVENT}),
    "signed_up_before-discreet": ("signed_up_before", {**LINK, **DISCREET}),
    "invitation": ("invitation", {"title": "Rivers & lakes <2005>", "role": "coordinator"}),
    "sign_in": ("sign_in", LINK),
    "sign_in_unknown": ("sign_in_unknown", LINK),
}


@pytest.fixture
def composed(sqlite_app):
    """Compose a mail as the worker does, and read it as its recipient's program does."""

    def composed(template, values, language="en", address="kari@example.org") -> EmailMessage:
        email = Email(
            key=f"{template}:1:2",
            template=template,
            language=language,
            created_at=datetime(2005, 4, 1, 9, tzinfo=UTC),
        )
        with sqlite_app.app_context():
            sent = compose(email, {"address": address, **values}).as_bytes(policy=policy.SMTP)
        return BytesParser(policy=policy.default).parsebytes(sent)

    return composed


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return the text and the HTML of a mail."""
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return text.replace("\r\n", "\n"), html.replace("\r\n", "\n")


def words(html: str) -> list[str]:
    """Return what an HTML part says, as words."""
    body = html.partition("<body>")[2]
    return unescape(re.sub(r"<[^>]+>", " ", body)).split()


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_as_it_was_agreed(composed, name):
    mail = composed(*MAILS[name])

    headers = "\n".join(
        f"{header}: {mail[header]}" for header in ("From", "To", "Subject", "Content-Language")
    )
    text, html = parts(mail)
    agreed = SNAPSHOTS / f"{name}.txt"
    assert agreed.read_text(encoding="utf-8") == f"{headers}\n\n{text}\n{html}"


@pytest.mark.parametrize("name", MAILS)
def test_text_and_html_say_the_same(composed, name):
    text, html = parts(composed(*MAILS[name]))

    assert words(html) == text.split()


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_fetches_nothing_and_goes_to_one_recipient_from_a_neutral_sender(composed, name):
    mail = composed(*MAILS[name])

    _text, html = parts(mail)
    assert not re.search(r"<(img|link|script|iframe|object)|url\(|\bsrc=|@import", html)
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == ("kari@example.org", None, None)
    assert mail["From"] == "campaign@localhost"


@pytest.mark.parametrize("name", ["confirm-discreet", "signed_up_before-discreet"])
def test_a_mail_of_a_discreet_event_names_no_place_and_no_time(composed, name):
    mail = composed(*MAILS[name])

    everything = mail.as_string() + "".join(parts(mail))
    assert not re.search(r"Oslo|April|2005-04-28|12:00|Norway", everything)


def test_days_and_times_stand_in_the_recipients_own_form(composed):
    text, _html = parts(composed(*MAILS["confirm"], language="ko"))

    assert "2005년 4월 28일 목요일" in text


def test_the_message_id_depends_on_what_caused_the_mail_alone(composed):
    first, second = (composed(*MAILS["confirm"], language) for language in ("en", "ko"))
    other = composed(*MAILS["sign_in"])

    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{40}@localhost>", first["Message-ID"])


@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("kari@bücher.example.org", "kari@xn--bcher-kva.example.org"),
        ("kari@straße.example.org", "kari@xn--strae-oqa.example.org"),
        ("o'kari+rivers@example.org", "o'kari+rivers@example.org"),
        ("kari@example.test", "kari@example.test"),
    ],
)
def test_the_domain_is_written_as_every_mail_server_reads_it(composed, address, to):
    assert str(composed(*MAILS["confirm"], address=address)["To"]) == to


def test_words_of_a_campaign_cannot_break_out_of_a_header_or_of_the_page(composed):
    title = "Rivers\r\nBcc: all@example.org <script>"

    mail = composed("invitation", {"title": title, "role": "helper"})

    assert mail["Bcc"] is None
    assert "<script>" not in parts(mail)[1]
