"""Sign in and out, and the first page of the back office: URL -> answer, no rules."""

from dataclasses import dataclass

from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from campaign.accounts import services
from campaign.accounts.forms import SignInForm, way_back
from campaign.accounts.queries import campaigns_within_reach, is_live_link
from campaign.database import abandon, writes
from campaign.events.reach import EventTotals, totals
from campaign.languages import current
from campaign.languages import gettext as _
from campaign.models import Campaign, RoleName
from campaign.permissions import May, acting, may, narrowed, public, signed_in
from campaign.signups.queries import Counts
from campaign.signups.reach import counts_by_campaign
from campaign.turnout.reach import Progress, progress

accounts = Blueprint("accounts", __name__)

OFFICE = "/<language:language>/organize"


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign with the numbers of what the reader may see of it."""

    campaign: Campaign
    url: str
    events: EventTotals
    signups: Counts
    turnout: Progress


@accounts.get(f"{OFFICE}/")
@signed_in
def organize() -> str:
    """Show the campaigns in which the person has something to do."""
    actor = narrowed(acting(), May.SEE_COUNTS)
    events, signups, turnout = totals(actor), counts_by_campaign(actor), progress(actor)
    rows = [
        CampaignRow(
            campaign,
            url_for("organize_events.events", campaign=campaign.slug),
            events.get(campaign.id, EventTotals(0, 0, 0)),
            signups.get(campaign.id, Counts(0, 0)),
            turnout.get(campaign.id, Progress(0, 0)),
        )
        for campaign in campaigns_within_reach(actor)
    ]
    names = {role.name for role in acting().roles}
    return render_template(
        "accounts/organize.html",
        rows=rows,
        has_role=bool(names),
        is_administrator=RoleName.ADMINISTRATOR in names,
    )


@accounts.get(f"{OFFICE}/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for an address; who is signed in goes on."""
    asked = way_back(request.args.get("next"))
    if g.get("actor"):
        return redirect(asked or url_for("accounts.organize"), 303)
    form = SignInForm(data={"next": asked or ""})
    return render_template(
        "accounts/sign_in.html",
        form=form,
        is_asked_back=asked is not None,
        is_signed_out="signed_out" in request.args,
    )


@accounts.post(f"{OFFICE}/sign-in")
@public
@writes
def request_sign_in() -> ResponseReturnValue:
    """Mail a link; the same answer for known and unknown addresses."""
    form = SignInForm()
    if not form.validate():
        abandon()
        page = render_template(
            "accounts/sign_in.html", form=form, is_asked_back=False, is_signed_out=False
        )
        return page, 422
    services.request_sign_in(form.email.data or "", current())
    session["next"] = way_back(form.next.data)
    return redirect(url_for("accounts.link_sent"), 303)


@accounts.get(f"{OFFICE}/sign-in/sent")
@public
def link_sent() -> str:
    """Show where to look next."""
    return render_template("accounts/link_sent.html")


@accounts.get(f"{OFFICE}/sign-in/<token>")
@public
def sign_in_link(token: str) -> ResponseReturnValue:
    """Show the one button that signs in; mail scanners open links, so that this changes nothing."""
    if not is_live_link(token):
        return render_template("accounts/link_spent.html"), 404
    return render_template("accounts/sign_in_link.html")


@accounts.post(f"{OFFICE}/sign-in/<token>")
@public
@writes
def use_sign_in_link(token: str) -> Response:
    """Spend the link: a new visit begins, signed in."""
    way = way_back(session.get("next"))
    account = services.sign_in(token, instead_of=session.get("account"))
    session.clear()
    session["account"] = account
    return redirect(way or url_for("accounts.organize"), 303)  # type: ignore[return-value]


@accounts.post(f"{OFFICE}/sign-out")
@public
@writes
def sign_out() -> Response:
    """End the visit; a second time changes nothing."""
    if "account" in session:
        services.sign_out(session["account"])
    session.clear()
    return redirect(url_for("accounts.sign_in", signed_out=1), 303)  # type: ignore[return-value]


@accounts.after_request
def keep_nowhere(response: Response) -> Response:
    """Let no browser keep a page with a link or an address on it."""
    response.headers["Cache-Control"] = "no-store"
    return response


@accounts.app_template_global("office_links")
def office_links(campaign: Campaign | None) -> list[tuple[str, str]]:
    """Return the ways through the back office that are open to whoever is signed in."""
    actor = g.get("actor")
    links = [(_("Campaigns"), url_for("accounts.organize"))]
    if campaign is None:
        return links
    ways = (
        (May.SEE_COUNTS, _("Events"), "organize_events.events"),
        (May.REPORT_TURNOUT, _("Turnout"), "turnout.organize_turnout"),
        (May.SEE_COUNTS, _("Calendars"), "organize_calendars.calendars"),
        (May.CHANGE_EVENTS, _("Countries"), "event_settings.countries"),
        (May.CHANGE_EVENTS, _("Safety sheets"), "event_settings.sheets"),
        (May.REVIEW_RESOLUTION, _("Resolution"), "organize_resolutions.resolution"),
    )
    links += [
        (words, url_for(endpoint, campaign=campaign.slug))
        for act, words, endpoint in ways
        if may(actor, act, campaign)
    ]
    return links
