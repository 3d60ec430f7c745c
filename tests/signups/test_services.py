"""Sign up, confirm, change, cancel: who has a place, what is kept, and what a mail causes."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import Email, EventStatus, MailAllowance, Signup, SignupLink, SignupStatus
from campaign.signups import services
from campaign.signups.queries import Person, find_by_token, places_taken
from campaign.signups.services import (
    PartyTooLargeError,
    SignupCancelledError,
    SignupClosedError,
)
from tests.signups.making import (
    ALTA,
    LULEA,
    acting,
    cancel,
    confirm,
    event,
    mails,
    person,
    set_up,
    sign_up,
    signups,
    tokens,
)

DAY = timedelta(hours=24)


def taken(app, clock, slug=ALTA) -> int:
    with acting(app):
        return places_taken(event(slug).id, clock.moment)


def count(app, model) -> int:
    with acting(app):
        return db.session.scalar(sa.select(sa.func.count()).select_from(model))


# --- Holding and confirming ----------------------------------------------------------------


def test_a_sign_up_holds_places_for_its_whole_party_for_24_hours(app, clock):
    sign_up(app, party_size=3)

    assert taken(app, clock) == 3
    clock.advance(DAY - timedelta(seconds=1))
    assert taken(app, clock) == 3
    clock.advance(timedelta(seconds=1))
    assert taken(app, clock) == 0


@pytest.mark.parametrize("lacking", [{"key": None}, {"is_held": False}])
def test_without_a_key_or_a_fair_token_places_are_taken_on_confirmation_only(app, clock, lacking):
    sign_up(app, party_size=3, **lacking)

    assert taken(app, clock) == 0
    confirm(app, tokens(app)[0])
    assert taken(app, clock) == 3


def test_a_confirmed_sign_up_keeps_its_places(app, clock):
    sign_up(app)

    confirm(app, tokens(app)[0])
    clock.advance(timedelta(days=30))

    assert taken(app, clock) == 1
    assert signups(app)[0].status is SignupStatus.CONFIRMED
    assert signups(app)[0].confirmed_at == datetime(2005, 4, 1, 9, tzinfo=UTC)


def test_confirming_twice_changes_nothing(app, clock):
    sign_up(app)
    confirm(app, tokens(app)[0])
    clock.advance(timedelta(hours=1))

    confirm(app, tokens(app)[0])

    assert signups(app)[0].confirmed_at == datetime(2005, 4, 1, 9, tzinfo=UTC)


def test_a_lapsed_hold_can_still_be_confirmed_while_there_is_room(app, clock):
    set_up(app, capacity_override=2)
    sign_up(app, party_size=2)
    clock.advance(DAY)

    confirm(app, tokens(app)[0])

    assert taken(app, clock) == 2


def test_a_lapsed_hold_waits_in_line_once_somebody_else_has_the_place(app, clock):
    set_up(app, capacity_override=2)
    sign_up(app, "late@example.org", party_size=2)
    clock.advance(DAY)
    sign_up(app, "next@example.org")

    confirm(app, tokens(app)[0])

    late, following = signups(app)
    assert (late.status, following.status) == (SignupStatus.WAITING, SignupStatus.HELD)
    assert late.position > following.position


def test_a_sample_sign_up_is_confirmed_and_gets_no_mail(app, clock):
    sign_up(app, is_sample=True)

    assert signups(app)[0].status is SignupStatus.CONFIRMED
    assert mails(app) == []


# --- Room ----------------------------------------------------------------------------------


def test_a_full_event_lets_people_wait_in_line(app, clock):
    set_up(app, capacity_override=1)
    sign_up(app, "first@example.org")

    sign_up(app, "second@example.org")

    assert [one.status for one in signups(app)] == [SignupStatus.HELD, SignupStatus.WAITING]
    assert [one["is_waiting"] for one in mails(app)] == [False, True]
    assert taken(app, clock) == 1


def test_a_party_that_fits_no_more_waits_and_a_smaller_one_takes_the_place(app, clock):
    set_up(app, capacity_override=3)
    sign_up(app, "first@example.org", party_size=2)

    sign_up(app, "second@example.org", party_size=2)
    sign_up(app, "third@example.org", party_size=1)

    statuses = [SignupStatus.HELD, SignupStatus.WAITING, SignupStatus.HELD]
    assert [one.status for one in signups(app)] == statuses
    assert taken(app, clock) == 3


def test_a_party_larger_than_the_whole_event_is_refused_and_nothing_of_it_is_kept(app):
    set_up(app, capacity_override=3)

    with pytest.raises(PartyTooLargeError):
        sign_up(app, "first@example.org", party_size=4)

    assert (count(app, Signup), count(app, Email), count(app, MailAllowance)) == (0, 0, 0)


def test_a_full_event_answers_a_known_address_as_any_other(app):
    set_up(app, capacity_override=1)
    sign_up(app)

    sign_up(app, key="another form")

    assert (count(app, Signup), count(app, Email)) == (1, 2)


@pytest.mark.parametrize(
    "state",
    [
        {"status": EventStatus.CANCELLED},
        {"status": EventStatus.POSTPONED},
        {"ends_at": datetime(2005, 4, 1, 9, tzinfo=UTC)},
    ],
)
def test_an_event_that_will_not_happen_as_said_takes_no_sign_ups(app, state):
    sign_up(app, "early@example.org")
    set_up(app, **state)

    with pytest.raises(SignupClosedError):
        sign_up(app)
    with pytest.raises(SignupClosedError):
        confirm(app, tokens(app)[0])

    assert [signup.status for signup in signups(app)] == [SignupStatus.HELD]


# --- The same again ------------------------------------------------------------------------


def test_the_same_form_twice_is_one_sign_up_and_one_mail(app, clock):
    sign_up(app)
    sign_up(app)

    assert (count(app, Signup), count(app, Email), taken(app, clock)) == (1, 1, 1)


def test_a_form_sent_again_is_answered_as_the_first_time_though_it_took_the_last_place(app):
    set_up(app, capacity_override=1)
    sign_up(app)

    sign_up(app)

    assert count(app, Signup) == 1


def test_a_second_form_of_a_known_address_sent_again_causes_no_further_mail(app):
    sign_up(app)

    for _time in range(2):
        sign_up(app, key="second form")

    assert (count(app, Signup), count(app, Email)) == (1, 2)


def test_a_form_sent_again_with_the_address_put_right_signs_up_the_right_one(app):
    sign_up(app, "karri@example.org", key="one form")
    sign_up(app, "kari@example.org", key="one form")

    assert [mail["address"] for mail in mails(app)] == ["karri@example.org", "kari@example.org"]


def test_a_known_address_stays_as_it_is_while_its_hold_lasts(app, clock):
    sign_up(app, name="Kari", party_size=2)
    sign_up(app, name="Stranger", party_size=4, key="another form", language="ko")

    first, second = tokens(app)
    assert person(app, first) == person(app, second) == Person("Kari", "kari@example.org", "", "")
    assert (taken(app, clock), signups(app)[0].language) == (2, "en")
    assert [mail["template"] for mail in mails(app)] == ["confirm", "confirm"]


def test_a_confirmed_address_gets_a_new_link_and_stays_as_it_is(app, clock):
    sign_up(app, name="Kari", party_size=2)
    confirm(app, tokens(app)[0])

    sign_up(app, "KARI@example.org", name="Stranger", party_size=4, key="another form")

    assert (count(app, Signup), taken(app, clock)) == (1, 2)
    assert mails(app)[-1]["template"] == "signed_up_before"
    assert person(app, tokens(app)[1]).name == "Kari"
    assert person(app, tokens(app)[0]).name == "Kari"


@pytest.mark.parametrize("first", [{}, {"key": None}])
def test_a_known_address_without_a_hold_gets_one_as_it_says_now(app, clock, first):
    sign_up(app, name="Kari", party_size=2, **first)
    clock.advance(DAY)

    sign_up(app, name="Kari N.", party_size=3, key="another form", language="ko", notes="By bike")

    assert taken(app, clock) == 3
    assert person(app, tokens(app)[1]) == Person("Kari N.", "kari@example.org", "", "By bike")
    assert mails(app)[1]["language"] == "ko"


def test_one_address_signs_up_for_two_events_under_two_indexes(app):
    sign_up(app, slug=ALTA)
    sign_up(app, slug=LULEA)

    one, other = signups(app)
    assert one.address_index != other.address_index
    assert one.scope != other.scope


# --- Nobody learns who is known ------------------------------------------------------------


class Statements(list):
    """The statements that run while it listens, with what tables they write."""

    def __init__(self, app):
        super().__init__()
        with app.app_context():
            self._engine = db.engine

    def __enter__(self):
        sa.event.listen(self._engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_error):
        sa.event.remove(self._engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection, _cursor, statement, _parameters, _context, executemany):
        # A connection is put into another mode only where somebody else left it in one.
        if not statement.startswith("PRAGMA"):
            self.append((statement, executemany))


# What has lapsed, network and domain, the sign-up, its words, its link, mails of the day, the mail.
WRITES = 7


def statements_of(app, email, **typed) -> list:
    with Statements(app) as heard:
        sign_up(app, email, **typed)
    return heard


def test_known_and_unknown_addresses_cause_the_same_statements(app, clock):
    for email in ("lapsed@example.org", "confirmed@example.org"):
        sign_up(app, email)
    confirm(app, tokens(app)[1])
    clock.advance(DAY)
    sign_up(app, "held@example.org")

    unknown = statements_of(app, "unknown@example.org", key="new")

    assert len([one for one, _many in unknown if one.startswith(("INSERT", "UPDATE"))]) == WRITES
    for state in ("lapsed", "confirmed", "held"):
        assert statements_of(app, f"{state}@example.org", key="new") == unknown


def test_beyond_the_budget_known_and_unknown_addresses_cause_the_same_statements(app):
    for number in range(3):
        sign_up(app, "known@example.org", key=f"form {number}")
        sign_up(app, "unknown@example.org", slug=LULEA, key=f"form {number}")

    known = statements_of(app, "known@example.org", key="form 4")
    unknown = statements_of(app, "unknown@example.org", key="form 4")

    assert known == unknown


# --- Mails ---------------------------------------------------------------------------------


def test_strangers_cause_at_most_three_mails_a_day_to_one_address(app, clock):
    spellings = ["Kari@Example.org", "kari@example.org ", "KARI@EXAMPLE.ORG", "kari@example.org"]
    for number, spelling in enumerate(spellings):
        sign_up(app, spelling, key=f"form {number}")
        sign_up(app, spelling, LULEA, key=f"form {number}")

    assert count(app, Email) == 3
    clock.advance(DAY)
    sign_up(app, key="the next day")
    assert count(app, Email) == 4


def test_the_mail_says_where_and_when_in_the_recipients_language(app):
    sign_up(app, slug=LULEA, language="ko")

    (mail,) = mails(app)
    assert mail == {
        "template": "confirm",
        "language": "ko",
        "address": "kari@example.org",
        "token": mail["token"],
        "is_discreet": False,
        "is_held": True,
        "is_waiting": False,
        "hold_hours": 24,
        "city": "룰레오",
        "starts_local": "2005-05-14T12:00:00",
        "timezone": "Europe/Stockholm",
    }


def test_the_mail_of_a_discreet_event_says_neither_where_nor_when(app):
    set_up(app, is_discreet=True)

    sign_up(app)

    (mail,) = mails(app)
    assert mail.keys() == {
        *("template", "language", "address", "token"),
        *("is_discreet", "is_held", "is_waiting", "hold_hours"),
    }


def test_links_are_kept_as_hashes_only(app):
    sign_up(app)

    (token,) = tokens(app)
    with acting(app):
        (link,) = db.session.scalars(sa.select(SignupLink)).all()
        assert len(token) == 43
        assert token.encode() not in link.token_hash
        assert find_by_token(token).id == link.signup_id


# --- Changing ------------------------------------------------------------------------------


def change(app, token, name="Kari", party_size=1, language="en", **more):
    with acting(app):
        new = Person(name, more.pop("email", ""), more.pop("access_needs", ""), "")
        services.change(find_by_token(token), new, party_size=party_size, language=language)


def test_anything_but_the_address_can_be_changed(app, clock):
    sign_up(app)

    change(
        app,
        tokens(app)[0],
        "Kari N.",
        2,
        "ko",
        email="stranger@example.org",
        access_needs="A seat",
    )

    assert person(app, tokens(app)[0]) == Person("Kari N.", "kari@example.org", "A seat", "")
    assert (taken(app, clock), signups(app)[0].language) == (2, "ko")


def test_a_party_grows_only_into_places_that_are_free(app, clock):
    set_up(app, capacity_override=4)
    sign_up(app, party_size=2)
    sign_up(app, "other@example.org")

    with pytest.raises(PartyTooLargeError):
        change(app, tokens(app)[0], party_size=4)
    change(app, tokens(app)[0], party_size=3)

    assert taken(app, clock) == 4


def test_a_party_may_shrink_even_where_there_are_too_many(app, clock):
    sign_up(app, party_size=2)
    sign_up(app, "other@example.org")
    set_up(app, capacity_override=1)

    change(app, tokens(app)[0], party_size=1)

    assert taken(app, clock) == 2


def test_a_cancelled_sign_up_can_be_neither_changed_nor_confirmed(app):
    sign_up(app)
    (token,) = tokens(app)
    cancel(app, token)

    with pytest.raises(SignupCancelledError):
        change(app, token)
    with pytest.raises(SignupCancelledError):
        confirm(app, token)


# --- Cancelling ----------------------------------------------------------------------------


def test_cancelling_frees_the_places_and_deletes_what_was_personal(app, clock):
    sign_up(app, party_size=2)
    (token,) = tokens(app)
    confirm(app, token)

    cancel(app, token)

    (signup,) = signups(app)
    assert taken(app, clock) == 0
    assert (signup.status, signup.cancelled_at) == (SignupStatus.CANCELLED, clock.moment)
    assert (signup.details, signup.address_index, signup.idempotency_index) == (None, None, None)
    assert person(app, token) is None


def test_cancelling_drops_the_mails_that_wait_for_this_person_alone(app):
    sign_up(app)
    sign_up(app, "other@example.org")

    cancel(app, tokens(app)[0])

    assert [mail["address"] for mail in mails(app)] == ["other@example.org"]


def test_cancelling_twice_changes_nothing(app, clock):
    sign_up(app)
    (token,) = tokens(app)
    cancel(app, token)
    before = clock.moment
    clock.advance(DAY)

    cancel(app, token)

    assert signups(app)[0].cancelled_at == before


def test_who_has_cancelled_may_sign_up_anew_even_with_the_same_form(app, clock):
    sign_up(app)
    cancel(app, tokens(app)[0])

    sign_up(app)

    assert (count(app, Signup), taken(app, clock)) == (2, 1)


def test_one_can_cancel_after_the_event_was_cancelled(app):
    sign_up(app)
    set_up(app, status=EventStatus.CANCELLED)

    cancel(app, tokens(app)[0])

    assert signups(app)[0].details is None
