"""Make events of a calendar file's entries; a second import changes what changed since."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from campaign import clock
from campaign.calendars.fetching import fetch_calendar
from campaign.calendars.reading import CalendarFile, read_calendar
from campaign.database import db
from campaign.errors import InvalidError
from campaign.events.importing import Action, PlannedEntry, plan_import
from campaign.events.planning import ends_at
from campaign.events.services.announcing import announce
from campaign.events.services.changing import cancel
from campaign.events.services.noticing import hours_of, note, note_change
from campaign.events.services.opening import (
    UNMARKED,
    free_slug,
    link,
    marks_of,
    protect,
    taken_slugs,
)
from campaign.languages import lazy_gettext as _
from campaign.models import CallToAction, Event, EventStatus, NoticeKind, Site
from campaign.resolutions.queries import purposes_of
from campaign.sites.services import find_or_make_site


@dataclass(frozen=True, slots=True)
class CalendarImport:
    """What an import of a calendar did, or would do."""

    file: CalendarFile
    entries: tuple[PlannedEntry, ...]

    def count(self, action: Action) -> int:
        """Return how many entries of the file this was done with."""
        return sum(one.action is action for one in self.entries)


def import_calendar(
    call: CallToAction, content: bytes, *, progress: Callable[[], None] = lambda: None
) -> CalendarImport:
    """Make each entry of an iCalendar file a draft of a call, under its own UID.

    A second import changes the events that it made, published or not, where the file changed, and
    cancels what the file cancels; readers of calendars are told. Entries that no event can be
    made of are left out, each with its reason. Raises what `read_calendar` raises, and
    InvalidError for a call without a purpose.
    """
    if not purposes_of(call):
        raise InvalidError(_("This call is aimed at no demand yet: link one first."))
    file = read_calendar(content)
    planned = plan_import(call, file.entries)
    _make(call, [one for one in planned if one.action is Action.MAKE], progress)
    for one in planned:
        if one.action is Action.CHANGE and one.event is not None:
            _change(one.event, one)
            progress()
    return CalendarImport(file, tuple(planned))


def import_calendar_from(
    call: CallToAction, address: str, *, progress: Callable[[], None] = lambda: None
) -> CalendarImport:
    """Fetch a calendar from a public address and import it; raises what both raise."""
    return import_calendar(call, fetch_calendar(address), progress=progress)


def _make(
    call: CallToAction, planned: Sequence[PlannedEntry], progress: Callable[[], None]
) -> None:
    slugs, purposes = taken_slugs(call.campaign_id), purposes_of(call)
    marks = marks_of(call.campaign_id)
    for one in planned:
        event = _draft(call, one, slugs)
        event.supports = link(purposes)
        protect(event, marks.get(event.site.city.country, UNMARKED))
        db.session.add(event)
        progress()
    db.session.flush()


def _draft(call: CallToAction, one: PlannedEntry, slugs: set[str]) -> Event:
    spot, wish, moment = one.spot, one.wish, clock.now()
    if spot is None or wish is None:
        raise ValueError("a new event needs a place and a time")
    site = find_or_make_site(spot)
    differs = wish.lasting_minutes != call.lasting_minutes
    return Event(
        uid=one.entry.uid or str(uuid.uuid4()),
        campaign_id=call.campaign_id,
        call=call,
        site=site,
        city_id=site.city_id,
        slug=free_slug(site.city.slug, wish.starts_local.date(), slugs),
        status=EventStatus.DRAFT,
        fanned_out_on=None,
        title_override=wish.title,
        description_override=wish.description,
        lasting_minutes_override=wish.lasting_minutes if differs else None,
        starts_local=wish.starts_local,
        timezone=site.timezone,
        starts_at=wish.starts_at,
        ends_at=ends_at(wish.starts_at, wish.lasting_minutes),
        stream_url=wish.stream_url,
        sequence=one.entry.sequence,
        created_at=moment,
        changed_at=moment.replace(microsecond=0),
    )


def _settle_at(event: Event, site: Site) -> None:
    """Let an event be at a site; in another country, as that is marked unless set by hand."""
    country = event.site.city.country
    event.site, event.city_id, event.timezone = site, site.city_id, site.timezone
    if site.city.country != country and not event.has_own_privacy:
        marks = marks_of(event.campaign_id)
        protect(event, marks.get(site.city.country, UNMARKED))


def _change(event: Event, one: PlannedEntry) -> None:
    wish = one.wish
    if wish is None:
        raise ValueError("a change needs to be wished for")
    before, site = hours_of(event), event.site
    if one.spot is not None:
        _settle_at(event, find_or_make_site(one.spot))
    event.title_override, event.description_override = wish.title, wish.description
    event.starts_local, event.starts_at = wish.starts_local, wish.starts_at
    event.ends_at = ends_at(wish.starts_at, wish.lasting_minutes)
    if wish.lasting_minutes != event.lasting_minutes:
        event.lasting_minutes_override = wish.lasting_minutes
    event.stream_url = wish.stream_url
    # What readers see of it becomes the file's version, or a later one.
    is_draft = event.status is EventStatus.DRAFT
    event.sequence = max(event.sequence, one.entry.sequence - (0 if is_draft else 1))
    if wish.is_cancelled:
        cancel(event)
        return
    announce([event.id])
    if event.status is EventStatus.PUBLISHED:
        note_change(event, NoticeKind.MOVED, before)
        if event.site is not site:
            note(event, NoticeKind.PLACED, occasion=str(event.sequence))
