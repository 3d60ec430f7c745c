"""The countries of a campaign, and how their volunteers are protected."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.database import writes
from campaign.events import services
from campaign.events.forms import CountryForm
from campaign.events.marks import CountryRow, country_rows, find_country
from campaign.events.settings_views.blueprint import OFFICE, Conflict, attempt, event_settings
from campaign.formats import country_name
from campaign.models import Campaign
from campaign.permissions import May, requires


@event_settings.get(f"{OFFICE}/countries")
@requires(May.CHANGE_EVENTS)
def countries(campaign: Campaign) -> str:
    """Show every country of the campaign's events, and how it is marked."""
    rows = sorted(country_rows(campaign), key=lambda one: country_name(one.country))
    return render_template("organize/countries.html", rows=rows)


@event_settings.get(f"{OFFICE}/countries/<country>")
@requires(May.CHANGE_EVENTS)
def country(campaign: Campaign, country: str) -> str:
    """Show one country, and how many events a mark would change."""
    row = find_country(campaign, country)
    return _page(row, CountryForm(row.mark))


@event_settings.post(f"{OFFICE}/countries/<country>")
@requires(May.CHANGE_EVENTS)
@writes
def mark_country(campaign: Campaign, country: str) -> ResponseReturnValue:
    """Mark a country, or take its mark away; the events that follow it change with it."""
    row = find_country(campaign, country)
    form = CountryForm(row.mark)

    def act() -> None:
        if request.form.get("unmark"):
            services.unmark_country(campaign, row.country, seen=form.seen)
        else:
            services.mark_country(campaign, row.country, form.mark, seen=form.seen)

    refusal = attempt(
        form,
        act,
        stored=lambda: CountryForm(find_country(campaign, country).mark, formdata=None),
        page=lambda typed, conflict: _page(find_country(campaign, country), typed, conflict),
    )
    return refusal or redirect(url_for("event_settings.countries", campaign=campaign.slug), 303)


def _page(row: CountryRow, form: CountryForm, conflict: Conflict = None) -> str:
    return render_template("organize/country.html", row=row, form=form, conflict=conflict)
