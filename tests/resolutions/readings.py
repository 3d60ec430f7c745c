"""Samples of what the reader says of a text, and campaigns made of them."""

from dataclasses import replace
from hashlib import sha256

from campaign.commands.demo import DATA
from campaign.models import Campaign, Resolution
from campaign.resolutions.reader import ClauseKind, ReadClause, Reading, clean, read_resolution
from campaign.resolutions.services import create_campaign, import_resolution, publish_resolution

TEXT = "To Norway: stop the war, free the jailed, free Ann and free Bo. Meet on 1 May at noon."


def read_clause(words: str, **known) -> ReadClause:
    """Make what the reader says of some words of TEXT: a demand on Norway, unless known better."""
    start = TEXT.index(words)
    clause = ReadClause(
        kind=ClauseKind.DEMAND,
        addressee="Norway",
        actor=None,
        text=words,
        start=start,
        end=start + len(words),
        parent=None,
        condition=None,
        dates=(),
        site_class=None,
        purpose=(),
        language="en",
    )
    return replace(clause, **known)


def read(*clauses: ReadClause, text: str = TEXT) -> Reading:
    """Make a reading of these clauses."""
    return Reading(
        title="Resolution",
        adopted_on=None,
        place=None,
        language="en",
        length=len(text),
        sha256=sha256(text.encode()).hexdigest(),
        clauses=clauses,
        signatories=(),
        unread=(),
    )


def store(*clauses: ReadClause, campaign: Campaign | None = None) -> Campaign:
    """Import what the reader says of TEXT, and publish it."""
    campaign = campaign or create_campaign("peace", "Peace", language="en")
    import_resolution(campaign, TEXT, read(*clauses), title="Resolution")
    publish_resolution(campaign)
    return campaign


def store_seoul() -> tuple[Campaign, Resolution]:
    """Import and publish the resolution of 2005, as the reader reads it."""
    text = clean((DATA / "resolution-seoul-2005.txt").read_bytes())
    campaign = create_campaign("seoul", "Seoul", language="en")
    resolution = import_resolution(campaign, text, read_resolution(text), title="Resolution")
    publish_resolution(campaign)
    return campaign, resolution
