"""Who is signed in, and what their roles reach."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from campaign import clock
from campaign.database import db
from campaign.models import (
    Account,
    AccountSession,
    Actor,
    Campaign,
    City,
    Event,
    HeldRole,
    Role,
    RoleName,
    SignInLink,
)

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
LINK_LASTS = timedelta(minutes=15)
MAIL_EVERY = timedelta(minutes=5)  # beyond what strangers may cause in a day


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that still counts."""

    actor: Actor
    token_hash: bytes
    seen_at: datetime


def find_session(token: str) -> LiveSession | None:
    """Return the session of a token, unless it is unknown, idle for 30 minutes or 12 hours old."""
    moment = clock.real_now()
    session = db.session.get(AccountSession, sha256(token.encode()).digest())
    if session is None or session.seen_at < moment - IDLE or session.created_at < moment - ABSOLUTE:
        return None
    return LiveSession(actor_of(session.account_id), session.token_hash, session.seen_at)


def actor_of(account_id: str) -> Actor:
    """Return who acts for an account, with the roles that it has now."""
    roles = db.session.scalars(sa.select(Role).where(Role.account_id == account_id))
    return Actor(account_id, tuple(held_role(role) for role in roles))


def held_role(role: Role) -> HeldRole:
    """Return a role as the rules read it."""
    return HeldRole(role.name, role.campaign_id, role.country, role.city_id, role.event_id)


def mails_lately(account: Account | None) -> int:
    """Return how many sign-in links an account was mailed in the last minutes; a stranger, 0."""
    moment = clock.real_now()
    query = sa.select(sa.func.count(SignInLink.token_hash)).where(
        SignInLink.account_id == (account.id if account else ""),
        SignInLink.created_at > moment - MAIL_EVERY,
        SignInLink.expires_at <= moment + LINK_LASTS,  # A printed link lasts longer.
    )
    return db.session.scalar(query) or 0


def is_live_link(token: str) -> bool:
    """Tell whether a sign-in link would still work."""
    link = db.session.get(SignInLink, sha256(token.encode()).digest())
    return (
        link is not None
        and link.account_id is not None
        and link.spent_at is None
        and link.expires_at > clock.real_now()
    )


def campaigns_within_reach(actor: Actor) -> list[Campaign]:
    """Return the campaigns in which the actor has any role, oldest first."""
    query = sa.select(Campaign).order_by(Campaign.id)
    roles = _scoped(actor)
    if all(role.campaign_id is not None for role in roles):
        query = query.where(Campaign.id.in_([role.campaign_id for role in roles]))
    return list(db.session.scalars(query))


def reaches_event(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Event (joined with City) that it lies in a scope of the actor."""
    return sa.or_(sa.false(), *(_event_scope(role) for role in _scoped(actor)))


def roles_at(actor: Actor, event: Event) -> tuple[HeldRole, ...]:
    """Return the roles of the actor in whose scope the event lies: `reaches_event` for one."""
    return tuple(role for role in _scoped(actor) if _covers(role, event))


def _scoped(actor: Actor) -> list[HeldRole]:
    """Return the roles that have the scope their name asks for; any other reaches nothing."""
    return [role for role in actor.roles if _is_scoped(role)]


def _is_scoped(role: HeldRole) -> bool:
    return role.name is RoleName.ADMINISTRATOR or (
        role.campaign_id is not None
        and {
            RoleName.ORGANIZER: True,
            RoleName.COORDINATOR: role.country is not None or role.city_id is not None,
            RoleName.HELPER: role.event_id is not None,
        }[role.name]
    )


def _covers(role: HeldRole, event: Event) -> bool:
    return (
        role.campaign_id in (None, event.campaign_id)
        and role.country in (None, event.city.country)
        and role.city_id in (None, event.city_id)
        and role.event_id in (None, event.id)
    )


def _event_scope(role: HeldRole) -> ColumnElement[bool]:
    limits: list[ColumnElement[bool]] = []
    if role.campaign_id is not None:
        limits.append(Event.campaign_id == role.campaign_id)
    if role.country is not None:
        limits.append(City.country == role.country)
    if role.city_id is not None:
        limits.append(Event.city_id == role.city_id)
    if role.event_id is not None:
        limits.append(Event.id == role.event_id)
    return sa.and_(sa.true(), *limits)
