"""Forget those who asked for it at all events: under each event's key, one after the other."""

import sqlalchemy as sa
import structlog

from campaign.database import db, reading, transaction
from campaign.emails.services import normalised
from campaign.models import ForgetRequest, Signup
from campaign.signups.services import SCOPE
from campaign.signups.services.forgetting import (
    address_in,
    drop_request,
    end_request,
    forget_with_feeds,
)
from campaign.vault import key_store
from campaign.vault.services import KeyGoneError, find_index

log = structlog.get_logger()


def forget_everywhere() -> int:
    """Work off the requests to be forgotten at all events; return how many.

    An address is hashed under the key of each event not yet purged, and looked up there alone.
    Each sign-up goes in a transaction of its own, the request last of all: killed half-way, the
    next run does the rest.
    """
    with reading():
        requests = list(db.session.scalars(sa.select(ForgetRequest).order_by(ForgetRequest.id)))
    for request in requests:
        try:
            address = address_in(request)
        except KeyGoneError:
            with transaction():
                drop_request(request.id)
            continue
        _forget_at_all_events(address)
        with transaction():
            end_request(request.id, address)
        log.info("somebody was forgotten everywhere", request=request.id)
    return len(requests)


def _forget_at_all_events(address: str) -> None:
    with reading():
        signup_ids = _signups_of(address)
    for signup_id in signup_ids:
        with transaction():
            forget_with_feeds(db.session.get_one(Signup, signup_id))


def _signups_of(address: str) -> list[str]:
    found: list[str] = []
    for scope in key_store.scopes():
        if not scope.startswith(SCOPE):
            continue
        address_index = find_index(scope, normalised(address))
        if address_index is not None:
            event_id = int(scope.removeprefix(SCOPE))
            of_it = sa.and_(Signup.event_id == event_id, Signup.address_index == address_index)
            found += db.session.scalars(sa.select(Signup.id).where(of_it))
    return found
