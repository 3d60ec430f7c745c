"""Rows as CSV that no spreadsheet takes for formulas."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = frozenset("=+-@")
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # controls, zero-width characters, blanks


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV (RFC 4180), every field quoted; None is an empty field."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless("" if field is None else str(field)) for field in row])
    return written.getvalue()


def harmless(text: str) -> str:
    """Return text with an apostrophe before it where its first visible character is a sign."""
    visible = (one for one in text if unicodedata.category(one) not in UNSEEN)
    # A spreadsheet reads the wide and small forms of a sign as the sign itself.
    first = unicodedata.normalize("NFKC", next(visible, ""))
    return f"'{text}" if first in FORMULA_SIGNS else text
