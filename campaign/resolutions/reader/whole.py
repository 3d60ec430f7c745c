"""The whole of a reading: language, head, clauses, signatories, and how they hang together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256

from campaign.resolutions.reader.aims import Aim, Linker, Target, aims_of, stems_of
from campaign.resolutions.reader.cleaning import refuse_unreadable
from campaign.resolutions.reader.composing import Composer
from campaign.resolutions.reader.dates import FoundDate, find_dates
from campaign.resolutions.reader.drafts import Draft
from campaign.resolutions.reader.head import Head, read_head
from campaign.resolutions.reader.language import (
    UNDETERMINED,
    Language,
    known_languages,
    recognise,
)
from campaign.resolutions.reader.outline import Block, outline_of
from campaign.resolutions.reader.reading import ClauseKind, ReadClause, Reading, Span, Unread
from campaign.resolutions.reader.signatures import signature_numbers
from campaign.resolutions.reader.sites import site_class
from campaign.resolutions.reader.words import tokens_of

_SAMPLE = 200_000  # characters that the language is told by
_ASKING = frozenset({ClauseKind.DEMAND, ClauseKind.CALL})


def read_resolution(text: str, *, language: str | None = None) -> Reading:
    """Read a resolution: its clauses, whom they address, and what could not be read.

    language: a tag such as "en" or "en-GB"; without it the words tell. Raises UnreadableText.
    """
    return read_with(known_languages(), text, language=language)


def read_with(known: Mapping[str, Language], text: str, *, language: str | None = None) -> Reading:
    """Read a resolution by the languages given."""
    refuse_unreadable(text)
    tag = language or _language_of(text, known)
    spoken = known.get(tag.partition("-")[0].lower())
    if spoken is None:
        return _unknown(text, tag)
    return _Whole(text, tag, spoken, known).read()


def _language_of(text: str, known: Mapping[str, Language]) -> str:
    words = [token.word for token in tokens_of(text, 0, _SAMPLE) if token.word.isalpha()]
    return recognise(words, known)


def _unknown(text: str, tag: str) -> Reading:
    unread = [
        _unread(text, start, start + len(line), "unknown-language")
        for start, line in _written_lines(text)
    ]
    return _reading(text, tag, Head("", None, None, frozenset()), unread=unread)


def _written_lines(text: str) -> list[tuple[int, str]]:
    lines, start = [], 0
    for raw in text.split("\n"):
        line = raw.strip()
        if line:
            lines.append((start + raw.index(line), line))
        start += len(raw) + 1
    return lines


def _reading(
    text: str,
    tag: str,
    head: Head,
    *,
    clauses: Sequence[ReadClause] = (),
    signatories: Sequence[Span] = (),
    unread: Sequence[Unread] = (),
) -> Reading:
    return Reading(
        title=head.title,
        adopted_on=head.adopted_on,
        place=head.place,
        language=tag if tag else UNDETERMINED,
        length=len(text),
        sha256=sha256(text.encode("utf-8")).hexdigest(),
        clauses=tuple(clauses),
        signatories=tuple(signatories),
        unread=tuple(sorted(unread, key=lambda span: (span.start, span.end))),
    )


def _unread(text: str, start: int, end: int, reason: str) -> Unread:
    return Unread(text[start:end], start, end, reason)


class _Whole:
    """Read one text in one known language."""

    def __init__(
        self, text: str, tag: str, language: Language, known: Mapping[str, Language]
    ) -> None:
        self._text = text
        self._tag = tag
        self._language = language
        self._known = known

    def read(self) -> Reading:
        """Give the reading."""
        text = self._text
        blocks = outline_of(text, self._language)
        head = read_head(text, blocks, self._language)
        names, heads = signature_numbers(text, blocks, self._language)
        apart = head.blocks | set(names) | heads
        body = [block for number, block in enumerate(blocks) if number not in apart]
        adopters = " | ".join(text[blocks[n].start : blocks[n].end] for n in sorted(head.blocks))
        composer = self._composed(body, head, adopters, tells=False)
        if not any(draft.kind in _ASKING for draft in composer.notes.drafts):
            composer = self._composed(body, head, adopters, tells=True)
        drafts = sorted(composer.notes.drafts, key=lambda draft: (draft.start, -draft.end))
        unread = [_unread(text, *found) for found in composer.notes.unread]
        for number in sorted(head.blocks):
            tokens = tokens_of(text, blocks[number].start, blocks[number].end)
            composer.dates += find_dates(text, tokens, self._language, head.adopted_on)
        days = _Days(composer.dates)
        unread += [_unread(text, d.start, d.end, r) for d, r in days.problems(drafts)]
        links = _Links(text, drafts)
        unread += [_unread(text, aim.start, aim.end, "aim-without-demand") for aim in links.loose]
        signatories = [
            Span(text[blocks[n].start : blocks[n].end], blocks[n].start, blocks[n].end)
            for n in names
        ]
        return _reading(
            text,
            self._tag,
            head,
            clauses=self._clauses(drafts, (days, links), head.adopted_on),
            signatories=signatories,
            unread=unread,
        )

    def _composed(
        self, body: Sequence[Block], head: Head, adopters: str, *, tells: bool
    ) -> Composer:
        """Read the body; a text that asks nothing may tell what was asked: `tells`."""
        composer = Composer(self._text, self._language, self._known, head.adopted_on, tells=tells)
        composer.read(body, head.title, adopters)
        return composer

    def _clauses(
        self, drafts: Sequence[Draft], found: tuple[_Days, _Links], adopted_on: date | None
    ) -> list[ReadClause]:
        days, links = found
        numbers = {id(draft): number for number, draft in enumerate(drafts)}
        clauses = []
        for number, draft in enumerate(drafts):
            dates = days.within(draft.start, draft.end)
            if draft.kind is ClauseKind.CALL and adopted_on:
                dates = [day for day in dates if day >= adopted_on] or dates
            clauses.append(
                ReadClause(
                    kind=draft.kind,
                    addressee=draft.addressee,
                    actor=draft.actor,
                    text=self._text[draft.start : draft.end],
                    start=draft.start,
                    end=draft.end,
                    parent=numbers[id(draft.parent)] if draft.parent else None,
                    condition=self._text[slice(*draft.condition)] if draft.condition else None,
                    dates=tuple(dict.fromkeys(dates)),
                    site_class=links.sites.get(number),
                    purpose=tuple(sorted(links.purposes.get(number, ()))),
                    language=draft.language.code,
                )
            )
        return clauses


class _Days:
    """Know the dates of a text by their place."""

    def __init__(self, found: Sequence[FoundDate]) -> None:
        self._found = sorted(found, key=lambda day: day.start)
        self._starts = [day.start for day in self._found]

    def within(self, start: int, end: int) -> list[date]:
        """List the days named in a stretch."""
        return [day for found in self._between(start, end) for day in found.days]

    def problems(self, drafts: Sequence[Draft]) -> list[tuple[FoundDate, str]]:
        """List the dates that could not be read; those without a year only where one is asked."""
        asked = {
            id(found)
            for draft in drafts
            if draft.kind in _ASKING and draft.parent is None
            for found in self._between(draft.start, draft.end)
        }
        return [
            (found, found.problem)
            for found in self._found
            if found.problem and (found.problem != "date-without-year" or id(found) in asked)
        ]

    def _between(self, start: int, end: int) -> list[FoundDate]:
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [found for found in self._found[first:last] if found.end <= end]


class _Links:
    """Know the sites and purposes of the calls, by number of clause."""

    def __init__(self, text: str, drafts: Sequence[Draft]) -> None:
        self.sites: dict[int, str] = {}
        self.purposes: dict[int, list[int]] = {}
        self.loose: list[Aim] = []
        calls = [(n, draft) for n, draft in enumerate(drafts) if draft.kind is ClauseKind.CALL]
        linker = Linker(_targets(text, drafts)) if calls else Linker([])
        for number, draft in calls:
            self._enter(text, number, draft, linker)

    def _enter(self, text: str, number: int, draft: Draft, linker: Linker) -> None:
        tokens = tokens_of(text, draft.start, draft.end)
        site = site_class(tokens, draft.language)
        if site:
            self.sites[number] = site
        country = site.rpartition(" ")[2] if site else None
        for aim in aims_of(tokens, draft.language):
            demand = linker.demand(aim, country)
            if demand is None:
                self.loose.append(aim)
            elif demand not in self.purposes.setdefault(number, []):
                self.purposes[number].append(demand)


def _targets(text: str, drafts: Sequence[Draft]) -> list[Target]:
    return [
        Target(
            number,
            stems_of(tokens_of(text, draft.start, draft.end), draft.language),
            _country(draft),
        )
        for number, draft in enumerate(drafts)
        if draft.kind is ClauseKind.DEMAND and not draft.children
    ]


def _country(draft: Draft) -> str | None:
    """Give the country that a demand speaks to."""
    tokens = tokens_of(draft.addressee or "")
    for index in range(len(tokens)):
        found = draft.language.countries.name_at(tokens, index)
        if found:
            return found.meaning
    return None
