"""Let calendars know of calls that changed."""

from collections.abc import Iterable, Iterator
from functools import partial

from campaign.calendars import services as calendars
from campaign.calendars.services import Subject
from campaign.database import db
from campaign.models import CallToAction
from campaign.resolutions.entries import paths_of_call, world_day_of
from campaign.resolutions.queries import calls_with_all


def announce_calls(call_ids: Iterable[int]) -> None:
    """Bring feeds up to date with calls that may have changed: see `calendars.announce`."""
    calendars.announce(_subjects(call_ids))


def renew_calls(call_ids: Iterable[int]) -> None:
    """Write the entries of calls anew that another version of the product wrote."""
    calendars.renew(_subjects(call_ids))


def _subjects(call_ids: Iterable[int]) -> Iterator[Subject]:
    """Yield calls as they are now, locked: whoever changes one of them waits, then sees it all."""
    db.session.flush()
    query = calls_with_all().where(CallToAction.id.in_(list(call_ids))).order_by(CallToAction.id)
    locked = query.with_for_update(of=CallToAction, key_share=True)
    rows = db.session.scalars(locked.execution_options(populate_existing=True))
    yield from map(_subject, rows)


def _subject(call: CallToAction) -> Subject:
    """Return a call as calendars take it."""
    return Subject(
        event_id=None,
        call_id=call.id,
        entry=partial(world_day_of, call),
        paths=paths_of_call(call),
        touch=partial(_touch, call),
    )


def _touch(call: CallToAction) -> None:
    call.sequence += 1
    call.changed_at = calendars.moment_of_change(call.changed_at)
