"""What can be wrong with a file of sites, and how it is told: all of it at once."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

MOST_PROBLEMS = 50  # more would only repeat the first
LONGEST_VALUE = 60  # characters

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")  # marks of direction


class Reason(StrEnum):
    """What can be wrong with a file of sites."""

    TOO_LARGE = "too-large"
    EMPTY = "empty"
    NUL = "nul"
    NOT_UTF8 = "not-utf-8"
    NOT_READABLE = "not-readable"  # a quotation mark never closed, a cell without end
    NO_COMMAS = "no-commas"  # semicolons or tabs between the columns
    MISSING_COLUMN = "missing-column"
    DOUBLE_COLUMN = "double-column"
    NO_DATE = "no-date"  # in the name of a column
    CELL_COUNT = "cell-count"
    BLANK = "blank"
    NO_SLUG = "no-slug"
    DOUBLE_ID = "double-id"
    NO_NUMBER = "no-number"
    OUT_OF_RANGE = "out-of-range"
    UNKNOWN_COUNTRY = "unknown-country"
    UNKNOWN_TIME_ZONE = "unknown-time-zone"
    NO_YEAR = "no-year"
    CLOSED_BEFORE_OPENED = "closed-before-opened"
    NO_ANSWER = "no-answer"  # neither yes nor no nor unknown
    NO_PRECISION = "no-precision"  # neither site nor city


OF_THE_WHOLE = frozenset({Reason.TOO_LARGE, Reason.EMPTY})  # not of one line
WORDS = {
    Reason.TOO_LARGE: "the file is too large ({value}); it may have 20 MB.",
    Reason.EMPTY: "there is no site in this file.",
    Reason.NUL: "a NUL byte; this is no text file.",
    Reason.NOT_UTF8: "this is not UTF-8 text: “{value}”.",
    Reason.NOT_READABLE: "this is not CSV ({value}).",
    Reason.NO_COMMAS: "the columns must be parted by commas.",
    Reason.MISSING_COLUMN: "this column is missing.",
    Reason.DOUBLE_COLUMN: "this column stands there twice.",
    Reason.NO_DATE: "“{value}” names a day that does not exist.",
    Reason.CELL_COUNT: "not as many cells as columns ({value}).",
    Reason.BLANK: "this must not be empty.",
    Reason.NO_SLUG: "“{value}” may have only a-z, 0-9 and single hyphens.",
    Reason.DOUBLE_ID: "“{value}” stands on line {first_line} already.",
    Reason.NO_NUMBER: "“{value}” is no number of degrees.",
    Reason.OUT_OF_RANGE: "{value} degrees is not on this earth.",
    Reason.UNKNOWN_COUNTRY: "“{value}” is no country: write its two letters, such as NO.",
    Reason.UNKNOWN_TIME_ZONE: "“{value}” is no time zone: write one such as Europe/Oslo.",
    Reason.NO_YEAR: "“{value}” is no year.",
    Reason.CLOSED_BEFORE_OPENED: "closed in {value}, before it was opened.",
    Reason.NO_ANSWER: "“{value}” is neither yes nor no nor unknown.",
    Reason.NO_PRECISION: "“{value}” is neither site nor city.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    line: int  # as an editor counts them, from 1
    column: str | None  # None = the whole line
    reason: Reason
    value: str  # what stands there, to 60 characters, printable
    first_line: int | None = None  # of an id: where it stands the first time

    def __str__(self) -> str:
        """Return one sentence that says where, what and, where it helps, what to write instead."""
        words = WORDS[self.reason].format(value=self.value, first_line=self.first_line)
        if self.reason in OF_THE_WHOLE:
            return words
        column = f", column {self.column}" if self.column else ""
        return f"line {self.line}{column}: {words}"


class SiteFileError(ValueError):
    """Say that a file of sites cannot be used: nothing of it is taken."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Hold all problems, in the order of their lines."""
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(slots=True)
class Problems:
    """What was found so far; the file is given up when there is enough of it."""

    found: list[Problem] = field(default_factory=list)

    def add(
        self,
        line: int,
        reason: Reason,
        column: str | None = None,
        value: str = "",
        *,
        first_line: int | None = None,
    ) -> None:
        self.found.append(Problem(line, column, reason, clean(value)[:LONGEST_VALUE], first_line))
        if len(self.found) == MOST_PROBLEMS:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        if self.found:
            raise SiteFileError(tuple(sorted(self.found, key=lambda problem: problem.line)))


def clean(text: str) -> str:
    """Return a text on one line, without control characters and unseen marks."""
    return " ".join(_UNSEEN.sub("", _CONTROL.sub(" ", text)).split())
