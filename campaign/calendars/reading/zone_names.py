"""Names of time zones as programs write them, and which IANA zone each means."""

import zoneinfo
from functools import cache
from typing import Final

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

# Names that stand for whatever a machine is set to, or for nothing.
_NO_ZONES: Final = frozenset({"Factory", "localtime", "posixrules"})
# Zones that tzdata no longer has, and what they were the same as (its NEWS, 2020b and 2017c).
_GONE: Final = {
    "US/Pacific-New": "America/Los_Angeles",
    "Canada/East-Saskatchewan": "America/Regina",
}
_MICROSOFT: Final = {"tzone://Microsoft/Utc": "Etc/UTC"}
_MOST_PARTS: Final = 3  # America/Argentina/Buenos_Aires


def iana_name(tzid: str) -> str | None:
    """Answer the IANA zone that a name means, spelled as IANA does; None where it means none.

    Understands other letter cases, old names, names of Windows, and what some programs put before
    a name ("/mozilla.org/20050126_1/Europe/Berlin").
    """
    name = tzid.strip().strip("\"'").strip().casefold()
    known = _known_names()
    if name in known:
        return known[name]
    parts = name.replace(" ", "_").rsplit("/", _MOST_PARTS)
    # A single word after a prefix is a zone only where the prefix is one by the rules.
    fewest = 1 if name.startswith("/") else 2
    endings = ("/".join(parts[-count:]) for count in range(_MOST_PARTS, fewest - 1, -1))
    return next((known[ending] for ending in endings if ending in known), None)


@cache
def _known_names() -> dict[str, str]:
    names = {name: name for name in zoneinfo.available_timezones() - _NO_ZONES}
    meanings = {**WINDOWS_TO_OLSON, **_MICROSOFT, **_GONE, **names}
    return {name.casefold(): meaning for name, meaning in meanings.items()}
