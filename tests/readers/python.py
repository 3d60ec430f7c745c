"""The readers that Python has: `icalendar` and `vobject`."""

import icalendar
import vobject

from tests.readers.seen import Moment, Seen, in_utc, point

_KNOWN = getattr(vobject.icalendar, "__tzidMap")
_AT_FIRST = dict(_KNOWN)  # before any file was read


def read_by_icalendar(content: bytes) -> list[Seen]:
    """Read a file with `icalendar`, which goes by the machine's zones before the file's."""
    return [_by_icalendar(event) for event in icalendar.Calendar.from_ical(content).events]


def _by_icalendar(event: icalendar.Event) -> Seen:
    starts = event["DTSTART"].dt
    geo, categories = event.get("GEO"), event.get("CATEGORIES")
    return Seen(
        uid=str(event["UID"]),
        starts=in_utc(starts),
        ends=in_utc(event["DTEND"].dt if "DTEND" in event else starts),
        title=str(event["SUMMARY"]),
        sequence=event["SEQUENCE"],
        status=str(event["STATUS"]),
        location=str(event.get("LOCATION", "")),
        description=str(event.get("DESCRIPTION", "")),
        url=str(event.get("URL", "")),
        point=point(geo.latitude, geo.longitude) if geo else None,
        categories=frozenset(map(str, categories.cats)) if categories else frozenset(),
        parent=str(event.get("RELATED-TO", "")),
    )


def read_by_vobject(content: bytes) -> list[Seen]:
    """Read a file with `vobject`, which goes by the file's zones."""
    # It would take the zones of another file for those of this one.
    _KNOWN.clear()
    _KNOWN.update(_AT_FIRST)
    calendar = vobject.readOne(content.decode())
    return [_by_vobject(event) for event in getattr(calendar, "vevent_list", ())]


def _by_vobject(event: vobject.base.Component) -> Seen:
    def value(name: str, default: str = "") -> str:
        return event.contents[name][0].value if name in event.contents else default

    starts: Moment = event.dtstart.value
    geo = value("geo")
    return Seen(
        uid=event.uid.value,
        starts=in_utc(starts),
        ends=in_utc(event.dtend.value if "dtend" in event.contents else starts),
        title=event.summary.value,
        sequence=int(event.sequence.value),
        status=event.status.value,
        location=value("location"),
        description=value("description"),
        url=value("url"),
        point=point(*geo.split(";")) if geo else None,
        categories=frozenset(value("categories")),
        parent=value("related-to"),
    )
