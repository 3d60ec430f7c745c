"""The shifts of an event."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.database import writes
from campaign.events import services
from campaign.events.forms import ShiftForm, ShiftPlacesForm, VersionedForm
from campaign.events.settings_views.blueprint import EVENT, Conflict, attempt, event_settings, find
from campaign.formats import zone_name
from campaign.models import Campaign, Event, Shift
from campaign.permissions import May, requires
from campaign.signups import services as signups
from campaign.signups.shift_counts import ShiftCounts, shift_counts
from campaign.signups.wording import shift_words


@dataclass(frozen=True, slots=True)
class OfficeShift:
    """A shift with its numbers, and the form that changes how many it needs."""

    shift: Shift
    words: str
    counts: ShiftCounts
    form: VersionedForm


@event_settings.get(f"{EVENT}/shifts")
@requires(May.CHANGE_PLACE)
def shifts(campaign: Campaign, event: str) -> str:
    """Show the shifts of an event."""
    found = find(campaign, event)
    return _page(found, ShiftForm(found, formdata=None))


@event_settings.post(f"{EVENT}/shifts")
@requires(May.CHANGE_PLACE)
@writes
def add_shift(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Add a shift to an event."""
    found = find(campaign, event)
    form = ShiftForm(found)
    refusal = attempt(
        form,
        lambda: services.add_shift(found, form.wish),
        stored=lambda: ShiftForm(found, formdata=None),
        page=lambda typed, _conflict: _page(found, typed, refused=typed),
    )
    return refusal or _back_to(found)


@event_settings.post(f"{EVENT}/shifts/<int:shift>/places")
@requires(May.CHANGE_PLACE)
@writes
def change_shift_places(campaign: Campaign, event: str, shift: int) -> ResponseReturnValue:
    """Change how many a shift needs; its wait list moves up."""
    found = find(campaign, event)
    asked = services.find_shift(found, shift)
    form = ShiftPlacesForm(asked)
    refusal = attempt(
        form,
        lambda: signups.set_shift_places(asked, form.places.data, seen=form.seen),
        stored=lambda: ShiftPlacesForm(asked, formdata=None),
        page=lambda typed, conflict: _page(
            found, ShiftForm(found, formdata=None), refused=typed, of=shift, conflict=conflict
        ),
    )
    return refusal or _back_to(found)


@event_settings.post(f"{EVENT}/shifts/<int:shift>/close")
@requires(May.CHANGE_PLACE)
@writes
def close_shift(campaign: Campaign, event: str, shift: int) -> ResponseReturnValue:
    """Let nobody take on a shift any more."""
    found = find(campaign, event)
    services.close_shift(services.find_shift(found, shift))
    return _back_to(found)


@event_settings.post(f"{EVENT}/shifts/<int:shift>/open")
@requires(May.CHANGE_PLACE)
@writes
def reopen_shift(campaign: Campaign, event: str, shift: int) -> ResponseReturnValue:
    """Let a shift be taken on again."""
    found = find(campaign, event)
    signups.reopen_shift(services.find_shift(found, shift))
    return _back_to(found)


def _back_to(event: Event) -> ResponseReturnValue:
    url = url_for("event_settings.shifts", campaign=event.campaign.slug, event=event.slug)
    return redirect(url, 303)


def _page(
    event: Event,
    form: ShiftForm,
    *,
    refused: VersionedForm | None = None,
    of: int | None = None,
    conflict: Conflict = None,
) -> str:
    """Return the page; of one shift, by its id, how many it needs as it was typed."""
    numbers = shift_counts(event)
    rows = [
        OfficeShift(
            one,
            shift_words(one),
            numbers.get(one.id, ShiftCounts(0, 0)),
            refused if one.id == of and refused else ShiftPlacesForm(one, formdata=None),
        )
        for one in event.shifts
    ]
    return render_template(
        "organize/shifts.html",
        event=event,
        rows=rows,
        form=form,
        refused=refused,
        conflict=conflict,
        timezone_name=zone_name(event.timezone),
    )
