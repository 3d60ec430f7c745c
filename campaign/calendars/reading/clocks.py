"""By whose clocks a time is meant: of a known zone, of a zone in the file, of UTC, or of none."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from campaign import clock
from campaign.calendars.reading.answers import Note
from campaign.calendars.reading.components import Component, zone_key
from campaign.calendars.reading.file_zones import Effort, FileZone, read_zone
from campaign.calendars.reading.moments import Written, as_utc
from campaign.calendars.reading.zone_names import iana_name

_UTC_NAMES: Final = frozenset({
    *("UTC", "Etc/UTC", "UCT", "Etc/UCT", "Universal", "Etc/Universal", "Zulu", "Etc/Zulu"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock at a fixed distance from UTC, such as that of times which end in Z."""

    offset: timedelta

    def instant(self, local: datetime) -> datetime:
        """Answer the moment, aware UTC, at which it shows a time."""
        return as_utc(local, self.offset)


@dataclass(frozen=True, slots=True)
class ZoneClock:
    """The clock of a zone that we know, whatever the file says of it."""

    zone: ZoneInfo

    def instant(self, local: datetime) -> datetime:
        """Answer the moment, aware UTC, at which it shows a time.

        Of two moments the first; of a time that it skips, by the offset before the jump (RFC
        5545 3.3.5).
        """
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def shown(self, moment: datetime) -> datetime | None:
        """Answer what it shows at an aware moment, unless it showed the same before."""
        local = moment.astimezone(self.zone)
        return None if local.fold else local.replace(tzinfo=None)

    def doubt(self, local: datetime) -> Note | None:
        """Tell whether it skips a time, or shows it twice."""
        early, late = (local.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        if early.utcoffset() == late.utcoffset():
            return None
        is_shown = self.shown(early.astimezone(UTC)) == local
        return Note.DOUBLE_TIME if is_shown else Note.SKIPPED_TIME


@dataclass(frozen=True, slots=True)
class FileClock:
    """The clock of a zone that only the file knows."""

    zone: FileZone

    def instant(self, local: datetime) -> datetime:
        """Answer the moment, aware UTC, at which it shows a time. Raises ZonesTooIntricate.

        Of two moments the first; of a time that it skips, by the offset before the jump.
        """
        return as_utc(local, self.zone.offset(local))


Clock = FixedClock | ZoneClock | FileClock
UTC_CLOCK: Final = FixedClock(timedelta())


@dataclass(frozen=True, slots=True)
class Start:
    """When something begins: a wall time, by a clock or by none, or a day."""

    local: datetime  # naive; of a day, its midnight
    is_day: bool = False
    clock: Clock | None = None  # None = of a day, or floating
    is_zone_unknown: bool = False  # it floats because nobody knows the zone that it names

    @property
    def instant(self) -> datetime | None:
        """Answer its moment, aware UTC, where that is known. Raises ZonesTooIntricate."""
        return self.clock.instant(self.local) if self.clock else None

    @property
    def key(self) -> str:
        """Answer what tells it apart from other occurrences of its event, however written."""
        if self.is_day:
            return self.day_key
        return (self.instant or self.local).isoformat()

    @property
    def day_key(self) -> str:
        """Answer its day alone, as some programs name an occurrence."""
        return self.local.date().isoformat()


@dataclass(slots=True)
class Clocks:
    """The clocks that one calendar of a file may name."""

    zones: dict[str, Component]  # as in the file, by `zone_key`
    effort: Effort
    _known: dict[str, Clock | None] = field(default_factory=dict)

    def start(self, written: Written) -> Start:
        """Answer what a written date or time means. Raises ZonesTooIntricate."""
        if written.is_day:
            return Start(written.local, is_day=True)
        named = self.named(written.tzid) if written.tzid else None
        if written.offset is None:
            is_unknown = bool(written.tzid) and named is None
            return Start(written.local, clock=named, is_zone_unknown=is_unknown)
        moment = as_utc(written.local, written.offset)
        # The value says when, the zone by whose clocks.
        shown = named.shown(moment) if isinstance(named, ZoneClock) else None
        if shown:
            return Start(shown, clock=named)
        return Start(moment.replace(tzinfo=None), clock=UTC_CLOCK)

    def named(self, tzid: str) -> Clock | None:
        """Answer the clock of a zone; None where neither we nor the file know it."""
        if tzid not in self._known:
            self._known[tzid] = self._find(tzid)
        return self._known[tzid]

    def _find(self, tzid: str) -> Clock | None:
        component = self.zones.get(zone_key(tzid))
        place = component.value("X-LIC-LOCATION") if component else ""
        name = iana_name(tzid) or iana_name(place)
        if name:
            return UTC_CLOCK if name in _UTC_NAMES else ZoneClock(clock.zone(name))
        zone = read_zone(component, self.effort) if component else None
        return FileClock(zone) if zone else None
