"""A resolution and its demands as pages show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for

from campaign.models import Addressee, Campaign, Clause, Demand
from campaign.resolutions.queries import Stretch


@dataclass(frozen=True, slots=True)
class OpenedClause:
    """A clause that begins, or goes on, where a segment begins."""

    kind: str
    id: str | None  # its name within the page; None = it began before


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text, with the clauses that open before it and close behind it."""

    text: str
    url: str | None  # the page of the innermost clause that has one
    opens: tuple[OpenedClause, ...]  # from the outermost in
    closes: int  # clauses
    is_between: bool  # under no clause: a line end opens a new paragraph


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A demand in a list, with its parts below it."""

    url: str
    words: str
    language: str  # BCP 47 tag of the words
    events: int
    parts: tuple["DemandRow", ...]


@dataclass(frozen=True, slots=True)
class AddresseeRow:
    """An addressee with the demands on it that stand by themselves."""

    addressee: Addressee
    demands: tuple[DemandRow, ...]

    @property
    def has_events(self) -> bool:
        """Tell whether any event supports one of them."""
        return any(row.events for row in self.demands)


def anchor(clause_number: int) -> str:
    """Return the name of a clause within the page of its resolution."""
    return f"clause-{clause_number}"


def segments(text: str, stretches: list[Stretch], urls: Mapping[int, str]) -> tuple[Segment, ...]:
    """Return the text in segments that join without gaps; `urls` by the number of a clause.

    What opens closes again in turn, also where two clauses overlap: the one within is cut then.
    """
    found: list[Segment] = []
    begun: set[int] = set()
    for number, stretch in enumerate(stretches):
        before = stretches[number - 1].clauses if number else ()
        after = stretches[number + 1].clauses if number + 1 < len(stretches) else ()
        kept = _shared(before, stretch.clauses)
        opening = stretch.clauses[kept:]
        found.append(
            Segment(
                text=text[stretch.start : stretch.end],
                url=_url(stretch.clauses, urls),
                opens=tuple(_opened(clause, begun) for clause in opening),
                closes=len(stretch.clauses) - _shared(stretch.clauses, after),
                is_between=not stretch.clauses,
            )
        )
    return tuple(found)


def _shared(one: tuple[Clause, ...], other: tuple[Clause, ...]) -> int:
    """Return how many clauses, from the outermost in, both have around them."""
    number = 0
    while number < min(len(one), len(other)) and one[number] is other[number]:
        number += 1
    return number


def _url(clauses: tuple[Clause, ...], urls: Mapping[int, str]) -> str | None:
    return next((urls[one.number] for one in reversed(clauses) if one.number in urls), None)


def _opened(clause: Clause, begun: set[int]) -> OpenedClause:
    is_new = clause.number not in begun
    begun.add(clause.number)
    return OpenedClause(clause.kind, anchor(clause.number) if is_new else None)


def addressee_rows(
    campaign: Campaign, demands: Iterable[Demand], numbers: Mapping[int, int]
) -> list[AddresseeRow]:
    """Return the addressees in the order of the text, with the demands on each.

    Takes all demands of the campaign at once, so that no parts are fetched one by one; `numbers`
    is how many events support each, by the demand's id.
    """
    children = _children(demands)
    found: dict[int, list[Demand]] = {}
    for demand in children.get(None, []):
        found.setdefault(demand.addressee_id, []).append(demand)
    rows = [
        AddresseeRow(
            some[0].addressee, tuple(_row(campaign, one, children, numbers) for one in some)
        )
        for some in found.values()
    ]
    return sorted(rows, key=lambda row: row.addressee.position)


def part_rows(
    campaign: Campaign, whole: Demand, demands: Iterable[Demand], numbers: Mapping[int, int]
) -> list[DemandRow]:
    """Return the parts of a demand as rows, their own parts below them."""
    children = _children(demands)
    return [_row(campaign, one, children, numbers) for one in children.get(whole.id, [])]


def _children(demands: Iterable[Demand]) -> dict[int | None, list[Demand]]:
    children: dict[int | None, list[Demand]] = {}
    for demand in demands:
        children.setdefault(demand.parent_id, []).append(demand)
    return children


def _row(
    campaign: Campaign,
    demand: Demand,
    children: Mapping[int | None, list[Demand]],
    numbers: Mapping[int, int],
) -> DemandRow:
    parts = children.get(demand.id, [])
    return DemandRow(
        url=url_for("resolutions.demand", campaign=campaign.slug, demand=demand.slug),
        words=demand.label,
        language=demand.clause.language,
        events=numbers.get(demand.id, 0),
        parts=tuple(_row(campaign, part, children, numbers) for part in parts),
    )
