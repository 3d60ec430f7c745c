"""Content lines hold any text, and every reader gets it back."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import vText
from icalendar.parser import Contentline, Contentlines, Parameters

from campaign.calendars.lines import (
    clean,
    escape,
    fold,
    local_time,
    one_line,
    quoted,
    uri,
    utc_time,
)

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
FULL_OF_ESCAPES = st.text("\\;,\n a가é🕯", max_size=400)
HANGUL, COMBINING, CANDLE = "한", "e\u0301", "🕯\ufe0f\u200d🔥"


def unfolded(content: bytes) -> str:
    """Undo folding as a reader does that knows nothing of ours."""
    return content.replace(b"\r\n ", b"").removesuffix(b"\r\n").decode()


def physical_lines(content: bytes) -> list[bytes]:
    assert content.endswith(b"\r\n")
    return content.removesuffix(b"\r\n").split(b"\r\n")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Seoul, noon; come", r"Seoul\, noon\; come"),
        (r"C:\new", r"C:\\new"),
        ("one\ntwo\r\nthree\rfour", r"one\ntwo\nthree\nfour"),
        ("a\vb\fc\x85d\u2028e\u2029f", r"a\nb\nc\nd\ne\nf"),
        ("a\x00b\x1bc\x1ed\x7fe\x9ff", "abcdef"),
        ("tab\tstays, 'quotes\" and: colons too", "tab\tstays\\, 'quotes\" and: colons too"),
    ],
)
def test_a_text_is_escaped_where_it_must_be_and_nowhere_else(text, written):
    assert escape(text) == written


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT | FULL_OF_ESCAPES)
def test_every_text_comes_back_as_it_was_but_for_breaks_and_controls(text):
    content = fold(f"DESCRIPTION:{escape(text)}")

    line = Contentlines.from_ical(content)[0]
    assert vText.from_ical(line.parts()[2]) == clean(text)


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT | FULL_OF_ESCAPES)
def test_every_physical_line_is_short_and_whole_on_its_own(text):
    content = fold(f"SUMMARY:{escape(text)}")

    for line in physical_lines(content):
        assert len(line) <= 75
        assert line.decode().splitlines() == [line.decode()]
        trailing = len(line) - len(line.rstrip(b"\\"))
        assert trailing % 2 == 0
    assert unfolded(content) == f"SUMMARY:{escape(text)}"


@pytest.mark.parametrize("piece", [HANGUL, COMBINING, CANDLE, r"\\", r"\n", r"\;", "x"])
@pytest.mark.parametrize("offset", range(6))
def test_no_fold_cuts_a_character_or_an_escape(piece, offset):
    line = "X:" + "x" * offset + piece * 1000

    lines = physical_lines(fold(line))

    assert all(len(physical) <= 75 for physical in lines)
    assert all(len(physical) > 75 - len(piece.encode()) - 4 for physical in lines[:-1])
    assert "".join([lines[0].decode(), *(part.decode()[1:] for part in lines[1:])]) == line
    assert not any((len(p) - len(p.rstrip(b"\\"))) % 2 for p in lines)


def test_a_line_of_75_octets_stays_whole_and_one_of_76_does_not():
    assert fold("x" * 75) == b"x" * 75 + b"\r\n"
    assert fold("x" * 76) == b"x" * 75 + b"\r\n x\r\n"


def test_a_lone_surrogate_becomes_a_question_mark():
    assert fold("a\ud83db") == b"a?b\r\n"


def test_a_text_of_many_lines_becomes_one_line():
    assert one_line("  50 Nam-gu \r\n\n Seoul\x0b") == "50 Nam-gu Seoul"
    assert one_line("50 Nam-gu\nSeoul", ", ") == "50 Nam-gu, Seoul"


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT | st.text('":;,^\r\n', max_size=40))
def test_every_text_comes_back_from_a_parameter_on_one_line(text):
    # A backslash escapes nothing in a parameter, but icalendar takes it so before `;`, `,` and `:`.
    text = text.replace("\\", "")

    name, parameters, value = Contentline(f"X-A;LABEL={quoted(text)};B=c:value").parts()

    assert (name, value) == ("X-A", "value")
    assert parameters == Parameters({"LABEL": one_line(text), "B": "c"})


@given(st.text('"^\\;:,\r\na'))
def test_no_text_breaks_out_of_the_quotes_of_a_parameter(text):
    inside = re.fullmatch(r'"([^"\x00-\x1f]*)"', quoted(text))

    read = re.sub(r"\^(['^])", lambda found: {"'": '"', "^": "^"}[found[1]], inside[1])
    assert read == one_line(text)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://a.org/x?y=1&z=a,b;c#d", "https://a.org/x?y=1&z=a,b;c#d"),
        ("https://a.org/서울", "https://a.org/%EC%84%9C%EC%9A%B8"),
        ("https://a.org/%EC%84%9C", "https://a.org/%EC%84%9C"),
        (' https://a.org/"\\^ ', "https://a.org/%22%5C%5E"),
        ("https://a.org/\r\nBEGIN:VALARM", "https://a.org/%0D%0ABEGIN:VALARM"),
        ("mailto:info@a.org", "mailto:info@a.org"),
        ("https://a.org/\ud83d", "https://a.org/?"),
    ],
)
def test_an_address_is_written_as_a_uri(address, written):
    assert uri(address) == written


@given(st.text())
def test_no_address_breaks_out_of_its_line_or_its_quotes(address):
    assert re.fullmatch(r"[!#-\[\]_a-z~]*", uri(address))


def test_times_are_written_to_the_second_with_four_digits_of_the_year():
    moment = datetime(2005, 4, 28, 12, 0, 7, 999, tzinfo=timezone(timedelta(hours=9)))

    assert local_time(moment) == "20050428T120007"
    assert utc_time(moment) == "20050428T030007Z"
    assert utc_time(datetime(987, 1, 2, tzinfo=UTC)) == "09870102T000000Z"


def test_a_moment_without_a_zone_is_refused_where_utc_is_written():
    with pytest.raises(ValueError, match="needs a zone"):
        utc_time(datetime.fromisoformat("2005-04-28T12:00"))
