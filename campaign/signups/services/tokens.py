"""The tokens of a sign-up: what its links, cards and calendars carry, stored hashed."""

import secrets
from datetime import datetime

import sqlalchemy as sa

from campaign import clock
from campaign.calendars.itip.people import new_reply_token
from campaign.database import db
from campaign.models import LinkKind, Signup, SignupLink
from campaign.signups.codes import new_code
from campaign.signups.queries import hash_of_token, tokens_of
from campaign.vault.services import seal

PAGE, REPLY = "page", "reply"


def new_page_token(*, is_code: bool) -> str:
    """Make the token of a sign-up's own page: 256 random bits, or six words to write down."""
    return new_code() if is_code else secrets.token_urlsafe(32)


def add_link(
    signup_id: str,
    token: str,
    kind: LinkKind = LinkKind.PAGE,
    *,
    contents: bytes | None = None,
    good_until: datetime | None = None,
) -> None:
    """Let a token act for a sign-up; `good_until` is real time."""
    db.session.add(
        SignupLink(
            token_hash=hash_of_token(token),
            signup_id=signup_id,
            kind=kind,
            contents=contents,
            good_until=good_until,
            created_at=clock.real_now(),
        )
    )


def page_token(signup: Signup) -> str:
    """Return the token of a sign-up's own page that its mails and cards repeat."""
    return _token(signup, PAGE)


def reply_token(signup: Signup) -> str:
    """Return the token that calendars answer to; the first time it is made."""
    return _token(signup, REPLY)


def sealed_tokens(signup_id: str, scope: str, tokens: dict[str, str]) -> bytes:
    """Seal tokens for a sign-up's row."""
    return seal(scope, f"signups/{signup_id}/tokens", dict(tokens))


def renew_tokens(signup: Signup) -> str:
    """Let no link from before show a sign-up any more; return the token of its new one.

    Without an address that is a code again, to write down.
    """
    db.session.execute(sa.delete(SignupLink).where(SignupLink.signup_id == signup.id))
    token = new_page_token(is_code=signup.address_index is None)
    add_link(signup.id, token)
    signup.tokens = sealed_tokens(signup.id, signup.scope, {PAGE: token})
    return token


def _token(signup: Signup, name: str) -> str:
    tokens = tokens_of(signup)
    if name not in tokens:
        tokens[name] = new_reply_token() if name == REPLY else new_page_token(is_code=False)
        add_link(signup.id, tokens[name], LinkKind(name))
        signup.tokens = sealed_tokens(signup.id, signup.scope, tokens)
    return tokens[name]
