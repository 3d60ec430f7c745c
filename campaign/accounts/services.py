"""Invite people, let them sign in by a link that works once, and out again."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa

from campaign import clock
from campaign.accounts.queries import ABSOLUTE, IDLE, LINK_LASTS, held_role, mails_lately
from campaign.database import db
from campaign.emails.services import Recipient, allow, send
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.models import Account, AccountSession, HeldRole, Role, SignInLink
from campaign.vault.services import INSTALLATION, index, seal, unseal

PRINTED_LINK_LASTS = timedelta(hours=24)


class LinkSpentError(CampaignError):
    """A sign-in link was used before, is too old, or never was one."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom to invite, in which language, to what."""

    address: str
    language: str
    role: HeldRole
    scope_title: str  # of the campaign or the installation, for the mail
    is_sample: bool = False


def invite(invitation: Invitation) -> Account:
    """Give a person a role, and tell them by mail; the same role twice is one role, told twice.

    The mail holds no secret: a forwarded invitation lets nobody in.
    """
    account = find_account(invitation.address) or _make_account(invitation)
    held = invitation.role
    if not any(held_role(role) == held for role in account.roles):
        account.roles.append(_role(held))
    if not invitation.is_sample:
        send(
            "invitation",
            f"invitation:{account.id}:{secrets.token_hex(8)}",
            Recipient(invitation.address, account.language, account.scope),
            {"title": invitation.scope_title, "role": held.name.value},
        )
    db.session.flush()
    return account


def find_account(address: str) -> Account | None:
    """Return the account with this address, in capitals or not."""
    query = sa.select(Account).where(Account.address_index == _address_index(address))
    return db.session.scalar(query)


def request_sign_in(address: str, language: str) -> None:
    """Mail a sign-in link; who has no account is told so, by mail only.

    Known and unknown addresses cause the same reads and writes. Beyond the mails that strangers may
    cause in a day, an account still gets one every five minutes, so that nobody is locked out; what
    is not to be mailed is written all the same, then taken back.
    """
    account = find_account(address)
    lately, is_allowed = mails_lately(account), allow(address)
    attempt = db.session.begin_nested()
    token = _make_link(account, LINK_LASTS)
    send(
        "sign_in" if account else "sign_in_unknown",
        f"sign-in:{secrets.token_hex(16)}",
        Recipient(address, account.language if account else language, INSTALLATION),
        {"token": token},
    )
    db.session.flush()
    if is_allowed or (account and not lately):
        attempt.commit()
    else:
        attempt.rollback()


def print_sign_in(account: Account) -> str:
    """Return the token of a sign-in link to be printed on this machine, good for 24 hours."""
    return _make_link(account, PRINTED_LINK_LASTS)


def sign_in(token: str, *, instead_of: str | None = None) -> str:
    """Spend a sign-in link and return the token of a new session, which ends the one before.

    Raises LinkSpentError.
    """
    moment = clock.real_now()
    query = sa.select(SignInLink).where(SignInLink.token_hash == hashed(token)).with_for_update()
    link = db.session.scalar(query)
    if link is None or link.account_id is None or link.spent_at or link.expires_at <= moment:
        raise LinkSpentError(
            _("This link was used before or is too old. Ask for a new one on the sign-in page.")
        )
    link.spent_at = moment
    if instead_of:
        sign_out(instead_of)
    session_token = secrets.token_urlsafe(32)
    db.session.add(
        AccountSession(
            token_hash=hashed(session_token),
            account_id=link.account_id,
            created_at=moment,
            seen_at=moment,
        )
    )
    return session_token


def sign_out(session_token: str) -> None:
    """End a session."""
    query = sa.delete(AccountSession).where(AccountSession.token_hash == hashed(session_token))
    db.session.execute(query)


def address_of(account: Account) -> str:
    """Return the address of an account."""
    values = unseal(account.scope, f"accounts/{account.id}/address", account.address)
    return str(values["email"])


def forget_links() -> None:
    """Drop sign-in links and sessions that can serve nobody any more."""
    moment = clock.real_now()
    db.session.execute(sa.delete(SignInLink).where(SignInLink.expires_at < moment))
    is_over = sa.or_(
        AccountSession.created_at < moment - ABSOLUTE, AccountSession.seen_at < moment - IDLE
    )
    db.session.execute(sa.delete(AccountSession).where(is_over))


def hashed(token: str) -> bytes:
    """Return what is stored of a token."""
    return sha256(token.encode()).digest()


def _make_account(invitation: Invitation) -> Account:
    account_id = secrets.token_hex(16)
    scope = f"account:{account_id}"
    sealed = seal(scope, f"accounts/{account_id}/address", {"email": invitation.address})
    account = Account(
        id=account_id,
        scope=scope,
        address=sealed,
        address_index=_address_index(invitation.address),
        language=invitation.language,
        is_sample=invitation.is_sample,
        created_at=clock.now(),
    )
    db.session.add(account)
    return account


def _address_index(address: str) -> bytes:
    """Return the keyed hash by which an account is found.

    Only A to Z count as their small letters: were "ß" taken for "ss", whoever owns the mailbox that
    is spelled with the one would get the sign-in link of whoever owns the other.
    """
    small = re.sub("[A-Z]+", lambda capitals: capitals[0].lower(), address.strip())
    return index(INSTALLATION, small)


def _make_link(account: Account | None, lasts: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    moment = clock.real_now()
    db.session.add(
        SignInLink(
            token_hash=hashed(token),
            account_id=account.id if account else None,
            created_at=moment,
            expires_at=moment + lasts,
        )
    )
    db.session.flush()
    return token


def _role(held: HeldRole) -> Role:
    return Role(
        name=held.name,
        campaign_id=held.campaign_id,
        country=held.country,
        city_id=held.city_id,
        event_id=held.event_id,
    )
