"""Block addresses by a keyed hash, so that nobody can read whom."""

from collections.abc import Iterable

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into
from campaign.emails.services import forget_mails_about
from campaign.models import BlockedAddress, Event, Signup, SignupStatus
from campaign.signups.flood_groups import IDS_AT_ONCE, Group, addresses_in, conditions_of
from campaign.signups.services.erasing import wipe
from campaign.signups.services.floods import index_of_blocked
from campaign.signups.services.lines import settle
from campaign.signups.services.places import lock
from campaign.signups.services.signing_up import address_index_of, scope_of


def block_group(event: Event, group: Group, *, including_confirmed: bool = False) -> int:
    """Block the addresses of a group and cancel its sign-ups; return how many.

    Later sign-ups of these addresses vanish, at all events, and are answered like any other.
    """
    lock(event)
    found: dict[str, str] = {}
    for members in conditions_of(event, group):
        query = sa.select(Signup.id, Signup.scope, Signup.details)
        query = query.where(members, Signup.details.is_not(None))
        if not including_confirmed:
            query = query.where(Signup.confirmed_at.is_(None))
        found |= addresses_in(db.session.execute(query).all())
    with_address = {signup_id: address for signup_id, address in found.items() if address}
    block_addresses(with_address.values())
    _cancel(event, sorted(with_address))
    settle(event)
    return len(with_address)


def block_address(event: Event, email: str) -> None:
    """Block an address, and cancel its sign-up for an event, if it has one."""
    lock(event)
    block_addresses([email])
    own = Signup.address_index == address_index_of(event.id, email)
    found = db.session.scalars(sa.select(Signup.id).where(Signup.event_id == event.id, own))
    _cancel(event, list(found))
    settle(event)


def block_addresses(emails: Iterable[str]) -> None:
    """Let addresses sign up for nothing any more; those blocked already stay so."""
    today = clock.real_now().date()
    # Sorted, so that no two who block the same addresses wait for each other.
    blocked = sorted(set(index_of_blocked(emails)))
    rows = [{"address_index": one, "blocked_on": today} for one in blocked]
    if rows:
        db.session.execute(insert_into(BlockedAddress).on_conflict_do_nothing(), rows)


def unblock_address(email: str) -> None:
    """Let an address sign up again; one that is not blocked may anyway."""
    [address_index] = index_of_blocked([email])
    db.session.execute(
        sa.delete(BlockedAddress).where(BlockedAddress.address_index == address_index)
    )


def _cancel(event: Event, signup_ids: list[str]) -> None:
    cancelled = {"status": SignupStatus.CANCELLED, "cancelled_at": clock.now()}
    for begin in range(0, len(signup_ids), IDS_AT_ONCE):
        some = Signup.id.in_(signup_ids[begin : begin + IDS_AT_ONCE])
        statement = sa.update(Signup).where(some).values(cancelled)
        db.session.execute(statement.execution_options(synchronize_session=False))
        wipe(some, keeps_page=True)
    if signup_ids:
        forget_mails_about(scope_of(event.id), signup_ids)
