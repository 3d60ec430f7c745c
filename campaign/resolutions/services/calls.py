"""Settle what a call says of its events, and what it is aimed at."""

from datetime import time

from campaign.database import db
from campaign.models import CallPurpose, CallToAction, Demand
from campaign.resolutions.services.announcing import announce_calls


def settle_call(call: CallToAction, *, at: time | None, lasting_minutes: int) -> None:
    """Let a call say when its events begin, by local clocks, and how many minutes they last.

    `at` None: they begin at one instant everywhere. Later events that differ override it.
    """
    call.at, call.lasting_minutes = at, lasting_minutes


def aim(call: CallToAction, demand: Demand) -> None:
    """Link a call to a demand that its text does not name, marked as added by an organizer.

    Events made from now on support it. A second time changes nothing.
    """
    if all(purpose.demand_id != demand.id for purpose in call.purposes):
        call.purposes.append(CallPurpose(demand=demand, is_stated=False))
        db.session.flush()
        announce_calls([call.id])
