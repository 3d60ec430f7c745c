"""Give a sign-up another address: asked for by its link, done by a mail to the new address."""

import secrets
from dataclasses import replace

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.emails.services import allow, forget_mails, normalised
from campaign.errors import CampaignError, NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import LinkKind, Signup, SignupLink
from campaign.signups.queries import hash_of_token, person_of
from campaign.signups.services.floods import is_blocked
from campaign.signups.services.links import (
    LINK_LASTS,
    find_by_address,
    revoke_links,
    spend_link,
    write_to,
)
from campaign.signups.services.places import lock
from campaign.signups.services.signing_up import address_index_of, sealed_details
from campaign.signups.services.tokens import add_link
from campaign.vault.services import KeyGoneError, seal, unseal


class AddressTakenError(CampaignError):
    """An address has a sign-up of its own at the event."""


def ask_for_address(signup: Signup, email: str) -> None:
    """Mail a link to a new address; nothing changes before it is used, and one asked before lapses.

    An address that is signed up for the event already is told that, and nothing else comes of it:
    whoever asks sees no difference, and the same statements run. Raises NotFoundError where no
    address is kept.
    """
    if person_of(signup) is None:
        raise NotFoundError(_("There is nothing left to change of this sign-up."))
    known = find_by_address(signup.event, email)
    token, until = secrets.token_urlsafe(32), clock.real_now() + LINK_LASTS
    of_it = sa.and_(SignupLink.signup_id == signup.id, SignupLink.kind == LinkKind.ADDRESS)
    db.session.execute(sa.delete(SignupLink).where(of_it))
    contents = seal(signup.scope, _record(hash_of_token(token)), {"address": email})
    add_link(signup.id, token, LinkKind.ADDRESS, contents=contents, good_until=until)
    refusals = (is_blocked(email), not allow(email))  # Both are asked, whatever the first says.
    if not any(refusals):
        write_to(email, "address", signup, stale_at=until, token="" if known else token)


def take_address(signup: Signup, token: str) -> str:
    """Spend the link that a new address got; return the token of the sign-up's new link.

    All links from before end, since they went to the old address; so do its mails that were not
    sent yet, and the new one gets a link instead. The old address is told, in neutral words: if
    somebody else did it, whoever reads there can sign up anew. Raises NotFoundError for a link that
    was used or is too old, AddressTakenError.
    """
    lock(signup.event)
    contents = spend_link(signup, token, LinkKind.ADDRESS)
    db.session.refresh(signup)
    person = person_of(signup)
    if contents is None or person is None:
        raise NotFoundError(_("There is nothing left to change of this sign-up."))
    email = _opened(signup, hash_of_token(token), contents)
    known = find_by_address(signup.event, email)
    if known is not None and known.id != signup.id:
        raise AddressTakenError(
            _("This address has a sign-up for the event already, so nothing was changed.")
        )
    signup.details = sealed_details(signup.id, signup.scope, replace(person, email=email))
    signup.address_index = address_index_of(signup.event_id, email)
    signup.idempotency_index = None  # It was of the old address.
    forget_mails(signup.scope, about=signup.id)
    new_token = revoke_links(signup)
    db.session.flush()
    write_to(email, "link", signup, token=new_token)
    if person.email and not signup.is_silent and normalised(person.email) != normalised(email):
        write_to(person.email, "address_changed", signup)
    return new_token


def new_address_in(signup: Signup, link: SignupLink) -> str | None:
    """Return the address that a link would give a sign-up; None = none, or it is gone."""
    try:
        return _opened(signup, link.token_hash, link.contents) if link.contents else None
    except KeyGoneError:
        return None


def _opened(signup: Signup, token_hash: bytes, contents: bytes) -> str:
    return str(unseal(signup.scope, _record(token_hash), contents)["address"])


def _record(token_hash: bytes) -> str:
    return f"signup_links/{token_hash.hex()}/contents"
