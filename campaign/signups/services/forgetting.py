"""Forget people: one at one event, one everywhere, all of an event."""

import secrets

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.emails.services import allow, forget_allowances_of, forget_mails, forget_scope
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.models import (
    Event,
    EventStatus,
    ForgetRequest,
    LinkKind,
    Signup,
    SignupStatus,
)
from campaign.signups.queries import person_of
from campaign.signups.services.erasing import wipe
from campaign.signups.services.feeds import close_empty_feeds, feeds_with
from campaign.signups.services.lines import settle
from campaign.signups.services.links import LINK_LASTS, spend_link, write_to
from campaign.signups.services.places import lock
from campaign.signups.services.shifts import leave_shifts
from campaign.signups.services.signing_up import scope_of
from campaign.signups.services.tokens import add_link
from campaign.vault.services import INSTALLATION, seal, shred, unseal


class NotOverError(CampaignError):
    """The people of an event that is still to come are needed."""


class NoAddressError(CampaignError):
    """Without an address nobody can be found at other events."""


class TooManyMailsError(CampaignError):
    """An address has had as many mails today as anybody may cause."""


def forget(signup: Signup) -> None:
    """Delete all that is personal of a sign-up, and its links: from now on nothing leads to it.

    Before the event's end its places are freed, and the wait list moves up; after it the count
    stays as it is. A second time nothing is left to delete.
    """
    lock(signup.event)
    db.session.refresh(signup)
    if signup.event.ends_at > clock.now():
        if signup.status is not SignupStatus.CANCELLED:
            signup.status, signup.cancelled_at = SignupStatus.CANCELLED, clock.now()
        leave_shifts(signup.id)
    db.session.flush()
    wipe(Signup.id == signup.id)
    forget_mails(signup.scope, about=signup.id)
    settle(signup.event)


def ask_to_forget_everywhere(signup: Signup) -> None:
    """Mail a link that forgets a volunteer at all events; nothing is deleted before it is used.

    It goes to the mailbox whatever the sign-up's state: a link of one event may have been passed
    on or seen, and must not reach the sign-ups of others. Raises NoAddressError,
    TooManyMailsError.
    """
    person = person_of(signup)
    if person is None or not person.email:
        raise NoAddressError(_("We have no address of you, so nothing else can be found by it."))
    if not allow(person.email):
        raise TooManyMailsError(
            _("Three mails went to your address today already. Use the newest, or try tomorrow.")
        )
    token, until = secrets.token_urlsafe(32), clock.real_now() + LINK_LASTS
    add_link(signup.id, token, LinkKind.EVERYWHERE, good_until=until)
    write_to(person.email, "everywhere", signup, stale_at=until, token=token)


def request_forgetting(signup: Signup, token: str) -> None:
    """Spend the link that forgets a volunteer everywhere: here at once, elsewhere by a job.

    Raises NotFoundError for a link that was used, or is too old.
    """
    lock(signup.event)
    spend_link(signup, token, LinkKind.EVERYWHERE)
    db.session.refresh(signup)
    person = person_of(signup)
    if person is not None and person.email:
        request_id = secrets.token_hex(16)
        db.session.add(
            ForgetRequest(
                id=request_id,
                contents=seal(INSTALLATION, _record(request_id), {"address": person.email}),
                created_at=clock.real_now(),
            )
        )
    forget_with_feeds(signup)


def address_in(request: ForgetRequest) -> str:
    """Return whom a request is about. Raises KeyGoneError."""
    return str(unseal(INSTALLATION, _record(request.id), request.contents)["address"])


def forget_with_feeds(signup: Signup) -> None:
    """Forget a sign-up, and the personal feeds in which nothing else stands."""
    feed_ids = feeds_with(signup.id)
    forget(signup)
    close_empty_feeds(feed_ids)


def end_request(request_id: str, address: str) -> None:
    """Delete the request of somebody who is forgotten, and how many mails the address had."""
    forget_allowances_of(address)
    db.session.execute(sa.delete(ForgetRequest).where(ForgetRequest.id == request_id))


def drop_request(request_id: str) -> None:
    """Delete a request that nobody can read any more."""
    db.session.execute(sa.delete(ForgetRequest).where(ForgetRequest.id == request_id))


def forget_event(event: Event) -> None:
    """Forget all people of an event that is over or cancelled, now; counts stay.

    First the key, which makes them unreadable everywhere, backups included, then the rows: killed
    between the two, `purge` does the rest. Mails that are still due are given up. A second time
    nothing is left to delete. Raises NotOverError.
    """
    if event.ends_at > clock.now() and event.status is not EventStatus.CANCELLED:
        raise NotOverError(
            _("The people of this event are still needed: it is neither over nor cancelled.")
        )
    shred(scope_of(event.id))
    forget_people(event.id)


def forget_people(event_id: int) -> None:
    """Delete the rows and mails that were personal at an event, and keep what is counted."""
    wipe(Signup.event_id == event_id)
    forget_scope(scope_of(event_id))


def _record(request_id: str) -> str:
    return f"forget_requests/{request_id}/contents"
