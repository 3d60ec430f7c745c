"""Volunteers hear of what changes, once, in time, whoever dies in between; and nobody else does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from campaign import clock as campaign_clock
from campaign.database import db
from campaign.emails.jobs import send_due
from campaign.events import services as events
from campaign.events.services import noticing
from campaign.models import (
    Email,
    EmailState,
    Event,
    EventStatus,
    Notice,
    NoticeKind,
    Signup,
    SignupStatus,
)
from campaign.signups import jobs, services
from campaign.signups.jobs import notices
from campaign.signups.queries import find_by_token
from campaign.signups.services import signing_up
from tests.signups.making import (
    ALTA,
    LULEA,
    acting,
    cancel,
    confirm,
    event,
    mails,
    set_up,
    sign_up,
    signups,
    tokens,
)
from tests.statements import questions_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2005, 5, 14, 12, 0)
EVE = datetime(2005, 5, 13, 9, 0, tzinfo=UTC)  # 11:00 in Alta
MORNING = datetime(2005, 5, 14, 6, 0, tzinfo=UTC)  # 08:00 in Alta
START = datetime(2005, 5, 14, 10, 0, tzinfo=UTC)
END = START + timedelta(minutes=90)


def sweep(app) -> None:
    """Let one worker note and tell what is due."""
    with app.app_context():
        jobs.note_reminders()
        while jobs.tell_notices():
            pass


def come(app, *names: str, slug: str = ALTA, **typed) -> None:
    """Let people sign up and confirm."""
    for name in names:
        sign_up(app, f"{name}@example.org", slug, **typed)
        confirm(app, tokens(app)[-1])


def told(app, *templates: str) -> list[tuple[str, str]]:
    """Return who was told what, oldest first, of these kinds; none = of what notices tell."""
    kinds = templates or tuple(kind.value for kind in NoticeKind)
    return [
        (str(mail["template"]), str(mail["address"]).partition("@")[0])
        for mail in mails(app)
        if mail["template"] in kinds
    ]


def move(app, starts_local: datetime, slug: str = ALTA, **more) -> None:
    with acting(app):
        events.move(event(slug), starts_local, **more)


def postpone(app, slug: str = ALTA) -> None:
    with acting(app):
        events.postpone(event(slug))


def call_off(app, slug: str = ALTA) -> None:
    with acting(app):
        events.cancel(event(slug))


def noted(app) -> list[NoticeKind]:
    with acting(app):
        query = sa.select(Notice.kind).where(Notice.finished_at.is_(None))
        return sorted(db.session.scalars(query))


# --- Changes -------------------------------------------------------------------------------


def test_whoever_comes_is_told_of_another_time_once(app):
    come(app, "kari")
    move(app, datetime(2005, 5, 15, 11))

    for _time in range(2):
        sweep(app)

    assert told(app) == [("moved", "kari")]
    (mail,) = [mail for mail in mails(app) if mail["template"] == "moved"]
    assert mail["before"]["starts_local"] == "2005-05-14T12:00:00"
    assert mail["before"]["ends_local"] == "2005-05-14T13:30:00"
    assert (mail["starts_local"], mail["ends_local"]) == (
        "2005-05-15T11:00:00",
        "2005-05-15T12:30:00",
    )


def test_two_moves_before_anybody_was_told_are_one_piece_of_news(app):
    come(app, "kari")
    move(app, datetime(2005, 5, 15, 11))
    move(app, datetime(2005, 5, 16, 11))

    sweep(app)

    assert told(app) == [("moved", "kari")]
    assert mails(app)[-1]["before"]["starts_local"] == NOON.isoformat()
    assert mails(app)[-1]["starts_local"] == "2005-05-16T11:00:00"


def test_there_and_back_before_anybody_was_told_is_no_news(app):
    come(app, "kari")
    move(app, datetime(2005, 5, 15, 11))
    move(app, NOON)

    sweep(app)

    assert told(app) == []


def test_there_and_back_is_two_pieces_of_news_once_somebody_was_told(app):
    come(app, "kari")
    move(app, datetime(2005, 5, 15, 11))
    sweep(app)
    move(app, NOON)

    sweep(app)

    assert told(app) == [("moved", "kari")] * 2
    assert mails(app)[-1]["before"]["starts_local"] == "2005-05-15T11:00:00"


def test_another_length_is_another_time(app):
    come(app, "kari")
    move(app, NOON, lasting_minutes=60)

    sweep(app)

    assert told(app) == [("moved", "kari")]
    assert mails(app)[-1]["ends_local"] == "2005-05-14T13:00:00"


def test_the_same_time_once_more_is_no_news(app):
    come(app, "kari")
    move(app, NOON)

    sweep(app)

    assert told(app) == []


def test_a_draft_has_nobody_to_tell(app):
    with acting(app):
        draft = event()
        draft.status = EventStatus.DRAFT
        events.move(draft, datetime(2005, 5, 15, 11))

    assert noted(app) == []


@pytest.mark.parametrize("change", [postpone, call_off])
def test_what_was_moved_and_then_called_off_is_called_by_the_time_people_know(app, change):
    come(app, "kari")
    move(app, datetime(2005, 5, 15, 11))
    change(app)

    sweep(app)

    ((kind, who),) = told(app)
    assert (kind, who) == ({postpone: "postponed", call_off: "cancelled"}[change], "kari")
    assert mails(app)[-1]["starts_local"] == NOON.isoformat()


def test_a_new_time_after_a_postponement_says_so(app):
    come(app, "kari")
    postpone(app)
    sweep(app)
    move(app, NOON)

    sweep(app)

    assert told(app) == [("moved", "kari")]  # The other one had not been sent yet.
    assert mails(app)[-1]["before"]["status"] == "postponed"


def test_a_postponement_that_nobody_heard_of_and_its_end_are_no_news(app):
    come(app, "kari")
    postpone(app)
    move(app, NOON)

    sweep(app)

    assert told(app) == []


def test_a_postponement_is_over_for_who_has_not_heard_of_it_once_there_is_a_new_time(app):
    come(app, "kari")
    postpone(app)
    move(app, datetime(2005, 5, 20, 12))

    sweep(app)

    assert told(app) == [("moved", "kari")]
    assert mails(app)[-1]["before"]["status"] == "published"


def test_a_cancellation_is_told_once_whatever_else_was_to_be_told(app, clock):
    come(app, "kari")
    clock.moment = MORNING - DAY
    sweep(app)  # Notes what is due on the eve and later.
    with acting(app):
        noticing.note(event(), NoticeKind.PLACED, occasion="1")
        noticing.note(event(), NoticeKind.CORNER, occasion="2", due_at=MORNING)
    call_off(app)
    call_off(app)

    for moment in (clock.moment, EVE, MORNING, END + 2 * HOUR):
        clock.moment = moment
        sweep(app)

    assert told(app) == [("cancelled", "kari")]
    assert noted(app) == []


def test_a_postponed_event_has_no_reminders_and_no_thanks(app, clock):
    come(app, "kari")
    clock.moment = MORNING - DAY
    sweep(app)
    postpone(app)

    for moment in (EVE, MORNING, END + 2 * HOUR):
        clock.moment = moment
        sweep(app)

    assert told(app) == [("postponed", "kari")]


def test_an_event_that_was_postponed_can_be_called_off_after_its_old_end(app, clock):
    come(app, "kari")
    postpone(app)
    sweep(app)
    clock.moment = END + DAY
    call_off(app)

    sweep(app)

    assert told(app) == [("cancelled", "kari")]  # The other one had not been sent yet.


def test_news_is_old_once_the_event_is_over(app, clock):
    come(app, "kari")
    with acting(app):
        noticing.note(event(), NoticeKind.PLACED, occasion="1")
    clock.moment = END

    sweep(app)

    assert told(app, "placed") == []


def test_the_same_occasion_is_noted_once(app):
    for _time in range(2):
        with acting(app):
            noticing.note(event(), NoticeKind.PLACED, occasion="street")
    come(app, "kari")
    sweep(app)
    with acting(app):
        noticing.note(event(), NoticeKind.PLACED, occasion="street")

    sweep(app)

    assert told(app) == [("placed", "kari")]


def test_the_corner_is_told_at_its_hour_and_not_once_it_was_taken_back(app, clock):
    come(app, "kari")
    come(app, "lena", slug=LULEA)
    for slug in (ALTA, LULEA):
        with acting(app):
            events.set_place(event(slug), "Markveien 1", "Under the clock", START - HOUR)
    sweep(app)
    assert told(app, "corner") == []
    set_up(app, LULEA, corner=None)
    clock.moment = START - HOUR

    sweep(app)

    assert told(app, "corner") == [("corner", "kari")]
    (mail,) = [mail for mail in mails(app) if mail["template"] == "corner"]
    assert mail["place"].startswith("Under the clock, Markveien 1, Alta")


# --- Who is told ---------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def links(monkeypatch):
    """Give the link of each by name, also of those whose mails are gone."""
    found: dict[str, str] = {}

    def send(template, key, to, values, **more):
        found.setdefault(to.address.partition("@")[0], values["token"])
        real(template, key, to, values, **more)

    real = signing_up.send
    monkeypatch.setattr(signing_up, "send", send)
    return found


@pytest.fixture
def crowd(app, links):
    """Bring people in every state, each named for it."""
    come(app, "confirmed", "silent", "aside", "gone", "nameless")
    for name in ("held", "waiting", "offered"):
        sign_up(app, f"{name}@example.org")
    states = {"waiting": SignupStatus.WAITING, "offered": SignupStatus.OFFERED}
    with acting(app):
        for name, status in states.items():
            find_by_token(links[name]).status = status
        find_by_token(links["aside"]).aside_at = campaign_clock.now()
        find_by_token(links["nameless"]).address_index = None
        find_by_token(links["nameless"]).details = None
        services.silence(find_by_token(links["silent"]))
    cancel(app, links["gone"])


@pytest.mark.parametrize("change", [lambda app: move(app, NOON - DAY), postpone, call_off])
def test_all_who_stand_somewhere_hear_whether_and_when_it_is(app, crowd, change):
    change(app)

    sweep(app)

    assert {name for _kind, name in told(app)} == {"confirmed", "held", "waiting", "offered"}


@pytest.mark.parametrize("kind", ["placed", "reminder", "day_of", "thanks"])
def test_only_who_has_a_place_hears_the_rest(app, clock, crowd, kind):
    with acting(app):
        noticing.note(event(), NoticeKind.PLACED, occasion="1")
    moments = {"placed": clock.moment, "reminder": EVE, "day_of": MORNING, "thanks": END + HOUR}
    clock.moment = moments[kind]

    sweep(app)

    assert told(app, kind) == [(kind, "confirmed")]


def test_samples_hear_nothing(app):
    sign_up(app, "sample@example.org", is_sample=True)
    call_off(app)

    sweep(app)

    assert told(app) == []


def test_the_volunteers_of_one_event_hear_nothing_of_another(app):
    come(app, "kari")
    come(app, "lena", slug=LULEA)
    call_off(app, LULEA)

    sweep(app)

    assert told(app) == [("cancelled", "lena")]


# --- Reminders and thanks ------------------------------------------------------------------


def at(app, clock, *moments: datetime) -> list[str]:
    """Sweep at these moments; return what kari was told."""
    for moment in moments:
        clock.moment = moment
        sweep(app)
    return [kind for kind, _name in told(app)]


SECOND = timedelta(seconds=1)


def test_each_is_told_on_the_eve_on_the_day_and_after(app, clock):
    come(app, "kari")

    assert at(app, clock, EVE - SECOND) == []
    assert at(app, clock, EVE, EVE + HOUR) == ["reminder"]
    assert at(app, clock, MORNING - SECOND) == ["reminder"]
    assert at(app, clock, MORNING, START) == ["reminder", "day_of"]
    assert at(app, clock, END + HOUR - SECOND) == ["reminder", "day_of"]
    assert at(app, clock, END + HOUR, END + DAY) == ["reminder", "day_of", "thanks"]


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (MORNING - SECOND, ["reminder"]),
        (MORNING, ["day_of"]),
        (START - SECOND, ["day_of"]),
        (START, []),
        (END + 3 * DAY - SECOND, ["thanks"]),
        (END + 3 * DAY, []),
    ],
)
def test_a_worker_that_comes_late_tells_what_is_still_of_use(app, clock, late, expected):
    come(app, "kari")

    assert at(app, clock, late) == expected


def test_a_mail_that_waits_too_long_is_not_sent(app, clock):
    come(app, "kari")
    at(app, clock, EVE)

    with acting(app):
        (reminder,) = db.session.scalars(sa.select(Email).where(Email.template == "reminder"))
        assert reminder.stale_at == MORNING


def test_what_begins_early_is_told_on_the_eve_alone(app, clock):
    come(app, "kari")
    move(app, NOON.replace(hour=8, minute=59))

    found = at(app, clock, EVE, MORNING, START - 3 * HOUR)

    assert [kind for kind in found if kind != "moved"] == ["reminder"]


def test_what_begins_at_nine_is_told_on_the_day(app, clock):
    come(app, "kari")
    move(app, NOON.replace(hour=9))

    assert at(app, clock, EVE, MORNING) == ["moved", "reminder", "day_of"]


def test_a_moved_event_reminds_again_for_its_new_day_and_never_for_the_old(app, clock):
    come(app, "kari")
    at(app, clock, EVE)
    move(app, NOON + 7 * DAY)

    assert at(app, clock, EVE + HOUR, MORNING, END + 2 * HOUR) == ["moved"]
    again = at(app, clock, EVE + 7 * DAY, MORNING + 7 * DAY, END + 7 * DAY + HOUR)
    assert again == ["moved", "reminder", "day_of", "thanks"]


def test_reminders_written_before_a_move_go_stale_with_it(app, clock):
    come(app, "kari")
    at(app, clock, EVE)
    move(app, NOON + 7 * DAY)

    sweep(app)

    with acting(app):
        (reminder,) = db.session.scalars(sa.select(Email).where(Email.template == "reminder"))
        assert (reminder.state, reminder.contents) == (EmailState.STALE, None)


def test_a_cancellation_withdraws_all_that_waits_but_what_was_asked_for(app, clock):
    come(app, "kari")
    sign_up(app, "new@example.org")
    call_off(app)

    sweep(app)

    assert [mail["template"] for mail in mails(app)] == ["confirm"] * 2 + ["cancelled"] * 2


def test_whoever_was_told_of_a_start_late_needs_no_reminder_of_it(app, clock):
    come(app, "kari")
    clock.moment = EVE + HOUR
    move(app, NOON + timedelta(hours=2))
    with app.app_context():
        jobs.tell_notices()

    assert at(app, clock, EVE + 2 * HOUR, MORNING) == ["moved", "day_of"]


def test_nobody_is_reminded_of_a_start_that_is_none_any_more(app, clock):
    come(app, "kari")
    at(app, clock, EVE - HOUR)
    set_up(app, starts_local=NOON + 7 * DAY, starts_at=START + 7 * DAY, ends_at=END + 7 * DAY)

    assert at(app, clock, EVE, MORNING) == []
    assert at(app, clock, EVE + 7 * DAY) == ["reminder"]


def test_a_clock_that_jumps_a_day_either_way_makes_no_double(app, clock):
    come(app, "kari")
    jumps = (EVE, EVE - DAY, EVE, EVE + DAY, EVE, MORNING, MORNING - DAY, MORNING)
    after = (END + HOUR, END + HOUR + DAY, END + HOUR - DAY, END + HOUR)

    found = at(app, clock, *jumps, *after)

    assert sorted(found) == ["day_of", "reminder", "thanks"]


def test_the_zone_of_the_event_counts(app, clock):
    come(app, "kari")
    with acting(app):
        found = event()
        found.timezone = "America/Los_Angeles"
        found.starts_at, found.ends_at = START + 9 * HOUR, END + 9 * HOUR

    assert at(app, clock, EVE + 9 * HOUR - SECOND) == []
    assert at(app, clock, EVE + 9 * HOUR) == ["reminder"]


# --- Workers that die, and many of them ------------------------------------------------------


class Killed(BaseException):
    """What ends a worker, whatever it is doing."""


@pytest.fixture
def small_steps(monkeypatch):
    """Tell three people at once."""
    monkeypatch.setattr(notices, "AT_ONCE", 3)


def test_a_worker_killed_anywhere_leaves_nobody_out_and_tells_nobody_twice(
    app, small_steps, monkeypatch
):
    names = [f"v{number}" for number in range(8)]
    come(app, *names)
    move(app, NOON + DAY)
    real, rest = notices.mail_notice, iter(range(100))

    def mail_or_die(notice, signup):
        if next(rest) % 4 == 3:
            raise Killed
        real(notice, signup)

    monkeypatch.setattr(notices, "mail_notice", mail_or_die)
    for _life in range(12):
        with app.app_context():
            try:
                while jobs.tell_notices():
                    pass
            except Killed:
                db.session.remove()

    assert sorted(told(app)) == [("moved", name) for name in names]
    assert noted(app) == []


def test_a_worker_killed_after_its_mails_and_before_its_note_has_told_nobody(app, monkeypatch):
    come(app, "kari")
    move(app, NOON + DAY)

    def die(*_args):
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed), app.app_context():
        patched.setattr(noticing, "reach", die)
        jobs.tell_notices()
    assert told(app) == []

    sweep(app)

    assert told(app) == [("moved", "kari")]


def test_two_workers_tell_each_once(app, small_steps):
    names = [f"v{number:02}" for number in range(20)]
    come(app, *names)
    move(app, NOON + DAY)
    call_off(app, LULEA)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _number: sweep(app), range(4)))

    assert sorted(told(app)) == [("moved", name) for name in names]


def test_who_was_told_of_a_first_move_and_who_was_not_each_hear_of_what_they_knew(app, small_steps):
    come(app, *(f"v{number}" for number in range(5)))
    move(app, NOON + DAY)
    with app.app_context(), patch.object(notices, "AT_ONCE", 3):
        jobs.tell_notices()
    first = {name for _kind, name in told(app)}
    assert len(first) == 3

    move(app, NOON + 2 * DAY)
    sweep(app)

    second = [mail for mail in mails(app) if mail["template"] == "moved"][3:]
    known = {
        str(mail["address"]).partition("@")[0]: mail["before"]["starts_local"] for mail in second
    }
    assert known == {
        f"v{number}": (NOON + DAY if f"v{number}" in first else NOON).isoformat()
        for number in range(5)
    }


def test_one_sign_up_that_cannot_be_told_keeps_it_from_nobody_else(app, links):
    come(app, "kari", "broken", "lena")
    with acting(app):
        find_by_token(links["broken"]).details = b"damaged"
    move(app, NOON + DAY)

    sweep(app)

    assert {name for _kind, name in told(app)} == {"kari", "lena"}
    assert noted(app) == []


def test_who_cancels_while_the_others_are_told_is_told_nothing(app, small_steps):
    come(app, *(f"v{number}" for number in range(5)))
    move(app, NOON + DAY)
    with app.app_context():
        jobs.tell_notices()
    left = sorted(signups(app), key=lambda one: one.id)[-1]
    with acting(app):
        services.cancel(db.session.get_one(Signup, left.id))

    sweep(app)

    assert len(told(app)) == 4


# --- What it costs ---------------------------------------------------------------------------


def test_looking_for_what_is_due_is_one_question_however_many_events_there_are(app, clock):
    with acting(app):
        alta = event()
        columns = {
            name: getattr(alta, name) for name in set(Event.__table__.columns.keys()) - {"id"}
        }
        db.session.add_all(
            Event(**{**columns, "uid": f"u{n}", "slug": f"s{n}", "fanned_out_on": None})
            for n in range(500)
        )
    clock.moment = EVE - 2 * HOUR
    sweep(app)

    with app.app_context(), questions_to(db.engine) as asked:
        jobs.note_reminders()
        jobs.tell_notices()

    assert len(asked) == 2


def test_what_is_due_is_found_by_an_index(app):
    if db_name(app) != "sqlite":
        pytest.skip("how SQLite looks is what SQLite says")
    with app.app_context():
        for query, index in (
            (noticing._due(), "ix_notices_finished_at_due_at"),
            (noticing._without_days(), "ix_events_campaign_id_starts_at"),
        ):
            words = query.compile(db.engine, compile_kwargs={"literal_binds": True})
            plan = db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {words}")).all()

            assert index in str(plan)
            assert "SCAN events" not in str(plan)


def db_name(app) -> str:
    with app.app_context():
        return db.engine.dialect.name


def test_mails_are_sent_in_the_same_round_as_they_are_written(app, mailbox):
    come(app, "kari")
    with app.app_context():
        send_due()
    call_off(app)

    sent = mailbox.deliver()

    assert str(sent[-1]["Subject"]).startswith("Cancelled: Alta")
