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


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    line: int  # as an editor counts them, from 1
    column: str | None  # None = the whole line
    reason: Reason
    value: str  # what stands there, to 60 characters, printable
    first_line: int | None = None  # of an id: where it stands the first time


class SiteFileError(ValueError):
    """Say that a file of sites cannot be used: nothing of it is taken."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Hold all problems, in the order of their lines."""
        super().__init__("; ".join(map(_sentence, problems)))
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


def _sentence(problem: Problem) -> str:
    column = f", {problem.column}" if problem.column else ""
    value = f" ({problem.value})" if problem.value else ""
    first = f", first on line {problem.first_line}" if problem.first_line else ""
    return f"line {problem.line}{column}: {problem.reason}{value}{first}"


def clean(text: str) -> str:
    """Return a text on one line, without control characters and unseen marks."""
    return " ".join(_UNSEEN.sub("", _CONTROL.sub(" ", text)).split())
