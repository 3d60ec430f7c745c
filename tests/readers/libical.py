"""The reader of Evolution, KOrganizer and GNOME Calendar: libical 3, by its shared library."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache

from tests.readers.seen import MissingReader, Moment, Seen, point

LIBRARY = "libical.so.3"
ANY_PROPERTY = 0  # ICAL_ANY_PROPERTY
YOUNGER = {
    f"Parse error in property name: {name}"
    for name in ("CONCEPT", "LINK", "REFID", "STYLED-DESCRIPTION")  # RFC 9253, RFC 9073
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Time(ctypes.Structure):
    """`struct icaltimetype` of libical 3."""

    _fields_ = (
        *[(name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")],
        *[(name, ctypes.c_int) for name in ("is_date", "is_daylight")],
        ("zone", ctypes.c_void_p),
    )


POINTER, TEXT, NUMBER = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
SIGNATURES = {
    "icalcomponent_count_errors": (NUMBER, POINTER),
    "icalcomponent_free": (None, POINTER),
    "icalcomponent_get_dtend": (Time, POINTER),
    "icalcomponent_get_dtstart": (Time, POINTER),
    "icalcomponent_get_first_component": (POINTER, POINTER, NUMBER),
    "icalcomponent_get_first_property": (POINTER, POINTER, NUMBER),
    "icalcomponent_get_next_component": (POINTER, POINTER, NUMBER),
    "icalcomponent_get_next_property": (POINTER, POINTER, NUMBER),
    "icalcomponent_get_timezone": (POINTER, POINTER, TEXT),
    "icalcomponent_string_to_kind": (NUMBER, TEXT),
    "icalerror_set_errors_are_fatal": (None, NUMBER),
    "icalparser_parse_string": (POINTER, TEXT),
    "icalproperty_get_property_name": (TEXT, POINTER),
    "icalproperty_get_value": (POINTER, POINTER),
    "icalproperty_get_value_as_string": (TEXT, POINTER),
    "icalrestriction_check": (NUMBER, POINTER),
    "icaltime_as_timet_with_zone": (ctypes.c_long, Time, POINTER),
    "icaltime_get_tzid": (TEXT, Time),
    "icalvalue_get_text": (TEXT, POINTER),
    "icalvalue_isa": (NUMBER, POINTER),
    "icalvalue_string_to_kind": (NUMBER, TEXT),
}


@cache
def library() -> ctypes.CDLL:
    """Load libical. Raises `MissingReader`."""
    try:
        libical = ctypes.CDLL(LIBRARY)
    except OSError as reason:
        raise MissingReader(f"{LIBRARY} is not installed: apt-get install libical3") from reason
    for name, (answer, *arguments) in SIGNATURES.items():
        function = getattr(libical, name)
        function.restype, function.argtypes = answer, arguments
    libical.icalerror_set_errors_are_fatal(0)
    return libical


def read_by_libical(content: bytes) -> list[Seen]:
    """Read a file with libical, zones by the file alone. Raises `MissingReader`."""
    with _parsed(content) as calendar:
        return [_event(event, calendar) for event in _children(calendar, b"VEVENT")]


def faults_found_by_libical(content: bytes) -> list[str]:
    """Name what libical finds wrong in a file. Raises `MissingReader`.

    Properties younger than this libical are no faults: it skips them.
    """
    with _parsed(content) as calendar:
        faults = [] if library().icalrestriction_check(calendar) else ["restriction"]
        for component in _with_all_inside(calendar):
            faults += [value for name, value in _properties(component) if name == "X-LIC-ERROR"]
    return [fault for fault in faults if fault not in YOUNGER]


@contextmanager
def _parsed(content: bytes) -> Iterator[int]:
    calendar = library().icalparser_parse_string(content)
    assert calendar, "libical finds no calendar"
    try:
        yield calendar
    finally:
        library().icalcomponent_free(calendar)


def _children(component: int, kind: bytes) -> Iterator[int]:
    number = library().icalcomponent_string_to_kind(kind)
    child = library().icalcomponent_get_first_component(component, number)
    while child:
        yield child
        child = library().icalcomponent_get_next_component(component, number)


def _with_all_inside(component: int) -> Iterator[int]:
    yield component
    for child in _children(component, b"ANY"):
        yield from _with_all_inside(child)


def _properties(component: int) -> Iterator[tuple[str, str]]:
    """Give the name and the value of each property, texts unescaped."""
    libical = library()
    text = libical.icalvalue_string_to_kind(b"TEXT")
    found = libical.icalcomponent_get_first_property(component, ANY_PROPERTY)
    while found:
        value = libical.icalproperty_get_value(found)
        is_text = value and libical.icalvalue_isa(value) == text
        said = (
            libical.icalvalue_get_text(value)
            if is_text
            else libical.icalproperty_get_value_as_string(found)
        )
        yield libical.icalproperty_get_property_name(found).decode(), (said or b"").decode()
        found = libical.icalcomponent_get_next_property(component, ANY_PROPERTY)


def _event(event: int, calendar: int) -> Seen:
    said: dict[str, list[str]] = {}
    for name, value in _properties(event):
        said.setdefault(name, []).append(value)

    def one(name: str) -> str:
        return said.get(name, [""])[0]

    starts = _moment(library().icalcomponent_get_dtstart(event), calendar)
    ends = library().icalcomponent_get_dtend(event)
    return Seen(
        uid=one("UID"),
        starts=starts,
        ends=_moment(ends, calendar) if "DTEND" in said else starts,
        title=one("SUMMARY"),
        sequence=int(one("SEQUENCE")),
        status=one("STATUS"),
        location=one("LOCATION"),
        description=one("DESCRIPTION"),
        url=one("URL"),
        point=point(*one("GEO").split(";")) if "GEO" in said else None,
        categories=frozenset(said.get("CATEGORIES", ())),
        parent=one("RELATED-TO"),
    )


def _moment(time: Time, calendar: int) -> Moment:
    if time.is_date:
        return date(time.year, time.month, time.day)
    tzid = library().icaltime_get_tzid(time)
    # libical has zones of its own too, for when the file lacks one; ours may not.
    zone = library().icalcomponent_get_timezone(calendar, tzid) if tzid != b"UTC" else time.zone
    assert zone, f"the file has no zone {tzid!r}"
    return EPOCH + timedelta(seconds=library().icaltime_as_timet_with_zone(time, zone))
