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
from campaign.languages import LANGUAGES
from campaign.models import Email
from tests.pinning import assert_is_pinned

MADE = datetime(2005, 4, 1, 9, tzinfo=UTC)
SNAPSHOTS = Path(__file__).parent / "snapshots"
EVENT = {
    "is_discreet": False,
    "city": "Oslo",
    "starts_local": "2005-04-28T12:00:00",
    "ends_local": "2005-04-28T13:30:00",
    "timezone": "Europe/Oslo",
    "status": "published",
}
DISCREET = {"is_discreet": True}
LINK = {"token": "TOKEN"}
CONFIRM = {**LINK, "is_held": True, "is_waiting": False, "hold_hours": 24}
ENDABLE = {**LINK, "unsubscribe": "http://localhost/en/sign-ups/TOKEN/unsubscribe"}
PLACE = "Karl Johans gate 22, Oslo, Norway"
TOLD = {**ENDABLE, **EVENT, "place": PLACE, "corner_from": None}
BEFORE = {**EVENT, "starts_local": "2005-04-27T12:00:00", "ends_local": "2005-04-27T13:30:00"}
UNTIL = {"until": "2005-04-27T18:00:00+02:00"}
SIGNUP_MAILS = {
    "confirm": ("confirm", {**CONFIRM, **EVENT}),
    "confirm-without-a-hold": ("confirm", {**CONFIRM, **EVENT, "is_held": False}),
    "confirm-in-line": ("confirm", {**CONFIRM, **EVENT, "is_waiting": True}),
    "signed_up_before": ("signed_up_before", {**LINK, **EVENT}),
    "offer": ("offer", {**TOLD, **UNTIL}),
    "offer_shift": ("offer_shift", {**TOLD, **UNTIL, "shift": "Marshal"}),
    "confirmed": ("confirmed", TOLD),
    "confirmed-before-the-corner": (
        "confirmed", {**TOLD, "corner_from": "2005-04-28T09:00:00+02:00"}
    ),
    "reminder": ("reminder", TOLD),
    "day_of": ("day_of", TOLD),
    "moved": ("moved", {**TOLD, "before": BEFORE}),
    "moved-without-a-before": ("moved", TOLD),
    "moved-from-nowhere": ("moved", {**TOLD, "before": {**BEFORE, "status": "postponed"}}),
    "placed": ("placed", TOLD),
    "postponed": ("postponed", TOLD),
    "cancelled": ("cancelled", TOLD),
    "corner": ("corner", {**TOLD, "place": f"Under the lions, {PLACE}"}),
    "thanks": ("thanks", TOLD),
    "overnight": (
        "reminder", {**TOLD, "ends_local": "2005-04-29T01:00:00"}
    ),
}  # fmt: skip
MAILS = SIGNUP_MAILS | {
    "confirm-discreet": ("confirm", {**CONFIRM, **DISCREET}),
    "invitation": ("invitation", {"title": "Rivers & lakes <2005>", "role": "coordinator"}),
    "sign_in": ("sign_in", LINK),
    "sign_in_unknown": ("sign_in_unknown", LINK),
}
TEMPLATES_OF_SIGNUPS = sorted({template for template, _values in SIGNUP_MAILS.values()})


@pytest.fixture
def composed(sqlite_app):
    """Compose a mail as the worker does, and read it as its recipient's program does."""

    def composed(template, values, language="en", address="kari@example.org") -> EmailMessage:
        email = Email(
            key=f"{template}:1:2",
            template=template,
            language=language,
            created_at=MADE,
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
    assert_is_pinned(f"{headers}\n\n{text}\n{html}".encode(), SNAPSHOTS / f"{name}.txt")


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


@pytest.mark.parametrize("template", TEMPLATES_OF_SIGNUPS)
def test_mails_of_discreet_events_differ_in_nothing(composed, template):
    values = {**CONFIRM, **DISCREET, **UNTIL, "shift": "Marshal"}

    mail = composed(template, values)

    assert mail["Subject"] == "A message for you"
    agreed = parts(composed(*MAILS["confirm-discreet"]))
    assert parts(mail) == agreed


def test_a_mail_of_a_discreet_event_is_one_sentence_and_a_link(composed):
    text, _html = parts(composed(*MAILS["confirm-discreet"]))

    sentence, link = text.strip().split("\n\n")
    assert link == "http://localhost/en/sign-ups/TOKEN"
    assert not re.search(r"Oslo|April|28|12:00|Norway|sign|confirm|event|come", sentence)


@pytest.mark.parametrize("template", TEMPLATES_OF_SIGNUPS)
def test_every_mail_speaks_every_language(composed, template):
    values = {**TOLD, **CONFIRM, **UNTIL, "shift": "Marshal", "before": BEFORE}

    for language in LANGUAGES:
        mail = composed(template, values, language=language)

        text, html = parts(mail)
        assert words(html) == text.split()
        assert f"http://localhost/{language}/sign-ups/TOKEN" in text


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_can_be_ended_by_one_click_or_not_at_all(composed, name):
    mail = composed(*MAILS[name])

    can_be_ended = "unsubscribe" in MAILS[name][1]
    url = "<http://localhost/en/sign-ups/TOKEN/unsubscribe>"
    assert mail["List-Unsubscribe"] == (url if can_be_ended else None)
    assert mail["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if can_be_ended else None)


def test_a_long_address_of_silence_stays_whole(sqlite_app):
    url = f"https://{'long.' * 20}example.org/zh-Hant/sign-ups/{'a-_9' * 11}/unsubscribe"

    with sqlite_app.app_context():
        values = {"address": "kari@example.org", **TOLD, "unsubscribe": url}
        email = Email(key="reminder:1:2", template="reminder", language="en", created_at=MADE)
        sent = compose(email, values).as_bytes(policy=policy.SMTP)

    # Pieces, or words in another encoding, are read by no program that ends mails by one click.
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in sent


def test_words_of_a_place_cannot_break_out_of_the_page(composed):
    place = "<script>alert(1)</script> & http://evil.example.org"

    text, html = parts(composed("confirmed", {**TOLD, "place": place}))

    assert place in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; http" in html
    assert "<script" not in html


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
