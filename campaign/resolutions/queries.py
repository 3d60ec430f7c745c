"""Which campaigns, resolutions, demands and calls there are."""

from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from campaign.database import db
from campaign.errors import NotFoundError
from campaign.languages import lazy_gettext as _
from campaign.models import (
    Addressee,
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
class Stretch:
    """A stretch of a resolution under one innermost clause, or under none."""

    start: int  # characters
    end: int  # characters, exclusive
    clause: Clause | None


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
    """Return every published demand and part, in the order of the text."""
    return list(db.session.scalars(_demands(campaign).order_by(Demand.start, Demand.id)))


def find_demand(campaign: Campaign, slug: str) -> Demand:
    """Return a published demand by its slug. Raises NotFoundError."""
    demand = db.session.scalar(_demands(campaign).where(Demand.slug == slug))
    return _there(demand, _("This campaign has no demand at this address."))


def find_addressee(campaign: Campaign, slug: str) -> Addressee:
    """Return an addressee by its slug. Raises NotFoundError."""
    query = sa.select(Addressee).where(
        Addressee.campaign_id == campaign.id, Addressee.slug == slug
    )
    return _there(db.session.scalar(query), _("This campaign has no addressee at this address."))


def calls_of(campaign: Campaign) -> list[CallToAction]:
    """Return the published calls, dated ones first."""
    query = _calls(campaign).order_by(CallToAction.on.is_(None), CallToAction.on, CallToAction.id)
    return list(db.session.scalars(query))


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
    """Tell whether the text has changed since the demand was quoted from it."""
    if demand.sha256 != resolution.sha256:
        return True
    return resolution.text[demand.start : demand.end] != demand.exact


def stretches(resolution: Resolution, clauses: list[Clause]) -> list[Stretch]:
    """Cut the text into stretches, each under its innermost clause; they join without gaps."""
    cuts = sorted(
        {0, len(resolution.text)}.union(*({clause.start, clause.end} for clause in clauses))
    )
    found = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        around = [one for one in clauses if one.start <= start and end <= one.end]
        innermost = min(around, key=lambda one: (one.end - one.start, -one.number), default=None)
        found.append(Stretch(start, end, innermost))
    return found


def _resolutions(campaign: Campaign) -> sa.Select[Resolution]:
    query = sa.select(Resolution).where(Resolution.campaign_id == campaign.id)
    return query.order_by(Resolution.id.desc()).limit(1)


def _demands(campaign: Campaign) -> sa.Select[Demand]:
    return (
        sa.select(Demand)
        .join(Demand.clause)
        .join(Clause.resolution)
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
