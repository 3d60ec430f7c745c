"""When the volunteers of an event are told what, and until when it is worth telling. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from campaign import clock
from campaign.events.wall_time import wall_time
from campaign.models import Event, EventStatus, Notice, NoticeKind

REMINDED_AT: Final = time(11, 0)  # local, the day before
TOLD_ON_THE_DAY_AT: Final = time(8, 0)  # local
EARLIEST_START: Final = time(9, 0)  # local; of what begins earlier, the reminder alone tells
THANKED_AFTER: Final = timedelta(hours=1)  # after the end
THANKS_KEPT: Final = timedelta(days=3)  # after the end
LATE_NEWS_KEPT: Final = timedelta(days=3)  # of what was changed after its end
TIMED: Final = (NoticeKind.REMINDER, NoticeKind.DAY_OF, NoticeKind.THANKS)
_TAKES_PLACE: Final = (EventStatus.PUBLISHED, EventStatus.HAPPENED)


def occasion_of(event: Event) -> str:
    """Return what tells the reminders of one start from those of another."""
    return f"{event.starts_local:%Y-%m-%d %H:%M:%S} {event.timezone}"


def reminder_at(event: Event) -> datetime:
    """Return when volunteers are reminded: at 11:00 on the last local day before the start."""
    on = event.starts_local.date()
    moment = _local(event, on - timedelta(days=1), REMINDED_AT)
    if wall_time(moment, event.timezone).date() < on:
        return moment
    return _local(event, on - timedelta(days=2), REMINDED_AT)  # That day was left out.


def day_of_at(event: Event) -> datetime | None:
    """Return when volunteers are told once more: at 08:00 on the day; None = it begins too early.

    Whoever has to leave before eight has no use for a mail at eight.
    """
    if event.starts_local.time() < EARLIEST_START:
        return None
    return _local(event, event.starts_local.date(), TOLD_ON_THE_DAY_AT)


def thanks_at(event: Event) -> datetime:
    """Return when volunteers are thanked."""
    return event.ends_at + THANKED_AFTER


def goes_stale_at(event: Event, kind: NoticeKind, due_at: datetime) -> datetime:
    """Return from when on a notice that was due at a moment is of no use any more."""
    if kind is NoticeKind.REMINDER:
        return day_of_at(event) or event.starts_at
    if kind is NoticeKind.DAY_OF:
        return event.starts_at
    if kind is NoticeKind.THANKS:
        return event.ends_at + THANKS_KEPT
    # What was postponed may be called off after it would have ended.
    return event.ends_at if due_at < event.ends_at else due_at + LATE_NEWS_KEPT


def is_worth_telling(notice: Notice, moment: datetime) -> bool:
    """Tell whether a notice is still true of its event, and of use."""
    event, kind = notice.event, notice.kind
    if goes_stale_at(event, kind, notice.due_at) <= moment:
        return False
    if kind in TIMED:
        return event.status in _TAKES_PLACE and notice.occasion == occasion_of(event)
    if kind is NoticeKind.CORNER:
        released_at = event.corner_from_at
        is_released = released_at is None or released_at <= moment
        is_known = event.corner is not None and is_released and not event.is_discreet
        return is_known and event.status is EventStatus.PUBLISHED
    needed = {
        NoticeKind.POSTPONED: EventStatus.POSTPONED,
        NoticeKind.CANCELLED: EventStatus.CANCELLED,
    }
    return event.status is needed.get(kind, EventStatus.PUBLISHED)


def _local(event: Event, on: date, at: time) -> datetime:
    """Return the moment of a wall time: the first one, where the clocks show it twice."""
    local = datetime.combine(on, at, clock.zone(event.timezone))
    return local.astimezone(UTC)
