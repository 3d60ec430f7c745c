"""Bytes become text, or are refused with the place where they went wrong."""

import pytest

from campaign.resolutions.reader import MAX_BYTES, UnreadableText, clean, read_resolution


def test_lines_end_in_one_character_and_nothing_else_changes() -> None:
    raw = "\ufeffWe\u00a0demand\r\n peace \t—\r\rnow\n".encode()

    assert clean(raw) == "We\u00a0demand\n peace \t—\n\nnow\n"


def test_a_byte_order_mark_within_the_text_stays() -> None:
    assert clean("a\ufeffb".encode()) == "a\ufeffb"


@pytest.mark.parametrize(
    ("raw", "reason", "line", "column"),
    [
        (b"", "empty", None, None),
        (b" \r\n\t\n", "empty", None, None),
        (b"\xef\xbb\xbf", "empty", None, None),
        (b"one\r\ntw\xc3\xa9\xff", "not-utf8", 2, 4),
        (b"one\rtwo\r\xff", "not-utf8", 3, 1),
        ("We demand".encode("utf-16"), "not-utf8", 1, 1),
        (b"one\n\0", "nul", 2, 1),
        (b"\xef\xbb\xbfab\0", "nul", 1, 3),
        (b"a" * (MAX_BYTES + 1), "too-long", None, None),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(
    raw: bytes, reason: str, line: int | None, column: int | None
) -> None:
    with pytest.raises(UnreadableText) as refused:
        clean(raw)

    assert isinstance(refused.value, ValueError)
    assert (refused.value.reason, refused.value.line, refused.value.column) == (
        reason,
        line,
        column,
    )


def test_the_longest_text_is_accepted() -> None:
    assert len(clean(b"a" * MAX_BYTES)) == MAX_BYTES


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), ("a\0", "nul"), ("a\n\ud800", "not-utf8")]
)
def test_the_reader_refuses_what_is_no_text(text: str, reason: str) -> None:
    with pytest.raises(UnreadableText) as refused:
        read_resolution(text)

    assert refused.value.reason == reason
