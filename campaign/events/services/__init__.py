"""What may be done with events: open, import, publish, move, call off, let calendars know."""

from campaign.events.services.announcing import announce, follow_sites, renew
from campaign.events.services.changing import (
    EventCancelledError,
    EventEndedError,
    NotPublicError,
    cancel,
    move,
    postpone,
    publish,
)
from campaign.events.services.fanning_out import FanOut, fan_out
from campaign.events.services.importing import (
    CalendarImport,
    import_calendar,
    import_calendar_from,
)

__all__ = [
    "CalendarImport",
    "EventCancelledError",
    "EventEndedError",
    "FanOut",
    "NotPublicError",
    "announce",
    "cancel",
    "fan_out",
    "follow_sites",
    "import_calendar",
    "import_calendar_from",
    "move",
    "postpone",
    "publish",
    "renew",
]
