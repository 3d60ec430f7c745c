"""Tell volunteers what is due: changes at once, reminders and thanks at their hours."""

from collections.abc import Sequence

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from campaign import clock
from campaign.database import db, reading, transaction
from campaign.emails.services import withdraw
from campaign.events.notice_times import is_worth_telling
from campaign.events.services import noticing
from campaign.models import Notice, NoticeKind, Signup, SignupStatus
from campaign.signups.services import scope_of
from campaign.signups.services.mails import ASKED_FOR, mail_notice

log = structlog.get_logger()

AT_ONCE = 100  # people in one transaction, while which others wait to write
CONFIRMED = (SignupStatus.CONFIRMED,)
ALL_STANDING = (*CONFIRMED, SignupStatus.HELD, SignupStatus.WAITING, SignupStatus.OFFERED)
# What also those must hear of who have no place for sure.
FOR_ALL = frozenset({NoticeKind.MOVED, NoticeKind.POSTPONED, NoticeKind.CANCELLED})
# Mails that still wait, and that a newer one proves wrong; None = all of them.
PROVEN_WRONG: dict[NoticeKind, frozenset[str] | None] = {
    NoticeKind.MOVED: frozenset({"reminder", "day_of", "postponed"}),
    NoticeKind.POSTPONED: frozenset({"reminder", "day_of", "moved", "placed", "corner"}),
    NoticeKind.CANCELLED: None,
}


def tell_notices() -> int:
    """Write the mails of what is due, some at a time; return how much was done, 0 = all of it.

    Mails and how far they reach are committed together: whoever is killed in between has told
    nobody, and the next one goes on from there.
    """
    done = 0
    while done < AT_ONCE:
        with reading():
            if not noticing.is_notice_due():
                break
        with transaction():
            notice = noticing.take_due_notice()
            if notice is None:
                break
            done += max(1, _tell_some(notice))
    return done


def note_reminders() -> None:
    """Note the reminders and thanks of what begins soon; at their hours they are told."""
    while True:
        with reading():
            if not noticing.lacks_days():
                return
        with transaction():
            noticing.note_days()


def _tell_some(notice: Notice) -> int:
    if not is_worth_telling(notice, clock.now()):
        noticing.finish(notice)
        return 0
    if notice.reached is None:
        _withdraw_what_is_wrong(notice)
    people = _next_people(notice)
    for signup in people:
        _tell(notice, signup)
    if people:
        noticing.reach(notice, people[-1].id)
    if len(people) < AT_ONCE:
        noticing.finish(notice)
    return len(people)


def _withdraw_what_is_wrong(notice: Notice) -> None:
    scope, kind = scope_of(notice.event_id), notice.kind
    if kind in PROVEN_WRONG:
        withdraw(scope, only=PROVEN_WRONG[kind], but=ASKED_FOR)


def _next_people(notice: Notice) -> Sequence[Signup]:
    """Return whom to tell next, locked: who cancels meanwhile waits, and then drops the mail."""
    statuses = ALL_STANDING if notice.kind in FOR_ALL else CONFIRMED
    query = (
        sa.select(Signup)
        .where(
            Signup.event_id == notice.event_id,
            Signup.status.in_(statuses),
            Signup.id > (notice.reached or ""),
            Signup.aside_at.is_(None),
            Signup.is_silent.is_(False),
            Signup.is_sample.is_(False),
            Signup.address_index.is_not(None),
        )
        .order_by(Signup.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
    )
    return db.session.scalars(query, execution_options={"populate_existing": True}).all()


def _tell(notice: Notice, signup: Signup) -> None:
    """Write one mail; whatever is wrong with one sign-up must not keep it from the others."""
    try:
        with db.session.begin_nested():
            mail_notice(notice, signup)
    except DBAPIError:
        raise
    except Exception as error:
        log.error("notice cannot be told", signup=signup.id, error=type(error).__name__)
