"""Safety sheets: what volunteers must know, by country and by event."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.database import writes
from campaign.events import services
from campaign.events.forms import SheetForm
from campaign.events.marks import country_rows, find_country
from campaign.events.presenting import local_hours
from campaign.events.safety import events_with_sheets, find_sheet, is_old, sheets_of
from campaign.events.settings_views.blueprint import (
    EVENT,
    OFFICE,
    Conflict,
    attempt,
    event_settings,
    find,
)
from campaign.formats import country_name, short_date
from campaign.languages import gettext as _
from campaign.models import Campaign, Event, SafetySheet
from campaign.permissions import May, requires
from campaign.templating import city_name


@event_settings.get(f"{OFFICE}/sheets")
@requires(May.CHANGE_EVENTS)
def sheets(campaign: Campaign) -> str:
    """Show the safety sheets of a campaign, and the countries that have none."""
    codes = sorted((one.country for one in country_rows(campaign)), key=country_name)
    found = sheets_of(campaign)
    events = events_with_sheets(campaign)
    return render_template(
        "organize/sheets.html",
        countries=[(code, [one for one in found if one.country == code]) for code in codes],
        events=[
            (event, _event_words(event), [one for one in found if one.event_id == event.id])
            for event in events.values()
        ],
        is_old=is_old,
    )


@event_settings.get(f"{EVENT}/sheets")
@requires(May.CHANGE_EVENTS)
def event_sheets(campaign: Campaign, event: str) -> str:
    """Show the safety sheets of one event."""
    found = find(campaign, event)
    return render_template(
        "organize/event_sheets.html",
        event=found,
        own=sheets_of(campaign, event=found),
        shared=[one for one in sheets_of(campaign) if one.country == found.city.country],
        is_old=is_old,
    )


@event_settings.get(f"{OFFICE}/countries/<country>/sheets/new")
@requires(May.CHANGE_EVENTS)
def new_country_sheet(campaign: Campaign, country: str) -> str:
    """Ask for a sheet of a country."""
    row = find_country(campaign, country)
    return _page(SheetForm(campaign, formdata=None), country_name(row.country))


@event_settings.post(f"{OFFICE}/countries/<country>/sheets/new")
@requires(May.CHANGE_EVENTS)
@writes
def add_country_sheet(campaign: Campaign, country: str) -> ResponseReturnValue:
    """Add a sheet to a country."""
    row = find_country(campaign, country)
    form = SheetForm(campaign)
    refusal = attempt(
        form,
        lambda: services.add_sheet(campaign, form.wish, country=row.country),
        stored=lambda: SheetForm(campaign, formdata=None),
        page=lambda typed, _conflict: _page(typed, country_name(row.country)),
    )
    return refusal or _to_list(campaign)


@event_settings.get(f"{EVENT}/sheets/new")
@requires(May.CHANGE_EVENTS)
def new_event_sheet(campaign: Campaign, event: str) -> str:
    """Ask for a sheet of one event."""
    found = find(campaign, event)
    return _page(SheetForm(campaign, formdata=None), _event_words(found))


@event_settings.post(f"{EVENT}/sheets/new")
@requires(May.CHANGE_EVENTS)
@writes
def add_event_sheet(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Add a sheet to one event."""
    found = find(campaign, event)
    form = SheetForm(campaign)
    refusal = attempt(
        form,
        lambda: services.add_sheet(campaign, form.wish, event=found),
        stored=lambda: SheetForm(campaign, formdata=None),
        page=lambda typed, _conflict: _page(typed, _event_words(found)),
    )
    return refusal or _to_list(campaign, found)


@event_settings.get(f"{OFFICE}/sheets/<int:sheet>")
@requires(May.CHANGE_EVENTS)
def sheet(campaign: Campaign, sheet: int) -> str:
    """Show one sheet, to change it."""
    found = find_sheet(campaign, sheet)
    return _page(SheetForm(campaign, found), _subject(campaign, found), sheet=found)


@event_settings.post(f"{OFFICE}/sheets/<int:sheet>")
@requires(May.CHANGE_EVENTS)
@writes
def change_sheet(campaign: Campaign, sheet: int) -> ResponseReturnValue:
    """Change a sheet."""
    found = find_sheet(campaign, sheet)
    form = SheetForm(campaign, found)
    refusal = attempt(
        form,
        lambda: services.change_sheet(found, form.wish, seen=form.seen),
        stored=lambda: SheetForm(campaign, found, formdata=None),
        page=lambda typed, conflict: _page(
            typed, _subject(campaign, found), sheet=found, conflict=conflict
        ),
    )
    return refusal or _to_list(campaign, _event_of(campaign, found))


@event_settings.get(f"{OFFICE}/sheets/<int:sheet>/delete")
@requires(May.CHANGE_EVENTS)
def sheet_to_delete(campaign: Campaign, sheet: int) -> str:
    """Ask whether a sheet is to be deleted."""
    found = find_sheet(campaign, sheet)
    return render_template(
        "organize/delete_sheet.html", sheet=found, subject=_subject(campaign, found)
    )


@event_settings.post(f"{OFFICE}/sheets/<int:sheet>/delete")
@requires(May.CHANGE_EVENTS)
@writes
def delete_sheet(campaign: Campaign, sheet: int) -> ResponseReturnValue:
    """Delete a sheet."""
    found = find_sheet(campaign, sheet)
    event = _event_of(campaign, found)
    services.delete_sheet(found)
    return _to_list(campaign, event)


def _subject(campaign: Campaign, sheet: SafetySheet) -> str:
    """Return what a sheet is for, in words."""
    event = _event_of(campaign, sheet)
    return _event_words(event) if event else country_name(sheet.country or "")


def _event_of(campaign: Campaign, sheet: SafetySheet) -> Event | None:
    return events_with_sheets(campaign)[sheet.event_id] if sheet.event_id else None


def _event_words(event: Event) -> str:
    return _("%(city)s, %(day)s", city=city_name(event.city), day=short_date(local_hours(event)[0]))


def _to_list(campaign: Campaign, event: Event | None = None) -> ResponseReturnValue:
    if event is None:
        return redirect(url_for("event_settings.sheets", campaign=campaign.slug), 303)
    url = url_for("event_settings.event_sheets", campaign=campaign.slug, event=event.slug)
    return redirect(url, 303)


def _page(
    form: SheetForm, subject: str, *, sheet: SafetySheet | None = None, conflict: Conflict = None
) -> str:
    return render_template(
        "organize/sheet.html", form=form, subject=subject, sheet=sheet, conflict=conflict
    )
