"""What a calendar may say of a call and of demands, in the language spoken now."""

from collections.abc import Iterable, Sequence

from campaign.addresses import KEPT, absolute, base
from campaign.calendars.markup import html_of
from campaign.calendars.rendering import DemandLink, Entry, EntryStatus, Picture
from campaign.calendars.scopes import Scope, path_of
from campaign.languages import gettext as _
from campaign.models import CallToAction, Demand


def world_day_of(call: CallToAction) -> Entry:
    """Return the entry that stands for the day of a call all over the world. It must have a day."""
    campaign = call.campaign.slug
    page = absolute("resolutions.call", campaign=campaign, call=call.slug)
    demands = in_order(purpose.demand for purpose in call.purposes)
    description = with_demands(call.description, demands, page)
    return Entry(
        uid=call.uid,
        sequence=call.sequence,
        created_at=call.clause.resolution.imported_at,
        modified_at=call.changed_at,
        all_day_on=call.on,
        status=EntryStatus.CONFIRMED,
        title=call.title,
        description=description,
        html=html_of(description),
        url=page,
        contact=contact_of(call.campaign.title),
        picture=badge(),
        demands=demand_links(campaign, demands),
        demand_relation=relation(),
    )


def paths_of_call(call: CallToAction) -> frozenset[str]:
    """Return the feeds in which a call's world day stands; empty = it is not public or no day."""
    if call.on is None or call.clause.resolution.published_at is None:
        return frozenset()
    slug = call.campaign.slug
    return frozenset({path_of(slug, Scope.CAMPAIGN), path_of(slug, Scope.CALL, call.slug)})


def in_order(demands: Iterable[Demand]) -> list[Demand]:
    """Return demands in the order of the text: equal rows give equal bytes."""
    return sorted(demands, key=lambda demand: (demand.start, demand.id))


def with_demands(text: str, demands: Sequence[Demand], page: str) -> str:
    """Return a description that ends on each demand in its own words, and the page."""
    lines = [
        _(
            "Demand on %(addressee)s: “%(words)s”",
            addressee=demand.addressee.name,
            words=" ".join(demand.exact.split()),
        )
        for demand in demands
    ]
    return "\n".join([text.strip(), "", *lines, "", page])


def demand_links(
    campaign: str, demands: Sequence[Demand], *, are_named: bool = True
) -> tuple[DemandLink, ...]:
    """Return links by addresses without a language: they name a demand in all of them."""
    return tuple(
        DemandLink(
            demand.slug,
            demand.label if are_named else "",
            f"{base()}/{campaign}/demands/{demand.slug}",
        )
        for demand in demands
    )


def relation() -> str:
    """Return the URI that names the relation of an event to a demand."""
    return f"{base()}/rel/demand"


def badge() -> Picture:
    """Return the light that stands for every event."""
    return Picture(f"{base()}/{KEPT}badge.svg", "image/svg+xml")


def contact_of(campaign_title: str) -> str:
    """Return whom to turn to: the campaign, and the page that says how."""
    return f"{campaign_title}, {absolute('pages.contact')}"
