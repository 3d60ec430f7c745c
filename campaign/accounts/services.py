"""Invite people, let them sign in by a link that works once, and out again."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.emails.services import Recipient, allow, normalised, send
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.models import Account, AccountSession, HeldRole, Role, SignInLink
from campaign.vault.services import INSTALLATION, index, seal, unseal

LINK_LASTS = timedelta(minutes=15)
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
    """Give a person a role, and tell them by mail; the same role twice is one role.

    The mail holds no secret: a forwarded invitation lets nobody in.
    """
    account = find_account(invitation.address) or _make_account(invitation)
    held = invitation.role
    if not any(_held(role) == held for role in account.roles):
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
    """Return the account with this address, however it is spelled."""
    address_index = index(INSTALLATION, normalised(address))
    query = sa.select(Account).where(Account.address_index == address_index)
    return db.session.scalar(query)


def request_sign_in(address: str, language: str) -> None:
    """Mail a sign-in link; who has no account is told so, by mail only.

    Known and unknown addresses cause the same reads and writes.
    """
    account = find_account(address)
    token = _make_link(account, LINK_LASTS)
    if not allow(address):
        return
    send(
        "sign_in" if account else "sign_in_unknown",
        f"sign-in:{secrets.token_hex(16)}",
        Recipient(address, account.language if account else language, INSTALLATION),
        {"token": token},
    )


def print_sign_in(account: Account) -> str:
    """Return the token of a sign-in link to be printed on this machine, good for 24 hours."""
    return _make_link(account, PRINTED_LINK_LASTS)


def sign_in(token: str) -> str:
    """Spend a sign-in link and return the token of a new session. Raises LinkSpentError."""
    moment = clock.real_now()
    query = sa.select(SignInLink).where(SignInLink.token_hash == hashed(token)).with_for_update()
    link = db.session.scalar(query)
    if link is None or link.account_id is None or link.spent_at or link.expires_at <= moment:
        raise LinkSpentError(
            _("This link has been used or has expired. Ask for a new one below; it takes a minute.")
        )
    link.spent_at = moment
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


def forget_links(account_session_age: timedelta = timedelta(hours=12)) -> None:
    """Drop sign-in links and sessions that can serve nobody any more."""
    moment = clock.real_now()
    db.session.execute(
        sa.delete(SignInLink).where(SignInLink.expires_at < moment - timedelta(days=1))
    )
    too_old = AccountSession.created_at < moment - account_session_age
    db.session.execute(sa.delete(AccountSession).where(too_old))


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
        address_index=index(INSTALLATION, normalised(invitation.address)),
        language=invitation.language,
        is_sample=invitation.is_sample,
        created_at=clock.now(),
    )
    db.session.add(account)
    return account


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


def _held(role: Role) -> HeldRole:
    return HeldRole(role.name, role.campaign_id, role.country, role.city_id, role.event_id)


def _role(held: HeldRole) -> Role:
    return Role(
        name=held.name,
        campaign_id=held.campaign_id,
        country=held.country,
        city_id=held.city_id,
        event_id=held.event_id,
    )
