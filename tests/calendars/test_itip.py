"""Invitations say what calendars act on; replies are read, whoever wrote the mail."""

import re
from base64 import encodebytes
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from quopri import encodestring
from time import perf_counter

import icalendar
import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign.calendars.itip.attachments import LARGEST_CALENDAR, UnreadableReply
from campaign.calendars.itip.invitations import render_cancel, render_request
from campaign.calendars.itip.people import (
    Attendee,
    Organizer,
    Participation,
    address_in,
    mailto,
    new_reply_token,
    reply_address,
    reply_token,
)
from campaign.calendars.itip.replies import Reply, read_reply
from campaign.calendars.rendering import (
    Conference,
    DemandLink,
    Entry,
    EntryStatus,
    Picture,
    render_entry,
)
from campaign.calendars.zones import UnknownZone
from campaign.emails.inbound.bounds import (
    LARGEST_MAIL,
    LONGEST_HEADER,
    MOST_LINES,
    MOST_PARTS,
    MOST_SEPARATORS,
)
from tests.pinning import assert_is_pinned

SNAPSHOTS = Path(__file__).parent / "snapshots"
MAILBOX = "reply@example.org"
TOKEN = "k7q2" * 13
ORGANIZER = Organizer("Campaign", reply_address(MAILBOX, TOKEN))
KARI = Attendee("kari@example.net")
SENT = datetime(2005, 4, 20, 6, 0, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from('\r\n\\",;:^<>@\x1b'))


def entry(**changes) -> Entry:
    """Make the demonstration in Washington, with changes."""
    washington = Entry(
        uid="5c7a3f0a-93a7-4f58-9f0d-6d3b0e3f9d02",
        sequence=1,
        created_at=datetime(2005, 2, 20, 9, 30, tzinfo=UTC),
        modified_at=datetime(2005, 4, 19, 18, 0, 5, tzinfo=UTC),
        status=EntryStatus.CONFIRMED,
        title="워싱턴: 대사관 앞 시위 / Demonstracja przed ambasadą, w południe",
        starts_local=datetime.fromisoformat("2005-04-28T12:00"),
        ends_local=datetime.fromisoformat("2005-04-28T14:00"),
        timezone="America/New_York",
        description="Bring a candle; come early.\n\nhttps://example.org/en/sign-ups/x",
        html="<p>Bring a candle; come early.</p>",
        location="2300 Connecticut Avenue NW, Washington",
        latitude=38.9226,
        longitude=-77.0526,
        url="https://example.org/en/north-korea-2005/events/washington-us-2005-04-28",
        demands=(DemandLink("china-1", "Stop repatriation", "https://example.org/d/china-1"),),
        demand_relation="https://example.org/rel/demand",
        contact="washington@example.org",
    )
    return replace(washington, **changes)


def request(made: Entry | None = None, attendee: Attendee = KARI) -> bytes:
    return render_request(made or entry(), ORGANIZER, attendee, stamped_at=SENT)


def cancel(made: Entry | None = None, attendee: Attendee = KARI) -> bytes:
    return render_cancel(made or entry(sequence=2), ORGANIZER, attendee, stamped_at=SENT)


def read(content: bytes) -> tuple[icalendar.Calendar, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    [event] = calendar.events
    return calendar, event


def lines(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


# --- Invitations and cancellations -----------------------------------------------------------


def test_an_invitation_is_pinned():
    assert_is_pinned(request(), SNAPSHOTS / "request.ics")


def test_a_cancellation_is_pinned():
    assert_is_pinned(cancel(), SNAPSHOTS / "cancel.ics")


@pytest.mark.parametrize(("render", "method"), [(request, "REQUEST"), (cancel, "CANCEL")])
def test_a_message_is_about_one_event_of_one_organizer_for_one_attendee(render, method):
    calendar, event = read(render())

    assert calendar["METHOD"] == method
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    assert event["ORGANIZER"] == f"mailto:reply+{TOKEN}@example.org"
    assert event["ORGANIZER"].params == {"CN": "Campaign"}
    assert event["ATTENDEE"] == "mailto:kari@example.net"
    assert (event["UID"], event["DTSTAMP"].dt) == (entry().uid, SENT)
    assert datetime.fromisoformat("2005-04-28T12:00-04:00") == event.DTSTART


@pytest.mark.parametrize("render", [request, cancel])
def test_a_message_says_of_itself_only_what_it_is(render):
    calendar, _event = read(render())

    assert set(calendar) == {"VERSION", "PRODID", "CALSCALE", "METHOD"}


def test_whoever_is_invited_is_asked_and_not_named():
    _calendar, event = read(request())

    assert event["ATTENDEE"].params == {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
    }


def test_whoever_has_confirmed_already_is_not_asked_again():
    confirmed = Attendee(KARI.address, "", Participation.ACCEPTED, is_asked=False)

    _calendar, event = read(request(attendee=confirmed))

    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert "RSVP" not in event["ATTENDEE"].params


def test_an_invitation_says_all_that_the_feeds_say_of_the_event():
    made = entry(alarm_minutes=60)

    said = [line for line in lines(request(made)) if "DTSTAMP" not in line]

    kept = [line for line in lines(render_entry(made)) if line and "DTSTAMP" not in line]
    assert [line for line in kept if line not in said] == []


def test_an_update_is_an_invitation_of_a_higher_sequence_to_the_same_event():
    moved = entry(sequence=2, starts_local=datetime.fromisoformat("2005-04-28T11:00"))

    (_first, before), (_second, after) = read(request()), read(request(moved))

    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    assert datetime.fromisoformat("2005-04-28T11:00-04:00") == after.DTSTART


def test_a_cancellation_keeps_the_time_and_asks_and_rings_for_nothing():
    full = entry(
        sequence=2,
        alarm_minutes=60,
        picture=Picture("https://example.org/candle.png", "image/png"),
        conference=Conference("https://example.org/live"),
    )

    content = cancel(full, Attendee(KARI.address, participation=Participation.ACCEPTED))

    _calendar, event = read(content)
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CANCELLED", 2, "TRANSPARENT")
    assert datetime.fromisoformat("2005-04-28T12:00-04:00") == event.DTSTART
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    unwanted = {"RSVP", "VALARM", "X-ALT-DESC", "IMAGE", "CONFERENCE"}
    assert not [name for name in unwanted if name.encode() in content]


def test_nobody_is_invited_to_what_is_cancelled():
    with pytest.raises(ValueError, match="cancelled"):
        request(entry(status=EntryStatus.CANCELLED))


def test_a_day_and_moments_in_utc_need_no_zone():
    day = entry(all_day_on=date(2005, 4, 28), starts_local=None, ends_local=None, timezone=None)

    contents = [request(day), request(entry(timezone="UTC"))]

    assert all(b"VTIMEZONE" not in content for content in contents)
    assert [read(content)[1].DTSTART for content in contents] == [
        date(2005, 4, 28),
        datetime(2005, 4, 28, 12, tzinfo=UTC),
    ]


def test_an_unknown_zone_is_refused_rather_than_left_floating():
    with pytest.raises(UnknownZone):
        request(entry(timezone="Europe/Atlantis"))


def test_the_zone_is_right_on_the_day_for_a_reader_without_zones_of_its_own():
    moscow = entry(timezone="Europe/Moscow")

    event = vobject.readOne(request(moscow).decode()).vevent

    assert event.dtstart.value.utcoffset() == timedelta(hours=4)
    assert event.attendee.value == "mailto:kari@example.net"


@settings(max_examples=100, deadline=None)
@given(name=ANY_TEXT, title=ANY_TEXT)
def test_no_name_adds_a_line_or_a_parameter(name, title):
    organizer = Organizer(name, ORGANIZER.address)

    content = render_request(
        entry(title=title), organizer, Attendee(KARI.address, name), stamped_at=SENT
    )

    names = [re.match("[A-Z-]*", line)[0] for line in lines(content)]
    assert names == [re.match("[A-Z-]*", line)[0] for line in lines(request())]
    _calendar, event = read(content)
    assert event["ATTENDEE"] == "mailto:kari@example.net"
    assert set(event["ATTENDEE"].params) <= {"CN", "CUTYPE", "ROLE", "PARTSTAT", "RSVP"}
    assert all(len(line) <= 75 and line.decode() for line in content.split(b"\r\n")[:-1])


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Åse, 서울", 'CN="Åse, 서울"'),
        ('The "light"; all: of us', "CN=\"The ^'light^'; all: of us\""),
        ("One\r\nTwo", 'CN="One Two"'),
    ],
)
def test_any_name_stands_between_quotes(name, written):
    content = render_request(entry(), Organizer(name, ORGANIZER.address), KARI, stamped_at=SENT)

    [line] = [line for line in lines(content) if line.startswith("ORGANIZER")]
    assert line == f"ORGANIZER;{written}:mailto:reply+{TOKEN}@example.org"


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("kari+rivers@example.net", "mailto:kari+rivers@example.net"),
        ("o'kari@example.net", "mailto:o'kari@example.net"),
        ("a/b=c&d%e?f@example.net", "mailto:a%2Fb%3Dc%26d%25e%3Ff@example.net"),
        ("길동@example.net", "mailto:%EA%B8%B8%EB%8F%99@example.net"),
        ("kari@straße.example.net", "mailto:kari@xn--strae-oqa.example.net"),
        ("kari@example.test", "mailto:kari@example.test"),
    ],
)
def test_an_attendee_is_written_as_a_uri_with_the_domain_of_the_mails_header(address, uri):
    [line] = [line for line in lines(request(attendee=Attendee(address))) if "ATTENDEE" in line]

    assert line.endswith(f"RSVP=TRUE:{uri}")


@pytest.mark.parametrize("address", ["", "kari", "kari@x.org\r\nX-A:1", "a@b@c.org", "a b@c.org"])
def test_what_is_no_address_is_not_invited(address):
    with pytest.raises(ValueError, match="@|address"):
        request(attendee=Attendee(address))


# --- Addresses for replies -------------------------------------------------------------------


@given(ANY_TEXT)
@example("\ud83d")
def test_any_address_comes_back_from_its_uri(text):
    address = f"{text}@example.org"

    uri = mailto(address)

    assert re.fullmatch(r"mailto:[!$%'*+.0-9@A-Z_a-z~-]*", uri)
    shown = address.encode("utf-8", "replace").decode()
    assert address_in(uri) == (shown if shown.isprintable() and len(shown) <= 254 else None)


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("MAILTO:Kari%2Brivers@Example.org", "Kari+rivers@Example.org"),
        (" mailto:kari@example.org?subject=x ", "kari@example.org"),
        ("mailto:kari%0d%0aBcc:all@example.org", None),
        ("mailto:kari", None),
        ("invalid:nomail", None),
        ("kari@example.org", None),
        (f"mailto:{'a' * 300}@example.org", None),
    ],
)
def test_a_mailto_uri_is_read_in_all_its_forms(uri, address):
    assert address_in(uri) == address


def test_tokens_are_long_random_and_survive_any_change_of_case():
    tokens = {new_reply_token() for _time in range(100)}

    assert len(tokens) == 100
    for token in tokens:
        assert re.fullmatch("[a-z2-7]{52}", token)
        address = reply_address("reply@example.org", token)
        assert len(address.partition("@")[0]) <= 64
        assert {reply_token(form, MAILBOX) for form in (address, address.upper())} == {token}


@pytest.mark.parametrize(
    "address",
    [
        f"reply+{TOKEN}@example.net",
        f"other+{TOKEN}@example.org",
        f"{TOKEN}@example.org",
        f"reply{TOKEN}@example.org",
        f"reply+{TOKEN}+x@example.org",
        "reply@example.org",
        "reply+@example.org",
        "reply+short@example.org",
        f"reply+{'가' * 30}@example.org",
        f"reply+{TOKEN}",
        "",
    ],
)
def test_only_an_address_of_the_mailbox_has_a_token(address):
    assert reply_token(address, MAILBOX) is None


@pytest.mark.parametrize(
    ("mailbox", "token"),
    [
        ("reply@example.org", "short"),
        ("reply@example.org", TOKEN.upper()),
        ("reply@example.org", f"{TOKEN[:-1]}="),
        ("reply@example.org", f"{TOKEN}\n"),
        ("reply", TOKEN),
        ("@example.org", TOKEN),
        ("reply-to-all-of-us@example.org", TOKEN),
    ],
)
def test_a_token_or_a_mailbox_that_makes_no_address_is_refused(mailbox, token):
    with pytest.raises(ValueError, match="address"):
        reply_address(mailbox, token)


# --- Replies ---------------------------------------------------------------------------------

DECLINED = Reply(
    token=TOKEN,
    uid=entry().uid,
    sequence=1,
    participation=Participation.DECLINED,
    attendee="kari@example.net",
    sender="kari@example.net",
    stamped_at=datetime(2005, 4, 21, 7, 30, 15, tzinfo=UTC),
)
EVENT = {
    "DTSTAMP": "20050421T073015Z",
    "ORGANIZER;CN=Campaign": f"mailto:reply+{TOKEN}@example.org",
    "UID": entry().uid,
    "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=DECLINED;X-NUM-GUESTS=0": "mailto:kari@example.net",
    "SEQUENCE": "1",
    "STATUS": "CONFIRMED",
    "SUMMARY": "Demonstração",
}
ZONE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE"""


def reply_calendar(*, method="METHOD:REPLY", zone="", more="", without="", **changes) -> str:
    """Write a reply as a calendar program does; `changes` are of properties, by name."""
    event = {
        name: changes.get(name.partition(";")[0], value)
        for name, value in EVENT.items()
        if name.partition(";")[0] != without
    }
    written = [f"{name}:{value}" for name, value in event.items()]
    around = ["BEGIN:VCALENDAR", "PRODID:-//A//B//EN", "VERSION:2.0", method, *zone.splitlines()]
    everything = [*around, "BEGIN:VEVENT", *written, *more.splitlines(), "END:VEVENT"]
    return "".join(f"{line}\r\n" for line in (*everything, "END:VCALENDAR") if line)


def part(content: bytes, kind: str, encoding: str = "7bit") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + content


def wrap(*parts: bytes, kind: str = "mixed", mark: str = "=_mark") -> bytes:
    inside = b"".join(b"--%b\r\n%b\r\n" % (mark.encode(), part) for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'
    return head.encode() + inside + f"--{mark}--\r\n".encode()


def mail(body: bytes, sender: str = "Kari <kari@example.net>") -> bytes:
    head = f"From: {sender}\r\nTo: reply+{TOKEN}@example.org\r\nMIME-Version: 1.0\r\n"
    return head.encode() + b"Subject: Declined: =?utf-8?q?Demonstra=C3=A7=C3=A3o?=\r\n" + body


def plain(calendar: str, kind: str = "text/calendar; method=REPLY; charset=UTF-8") -> bytes:
    """A mail that is nothing but a calendar."""
    return mail(part(calendar.encode(), kind, "8bit"))


TEXT = part(b"Kari has declined.\r\n", "text/plain; charset=utf-8")
HTML = part(b"<p>Kari has declined.</p>\r\n", "text/html; charset=utf-8")


def of_gmail() -> bytes:
    """One calendar three levels deep, the same once more as a file."""
    content = encodebytes(reply_calendar().encode())
    inner = part(content, 'text/calendar; charset="UTF-8"; method=REPLY', "base64")
    file = part(content, 'application/ics; name="invite.ics"', "base64")
    return mail(wrap(wrap(TEXT, HTML, inner, kind="alternative", mark="000"), file))


def of_outlook() -> bytes:
    """A zone by its Windows name, MAILTO in capitals, the calendar last of two forms."""
    calendar = reply_calendar(
        zone=ZONE,
        ORGANIZER=f"MAILTO:REPLY+{TOKEN.upper()}@EXAMPLE.ORG",
        ATTENDEE="MAILTO:kari@example.net",
        more="DTSTART;TZID=W. Europe Standard Time:20050428T120000\nCOMMENT;LANGUAGE=en-US:\\n",
    )
    content = encodebytes(calendar.encode())
    inner = part(content, 'text/calendar; charset="utf-8"; method=REPLY', "base64")
    return mail(wrap(TEXT, inner, kind="alternative", mark="_000_AM0PR"))


def of_apple() -> bytes:
    """Quoted-printable, the file named and attached, folded lines."""
    folded = reply_calendar().replace("mailto:kari", "mai\r\n lto:kari")
    content = encodestring(folded.encode().replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    kind = "text/calendar; name=iCal-1.ics; method=REPLY; charset=utf-8"
    return mail(wrap(TEXT, part(content, kind, "quoted-printable")))


def of_a_file_alone(kind: str = 'application/octet-stream; name="reply.ICS"') -> bytes:
    return mail(wrap(TEXT, part(encodebytes(reply_calendar().encode()), kind, "base64")))


@pytest.mark.parametrize("made", [of_gmail, of_outlook, of_apple, of_a_file_alone])
def test_a_reply_is_read_from_mails_of_every_make(made):
    assert read_reply(made(), MAILBOX) == DECLINED


@pytest.mark.parametrize(
    "kind", ["application/ics", "Application/ICS; name=reply", "text/calendar"]
)
def test_a_reply_is_read_from_a_file_of_any_name(kind):
    assert read_reply(of_a_file_alone(kind), MAILBOX) == DECLINED


def test_a_reply_to_our_own_invitation_is_understood():
    answer = request().replace(b"METHOD:REQUEST", b"METHOD:REPLY")
    answer = answer.replace(b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=ACCEPTED")

    reply = read_reply(plain(answer.decode()), MAILBOX)

    assert reply == replace(DECLINED, participation=Participation.ACCEPTED, stamped_at=SENT)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("iso-8859-1", "iso-8859-1"),
        ("utf-16", "utf-16"),
        ("UTF-16LE", "utf-16le"),
        ("klingon", "iso-8859-1"),
        ("zlib", "utf-8"),
        ("idna", "utf-8"),
    ],
)
def test_a_reply_is_read_in_any_charset_even_where_the_header_is_wrong(charset, codec):
    content = encodebytes(reply_calendar().encode(codec))
    kind = f"text/calendar; method=REPLY; charset={charset}"

    assert read_reply(mail(part(content, kind, "base64")), MAILBOX) == DECLINED


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("ACCEPTED", Participation.ACCEPTED),
        ("tentative", Participation.TENTATIVE),
        ("DELEGATED", Participation.DELEGATED),
        ("X-MAYBE", Participation.NEEDS_ACTION),
        ("", Participation.NEEDS_ACTION),
    ],
)
def test_each_answer_is_told_from_the_others(said, understood):
    calendar = reply_calendar().replace("PARTSTAT=DECLINED", f"PARTSTAT={said}")

    assert read_reply(plain(calendar), MAILBOX).participation is understood


def test_an_answer_without_words_is_none():
    calendar = reply_calendar().replace("PARTSTAT=DECLINED;", "")

    assert read_reply(plain(calendar), MAILBOX).participation is Participation.NEEDS_ACTION


@pytest.mark.parametrize(
    ("kind", "calendar"),
    [
        ("text/calendar", reply_calendar()),
        ("text/calendar; method=reply", reply_calendar(method="Method:Reply")),
        ('TEXT/CALENDAR; METHOD="REPLY"', reply_calendar().replace("VEVENT", "vevent")),
        ("text/calendar; method=REPLY", reply_calendar().replace("\r\n", "\n")),
        ("text/calendar; method=REPLY", "\ufeff" + reply_calendar() + "\r\n\r\n"),
        ("text/calendar; method=REPLY", reply_calendar(DTSTAMP="20050421T073015")),
    ],
)
def test_small_liberties_of_calendars_are_forgiven(kind, calendar):
    assert read_reply(plain(calendar, kind), MAILBOX) == DECLINED


def test_without_a_sequence_the_first_invitation_is_meant():
    assert read_reply(plain(reply_calendar(without="SEQUENCE")), MAILBOX).sequence == 0


@pytest.mark.parametrize(
    ("sender", "understood"),
    [("mallory@evil.example", "mallory@evil.example"), ("", ""), ("nobody <>", "")],
)
def test_who_sent_it_is_said_and_not_judged(sender, understood):
    body = part(reply_calendar().encode(), "text/calendar; charset=utf-8", "8bit")

    reply = read_reply(mail(body, sender), MAILBOX)

    assert reply == replace(DECLINED, sender=understood)


@pytest.mark.parametrize(
    "more",
    [
        "BEGIN:VALARM\nUID:other\nATTENDEE:mailto:eve@example.net\nEND:VALARM",
        "COMMENT:ATTENDEE:mailto:eve@example.net",
        "DESCRIPTION:a\\nUID:other\n continued",
    ],
)
def test_what_stands_inside_of_other_things_is_not_taken_for_the_answer(more):
    assert read_reply(plain(reply_calendar(more=more)), MAILBOX) == DECLINED


@pytest.mark.parametrize(
    ("calendar", "reason"),
    [
        (reply_calendar(method="METHOD:REQUEST"), "another kind"),
        (reply_calendar(method=""), "0 of METHOD"),
        (reply_calendar(method="METHOD:REPLY\r\nMETHOD:REPLY"), "2 of METHOD"),
        (reply_calendar(ORGANIZER=f"mailto:reply+{TOKEN}@evil.example"), "no token of ours"),
        (reply_calendar(ORGANIZER="mailto:reply@example.org"), "no token of ours"),
        (reply_calendar(ORGANIZER="invalid:nomail"), "ORGANIZER is no mail address"),
        (reply_calendar(without="ORGANIZER"), "0 of ORGANIZER"),
        (reply_calendar(without="ATTENDEE"), "0 of ATTENDEE"),
        (reply_calendar(more="attendee:mailto:ola@example.net"), "2 of ATTENDEE"),
        (reply_calendar(ATTENDEE="mailto:kari%0Aola@example.net"), "ATTENDEE is no mail address"),
        (reply_calendar(ATTENDEE=f"mailto:{'a' * 5000}@example.net"), "ATTENDEE is too long"),
        (reply_calendar().replace("ATTENDEE;CUTYPE=", "ATTENDEE;CUT,YPE="), "cannot be read"),
        (reply_calendar(without="UID"), "0 of UID"),
        (reply_calendar(UID=" "), "UID says nothing"),
        (reply_calendar(UID="a\\nb"), "UID says nothing"),
        (reply_calendar(SEQUENCE="-1"), "SEQUENCE is no number"),
        (reply_calendar(SEQUENCE="9" * 100), "SEQUENCE is no number"),
        (reply_calendar(SEQUENCE="१"), "SEQUENCE is no number"),
        (reply_calendar(more="SEQUENCE:2"), "2 of SEQUENCE"),
        (reply_calendar(DTSTAMP="20050431T073000Z"), "DTSTAMP is no moment"),
        (reply_calendar(without="DTSTAMP"), "0 of DTSTAMP"),
        (reply_calendar(more="RECURRENCE-ID:20050428T120000Z"), "one day of a series"),
        (reply_calendar(more="END:VEVENT\nBEGIN:VEVENT\nUID:2"), "one calendar of one event"),
        (reply_calendar() * 2, "one calendar of one event"),
        (reply_calendar().replace("END:VCALENDAR\r\n", ""), "one calendar of one event"),
        (reply_calendar().replace("VEVENT", "VTODO"), "one calendar of one event"),
        (reply_calendar().replace("END:VEVENT", "END:VTODO"), "do not end as they began"),
        ("END:VCALENDAR", "do not end as they began"),
        ("", "one calendar of one event"),
    ],
)
def test_what_is_no_reply_to_one_invitation_is_refused(calendar, reason):
    with pytest.raises(UnreadableReply, match=reason):
        read_reply(plain(calendar, "text/calendar; charset=utf-8"), MAILBOX)


def test_a_header_that_says_another_method_is_refused():
    with pytest.raises(UnreadableReply, match="another kind"):
        read_reply(plain(reply_calendar(), "text/calendar; method=REQUEST"), MAILBOX)


def test_a_reply_in_a_mail_that_was_forwarded_counts_for_nobody():
    forwarded = mail(wrap(TEXT, part(of_gmail(), "message/rfc822"), mark="outer"))

    with pytest.raises(UnreadableReply, match="no calendar"):
        read_reply(forwarded, MAILBOX)


def test_no_reason_says_whose_address_it_was():
    broken = reply_calendar().replace("ATTENDEE;CUTYPE=", "ATTENDEE;CUT,YPE=")

    with pytest.raises(UnreadableReply) as refused:
        read_reply(plain(broken), MAILBOX)

    assert refused.value.__suppress_context__
    assert "kari" not in str(refused.value)


def nested(depth: int, kind: bytes = b"mixed") -> bytes:
    levels = (
        b"Content-Type: multipart/%b; boundary=b%d\r\n\r\n--b%d\r\n" % (kind, level, level)
        for level in range(depth)
    )
    return b"".join(levels) + TEXT


HOSTILE = {
    "levels": nested(20_000)[:LARGEST_MAIL],
    "as many levels as are read, and lines": nested(MOST_PARTS - 1) + b"a\r\n" * 18_000,
    "digests": nested(MOST_PARTS - 1, b"digest") + b"a\r\n" * 18_000,
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 17_000,
    "types in other words": b"Content-Type: =?utf-8?q?message/rfc822?=\r\n\r\n" * 12_000,
    "parts": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 70_000,
    "empty parts": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 199,
    "a long header": b"X: " + b"x" * 500_000 + b"\r\n\r\n",
    "a long sender": b"From: " + b"(" * 500_000 + b"\r\n\r\n",
    "a nested sender": mail(part(b"", "text/calendar"), "(" * 1_900),
    "many senders": mail(part(b"", "text/calendar"), "a@b," * 480),
    "quotes": mail(part(b"", "text/calendar"), '"\\' * 990),
    "a nested type": b"Content-Type: " + b"(" * 1_900 + b"\r\n\r\n",
    "a long type": b"Content-Type: text/calendar" + b"; a=b" * 100_000 + b"\r\n\r\n",
    "headers": b"X: y\r\n" * 19_000 + b"\r\n",
    "attendees": plain(reply_calendar(more="ATTENDEE:mailto:a@b.c\n" * 100_000)),
    "5,000 attendees": plain(reply_calendar(more="ATTENDEE:mailto:a@b.c\n" * 5_000)),
    "events": plain(reply_calendar(more="END:VEVENT\nBEGIN:VEVENT\n" * 100_000)),
    "deep events": mail(part(encodebytes(b"BEGIN:VEVENT\n" * 10_000), "text/calendar", "base64")),
    "empty lines": mail(part(encodebytes(b"\r\n" * 65_000), "text/calendar", "base64")),
    "folds": mail(part(encodebytes(b"\r\n " * 43_000), "text/calendar", "base64")),
    "a long line": plain(reply_calendar(more="ATTENDEE;X=" + '";' * 50_000)),
    "semicolons": plain(reply_calendar(without="ATTENDEE", more="ATTENDEE;X=" + " ;" * 900)),
    "broken base64": mail(part(b"!!=A=%", "text/calendar", "base64")),
    "uuencode": mail(part(b"begin 644 x\r\n" + b"zz\r\n" * 9_000, "text/calendar", "x-uuencode")),
    "no mail": bytes(range(256)) * 2_000,
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_refused_in_no_time(name):
    begun = perf_counter()

    with pytest.raises(UnreadableReply):
        read_reply(HOSTILE[name], MAILBOX)

    assert perf_counter() - begun < 1.5


@pytest.mark.parametrize(
    ("within", "one_more"),
    [
        (b"x" * LARGEST_MAIL, b"x"),
        (b"a\r\n" * MOST_LINES, b"\r\n"),
        (b"content-type\r\n" * MOST_PARTS, b"Content-Type"),
        (b"--\r\n" * MOST_SEPARATORS, b"--"),
        (b"From: " + b"x" * (LONGEST_HEADER - 6), b"x"),
        (b"X: y\r\nContent-Type: a\r\n\t" + b"x" * (LONGEST_HEADER - 18), b"x"),
    ],
    ids=["octets", "lines", "types", "separators", "header", "folded header"],
)
def test_what_would_take_long_is_refused_before_it_is_parsed(within, one_more):
    with pytest.raises(UnreadableReply, match="no calendar"):
        read_reply(within, MAILBOX)
    with pytest.raises(UnreadableReply, match="too large"):
        read_reply(within + one_more, MAILBOX)


def test_mails_and_calendars_are_read_up_to_their_bounds():
    padding = "x" * (LARGEST_CALENDAR - len(reply_calendar(more="X-A:").encode()))
    whole, more = (reply_calendar(more=f"X-A:{padding}{rest}") for rest in ("", "x"))

    assert read_reply(plain(whole), MAILBOX) == DECLINED
    with pytest.raises(UnreadableReply, match="too large"):
        read_reply(plain(more), MAILBOX)
    with pytest.raises(UnreadableReply, match="too large"):
        read_reply(of_gmail() + b"x" * LARGEST_MAIL, MAILBOX)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_reply_is_read_or_refused_and_nothing_else(data):
    whole = data.draw(st.sampled_from([of_gmail(), of_outlook(), of_apple()]))
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 200))

    damaged = whole[:start] + data.draw(st.binary(max_size=30)) + whole[start + length :]

    try:
        assert read_reply(damaged, MAILBOX).token
    except UnreadableReply as refused:
        assert str(refused)
