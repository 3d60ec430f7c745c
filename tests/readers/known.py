"""The readers that our calendars are tried with, and what not to ask of each."""

from collections.abc import Callable

from tests.readers.javascript import JavaScript
from tests.readers.libical import read_by_libical
from tests.readers.python import read_by_icalendar, read_by_vobject
from tests.readers.seen import Reader, Seen

IN_PYTHON: dict[str, Callable[[bytes], list[Seen]]] = {
    "icalendar": read_by_icalendar,
    "vobject": read_by_vobject,
    "libical": read_by_libical,
}
IN_JAVASCRIPT = ("ical.js", "ts-ics")
# What a reader does not give.
HIDDEN = {"ts-ics": {"parent"}}
# What a reader does in a way of its own, whatever we write.
OWN_WAYS = {
    # Goes by its own zones of the same names.
    "icalendar": {"zones"},
    # Loses the first onset of a yearly rule, cuts categories at escaped commas, and takes the
    # first line of a component for one in the middle of a text too.
    "ts-ics": {"zones", "categories", "component names"},
}


def names(*, which_know: str = "") -> list[str]:
    """Name all readers, or those that have no way of their own in something."""
    every = [*IN_PYTHON, *IN_JAVASCRIPT]
    return [name for name in every if which_know not in OWN_WAYS.get(name, ())]


def known(name: str, process: JavaScript | None = None) -> Reader:
    """Return a reader; those of JavaScript read in a process."""
    read = process.reads_with(name) if process else IN_PYTHON[name]
    hides, own_ways = (frozenset(table.get(name, ())) for table in (HIDDEN, OWN_WAYS))
    return Reader(name, read, hides, own_ways)
