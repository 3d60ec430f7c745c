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
from campaign.events.services.marking import mark_country, mark_version, unmark_country
from campaign.events.services.opening import UNMARKED, PrivacyMark
from campaign.events.services.settings import (
    ChangedMeanwhileError,
    capacity_version,
    follow_country,
    offers_version,
    place_version,
    privacy_version,
    set_capacity,
    set_offers,
    set_place,
    set_privacy,
)
from campaign.events.services.sheets import (
    SheetExistsError,
    SheetWish,
    add_sheet,
    change_sheet,
    delete_sheet,
    sheet_version,
)
from campaign.events.services.shifts import (
    ShiftWish,
    add_shift,
    close_shift,
    find_shift,
    reopen_shift,
    set_shift_places,
    shift_version,
)

__all__ = [
    "UNMARKED",
    "CalendarImport",
    "ChangedMeanwhileError",
    "EventCancelledError",
    "EventEndedError",
    "FanOut",
    "NotPublicError",
    "PrivacyMark",
    "SheetExistsError",
    "SheetWish",
    "ShiftWish",
    "add_sheet",
    "add_shift",
    "announce",
    "cancel",
    "capacity_version",
    "change_sheet",
    "close_shift",
    "delete_sheet",
    "fan_out",
    "find_shift",
    "follow_country",
    "follow_sites",
    "import_calendar",
    "import_calendar_from",
    "mark_country",
    "mark_version",
    "move",
    "offers_version",
    "place_version",
    "postpone",
    "privacy_version",
    "publish",
    "renew",
    "reopen_shift",
    "set_capacity",
    "set_offers",
    "set_place",
    "set_privacy",
    "set_shift_places",
    "sheet_version",
    "shift_version",
    "unmark_country",
]
