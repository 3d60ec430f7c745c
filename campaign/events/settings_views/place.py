"""Where to meet at an event, and from when on its corner is shown."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.database import writes
from campaign.events import services
from campaign.events.forms import PlaceForm
from campaign.events.presenting import local_hours
from campaign.events.settings_views.blueprint import EVENT, Conflict, attempt, event_settings, find
from campaign.formats import zone_name
from campaign.models import Campaign, Event
from campaign.permissions import May, requires


@event_settings.get(f"{EVENT}/place")
@requires(May.CHANGE_PLACE)
def place(campaign: Campaign, event: str) -> str:
    """Show where to meet."""
    found = find(campaign, event)
    return _page(found, PlaceForm(found))


@event_settings.post(f"{EVENT}/place")
@requires(May.CHANGE_PLACE)
@writes
def change_place(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Change where to meet; volunteers who knew another place are told."""
    found = find(campaign, event)
    form = PlaceForm(found)
    refusal = attempt(
        form,
        lambda: services.set_place(
            found,
            form.street.data or None,
            form.corner.data or None,
            form.corner_from_at,
            seen=form.seen,
        ),
        stored=lambda: PlaceForm(found, formdata=None),
        page=lambda typed, conflict: _page(found, typed, conflict),
    )
    way_back = url_for("event_settings.place", campaign=campaign.slug, event=event)
    return refusal or redirect(way_back, 303)


def _page(event: Event, form: PlaceForm, conflict: Conflict = None) -> str:
    return render_template(
        "organize/place.html",
        event=event,
        form=form,
        conflict=conflict,
        local_start=local_hours(event)[0],
        timezone_name=zone_name(event.timezone),
    )
