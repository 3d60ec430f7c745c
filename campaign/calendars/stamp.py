"""What wrote an entry: whatever turns equal rows into other bytes changes the stamp."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

from campaign.addresses import base
from campaign.calendars.zones import zone_version
from campaign.languages import FOLDER, LANGUAGES

_PACKAGE: Final = Path(__file__).parent.parent
# The code that writes entries and heads of feeds, and what names their places.
_WRITERS: Final = (
    "addresses.py",
    "calendars/atom.py",
    "calendars/lines.py",
    "calendars/markup.py",
    "calendars/rendering.py",
    "calendars/views/feeds.py",
    "calendars/zones.py",
    "events/entries.py",
    "formats.py",
    "resolutions/entries.py",
    "sites/gazetteer/naming.py",
)


def stamp() -> str:
    """Return the stamp of this version of the product on this installation: 16 hex digits.

    It changes with the code that writes, the catalogs, the zone data, Babel, and the
    installation's own address.
    """
    return _stamp(base())


@cache
def _stamp(address: str) -> str:
    digest = sha256()
    for path in [*(_PACKAGE / name for name in _WRITERS), *sorted(FOLDER.rglob("*.po"))]:
        digest.update(path.read_bytes())
    words = (address, zone_version(), version("babel"), *LANGUAGES)
    digest.update("\n".join(words).encode())
    return digest.hexdigest()[:16]
