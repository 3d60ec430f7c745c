"""An event's places, privacy, languages and access."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign import clock
from campaign.database import writes
from campaign.events import services
from campaign.events.forms import CapacityForm, OffersForm, PrivacyForm, VersionedForm
from campaign.events.settings_views.blueprint import EVENT, Conflict, attempt, event_settings, find
from campaign.models import Campaign, Event
from campaign.permissions import May, requires
from campaign.signups import services as signups
from campaign.signups.queries import places_taken

FORMS = {"capacity": CapacityForm, "privacy": PrivacyForm, "offers": OffersForm}


@event_settings.get(f"{EVENT}/settings")
@requires(May.CHANGE_EVENTS)
def settings(campaign: Campaign, event: str) -> str:
    """Show what an event decides for itself."""
    return _page(find(campaign, event))


@event_settings.post(f"{EVENT}/settings/capacity")
@requires(May.CHANGE_EVENTS)
@writes
def change_capacity(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Change how many fit; the wait list moves up."""
    found = find(campaign, event)
    form = CapacityForm(found)
    return _answer(
        found,
        "capacity",
        form,
        lambda: signups.set_capacity(found, form.capacity.data, seen=form.seen),
    )


@event_settings.post(f"{EVENT}/settings/privacy")
@requires(May.CHANGE_EVENTS)
@writes
def change_privacy(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Change how volunteers are protected; or follow the country again."""
    found = find(campaign, event)
    form = PrivacyForm(found)

    def act() -> None:
        if request.form.get("follow"):
            services.follow_country(found, seen=form.seen)
        else:
            mark = form.mark
            services.set_privacy(
                found, is_discreet=mark.is_discreet, contact=mark.contact, seen=form.seen
            )

    return _answer(found, "privacy", form, act)


@event_settings.post(f"{EVENT}/settings/offers")
@requires(May.CHANGE_EVENTS)
@writes
def change_offers(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Change what is spoken, and what is offered for access."""
    found = find(campaign, event)
    form = OffersForm(found)
    return _answer(
        found,
        "offers",
        form,
        lambda: services.set_offers(
            found, languages=form.spoken, access=form.access.data or (), seen=form.seen
        ),
    )


def _answer(
    event: Event, name: str, form: VersionedForm, act: Callable[[], None]
) -> ResponseReturnValue:
    refusal = attempt(
        form,
        act,
        stored=lambda: FORMS[name](event, formdata=None),
        page=lambda typed, conflict: _page(event, name, typed, conflict),
    )
    if refusal is not None:
        return refusal
    url = url_for("event_settings.settings", campaign=event.campaign.slug, event=event.slug)
    return redirect(f"{url}#set-{name}", 303)


def _page(
    event: Event,
    name: str | None = None,
    typed: VersionedForm | None = None,
    conflict: Conflict = None,
) -> str:
    """Return the page with its forms: one as it was typed, the others as they are stored."""
    forms: dict[str, VersionedForm] = {
        one: form(event, formdata=None) for one, form in FORMS.items() if one != name
    }
    if name is not None and typed is not None:
        forms[name] = typed
    return render_template(
        "organize/event_settings.html",
        event=event,
        forms=forms,
        refused=typed,
        conflict=conflict,
        taken=places_taken(event.id, clock.now()),
    )
