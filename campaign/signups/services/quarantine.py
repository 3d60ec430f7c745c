"""Put floods aside in bulk, and take back what was none; under the event's lock."""

from collections.abc import Iterator

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.models import Event, Signup, SignupStatus
from campaign.signups.flood_groups import IDS_AT_ONCE, Group, conditions_of
from campaign.signups.queries import KEPT_STATUSES
from campaign.signups.services.lines import settle
from campaign.signups.services.places import check_open, lock, room


def put_aside(event: Event, group: Group, *, including_confirmed: bool = False) -> int:
    """Let the unconfirmed of a group count no more; return how many.

    Their places go down the wait list. Whoever of them confirms by mail counts again. With
    `including_confirmed` all of the group are put aside.
    """
    lock(event)
    done = 0
    for members in conditions_of(event, group):
        who = sa.and_(members, Signup.aside_at.is_(None))
        if not including_confirmed:
            who = sa.and_(who, Signup.confirmed_at.is_(None))
        done += _changed(sa.update(Signup).where(who).values(aside_at=clock.now()))
    settle(event)
    return done


def take_back(event: Event, group: Group) -> int:
    """Let those of a group who were put aside count again; return how many.

    In the order in which they came each has its places again as long as there is room, else a
    place in line. Who has no address is confirmed by it: an organizer vouches. Raises
    SignupClosedError.
    """
    lock(event)
    check_open(event)
    settle(event)
    left = room(event)
    seated: list[str] = []
    waiting: list[str] = []
    lapsing: list[str] = []
    for signup_id, size, is_sure in _who_needs_room(event, group):
        if size <= left:
            left -= size
            seated += [signup_id] if is_sure else []
        else:
            (waiting if is_sure else lapsing).append(signup_id)
    done = _let(seated, SignupStatus.CONFIRMED) + _let(waiting, SignupStatus.WAITING)
    done += _line_up(lapsing)
    for members in conditions_of(event, group):
        done += _changed(_back(sa.and_(members, Signup.aside_at.is_not(None))))
    settle(event)
    return done


def _who_needs_room(event: Event, group: Group) -> list[tuple[str, int, bool]]:
    """Return those put aside who had places or are to have some, in the order they came.

    With their sizes, and whether it is for good: confirmed before, or vouched for now. The others
    have a hold or an offer that still lasts.
    """
    found: list[tuple[int, str, int, bool]] = []
    is_sure = sa.or_(Signup.status == SignupStatus.CONFIRMED, Signup.address_index.is_(None))
    is_kept = sa.and_(Signup.status.in_(KEPT_STATUSES), Signup.hold_until.is_not(None))
    for members in conditions_of(event, group):
        query = sa.select(Signup.position, Signup.id, Signup.party_size, is_sure)
        query = query.where(members, Signup.aside_at.is_not(None), sa.or_(is_sure, is_kept))
        found += [
            (position, signup_id, size, bool(sure))
            for position, signup_id, size, sure in db.session.execute(query)
        ]
    return [(signup_id, size, sure) for _position, signup_id, size, sure in sorted(found)]


def _let(signup_ids: list[str], status: SignupStatus) -> int:
    sure = {"status": status, "hold_until": None}
    moment = sa.func.coalesce(Signup.confirmed_at, clock.now())
    return sum(
        _changed(_back(Signup.id.in_(some)).values(**sure, confirmed_at=moment))
        for some in _batches(signup_ids)
    )


def _line_up(signup_ids: list[str]) -> int:
    """Let those wait whose places others have by now; unconfirmed ones as long as they had them."""
    until = sa.case((Signup.confirmed_at.is_(None), Signup.hold_until), else_=None)
    return sum(
        _changed(_back(Signup.id.in_(some)).values(status=SignupStatus.WAITING, hold_until=until))
        for some in _batches(signup_ids)
    )


def _back(who: sa.ColumnElement[bool]) -> sa.Update:
    return sa.update(Signup).where(who).values(aside_at=None)


def _batches(signup_ids: list[str]) -> Iterator[list[str]]:
    for begin in range(0, len(signup_ids), IDS_AT_ONCE):
        yield signup_ids[begin : begin + IDS_AT_ONCE]


def _changed(statement: sa.Update) -> int:
    quiet = statement.execution_options(synchronize_session=False)
    return len(db.session.execute(quiet.returning(Signup.id)).all())
