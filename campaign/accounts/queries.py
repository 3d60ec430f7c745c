"""Who is signed in, and what their roles reach."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from campaign import clock
from campaign.database import db
from campaign.models import (
    AccountSession,
    Actor,
    City,
    Event,
    HeldRole,
    Role,
    RoleName,
    SignInLink,
)

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
WIDE = frozenset({RoleName.ADMINISTRATOR, RoleName.ORGANIZER})


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
    roles = db.session.scalars(sa.select(Role).where(Role.account_id == session.account_id)).all()
    held = tuple(
        HeldRole(role.name, role.campaign_id, role.country, role.city_id, role.event_id)
        for role in roles
    )
    return LiveSession(Actor(session.account_id, held), session.token_hash, session.seen_at)


def is_live_link(token: str) -> bool:
    """Tell whether a sign-in link would still work."""
    link = db.session.get(SignInLink, sha256(token.encode()).digest())
    return (
        link is not None
        and link.account_id is not None
        and link.spent_at is None
        and link.expires_at > clock.real_now()
    )


def reaches_event(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Event (joined with City) that it lies in a scope of the actor."""
    return sa.or_(sa.false(), *(_event_scope(role) for role in actor.roles))


def reached_campaigns(actor: Actor) -> frozenset[int] | None:
    """Return the ids of the campaigns in which the actor has any role; None = all."""
    if any(role.campaign_id is None for role in actor.roles):
        return None
    return frozenset(role.campaign_id for role in actor.roles if role.campaign_id is not None)


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
    if not limits and role.name not in WIDE:
        return sa.false()  # A narrow role without a scope reaches nothing.
    return sa.and_(sa.true(), *limits)
