"""What calendars answer by mail: "no" gives the place back, and nothing else does anything."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.calendars.itip.people import reply_address
from campaign.database import db
from campaign.models import Email, EventStatus, LinkKind, SignupStatus
from campaign.signups.jobs import Taken, inbound
from campaign.signups.services.tokens import reply_token
from tests.calendars import test_itip as shapes
from tests.signups.letters_in import MAILBOX, answer, come_in, invite, kari
from tests.signups.making import acting, set_up, sign_up, signups
from tests.statements import questions_to

CONFIRMED, CANCELLED = SignupStatus.CONFIRMED, SignupStatus.CANCELLED


@pytest.fixture(autouse=True)
def _asked(app, monkeypatch):
    monkeypatch.setitem(app.config, "REPLY_MAILBOX", MAILBOX)


def emails(app) -> int:
    with acting(app):
        return db.session.scalar(sa.select(sa.func.count(Email.id)))


@pytest.mark.parametrize(
    "shape", [shapes.of_gmail, shapes.of_outlook, shapes.of_apple, shapes.of_a_file_alone]
)
def test_a_no_from_a_calendar_of_any_make_cancels_the_sign_up(app, shape):
    invite(app)

    assert come_in(app, shape()) is Taken.DECLINED

    assert kari(app).status is CANCELLED
    assert (kari(app).details, kari(app).address_index) == (None, None)


def test_a_no_frees_the_place_for_who_waits(app):
    invite(app, capacity_override=1)
    sign_up(app, "ola@example.org")

    come_in(app, answer())

    assert [signup.status for signup in signups(app)] == [CANCELLED, SignupStatus.OFFERED]


def test_the_second_no_changes_nothing(app):
    invite(app)

    assert [come_in(app, answer()) for _time in range(2)] == [Taken.DECLINED, Taken.NOTHING]


@pytest.mark.parametrize("said", ["ACCEPTED", "TENTATIVE", "DELEGATED", "NEEDS-ACTION", "X-NO"])
def test_any_other_answer_changes_nothing(app, said):
    invite(app)

    assert come_in(app, answer(said)) is Taken.NOTHING

    assert kari(app).status is CONFIRMED


def test_who_said_yes_without_having_used_the_link_is_not_confirmed(app):
    set_up(app, uid=shapes.entry().uid, sequence=1)
    sign_up(app)
    with acting(app):
        signup = db.session.merge(kari(app))
        address = reply_address(MAILBOX, reply_token(signup))

    assert come_in(app, answer("ACCEPTED", ORGANIZER=f"mailto:{address}")) is Taken.NOTHING

    assert kari(app).status is SignupStatus.HELD


def test_the_token_counts_and_no_address_does(app):
    invite(app)
    strange = answer(ATTENDEE="mailto:mallory@example.net").replace(b"kari@example.net", b"x@x.org")

    assert come_in(app, strange) is Taken.DECLINED


@pytest.mark.parametrize(
    "mail",
    [
        answer(ORGANIZER=f"mailto:reply+{'a2' * 26}@example.org"),
        answer(UID="another-event"),
        answer(SEQUENCE="2"),
    ],
    ids=["token", "event", "sequence that was never sent"],
)
def test_a_forged_no_changes_nothing(app, mail):
    invite(app)

    assert come_in(app, mail) is Taken.NOTHING

    assert kari(app).status is CONFIRMED


def test_a_token_that_is_good_for_something_else_answers_nothing(app):
    invite(app, kind=LinkKind.PAGE)

    assert come_in(app, answer()) is Taken.NOTHING

    assert kari(app).status is CONFIRMED


@pytest.mark.parametrize("sequence", ["0", "1", "4"])
def test_a_no_to_an_invitation_of_before_a_change_is_a_no(app, sequence):
    invite(app, sequence=4)

    assert come_in(app, answer(SEQUENCE=sequence)) is Taken.DECLINED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (EventStatus.PUBLISHED, Taken.DECLINED),
        (EventStatus.POSTPONED, Taken.DECLINED),
        (EventStatus.CANCELLED, Taken.NOTHING),
        (EventStatus.HAPPENED, Taken.NOTHING),
        (EventStatus.DRAFT, Taken.NOTHING),
    ],
)
def test_a_no_counts_as_long_as_the_event_takes_changes(app, status, outcome):
    invite(app)
    set_up(app, status=status)

    assert come_in(app, answer()) is outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(EventStatus.PUBLISHED, Taken.NOTHING), (EventStatus.POSTPONED, Taken.DECLINED)],
)
def test_after_the_end_a_no_counts_for_what_was_postponed_alone(app, clock, status, outcome):
    invite(app, status=status) if status is EventStatus.PUBLISHED else invite(app)
    set_up(app, status=status)
    clock.advance(timedelta(days=60))

    assert come_in(app, answer()) is outcome


@pytest.mark.parametrize(
    "mail",
    [b"", b"Subject: hello\r\n\r\nI cannot come.", *shapes.HOSTILE.values()],
    ids=["empty", "words", *shapes.HOSTILE],
)
@pytest.mark.timeout(60)
def test_what_is_no_reply_is_not_read(app, mail):
    assert come_in(app, mail) is Taken.UNREADABLE


@pytest.mark.parametrize(
    "mail",
    [answer(ORGANIZER=f"mailto:reply+{'a2' * 26}@example.org"), answer("ACCEPTED"), b"words"],
)
def test_what_changes_nothing_takes_no_lock_and_is_not_answered(app, monkeypatch, mail):
    invite(app)
    before = emails(app)

    def refuse():
        raise AssertionError("it wrote")

    monkeypatch.setattr(inbound, "transaction", refuse)

    come_in(app, mail)
    assert emails(app) == before


def test_unknown_tokens_cost_one_question(app):
    invite(app)
    with app.app_context():
        engine = db.engine

    with questions_to(engine) as asked:
        come_in(app, answer(ORGANIZER=f"mailto:reply+{'a2' * 26}@example.org"))

    assert len(asked) == 1


def test_a_no_is_not_answered_either(app):
    invite(app)
    before = emails(app)

    come_in(app, answer())

    assert emails(app) == before


def test_an_invitation_that_the_product_made_can_be_declined(app):
    set_up(app, sequence=3)
    sign_up(app)
    with acting(app):
        signup = db.session.merge(kari(app))
        address, uid = reply_address(MAILBOX, reply_token(signup)), signup.event.uid

    no = answer(ORGANIZER=f"mailto:{address}", UID=uid, SEQUENCE="3")

    assert come_in(app, no) is Taken.DECLINED
    assert kari(app).status is CANCELLED
