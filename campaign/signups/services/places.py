"""Who has a place at an event, and who comes next; always under the event's lock."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.models import Event, Signup, SignupStatus
from campaign.signups.queries import is_open, places_taken
from campaign.signups.services.mails import mail_offer

OFFER_LASTS = timedelta(hours=24)
LATE_OFFER_LASTS = timedelta(hours=2)
LAST_DAY = timedelta(hours=24)  # before the start, when an offer lasts shorter
ENDLESS = 2**31 - 1  # people: more than come to anything


class SignupRefusedError(CampaignError):
    """One cannot have places at an event."""

    def __init__(self, sentence: object, event: Event) -> None:
        """Keep the event, so that the answer can name others near it."""
        super().__init__(sentence)
        self.event = event


class PartyTooLargeError(SignupRefusedError):
    """An event has not so many places, or too few are left for a party that grows."""


class SignupClosedError(SignupRefusedError):
    """One cannot sign up for this event (any more)."""


class SignupCancelledError(CampaignError):
    """A cancelled sign-up cannot be confirmed or changed."""


def lock(event: Event) -> None:
    """Lock the event's row, and read it afresh: from here on nobody else takes its places."""
    (event_id,) = sa.inspect(event).identity or ()  # Asking the row itself would read it twice.
    row = sa.select(Event).where(Event.id == event_id).with_for_update(key_share=True)
    db.session.scalars(row.execution_options(populate_existing=True)).one()


def move_up(event: Event) -> None:
    """Free what has lapsed, and offer free places down the wait list, first come first served.

    A party that does not fit is passed over, which it can see. Afterwards nobody waits who would
    fit.
    """
    moment = clock.now()
    _lapse(event, moment)
    if not is_open(event):
        return
    while (signup := _next_in_line(event, moment)) is not None:
        _offer(signup, moment)


def room(event: Event, *, but: Signup | None = None) -> int:
    """Return how many people more fit, one sign-up's own places counted as free if wished."""
    if event.capacity is None:
        return ENDLESS
    return max(0, event.capacity - places_taken(event.id, clock.now(), but=but))


def next_position(event_id: int) -> int:
    """Return the position of who comes to an event now: one more than the last."""
    last = db.session.scalar(
        sa.select(sa.func.max(Signup.position)).where(Signup.event_id == event_id)
    )
    return (last or 0) + 1


def check_open(event: Event) -> None:
    """Raise SignupClosedError if one cannot sign up."""
    if not is_open(event):
        raise SignupClosedError(_("Sign-up for this event is closed."), event)


def check_live(signup: Signup) -> None:
    """Raise SignupCancelledError or SignupClosedError if a sign-up can be changed no more."""
    if signup.status is SignupStatus.CANCELLED:
        raise SignupCancelledError(
            _("This sign-up was cancelled. You can sign up again on the event's page.")
        )
    check_open(signup.event)


def check_party(event: Event, party_size: int) -> None:
    """Raise PartyTooLargeError if a party would not fit even into an empty event."""
    if event.capacity is not None and party_size > event.capacity:
        raise PartyTooLargeError(
            _("There are not enough places for a party of %(size)s.", size=party_size), event
        )


def offered_until(event: Event, moment: datetime) -> datetime:
    """Return how long an offer of that moment holds: a day, two hours on the last day."""
    is_late = event.starts_at - moment <= LAST_DAY
    return min(moment + (LATE_OFFER_LASTS if is_late else OFFER_LASTS), event.ends_at)


def _lapse(event: Event, moment: datetime) -> None:
    """Take from a sign-up what it kept until now: its place, its offer, or its place in line."""
    db.session.execute(
        sa.update(Signup)
        .where(Signup.event_id == event.id, Signup.hold_until <= moment)
        .where(Signup.status != SignupStatus.CANCELLED)
        .values(status=SignupStatus.HELD, hold_until=None)
    )


def _next_in_line(event: Event, moment: datetime) -> Signup | None:
    left = room(event)
    waiting = sa.and_(
        Signup.event_id == event.id,
        Signup.status == SignupStatus.WAITING,
        Signup.aside_at.is_(None),
    )
    if left == 0:
        return None
    smallest = db.session.scalar(sa.select(sa.func.min(Signup.party_size)).where(waiting))
    if smallest is None or smallest > left:
        return None
    fitting = sa.select(Signup).where(waiting, Signup.party_size <= left)
    signup: Signup | None = db.session.scalars(
        fitting.order_by(Signup.position).limit(1),
        execution_options={"populate_existing": True},
    ).first()
    if signup is not None:
        _pass_over(sa.and_(waiting, Signup.position < signup.position))
    return signup


def _pass_over(who: sa.ColumnElement[bool]) -> None:
    times = Signup.passed_over + 1
    db.session.execute(sa.update(Signup).where(who).values(passed_over=times))


def _offer(signup: Signup, moment: datetime) -> None:
    signup.status = SignupStatus.OFFERED
    signup.hold_until = offered_until(signup.event, moment)
    db.session.flush()
    mail_offer(signup)
