"""From the bytes of a file of sites to its rows."""

import csv
import io
import re
from collections.abc import Iterator

from campaign.sites.site_file.problems import Problems, Reason, clean
from campaign.sites.site_file.records import Record, SiteRow, has_no_date, site_of

LARGEST_FILE = 20 * 1024 * 1024  # bytes
REQUIRED = ("id", "kind", "name", "country", "city", "latitude", "longitude", "timezone")

_LINE_END = re.compile(rb"\r\n|\r|\n")


def parse_sites(raw: bytes) -> tuple[SiteRow, ...]:
    """Read a file of sites: comma-separated, the first line naming the columns, in any order.

    Columns that are not known are passed over; all but the required eight may be missing.
    Raises SiteFileError with every problem found, at most 50.
    """
    problems = Problems()
    text = _decoded(raw, problems)
    problems.raise_if_any()
    lines = _lines(text, problems)
    header_line, cells = next(lines, (1, []))
    header = [clean(cell).lower() for cell in cells]
    if len(cells) == 1 and re.search("[;\t]", cells[0]):
        problems.add(header_line, Reason.NO_COMMAS, value=cells[0])
    elif header:
        _check_header(header, header_line, problems)
    problems.raise_if_any()
    rows = [site_of(record) for record in _records(lines, header, problems)]
    if not rows and not problems.found:
        problems.add(header_line, Reason.EMPTY)
    problems.raise_if_any()
    return tuple(rows)


def _decoded(raw: bytes, problems: Problems) -> str:
    if len(raw) > LARGEST_FILE:
        problems.add(1, Reason.TOO_LARGE, value=f"{len(raw)} B")
        return ""
    for number, line in enumerate(_LINE_END.split(raw), start=1):
        text = line.decode(errors="replace")
        if text.encode() != line:
            problems.add(number, Reason.NOT_UTF8, value=text)
        elif "\0" in text:
            problems.add(number, Reason.NUL, value=text)
    return raw.decode("utf-8-sig", errors="replace")


def _lines(text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each record that has any, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        problems.add(begins, Reason.NOT_READABLE, value=str(error))


def _check_header(header: list[str], line: int, problems: Problems) -> None:
    for column in REQUIRED:
        if column not in header:
            problems.add(line, Reason.MISSING_COLUMN, column)
    for column in dict.fromkeys(header):
        if column and header.count(column) > 1:
            problems.add(line, Reason.DOUBLE_COLUMN, column, column)
        if has_no_date(column):
            problems.add(line, Reason.NO_DATE, column, column)


def _records(
    lines: Iterator[tuple[int, list[str]]], header: list[str], problems: Problems
) -> Iterator[Record]:
    """Yield the records whose cells stand under the header; tell of ids that stand twice."""
    first_lines: dict[str, int] = {}
    for line, cells in lines:
        if len(cells) != len(header):
            counts = f"{len(cells)} / {len(header)}"
            problems.add(line, Reason.CELL_COUNT, value=counts)
            continue
        record = Record(line, dict(zip(header, cells, strict=True)), problems)
        site_id = record.text("id")
        if site_id and first_lines.setdefault(site_id, line) != line:
            first = first_lines[site_id]
            problems.add(line, Reason.DOUBLE_ID, "id", site_id, first_line=first)
        yield record
