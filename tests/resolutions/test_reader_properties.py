"""Whatever the text, the reading holds together, ends, and never invents a word."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.resolutions.reader import (
    MAX_BYTES,
    ClauseKind,
    Reading,
    UnreadableText,
    clean,
    read_resolution,
)

PHRASES = [
    "We call on the Council to open the archives",
    "calls upon all States",
    "to release the prisoners, to end torture and to pay",
    "unless the Government acts",
    "Whereas the river is dry; and",
    "BE IT RESOLVED that the City Council urges the Governor to act",
    "We demand:",
    "To the Government of Malta, we",
    "must be released",
    "Companies should",
    "join the march on 31 April",
    "on 1 and 2 May 2011",
    "outside the embassies of Spain",
    "aimed at ending the drought",
    "“We urge peace",
    "U.N.",
    "(a)",
    "(i)",
    "1.",
    "2)",
    "- ",
    "•\t",
    "\u200f",
    "\u00a0",
    "\n",
    "\n\n",
    "\r\n",
    ": ",
    "; ",
    ", and ",
    ". ",
    "—",
    "Dear Minister,",
    "Signed:",
    "Jane Doe, Oslo",
    "# Title",
    "über die Brücke",
    "평화를 요구한다",
    "🕯",
    "(",
    ")",
]
RESOLUTIONS = st.lists(st.sampled_from(PHRASES), max_size=40).map(" ".join)
ANYTHING = st.text(max_size=300)


def check(text: str, reading: Reading) -> None:
    for span in (*reading.clauses, *reading.signatories, *reading.unread):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        assert span.text == span.text.strip()
    places = [(clause.start, -clause.end) for clause in reading.clauses]
    assert places == sorted(places)
    for number, clause in enumerate(reading.clauses):
        if clause.parent is not None:
            whole = reading.clauses[clause.parent]
            assert clause.parent < number
            assert whole.start <= clause.start
            assert clause.end <= whole.end
        assert clause.condition is None or clause.condition in clause.text
        assert all(reading.clauses[demand].kind is ClauseKind.DEMAND for demand in clause.purpose)
        assert clause.kind is ClauseKind.CALL or not (clause.purpose or clause.site_class)
        for name in (clause.addressee, clause.actor):
            assert name is None or name in " ".join(text.split())


@settings(deadline=None, max_examples=300)
@given(RESOLUTIONS)
def test_every_reading_of_a_resolution_holds_together(text: str) -> None:
    try:
        reading = read_resolution(text, language="en")
    except UnreadableText as refused:
        assert refused.reason == "empty"
        return

    check(text, reading)


@settings(deadline=None, max_examples=200)
@given(ANYTHING)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        reading = read_resolution(text)
    except UnreadableText:
        return

    check(text, reading)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_any_file_is_cleaned_or_refused(raw: bytes) -> None:
    try:
        text = clean(raw)
    except UnreadableText as refused:
        assert refused.reason in {"not-utf8", "nul", "empty"}
        return

    assert "\r" not in text
    assert clean(text.encode()) == text.removeprefix("\ufeff")


def repeated(beginning: str, piece: str) -> Callable[[int], str]:
    return lambda size: (beginning + piece * (size // len(piece.encode())))[:size]


HOSTILE = {
    "one word": repeated("", "a"),
    "commas": repeated("We call on the Council to end the war", ","),
    "parts": repeated("We call on the Council to end the war", ", end the war"),
    "ands": repeated("We call on the Council to end the war", " and"),
    "leads": repeated("", "We call on the Council and "),
    "nouns": repeated("", "Calls for peace, and calls for war "),
    "quotes": repeated("", '"“'),
    "markers": repeated("", "(a) (i) (1) "),
    "items": repeated("", "1. Call on\n(a) to\n"),
    "names": repeated("Doctors for the Delta\n\nDoctors", " Doctors for"),
    "dates": repeated("", "1 and 2 and "),
    "duties": repeated("", "Governments must act and companies must pay and "),
    "conditions": repeated("", "unless the Council does not "),
    "brackets": repeated("We call on the Council to end the war", " ("),
}


def steps(text: str) -> int:
    """Count the calls of Python functions that a reading takes."""
    count = 0

    def counting(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        read_resolution(text, language="en")
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_ten_times_the_text_takes_about_ten_times_the_steps(name: str) -> None:
    read_resolution("We demand peace.", language="en")
    text = HOSTILE[name]

    few, many = steps(text(2_000)), steps(text(20_000))

    assert many < 15 * few + 2_000


def test_the_longest_hostile_text_is_read_to_its_end() -> None:
    piece = "We call on the Council to end the war, and (a) to pay, unless it does not; "
    text = repeated("", piece)(MAX_BYTES)

    reading = read_resolution(text, language="en")

    assert reading.length == len(text)
    assert len(reading.clauses) >= len(text) // len(piece)
