"""Which campaigns, resolutions, demands and calls there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from campaign import clock
from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import (
    Addressee,
    CalendarEntry,
    CallPurpose,
    CallToAction,
    Campaign,
    Clause,
    Demand,
    Resolution,
)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class AddressedDemands:
    """An addressee with the demands that stand by themselves, in the order of the text."""

    addressee: Addressee
    demands: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a demand or call between those of its paragraph, as the resolution has them."""

    before: str
    exact: str
    after: str
    clause: Clause
    resolution: Resolution
    is_stale: bool  # the text has changed since: what stands around the words is as it was then


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a resolution under the same clauses."""

    start: int  # characters
    end: int  # characters, exclusive
    clauses: tuple[Clause, ...]  # around it, from the outermost in; empty = none


def campaigns() -> list[Campaign]:
    """Return all campaigns, oldest first."""
    return list(db.session.scalars(sa.select(Campaign).order_by(Campaign.id)))


def find_campaign(slug: str) -> Campaign:
    """Return a campaign by its slug. Raises NotFoundError."""
    campaign = db.session.scalar(sa.select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise NotFoundError(_("There is no campaign at this address."))
    return campaign


def newest_resolution(campaign: Campaign) -> Resolution:
    """Return the resolution imported last, published or not. Raises NotFoundError."""
    query = _resolutions(campaign)
    return _there(db.session.scalar(query), _("This campaign has no resolution yet."))


def published_resolution(campaign: Campaign) -> Resolution:
    """Return the resolution published last. Raises NotFoundError."""
    query = _resolutions(campaign).where(Resolution.published_at.is_not(None))
    return _there(db.session.scalar(query), _("This campaign has published no resolution yet."))


def clauses_of(resolution: Resolution) -> list[Clause]:
    """Return the clauses of a resolution in the order of the text, with their addressees."""
    query = (
        sa.select(Clause)
        .where(Clause.resolution_id == resolution.id)
        .options(joinedload(Clause.addressee))
        .order_by(Clause.number)
    )
    return list(db.session.scalars(query))


def addressed_demands(campaign: Campaign) -> list[AddressedDemands]:
    """Return the published demands by addressee, in the order of the text."""
    query = _demands(campaign).where(Demand.parent_id.is_(None))
    query = query.options(selectinload(Demand.parts), joinedload(Demand.addressee))
    grouped: dict[int, list[Demand]] = {}
    demands = db.session.scalars(query.order_by(Demand.start)).all()
    for demand in demands:
        grouped.setdefault(demand.addressee_id, []).append(demand)
    addressees = {demand.addressee_id: demand.addressee for demand in demands}
    ordered = sorted(addressees.values(), key=lambda addressee: addressee.position)
    return [AddressedDemands(one, tuple(grouped[one.id])) for one in ordered]


def demands_of(campaign: Campaign) -> list[Demand]:
    """Return every published demand and part, in the order of the text, with its addressee."""
    query = _demands(campaign).options(joinedload(Demand.addressee))
    return list(db.session.scalars(query.order_by(Demand.start, Demand.id)))


def find_demand(campaign: Campaign, slug: str) -> Demand:
    """Return a published demand by its slug. Raises NotFoundError."""
    demand = db.session.scalar(_demands(campaign).where(Demand.slug == slug))
    return _there(demand, _("This campaign has no demand at this address."))


def find_addressee(campaign: Campaign, slug: str) -> Addressee:
    """Return an addressee of the published resolution by its slug. Raises NotFoundError."""
    spoken_to = (
        sa.select(Clause.addressee_id)
        .join(Clause.resolution)
        .where(Resolution.campaign_id == campaign.id, Resolution.published_at.is_not(None))
    )
    query = sa.select(Addressee).where(Addressee.slug == slug, Addressee.id.in_(spoken_to))
    return _there(db.session.scalar(query), _("This campaign has no addressee at this address."))


def calls_of(campaign: Campaign) -> list[CallToAction]:
    """Return the published calls, dated ones first."""
    query = _calls(campaign).order_by(CallToAction.on.is_(None), CallToAction.on, CallToAction.id)
    return list(db.session.scalars(query))


def calls_with_all() -> sa.Select[CallToAction]:
    """Return the query of all calls, published or not, with what calendars say of them."""
    of_clause = joinedload(CallToAction.clause).joinedload(Clause.resolution)
    demand = selectinload(CallToAction.purposes).joinedload(CallPurpose.demand)
    return sa.select(CallToAction).options(
        of_clause.load_only(Resolution.imported_at, Resolution.published_at),
        demand.joinedload(Demand.addressee),
        joinedload(CallToAction.campaign),
    )


def unannounced_calls() -> list[int]:
    """Return the ids of published calls with a day that no calendar knows of yet."""
    known = sa.select(CalendarEntry.call_id).where(CalendarEntry.call_id.is_not(None))
    query = (
        sa.select(CallToAction.id)
        .join(CallToAction.clause)
        .join(Clause.resolution)
        .where(Resolution.published_at.is_not(None), CallToAction.on.is_not(None))
        .where(CallToAction.id.not_in(known))
    )
    return list(db.session.scalars(query))


def foremost_call(campaign: Campaign) -> CallToAction | None:
    """Return the call to show first: the next one, else the one that was last, else any."""
    calls = calls_of(campaign)
    yesterday = clock.now().date() - timedelta(days=1)  # Somewhere it is still that day.
    dated = [call for call in calls if call.on]
    coming = [call for call in dated if call.on and call.on >= yesterday]
    return next(iter(coming or dated[::-1] or calls), None)


def find_call(campaign: Campaign, slug: str) -> CallToAction:
    """Return a published call by its slug. Raises NotFoundError."""
    call = db.session.scalar(_calls(campaign).where(CallToAction.slug == slug))
    return _there(call, _("This campaign has no call at this address."))


def purposes_of(call: CallToAction) -> list[CallPurpose]:
    """Return the demands that a call is aimed at, in the order of the text."""
    query = (
        sa.select(CallPurpose)
        .join(CallPurpose.demand)
        .where(CallPurpose.call_id == call.id)
        .options(joinedload(CallPurpose.demand).joinedload(Demand.addressee))
        .order_by(Demand.start)
    )
    return list(db.session.scalars(query))


def resolution_of(demand: Demand) -> Resolution:
    """Return the resolution in which a demand stands."""
    query = sa.select(Resolution).join(Clause).where(Clause.id == demand.clause_id)
    return db.session.scalars(query).one()


def is_stale(demand: Demand, resolution: Resolution) -> bool:
    """Tell whether any character of the text has changed since the demand was quoted from it."""
    if demand.sha256 != digest(resolution.text):
        return True
    return resolution.text[demand.start : demand.end] != demand.exact


@lru_cache(maxsize=2)
def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8; of the few texts in use it is worked out once."""
    return sha256(text.encode()).hexdigest()


def quotes(demands: Iterable[Demand]) -> dict[int, Quote]:
    """Return the quote of each demand in its paragraph, by the demand's id."""
    demands = list(demands)
    query = (
        sa.select(Clause)
        .where(Clause.id.in_({demand.clause_id for demand in demands}))
        .options(selectinload(Clause.resolution))  # Joined, its text would come with each row.
    )
    clauses = {clause.id: clause for clause in db.session.scalars(query)}
    return {demand.id: _quote(demand, clauses[demand.clause_id]) for demand in demands}


def quote_of_call(call: CallToAction) -> Quote:
    """Return the words of a call in their paragraph."""
    clause = call.clause
    resolution = clause.resolution
    if resolution.text[clause.start : clause.end] != call.exact:
        return Quote("", call.exact, "", clause, resolution, True)
    before, after = _around(resolution.text, clause.start, clause.end)
    return Quote(before, call.exact, after, clause, resolution, False)


def _quote(demand: Demand, clause: Clause) -> Quote:
    resolution = clause.resolution
    if is_stale(demand, resolution):
        return Quote(demand.prefix, demand.exact, demand.suffix, clause, resolution, True)
    before, after = _around(resolution.text, demand.start, demand.end)
    return Quote(before, demand.exact, after, clause, resolution, False)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the rest of the paragraph before and after a span."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return text[first:start], text[end : last if last >= 0 else len(text)]


def stretches(resolution: Resolution, clauses: list[Clause]) -> list[Stretch]:
    """Cut the text where a clause begins or ends; the stretches join without gaps."""
    cuts = sorted(
        {0, len(resolution.text)}.union(*({clause.start, clause.end} for clause in clauses))
    )
    outermost_first = sorted(clauses, key=lambda one: (one.start, -one.end, one.number))
    found, around = [], list[Clause]()
    waiting = iter(outermost_first)
    following = next(waiting, None)
    for start, end in pairwise(cuts):
        around = [one for one in around if one.end > start]
        while following is not None and following.start <= start:
            if following.end > start:
                around.append(following)
            following = next(waiting, None)
        found.append(Stretch(start, end, tuple(around)))
    return found


def _resolutions(campaign: Campaign) -> sa.Select[Resolution]:
    query = sa.select(Resolution).where(Resolution.campaign_id == campaign.id)
    return query.order_by(Resolution.id.desc()).limit(1)


def _demands(campaign: Campaign) -> sa.Select[Demand]:
    return (
        sa.select(Demand)
        .join(Demand.clause)
        .join(Clause.resolution)
        .options(contains_eager(Demand.clause))
        .where(Demand.campaign_id == campaign.id, Resolution.published_at.is_not(None))
    )


def _calls(campaign: Campaign) -> sa.Select[CallToAction]:
    return (
        sa.select(CallToAction)
        .join(CallToAction.clause)
        .join(Clause.resolution)
        .where(CallToAction.campaign_id == campaign.id, Resolution.published_at.is_not(None))
    )


def _there(found: Found | None, otherwise: object) -> Found:
    if found is None:
        raise NotFoundError(otherwise)
    return found
