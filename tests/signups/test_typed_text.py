"""What people type is kept as they see it, without what hides in it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.signups.typed_text import (
    JOINERS,
    LINE_BREAKS,
    has_line_break,
    one_line,
    several_lines,
)

TEXT = st.text(st.characters(codec=None), max_size=40)


def hidden(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")} - JOINERS


@given(TEXT)
@example("\u202e\u2066\u200b\ufeff\x00\x1b\ud800")
def test_a_line_holds_nothing_hidden_but_line_breaks(text):
    assert hidden(one_line(text)) <= LINE_BREAKS


@given(TEXT)
def test_a_line_with_a_break_inside_is_seen_as_such(text):
    inside = one_line(text)

    assert has_line_break(inside) == (len(inside.splitlines()) > 1)


@given(TEXT)
@example("a\r\nb\rc\x85d\u2028e")
def test_several_lines_hold_nothing_hidden_but_newlines(text):
    assert hidden(several_lines(text)) <= {"\n"}


@given(TEXT)
def test_what_was_cleaned_once_stays_as_it_is(text):
    assert one_line(one_line(text)) == one_line(text)
    assert several_lines(several_lines(text)) == several_lines(text)


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        (None, ""),
        ("  one \r\n\r\n two\t", "one\n\n two"),
        ("a\u2028b", "a\nb"),
        ("\n\n", ""),
    ],
)
def test_lines_are_kept_apart(typed, lines):
    assert several_lines(typed) == lines
