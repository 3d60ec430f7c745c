"""Create campaigns."""

import re

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.errors import CampaignError, InvalidError
from campaign.languages import LANGUAGES
from campaign.languages import lazy_gettext as _
from campaign.models import Campaign

LONGEST_SLUG = 60  # characters, of a campaign
LONGEST_TITLE = 300  # characters
RESERVED = frozenset(tag.casefold() for tag in LANGUAGES) | {
    "api", "check-in", "embed", "exit", "feeds", "healthz", "metrics", "organize", "readyz", "rel",
    "static", "privacy", "contact", "credits", "sign-in", "sign-out", "sign-ups", "well-known",
}  # fmt: skip
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class SlugTakenError(CampaignError):
    """A campaign has this slug already."""


def create_campaign(slug: str, title: str, *, language: str, is_sample: bool = False) -> Campaign:
    """Create a campaign. Raises InvalidError for what it cannot be called, SlugTakenError."""
    _check_slug(slug)
    if not LANGUAGE_TAG.fullmatch(language):
        raise InvalidError(
            _("“%(tag)s” is no language: write a tag such as en or zh-Hant.", tag=language[:20])
        )
    if db.session.scalar(sa.select(Campaign.id).where(Campaign.slug == slug)):
        raise SlugTakenError(_("There is a campaign called “%(slug)s” already.", slug=slug))
    campaign = Campaign(
        slug=slug,
        title=trimmed(title, _("A campaign needs a title.")),
        language=language,
        is_sample=is_sample,
        created_at=clock.now(),
    )
    db.session.add(campaign)
    db.session.flush()
    return campaign


def _check_slug(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        raise InvalidError(
            _(
                "“%(slug)s” cannot be a campaign's address: use a-z, 0-9 and single hyphens.",
                slug=slug[:LONGEST_SLUG],
            )
        )
    if len(slug) > LONGEST_SLUG:
        raise InvalidError(
            _("A campaign's address has at most %(number)s characters.", number=LONGEST_SLUG)
        )
    if slug in RESERVED:
        raise InvalidError(_("“%(slug)s” is the address of something else here.", slug=slug))


def trimmed(title: str, if_empty: object) -> str:
    """Return a title on one line, without control characters. Raises InvalidError."""
    printable = "".join(letter if letter.isprintable() else " " for letter in title)
    trimmed = " ".join(printable.split())
    if not trimmed:
        raise InvalidError(if_empty)
    if len(trimmed) > LONGEST_TITLE:
        raise InvalidError(_("A title has at most %(number)s characters.", number=LONGEST_TITLE))
    return trimmed
