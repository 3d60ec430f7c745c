"""The text of a safety sheet: paragraphs and lists, and never anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.events.sheet_text import Block, read_sheet


def paragraph(line: str) -> Block:
    return Block((line,), is_list=False)


def items(*lines: str) -> Block:
    return Block(lines, is_list=True)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", ()),
        (" \n\n\t\n", ()),
        ("Stay together.", (paragraph("Stay together."),)),
        ("Stay\ntogether.", (paragraph("Stay together."),)),
        ("One.\n\n\nTwo.", (paragraph("One."), paragraph("Two."))),
        ("One.\r\n\r\nTwo.", (paragraph("One."), paragraph("Two."))),
        ("- a\n- b", (items("a", "b"),)),
        ("- a\n\n- b", (items("a", "b"),)),
        ("- a\n  goes on\n- b", (items("a goes on", "b"),)),
        ("Bring:\n- water\n- a coat", (paragraph("Bring:"), items("water", "a coat"))),
        ("- a\n\nAfterwards", (items("a"), paragraph("Afterwards"))),
        ("-5 degrees", (paragraph("-5 degrees"),)),
        ("-", (paragraph("-"),)),
        ("• a\n• b", (items("a", "b"),)),
        ("<b>No</b> {{ 7 }}", (paragraph("<b>No</b> {{ 7 }}"),)),
    ],
)
def test_an_empty_line_parts_paragraphs_and_a_hyphen_begins_an_item(text, blocks):
    assert read_sheet(text) == blocks


@given(st.text(alphabet="ab -•\n\r\t<", max_size=60))
def test_no_word_is_lost_or_moved(text):
    shown = " ".join(line for block in read_sheet(text) for line in block.lines)

    assert [one for one in shown.split() if one.strip("-•")] == [
        one for one in text.split() if one.strip("-•")
    ]
