"""Ways in, and pages of no capability."""

from datetime import timedelta

from flask import Blueprint, Response, g, render_template
from flask.typing import ResponseReturnValue

from campaign import clock
from campaign.addresses import absolute
from campaign.calendars.presenting import campaign_calendar
from campaign.database import setting
from campaign.events.forms import FindEventForm
from campaign.events.presenting import foremost, marks, present_rows
from campaign.events.queries import by_city, coming, coverage, numbers_by_demand
from campaign.languages import LANGUAGES
from campaign.models import Campaign
from campaign.permissions import public
from campaign.resolutions import queries as resolutions
from campaign.resolutions.presenting import addressee_rows, anchor

pages = Blueprint("pages", __name__)

NEXT = 6  # events shown on the home of a campaign
VALID = timedelta(days=180)  # RFC 9116, 2.5.5 wants less than a year


@pages.get("/<language:language>/")
@public
def campaigns() -> ResponseReturnValue:
    """Show the campaigns; if there is one only, its home."""
    found = resolutions.campaigns()
    if len(found) == 1:
        g.campaign = found[0]
        return home(found[0])
    return render_template(
        "pages/campaigns.html", campaigns=[(one, campaign_calendar(one)) for one in found]
    )


@pages.get("/<language:language>/<campaign:campaign>/")
@public
def home(campaign: Campaign) -> ResponseReturnValue:
    """Show what a campaign is about, where it happens, and what is next."""
    call = resolutions.foremost_call(campaign)
    purposes = [one.demand for one in resolutions.purposes_of(call)] if call else []
    demands = resolutions.demands_of(campaign)
    demand = foremost(purposes)
    quote = resolutions.quotes([demand])[demand.id] if demand else None
    return render_template(
        "pages/home.html",
        call=call,
        demand=demand,
        quote=quote,
        anchor=anchor(quote.clause.number) if quote else None,
        form=FindEventForm(),
        coverage=coverage(campaign),
        marks=marks(campaign, by_city(campaign)),
        rows=present_rows(coming(campaign, NEXT)),
        groups=addressee_rows(campaign, demands, numbers_by_demand(campaign)),
        calendar=campaign_calendar(campaign),
    )


@pages.get("/<language:language>/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say what is asked, who sees it, and when it goes."""
    return render_template("pages/privacy.html", retention_days=setting("RETENTION_DAYS"))


@pages.get("/<language:language>/contact")
@public
def contact() -> ResponseReturnValue:
    """Say whom to write to."""
    return render_template("pages/contact.html", contact=_contact(), url=_contact_url())


@pages.get("/<language:language>/credits")
@public
def credits() -> ResponseReturnValue:
    """Name those whose work this stands on."""
    return render_template("pages/credits.html")


@pages.get("/<language:language>/rel/demand")
@public
def relation() -> ResponseReturnValue:
    """Say what links of this relation mean, which calendars name by its address (RFC 8288)."""
    return render_template("pages/relation.html")


@pages.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Answer where to report a weakness (RFC 9116), good for half a year from today."""
    midnight = clock.real_now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {_contact_url() or absolute('pages.contact', language='en')}",
        f"Expires: {midnight + VALID:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {absolute('pages.security_txt')}",
    )
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _contact() -> str:
    return " ".join(str(setting("CONTACT")).split())


def _contact_url() -> str | None:
    """Return the contact as an address that can be followed, or None if it is not one."""
    contact = _contact()
    if contact.startswith(("https://", "http://", "mailto:", "tel:")):
        return contact
    return f"mailto:{contact}" if "@" in contact and " " not in contact else None
