"""Jobs at an event: take one on, wait for one, come up; under the event's lock."""

from collections.abc import Collection

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Event, Shift, ShiftStatus, Signup, SignupShift
from campaign.signups.queries import has_shift, takes_place
from campaign.signups.services.mails import mail_shift_offer
from campaign.signups.services.places import offered_until


def ask_for_shifts(signup_id: str, shift_ids: Collection[int], *, if_fresh: bool = False) -> None:
    """Let a volunteer take on shifts, or wait for those that have no place left.

    `if_fresh`: only where the sign-up has just been made; the statements are the same.
    """
    signup = sa.select(Signup.id).where(Signup.id == signup_id)
    if if_fresh:
        signup = signup.where(Signup.tokens.is_(None))
    of_it = SignupShift.signup_id == signup_id
    known = sa.select(SignupShift.shift_id).where(of_it)
    for shift_id in sorted(set(shift_ids)):
        new = sa.select(
            sa.literal(signup_id),
            Shift.id,
            sa.case((_is_free(), ShiftStatus.TAKEN.value), else_=ShiftStatus.WAITING.value),
            _next_position(),
        ).where(
            Shift.id == shift_id,
            Shift.closed_at.is_(None),
            Shift.event_id.in_(sa.select(Signup.event_id).where(Signup.id == signup_id)),
            Shift.id.not_in(known),
            sa.exists(signup),
        )
        names = ["signup_id", "shift_id", "status", "position"]
        db.session.execute(sa.insert(SignupShift).from_select(names, new))


def choose_shifts(signup: Signup, shift_ids: Collection[int]) -> None:
    """Let a volunteer have these shifts and no others; those already taken on stay as they are."""
    db.session.execute(
        sa.delete(SignupShift).where(
            SignupShift.signup_id == signup.id, SignupShift.shift_id.not_in(shift_ids)
        )
    )
    ask_for_shifts(signup.id, shift_ids)
    db.session.expire(signup, ["shifts"])


def leave_shifts(signup_id: str) -> None:
    """Give back all shifts of a volunteer."""
    db.session.execute(sa.delete(SignupShift).where(SignupShift.signup_id == signup_id))


def accept_shift(signup: Signup, shift_id: int) -> None:
    """Take on a shift that was offered; a second time changes nothing. Raises NotFoundError."""
    row = db.session.get(SignupShift, (signup.id, shift_id), populate_existing=True)
    if row is None or row.status is ShiftStatus.WAITING:
        raise NotFoundError(_("This shift is not offered to you any more."))
    row.status, row.hold_until = ShiftStatus.TAKEN, None


def move_up_shifts(event: Event) -> None:
    """Free shifts that lapsed, and offer them down their wait lists, first come first served."""
    moment = clock.now()
    shifts = list(db.session.scalars(sa.select(Shift).where(Shift.event_id == event.id)))
    if not shifts:
        return
    _lapse(event)
    for shift in shifts:
        while (row := _next_in_line(shift)) is not None:
            row.status, row.hold_until = ShiftStatus.OFFERED, offered_until(event, moment)
            db.session.flush()
            mail_shift_offer(row)


def _lapse(event: Event) -> None:
    """Free the shifts of who has no place at the event, and those whose offer nobody took up."""
    moment = clock.now()
    here = SignupShift.shift_id.in_(sa.select(Shift.id).where(Shift.event_id == event.id))
    absent = sa.select(Signup.id).where(Signup.event_id == event.id, ~takes_place(moment))
    db.session.execute(
        sa.update(SignupShift)
        .where(here, SignupShift.status != ShiftStatus.WAITING, SignupShift.signup_id.in_(absent))
        .values(status=ShiftStatus.WAITING, hold_until=None)
    )
    db.session.execute(sa.delete(SignupShift).where(here, SignupShift.hold_until <= moment))


def _next_in_line(shift: Shift) -> SignupShift | None:
    moment = clock.now()
    waiting = (
        sa.select(SignupShift)
        .join(SignupShift.signup)
        .where(SignupShift.shift_id == shift.id, SignupShift.status == ShiftStatus.WAITING)
        .where(takes_place(moment))
        .order_by(SignupShift.position)
        .limit(1)
    )
    if shift.closed_at is not None or not db.session.scalar(
        sa.select(_is_free()).where(Shift.id == shift.id)
    ):
        return None
    return db.session.scalars(waiting, execution_options={"populate_existing": True}).first()


def _is_free() -> sa.ColumnElement[bool]:
    """Return the condition that a shift has a place left."""
    moment = clock.now()
    taken = (
        sa.select(sa.func.count())
        .select_from(SignupShift)
        .join(Signup, Signup.id == SignupShift.signup_id)
        .where(SignupShift.shift_id == Shift.id, has_shift(moment), takes_place(moment))
        .correlate(Shift)
        .scalar_subquery()
    )
    return sa.or_(Shift.places.is_(None), taken < Shift.places)


def _next_position() -> sa.ColumnElement[int]:
    last = sa.select(sa.func.max(SignupShift.position)).where(SignupShift.shift_id == Shift.id)
    return sa.func.coalesce(last.correlate(Shift).scalar_subquery(), 0) + 1
