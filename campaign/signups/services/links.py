"""Links: send one again to who lost it, let old ones no longer work, spend those for one use."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.emails.services import Recipient, allow, send
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import Event, FloodKind, LinkKind, Signup, SignupLink
from campaign.signups.queries import Person, forgotten_at, hash_of_token, person_of
from campaign.signups.services.feeds import leave_feeds
from campaign.signups.services.floods import counting
from campaign.signups.services.mails import common_values
from campaign.signups.services.signing_up import address_index_of, scope_of, sealed_details
from campaign.signups.services.tokens import new_page_token, renew_tokens
from campaign.vault.services import unseal

LINK_LASTS = timedelta(hours=24)  # of a link for one use


def send_link(event: Event, email: str, *, language: str, network: str | None) -> None:
    """Mail a further link to the own page of an address's sign-up, or that there is none.

    Whoever asks sees no difference, and the same statements run. The mail goes to the address as
    it was given at the sign-up: another spelling that counts as equal may be another mailbox.
    """
    db.session.execute(counting(FloodKind.ATTEMPT, network or ""))
    if not allow(email) or forgotten_at(event) <= clock.now():
        return
    signup = find_by_address(event, email)
    signup_id = signup.id if signup else secrets.token_hex(16)
    spoken = signup.language if signup else language
    token = new_page_token(is_code=False)
    _add_page_link(signup_id, token)
    send(
        "link",
        f"link:{signup_id}:{secrets.token_hex(8)}",
        Recipient(_address_of(event, signup, signup_id, email), spoken, scope_of(event.id)),
        {**common_values(event, spoken), "token": token if signup else ""},
    )


def find_by_address(event: Event, email: str) -> Signup | None:
    """Return the sign-up of an address at one event."""
    its_index = address_index_of(event.id, email)
    of_it = sa.and_(Signup.event_id == event.id, Signup.address_index == its_index)
    signup: Signup | None = db.session.scalar(sa.select(Signup).where(of_it))
    return signup


def revoke_links(signup: Signup) -> str:
    """Let no link and no feed from before show a sign-up any more; return its new link's token.

    Whoever had a link may have made a feed by it.
    """
    leave_feeds(signup.id)
    return renew_tokens(signup)


def renew_links(signup: Signup) -> str:
    """Let nothing from before show a sign-up any more; mail its new link, and return its token."""
    token, person = revoke_links(signup), person_of(signup)
    if person is not None and person.email and allow(person.email):
        write_to(person.email, "link", signup, token=token)
    return token


def write_to(
    address: str,
    template: str,
    signup: Signup,
    *,
    stale_at: datetime | None = None,
    **values: object,
) -> None:
    """Mail somebody about a sign-up what was asked for, also to who wants no other mails.

    It is not sent from `stale_at` (real time) on.
    """
    send(
        template,
        f"{template}:{signup.id}:{secrets.token_hex(8)}",
        Recipient(address, signup.language, signup.scope),
        {**common_values(signup.event, signup.language), **values},
        stale_at=stale_at,
    )


def spend_link(signup: Signup, token: str, kind: LinkKind) -> bytes | None:
    """Use up a link of a sign-up that is good for one use; return what goes with it.

    Raises NotFoundError if somebody else was first, or it is too old.
    """
    link = sa.and_(
        SignupLink.token_hash == hash_of_token(token),
        SignupLink.signup_id == signup.id,
        SignupLink.kind == kind,
        SignupLink.good_until > clock.real_now(),
    )
    spent = db.session.execute(
        sa.delete(SignupLink).where(link).returning(SignupLink.contents)
    ).first()
    if spent is None:
        raise NotFoundError(_("This link was used before, or it is too old."))
    contents: bytes | None = spent.contents
    return contents


def drop_old_links() -> int:
    """Delete links that are too old to be used; return how many."""
    is_old = SignupLink.good_until <= clock.real_now()
    return len(
        db.session.scalars(
            sa.delete(SignupLink).where(is_old).returning(SignupLink.token_hash)
        ).all()
    )


def _add_page_link(signup_id: str, token: str) -> None:
    """Let a token show a sign-up, if there is one: the statement is the same."""
    its_own = sa.select(
        sa.literal(hash_of_token(token), sa.LargeBinary),
        Signup.id,
        sa.literal(LinkKind.PAGE.value),
        sa.literal(clock.real_now(), SignupLink.created_at.type),
    ).where(Signup.id == signup_id)
    names = ["token_hash", "signup_id", "kind", "created_at"]
    db.session.execute(sa.insert(SignupLink).from_select(names, its_own))


def _address_of(event: Event, signup: Signup | None, signup_id: str, typed: str) -> str:
    """Return the address of a sign-up as it was given, or the one that was typed if there is none.

    Something is opened in either case, which takes as long.
    """
    decoy = sealed_details(signup_id, scope_of(event.id), Person("", typed, "", ""))
    sealed = signup.details if signup and signup.details else decoy
    return str(unseal(scope_of(event.id), f"signups/{signup_id}/details", sealed)["email"])
