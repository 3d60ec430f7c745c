"""Forget the people of an event before their time."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign import clock
from campaign.database import writes
from campaign.events.settings_views.blueprint import EVENT, event_settings, find
from campaign.models import Campaign, EventStatus
from campaign.permissions import May, requires
from campaign.signups.queries import forgotten_at
from campaign.signups.services.forgetting import forget_event


@event_settings.get(f"{EVENT}/forget")
@requires(May.CHANGE_EVENTS)
def forget_people(campaign: Campaign, event: str) -> str:
    """Ask whether the people of an event are to be forgotten now."""
    found = find(campaign, event)
    return render_template(
        "organize/forget_event.html",
        event=found,
        is_needed=found.ends_at > clock.now() and found.status is not EventStatus.CANCELLED,
        forgotten_on=forgotten_at(found).astimezone(clock.zone(found.timezone)).date(),
    )


@event_settings.post(f"{EVENT}/forget")
@requires(May.CHANGE_EVENTS)
@writes
def forget_now(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Forget the people of an event now; their number stays."""
    found = find(campaign, event)
    forget_event(found)
    return redirect(url_for("organize_events.event", campaign=campaign.slug, event=event), 303)
