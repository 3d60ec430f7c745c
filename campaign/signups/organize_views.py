"""Floods of sign-ups for those who organize: URL -> answer, no rules."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.database import writes
from campaign.events.queries import find_event_within_reach
from campaign.models import Campaign, Event
from campaign.permissions import May, acting, requires
from campaign.signups.flood_groups import (
    count_unproven,
    find_group,
    groups_of,
    totals_of,
    unproven_of,
)
from campaign.signups.forms import BlockForm
from campaign.signups.services.blocking import block_address, block_group, unblock_address
from campaign.signups.services.quarantine import put_aside, take_back
from campaign.signups.surges import surge_of

organize_signups = Blueprint("organize_signups", __name__)

FLOODS = "/<language:language>/organize/<campaign:campaign>/events/<event>/floods"


@organize_signups.get(FLOODS)
@requires(May.HANDLE_FLOODS)
def floods(campaign: Campaign, event: str) -> str:
    """Show an event's sign-ups in groups that may be floods; never who they are."""
    return _page(find_event_within_reach(acting(), campaign, event), BlockForm())


@organize_signups.post(f"{FLOODS}/aside")
@requires(May.HANDLE_FLOODS)
@writes
def put_group_aside(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Put the unconfirmed of a group aside, or all of it."""
    found = find_event_within_reach(acting(), campaign, event)
    group = find_group(found, request.form.get("group", ""))
    put_aside(found, group, including_confirmed="all" in request.form)
    return _back(found)


@organize_signups.post(f"{FLOODS}/back")
@requires(May.HANDLE_FLOODS)
@writes
def take_group_back(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Let a group that was put aside count again."""
    found = find_event_within_reach(acting(), campaign, event)
    take_back(found, find_group(found, request.form.get("group", "")))
    return _back(found)


@organize_signups.post(f"{FLOODS}/block")
@requires(May.HANDLE_FLOODS)
@writes
def block(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Block the unconfirmed addresses of a group, and cancel their sign-ups."""
    found = find_event_within_reach(acting(), campaign, event)
    block_group(found, find_group(found, request.form.get("group", "")))
    return _back(found)


@organize_signups.post(f"{FLOODS}/address")
@requires(May.HANDLE_FLOODS)
@writes
def block_one(campaign: Campaign, event: str) -> ResponseReturnValue:
    """Block a single address and cancel its sign-up, or let it sign up again.

    The answer is the same whether it had one.
    """
    found, form = find_event_within_reach(acting(), campaign, event), BlockForm()
    if not form.validate():
        return _page(found, form), 422
    if "unblock" in request.form:
        unblock_address(form.email.data or "")
        return _back(found, done="unblocked")
    block_address(found, form.email.data or "")
    return _back(found, done="blocked")


def _page(found: Event, form: BlockForm) -> str:
    return render_template(
        "organize/floods.html",
        event=found,
        totals=totals_of(found),
        surge=surge_of(found),
        groups=groups_of(found),
        unproven=unproven_of(found),
        unproven_count=count_unproven(found),
        form=form,
        done=request.args.get("done"),
    )


def _back(found: Event, done: str | None = None) -> ResponseReturnValue:
    slug, event = found.campaign.slug, found.slug
    url = url_for("organize_signups.floods", campaign=slug, event=event, done=done)
    return redirect(url, 303)
