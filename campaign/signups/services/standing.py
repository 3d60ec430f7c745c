"""Confirm, change and cancel a sign-up."""

from dataclasses import replace

from campaign import clock
from campaign.database import db
from campaign.emails.services import forget_mails
from campaign.languages import lazy_gettext as _
from campaign.models import Signup, SignupStatus
from campaign.signups.queries import Person, person_of
from campaign.signups.services.erasing import wipe
from campaign.signups.services.floods import count_confirmation
from campaign.signups.services.lines import settle
from campaign.signups.services.mails import mail_confirmed
from campaign.signups.services.places import (
    PartyTooLargeError,
    check_live,
    check_party,
    lock,
    next_position,
    room,
)
from campaign.signups.services.shifts import accept_shift, choose_shifts, leave_shifts
from campaign.signups.services.signing_up import sealed_details


def confirm(signup: Signup) -> None:
    """Take the places for good, or a place in line where there are none; a second time, nothing.

    In an open event a mail says where to meet. Whoever was put aside counts again: only who reads
    the mail can confirm. Raises SignupClosedError, SignupCancelledError, PartyTooLargeError.
    """
    _lock_as_it_is(signup)
    if signup.status is SignupStatus.CONFIRMED and signup.aside_at is None:
        return
    check_live(signup)
    if signup.aside_at is not None and signup.address_index is None:
        return  # Nothing proves that it is somebody: an organizer lets it in.
    is_kept = signup.hold_until is not None and signup.aside_at is None
    if signup.confirmed_at is None:
        _count_confirmation(signup)
    signup.confirmed_at, signup.aside_at = signup.confirmed_at or clock.now(), None
    if signup.status is not SignupStatus.WAITING:
        _take_place(signup, is_kept=is_kept)
    signup.hold_until = None
    db.session.flush()
    settle(signup.event)
    if signup.status is SignupStatus.CONFIRMED:
        mail_confirmed(signup)


def change(
    signup: Signup,
    person: Person,
    *,
    party_size: int,
    language: str,
    shifts: tuple[int, ...] | None = None,
) -> None:
    """Change anything but the address; `shifts` None = the shifts stay.

    Raises SignupClosedError, SignupCancelledError, PartyTooLargeError if more people do not fit.
    """
    _lock_as_it_is(signup)
    check_live(signup)
    if party_size > signup.party_size:
        _check_growth(signup, party_size)
    before = person_of(signup)
    if before is not None:
        kept = replace(person, email=before.email)
        signup.details = sealed_details(signup.id, signup.scope, kept)
    signup.party_size, signup.language = party_size, language
    db.session.flush()
    if shifts is not None:
        choose_shifts(signup, shifts)
    settle(signup.event)


def take_on(signup: Signup, shift_id: int) -> None:
    """Take on a shift that was offered; a second time changes nothing.

    Raises NotFoundError if it is not offered (any more), SignupClosedError, SignupCancelledError.
    """
    _lock_as_it_is(signup)
    check_live(signup)
    accept_shift(signup, shift_id)


def cancel(signup: Signup) -> None:
    """Free the places and delete what was personal; a second time changes nothing."""
    _lock_as_it_is(signup)
    if signup.status is SignupStatus.CANCELLED:
        return
    signup.status, signup.cancelled_at = SignupStatus.CANCELLED, clock.now()
    erase(signup)
    db.session.flush()
    settle(signup.event)


def erase(signup: Signup) -> None:
    """Delete what is personal of a sign-up, and its mails; its page stays, its count too."""
    db.session.flush()
    leave_shifts(signup.id)
    wipe(Signup.id == signup.id, keeps_page=True)
    forget_mails(signup.scope, about=signup.id)


def _count_confirmation(signup: Signup) -> None:
    person = person_of(signup)
    count_confirmation(signup.event, person.email if person else "")


def _lock_as_it_is(signup: Signup) -> None:
    lock(signup.event)
    settle(signup.event)
    db.session.flush()
    db.session.refresh(signup)


def _take_place(signup: Signup, *, is_kept: bool) -> None:
    """Take the places that are kept or free; else stand in line, behind everybody."""
    check_party(signup.event, signup.party_size)
    if is_kept or signup.party_size <= room(signup.event, but=signup):
        signup.status = SignupStatus.CONFIRMED
        return
    signup.status, signup.position = SignupStatus.WAITING, next_position(signup.event_id)


def _check_growth(signup: Signup, party_size: int) -> None:
    """Refuse people for whom there is no place; who waits may wait with more."""
    check_party(signup.event, party_size)
    waits = signup.status is SignupStatus.WAITING
    if not waits and party_size > room(signup.event, but=signup):
        sentence = _("There are not enough places left for a party of %(size)s.", size=party_size)
        raise PartyTooLargeError(sentence, signup.event)
