"""What all views of settings share: the blueprint, refusing, and the ways between the pages."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue

from campaign.accounts.queries import roles_at
from campaign.database import abandon
from campaign.errors import CampaignError, InvalidError
from campaign.events.forms import Difference, VersionedForm, differences
from campaign.events.presenting import language_name
from campaign.events.queries import find_event_within_reach
from campaign.events.services import ChangedMeanwhileError, SheetExistsError
from campaign.languages import gettext as _
from campaign.models import Actor, Campaign, Event
from campaign.permissions import May, acting, narrowed

event_settings = Blueprint("event_settings", __name__)

OFFICE = "/<language:language>/organize/<campaign:campaign>"
EVENT = f"{OFFICE}/events/<event>"
Form = TypeVar("Form", bound=VersionedForm)
Conflict = tuple[Difference, ...] | None  # None = nobody else was faster


def find(campaign: Campaign, slug: str) -> Event:
    """Return an event within reach of whoever acts. Raises NotFoundError."""
    return find_event_within_reach(acting(), campaign, slug)


def attempt(
    form: Form,
    act: Callable[[], object],
    *,
    stored: Callable[[], Form],
    page: Callable[[Form, Conflict], str],
) -> ResponseReturnValue | None:
    """Do what a form asks for; return the page that says why not, or None once it is done.

    Where somebody else was faster, the page shows what is stored now beside what was typed; sent
    once more, that replaces it.
    """
    if not form.validate():
        abandon()
        return page(form, None), InvalidError.status
    try:
        act()
    except ChangedMeanwhileError as error:
        abandon()
        now = stored()
        form.version.data = now.version.data
        return page(form, differences(now, form)), error.status
    except (InvalidError, SheetExistsError) as error:
        return _refused(form, error, page)
    return None


def _refused(
    form: Form, error: CampaignError, page: Callable[[Form, Conflict], str]
) -> ResponseReturnValue:
    abandon()
    form.form_errors.append(str(error))
    return page(form, None), error.status


event_settings.add_app_template_filter(language_name)


@event_settings.app_template_global("settings_links")
def settings_links(event: Event) -> list[tuple[str, str]]:
    """Return the ways to what whoever is signed in may set up of an event."""
    actor: Actor = g.actor
    ways = (
        (May.CHANGE_PLACE, _("Where to meet"), "event_settings.place"),
        (May.CHANGE_PLACE, _("Shifts"), "event_settings.shifts"),
        (May.CHANGE_EVENTS, _("Places, privacy, languages"), "event_settings.settings"),
        (May.CHANGE_EVENTS, _("Safety sheets of this event"), "event_settings.event_sheets"),
        (May.HANDLE_FLOODS, _("Unusual sign-ups"), "organize_signups.floods"),
        (May.CHANGE_EVENTS, _("Forget the people"), "event_settings.forget_people"),
    )
    campaign, slug = event.campaign, event.slug
    return [
        (words, url_for(endpoint, campaign=campaign.slug, event=slug))
        for act, words, endpoint in ways
        if roles_at(narrowed(actor, act, campaign), event)
    ]
