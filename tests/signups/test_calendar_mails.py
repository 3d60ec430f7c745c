"""What mails bring along for calendars: read by real readers, as precise as the reader may know."""

from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser

import icalendar
import pytest
import sqlalchemy as sa

from campaign.calendars.itip.people import reply_token
from campaign.calendars.itip.replies import read_reply
from campaign.database import db
from campaign.emails.messages import compose
from campaign.events import services as events
from campaign.models import Email, LinkKind
from campaign.signups import jobs
from campaign.signups.queries import find_by_token, tokens_of
from campaign.vault.services import unseal
from tests.readers.javascript import JavaScript, installed
from tests.readers.known import IN_JAVASCRIPT, IN_PYTHON, known
from tests.readers.libical import faults_found_by_libical
from tests.readers.seen import MissingReader, do_without
from tests.signups.making import (
    acting,
    confirm,
    event,
    mails,
    set_up,
    sign_up,
    tokens,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2005, 5, 14, 12, 0)
START = datetime(2005, 5, 14, 10, 0, tzinfo=UTC)
EVE, MORNING = START - timedelta(hours=25), START - timedelta(hours=4)
MAILBOX = "reply@example.org"
CORNER_AT = START - 2 * HOUR


@pytest.fixture
def mailbox_read(app):
    """Let answers be read."""
    app.config["REPLY_MAILBOX"] = MAILBOX
    yield
    app.config["REPLY_MAILBOX"] = ""


@pytest.fixture
def token(app, mailbox_read) -> str:
    """Let Kari come to an event whose place is known in stages."""
    set_up(app, street="Markveien 1", corner="Under the clock", corner_from_at=CORNER_AT)
    sign_up(app)
    (found,) = tokens(app)
    confirm(app, found)
    return found


def tell(app) -> None:
    with app.app_context():
        jobs.note_reminders()
        while jobs.tell_notices():
            pass


def carried(app, template: str) -> bytes:
    """Return the calendar of the last mail of a kind, out of the mail as it is sent."""
    with acting(app):
        query = sa.select(Email).where(Email.template == template).order_by(Email.id.desc())
        email = db.session.scalars(query).first()
        values = unseal(email.scope, f"emails/{email.key}", email.contents)
        sent = compose(email, values).as_bytes(policy=policy.SMTP)
    message = BytesParser(policy=policy.default).parsebytes(sent)
    (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    return part.get_payload(decode=True)


def read(content: bytes) -> tuple[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    (found,) = calendar.events
    return str(calendar["METHOD"]), found


def carry(app) -> dict[str, bool]:
    """Return which mails carry something for calendars."""
    return {str(mail["template"]): "invitation" in mail for mail in mails(app)}


# --- Who gets what -------------------------------------------------------------------------


def test_a_confirmation_puts_the_event_into_the_calendar(app, token):
    method, found = read(carried(app, "confirmed"))

    with acting(app):
        assert (method, found["UID"], found["SEQUENCE"]) == ("REQUEST", event().uid, 0)
    assert found["ATTENDEE"] == "mailto:kari@example.org"
    assert found["ATTENDEE"].params == {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "TRUE",
    }
    assert found["LOCATION"] == "Markveien 1, Alta, Norway"
    assert found.DTSTART.astimezone(UTC) == START


def test_every_mail_to_who_has_confirmed_brings_the_calendar_up_to_date(app, clock, token):
    for moment in (EVE, MORNING, START + 3 * HOUR):
        clock.moment = moment
        tell(app)

    assert carry(app) == {
        "confirm": False,
        "confirmed": True,
        "reminder": True,
        "day_of": True,
        "thanks": False,
    }


def test_another_street_keeps_the_sequence_and_has_a_later_stamp(app, clock, token):
    clock.advance(HOUR)
    with acting(app):
        events.set_place(event(), "Markveien 7", "Under the clock", CORNER_AT)
    tell(app)

    (_request, first), (method, second) = (
        read(carried(app, template)) for template in ("confirmed", "placed")
    )
    assert method == "REQUEST"
    assert first["SEQUENCE"] == second["SEQUENCE"]
    assert first.DTSTAMP < second.DTSTAMP
    assert second["LOCATION"] == "Markveien 7, Alta, Norway"


def test_the_corner_stands_in_the_calendar_from_its_hour_on(app, clock, token):
    with acting(app):
        events.set_place(event(), "Markveien 7", "Under the clock", CORNER_AT)
    clock.moment = MORNING
    tell(app)
    assert b"clock" not in carried(app, "day_of").replace(b"\r\n ", b"")

    clock.moment = CORNER_AT
    tell(app)

    _method, found = read(carried(app, "corner"))
    assert found["LOCATION"] == "Under the clock, Markveien 7, Alta, Norway"


def test_a_move_raises_the_sequence_for_who_has_confirmed_alone(app, clock, token):
    sign_up(app, "held@example.org")
    clock.advance(HOUR)
    with acting(app):
        events.move(event(), NOON + DAY)
    tell(app)

    kari, held = (
        next(
            mail
            for mail in mails(app)
            if (mail["template"], mail["address"]) == ("moved", f"{name}@example.org")
        )
        for name in ("kari", "held")
    )
    assert "invitation" not in held
    assert "Markveien" not in str(held)
    _method, found = read(kari["invitation"]["content"].encode())
    assert found["SEQUENCE"] == 1
    assert found.DTSTART.astimezone(UTC) == START + DAY


def test_what_is_postponed_becomes_tentative_at_its_old_time(app, token):
    with acting(app):
        events.postpone(event())
    tell(app)

    method, found = read(carried(app, "postponed"))

    assert (method, found["STATUS"], found["SEQUENCE"]) == ("REQUEST", "TENTATIVE", 1)
    assert found.DTSTART.astimezone(UTC) == START


def test_what_is_cancelled_is_taken_out_with_a_higher_sequence(app, token):
    sign_up(app, "held@example.org")
    with acting(app):
        events.cancel(event())
    tell(app)

    found = {str(m["address"]): m for m in mails(app) if m["template"] == "cancelled"}
    assert "invitation" not in found["held@example.org"]
    method, cancelled = read(found["kari@example.org"]["invitation"]["content"].encode())
    assert (method, cancelled["STATUS"], cancelled["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert cancelled["ATTENDEE"] == "mailto:kari@example.org"


def test_a_discreet_event_carries_nothing_but_its_link(app, clock, mailbox_read):
    set_up(app, is_discreet=True, street="Markveien 1")
    sign_up(app)
    confirm(app, tokens(app)[0])
    with acting(app):
        events.move(event(), NOON + DAY)
    for moment in (clock.moment, EVE + DAY, MORNING + DAY, START + DAY + 3 * HOUR):
        clock.moment = moment
        tell(app)

    found = mails(app)
    kinds = ["confirm", "moved", "reminder", "day_of", "thanks"]
    assert [mail["template"] for mail in found] == kinds
    for mail in found[1:]:
        assert set(mail) == {
            "template", "language", "address", "token", "is_discreet", "unsubscribe",
        }  # fmt: skip


# --- Answers -------------------------------------------------------------------------------


def test_an_answer_goes_to_an_address_of_the_sign_up_alone(app, token):
    _method, found = read(carried(app, "confirmed"))

    answered = reply_token(str(found["ORGANIZER"]).removeprefix("mailto:"), MAILBOX)
    with acting(app):
        signup = find_by_token(answered, LinkKind.REPLY)
        assert signup.id == find_by_token(token).id
        assert tokens_of(signup)["reply"] == answered


def test_all_mails_of_a_sign_up_have_one_address_for_answers(app, clock, token):
    clock.moment = EVE
    tell(app)

    first, second = (read(carried(app, kind))[1] for kind in ("confirmed", "reminder"))
    assert first["ORGANIZER"] == second["ORGANIZER"]


def test_what_a_calendar_answers_is_understood(app, token):
    content = carried(app, "confirmed").decode()
    answer = content.replace("METHOD:REQUEST", "METHOD:REPLY").replace("ACCEPTED", "DECLINED")
    mail = "From: kari@example.org\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" + answer

    assert read_reply(mail.encode(), MAILBOX).participation.value == "DECLINED"


def test_where_no_answer_is_read_nobody_is_asked_for_one(app):
    sign_up(app)
    confirm(app, tokens(app)[0])

    _method, found = read(carried(app, "confirmed"))
    assert found["ORGANIZER"] == "mailto:campaign@localhost"
    assert "RSVP" not in found["ATTENDEE"].params
    with acting(app):
        assert set(tokens_of(find_by_token(tokens(app)[0]))) == {"page"}


def test_the_calendar_speaks_the_language_of_its_reader(app, mailbox_read):
    sign_up(app, language="ko")
    confirm(app, tokens(app)[0])

    _method, found = read(carried(app, "confirmed"))
    assert str(found["LOCATION"]).endswith("노르웨이")


# --- Real readers --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def javascript():
    """Give the readers in JavaScript, started once."""
    try:
        with JavaScript(installed()) as process:
            yield process
    except MissingReader as missing:
        do_without(missing)


@pytest.fixture
def three(app, clock, token) -> dict[str, bytes]:
    """Give what a calendar gets of an event that is confirmed, moved and cancelled."""
    found = {"confirmed": carried(app, "confirmed")}
    clock.advance(HOUR)
    with acting(app):
        events.move(event(), NOON + DAY)
    tell(app)
    found["moved"] = carried(app, "moved")
    with acting(app):
        events.cancel(event())
    tell(app)
    found["cancelled"] = carried(app, "cancelled")
    return found


def check(reader, three) -> None:
    (new,), (moved,), (gone,) = (reader.sees(content) for content in three.values())

    assert new.uid == moved.uid == gone.uid
    assert [one.sequence for one in (new, moved, gone)] == [0, 1, 2]
    assert [one.status for one in (new, moved, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert (new.starts, moved.starts, gone.starts) == (START, START + DAY, START + DAY)
    assert new.location == "Markveien 1, Alta, Norway"


@pytest.mark.parametrize("name", IN_PYTHON)
def test_readers_see_one_event_that_moves_and_goes(three, name):
    try:
        check(known(name), three)
    except MissingReader as missing:
        do_without(missing)


@pytest.mark.parametrize("name", IN_JAVASCRIPT)
def test_readers_in_javascript_see_one_event_that_moves_and_goes(three, javascript, name):
    check(known(name, javascript), three)


def test_libical_finds_no_fault(three):
    try:
        faults = [faults_found_by_libical(content) for content in three.values()]
    except MissingReader as missing:
        do_without(missing)

    assert faults == [[], [], []]
