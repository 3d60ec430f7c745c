"""CSV that no spreadsheet takes for formulas."""

import csv
import io

import pytest

from campaign.spreadsheets import csv_text, harmless


@pytest.mark.parametrize(
    "before", ["", " ", "\t", "\r\n", "\u200b", "\ufeff", "\u00a0 \u2028", "\0"]
)
@pytest.mark.parametrize("sign", list("=+-@＝＋－＠﹢﹣"))
def test_what_a_spreadsheet_would_run_is_made_a_text(before, sign):
    assert harmless(f"{before}{sign}1+1") == f"'{before}{sign}1+1"


@pytest.mark.parametrize("text", ["", " ", "1-1", "a=b", "'=1", "안녕", "“-”", "–5"])
def test_what_it_would_show_stays_as_it_is(text):
    assert harmless(text) == text


def test_every_field_is_quoted_and_read_back_as_it_was():
    rows = [("a", 1, None, 2.5), ('say "no"', "two\nlines", "a,b", "é")]

    written = csv_text(rows)
    assert written.startswith('"a","1","","2.5"\r\n')
    assert list(csv.reader(io.StringIO(written, newline=""))) == [
        ["a", "1", "", "2.5"], ['say "no"', "two\nlines", "a,b", "é"],
    ]  # fmt: skip
