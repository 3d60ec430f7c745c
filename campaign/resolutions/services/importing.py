"""Import a resolution for review, publish it, which freezes it, and aim its calls."""

import uuid
from collections import Counter
from datetime import date

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError
from campaign.languages import gettext, speaking
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
from campaign.resolutions.queries import calls_of, newest_resolution
from campaign.resolutions.reader import ClauseKind, ReadClause, Reading
from campaign.resolutions.services.announcing import announce_calls
from campaign.resolutions.services.campaigns import trimmed

CONTEXT = 40  # characters kept before and after a quote (W3C TextQuoteSelector)
CALL_LASTS = 60  # minutes, until an organizer says otherwise
NOBODY = ""  # whom a demand speaks to that names nobody
NOBODY_SLUG = "unnamed"


class AlreadyPublishedError(CampaignError):
    """A published resolution is frozen."""


def import_resolution(campaign: Campaign, text: str, reading: Reading, *, title: str) -> Resolution:
    """Store a text with what the reader found in it, for review.

    The same text a second time changes nothing; another text takes the place of one that was
    not published yet. Raises AlreadyPublishedError if another text is published already.
    """
    query = sa.select(Resolution).where(Resolution.campaign_id == campaign.id)
    for earlier in db.session.scalars(query).all():
        if earlier.sha256 == reading.sha256:
            return earlier
        if earlier.published_at:
            raise AlreadyPublishedError(_("This campaign's resolution is published and frozen."))
        _remove(earlier)
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
        announce_calls(call.id for call in calls_of(campaign))
    return resolution


def _remove(resolution: Resolution) -> None:
    """Remove a resolution that nobody outside has seen, with all that was found in it."""
    clauses = sa.select(Clause.id).where(Clause.resolution_id == resolution.id)
    calls = sa.select(CallToAction.id).where(CallToAction.clause_id.in_(clauses))
    for table, condition in (
        (CallPurpose, CallPurpose.call_id.in_(calls)),
        (CallToAction, CallToAction.clause_id.in_(clauses)),
        (Demand, Demand.clause_id.in_(clauses)),
        (Clause, Clause.resolution_id == resolution.id),
        (Addressee, Addressee.campaign_id == resolution.campaign_id),
        (Resolution, Resolution.id == resolution.id),
    ):
        db.session.execute(sa.delete(table).where(condition))
    db.session.expire_all()


def _store(campaign: Campaign, text: str, reading: Reading, title: str) -> Resolution:
    resolution = Resolution(
        campaign=campaign,
        title=trimmed(title, _("A resolution needs a title.")),
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
    """Return the addressees by every name they have; a state is one by whatever name."""
    by_name: dict[str, Addressee] = {}
    by_identity: dict[str, Addressee] = {}
    taken: set[str] = set()
    for clause in reading.clauses:
        name = _asked(clause)
        if name is None or name in by_name:
            continue
        slug, country = _slug_of(name)
        identity = country or name.casefold()
        if identity not in by_identity:
            by_identity[identity] = Addressee(
                campaign_id=campaign.id,
                slug=_free(slug, taken),
                name=name or _nobody(campaign),
                country=country,
                position=len(by_identity),
            )
        by_name[name] = by_identity[identity]
    db.session.add_all(by_identity.values())
    db.session.flush()
    return by_name


def _asked(clause: ReadClause) -> str | None:
    """Return whom a clause speaks to; a demand on somebody without an address speaks to them.

    A demand that names nobody is a demand all the same; any other clause may stand alone.
    """
    if clause.kind is not ClauseKind.DEMAND:
        return clause.addressee
    return clause.addressee or clause.actor or NOBODY


def _slug_of(name: str) -> tuple[str, str | None]:
    return (NOBODY_SLUG, None) if name == NOBODY else slug_for_addressee(name)


def _nobody(campaign: Campaign) -> str:
    with speaking(campaign.language):
        return gettext("an addressee not named")


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
            resolution_id=resolution.id,
            number=number,
            parent_number=read.parent,
            kind=read.kind.value,
            addressee=None if name is None else addressees[name],
            actor=read.actor,
            start=read.start,
            end=read.end,
            condition=read.condition,
            dates=[day.isoformat() for day in read.dates],
            site_class=read.site_class,
            purpose=list(read.purpose),
            language=read.language,
        )
        clauses.append(clause)
    db.session.add_all(clauses)
    db.session.flush()
    return clauses


def _store_demands(
    campaign: Campaign, resolution: Resolution, clauses: list[Clause]
) -> dict[int, Demand]:
    """Return the demands by the number of their clause, numbered by addressee."""
    numbers: Counter[str] = Counter()
    demands: dict[int, Demand] = {}
    for clause in clauses:
        if clause.kind != ClauseKind.DEMAND.value or clause.addressee is None:
            continue
        slug = clause.addressee.slug
        numbers[slug] += 1
        demand = _demand(resolution, clause, f"{slug}-{numbers[slug]}")
        demand.campaign_id = campaign.id
        if clause.parent_number is not None:
            demand.parent = demands.get(clause.parent_number)
        demands[clause.number] = demand
    db.session.add_all(demands.values())
    db.session.flush()
    return demands


def _demand(resolution: Resolution, clause: Clause, slug: str) -> Demand:
    text = resolution.text
    exact = text[clause.start : clause.end]
    return Demand(
        slug=slug,
        label=_label(exact, clause),
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


def _label(exact: str, clause: Clause) -> str:
    whom = clause.actor or (clause.addressee.name if clause.addressee else None)
    return label(exact, whom=whom, language=clause.language)


def _store_calls(
    campaign: Campaign, resolution: Resolution, clauses: list[Clause], demands: dict[int, Demand]
) -> None:
    taken: set[str] = set()
    for clause in clauses:
        if clause.kind != ClauseKind.CALL.value:
            continue
        exact = resolution.text[clause.start : clause.end]
        title = _label(exact, clause)
        on = clause.dates[0] if clause.dates else None
        call = CallToAction(
            campaign_id=campaign.id,
            clause=clause,
            slug=_free(on or slugify(title, limit=30, otherwise="call"), taken),
            uid=str(uuid.uuid4()),
            title=title,
            description=" ".join(exact.split()),
            exact=exact,
            on=date.fromisoformat(on) if on else None,
            site_class=clause.site_class,
            lasting_minutes=CALL_LASTS,
            changed_at=clock.now().replace(microsecond=0),
        )
        call.purposes = [
            CallPurpose(demand=demands[number], is_stated=True)
            for number in dict.fromkeys(clause.purpose)
            if number in demands
        ]
        db.session.add(call)
