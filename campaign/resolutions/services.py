"""Create campaigns; import a resolution for review; publish it, which freezes it."""

import re
import uuid
from datetime import date

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.languages import RESERVED_TAGS
from campaign.languages import lazy_gettext as _
from campaign.models import (
    Addressee,
    CallPurpose,
    CallToAction,
    Campaign,
    Clause,
    Demand,
    DemandStatus,
    Resolution,
)
from campaign.resolutions.naming import label, slug_for_addressee, slugify
from campaign.resolutions.queries import newest_resolution
from campaign.resolutions.reader import ClauseKind, ReadClause, Reading

CONTEXT = 40  # characters kept before and after a quote (W3C TextQuoteSelector)
CALL_LASTS = 60  # minutes, until an organizer says otherwise
RESERVED = frozenset(tag.casefold() for tag in RESERVED_TAGS) | {
    "api", "embed", "feeds", "healthz", "metrics", "organize", "readyz", "rel", "static",
    "privacy", "contact", "credits", "sign-ups", "well-known",
}  # fmt: skip
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class SlugTakenError(CampaignError):
    """A campaign has this slug already."""


class AlreadyPublishedError(CampaignError):
    """A published resolution is frozen."""


def create_campaign(slug: str, title: str, *, language: str, is_sample: bool = False) -> Campaign:
    """Create a campaign. Raises InvalidError for a slug it may not have, SlugTakenError."""
    if not SLUG.fullmatch(slug) or slug in RESERVED or len(slug) > 60:
        raise InvalidError(
            _("“%(slug)s” cannot be a campaign's address: use a-z, 0-9 and -.", slug=slug[:60])
        )
    if not title.strip():
        raise InvalidError(_("A campaign needs a title."))
    if db.session.scalar(sa.select(Campaign.id).where(Campaign.slug == slug)):
        raise SlugTakenError(_("There is a campaign called “%(slug)s” already.", slug=slug))
    campaign = Campaign(
        slug=slug,
        title=title.strip(),
        language=language,
        is_sample=is_sample,
        created_at=clock.now(),
    )
    db.session.add(campaign)
    db.session.flush()
    return campaign


def import_resolution(campaign: Campaign, text: str, reading: Reading, *, title: str) -> Resolution:
    """Store a text with what the reader found in it, for review.

    The same text a second time changes nothing. Raises AlreadyPublishedError if another text is
    published already.
    """
    query = sa.select(Resolution).where(Resolution.campaign_id == campaign.id)
    earlier = db.session.scalars(query).all()
    for resolution in earlier:
        if resolution.sha256 == reading.sha256:
            return resolution
        if resolution.published_at:
            raise AlreadyPublishedError(_("This campaign's resolution is published and frozen."))
    resolution = _store(campaign, text, reading, title)
    addressees = _store_addressees(campaign, reading)
    clauses = _store_clauses(resolution, reading, addressees)
    demands = _store_demands(campaign, resolution, clauses)
    _store_calls(campaign, resolution, clauses, demands)
    db.session.flush()
    return resolution


def publish_resolution(campaign: Campaign) -> Resolution:
    """Freeze the newest resolution and show it, its demands and its calls to everybody.

    A second time changes nothing. Raises NotFoundError without a resolution.
    """
    resolution = newest_resolution(campaign)
    if resolution.published_at is None:
        resolution.published_at = clock.now()
        db.session.flush()
    return resolution


def _store(campaign: Campaign, text: str, reading: Reading, title: str) -> Resolution:
    resolution = Resolution(
        campaign=campaign,
        title=title,
        adopted_on=reading.adopted_on,
        place=reading.place,
        language=reading.language,
        text=text,
        sha256=reading.sha256,
        signatories=[signatory.text for signatory in reading.signatories],
        unread=[
            {"start": gap.start, "end": gap.end, "reason": gap.reason} for gap in reading.unread
        ],
        imported_at=clock.now(),
        published_at=None,
    )
    db.session.add(resolution)
    db.session.flush()
    return resolution


def _store_addressees(campaign: Campaign, reading: Reading) -> dict[str, Addressee]:
    """Return the campaign's addressees by name, with those of the reading among them."""
    query = sa.select(Addressee).where(Addressee.campaign_id == campaign.id)
    addressees = {addressee.name: addressee for addressee in db.session.scalars(query)}
    taken = {addressee.slug for addressee in addressees.values()}
    for clause in reading.clauses:
        name = _asked(clause)
        if name is None or name in addressees:
            continue
        slug, country = slug_for_addressee(name)
        slug = _free(slug, taken)
        addressees[name] = Addressee(
            campaign_id=campaign.id,
            slug=slug,
            name=name,
            country=country,
            position=len(addressees),
        )
        db.session.add(addressees[name])
    db.session.flush()
    return addressees


def _asked(clause: ReadClause) -> str | None:
    """Return whom a clause speaks to; a demand on somebody without an address speaks to them."""
    return clause.addressee or (clause.actor if clause.kind is ClauseKind.DEMAND else None)


def _free(slug: str, taken: set[str]) -> str:
    number, found = 1, slug
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    taken.add(found)
    return found


def _store_clauses(
    resolution: Resolution, reading: Reading, addressees: dict[str, Addressee]
) -> list[Clause]:
    clauses = []
    for number, read in enumerate(reading.clauses):
        name = _asked(read)
        clause = Clause(
            resolution=resolution,
            number=number,
            parent_number=read.parent,
            kind=read.kind.value,
            addressee=addressees[name] if name else None,
            actor=read.actor,
            start=read.start,
            end=read.end,
            condition=read.condition,
            dates=[day.isoformat() for day in read.dates],
            site_class=read.site_class,
            purpose=list(read.purpose),
            language=read.language,
        )
        db.session.add(clause)
        clauses.append(clause)
    db.session.flush()
    return clauses


def _store_demands(
    campaign: Campaign, resolution: Resolution, clauses: list[Clause]
) -> dict[int, Demand]:
    """Return the demands by the number of their clause; those without an addressee are none."""
    numbers: dict[str, int] = _highest_numbers(campaign)
    demands: dict[int, Demand] = {}
    for clause in clauses:
        if clause.kind != ClauseKind.DEMAND.value or clause.addressee is None:
            continue
        slug = clause.addressee.slug
        numbers[slug] = numbers.get(slug, 0) + 1
        demand = _demand(resolution, clause, f"{slug}-{numbers[slug]}")
        demand.campaign_id = campaign.id
        if clause.parent_number is not None:
            demand.parent = demands.get(clause.parent_number)
        db.session.add(demand)
        demands[clause.number] = demand
    db.session.flush()
    return demands


def _highest_numbers(campaign: Campaign) -> dict[str, int]:
    slugs = db.session.scalars(sa.select(Demand.slug).where(Demand.campaign_id == campaign.id))
    numbers: dict[str, int] = {}
    for slug in slugs:
        addressee, _dash, number = slug.rpartition("-")
        numbers[addressee] = max(numbers.get(addressee, 0), int(number))
    return numbers


def _demand(resolution: Resolution, clause: Clause, slug: str) -> Demand:
    text = resolution.text
    exact = text[clause.start : clause.end]
    return Demand(
        slug=slug,
        label=label(exact),
        clause=clause,
        addressee=clause.addressee,
        actor=clause.actor,
        condition=clause.condition,
        exact=exact,
        prefix=text[max(0, clause.start - CONTEXT) : clause.start],
        suffix=text[clause.end : clause.end + CONTEXT],
        start=clause.start,
        end=clause.end,
        sha256=resolution.sha256,
        status=DemandStatus.OPEN,
    )


def _store_calls(
    campaign: Campaign, resolution: Resolution, clauses: list[Clause], demands: dict[int, Demand]
) -> None:
    query = sa.select(CallToAction.slug).where(CallToAction.campaign_id == campaign.id)
    taken = set(db.session.scalars(query))
    for clause in clauses:
        if clause.kind != ClauseKind.CALL.value:
            continue
        exact = resolution.text[clause.start : clause.end]
        slug = _free(clause.dates[0] if clause.dates else slugify(exact, limit=30), taken)
        call = CallToAction(
            campaign_id=campaign.id,
            clause=clause,
            slug=slug,
            uid=str(uuid.uuid4()),
            title=label(exact),
            description=exact,
            exact=exact,
            on=date.fromisoformat(clause.dates[0]) if clause.dates else None,
            site_class=clause.site_class,
            lasting_minutes=CALL_LASTS,
            changed_at=clock.now(),
        )
        call.purposes = [
            CallPurpose(demand=demands[number], is_stated=True)
            for number in clause.purpose
            if number in demands
        ]
        db.session.add(call)
