"""Commands for sites and events."""

import re
from datetime import date, datetime, time
from pathlib import Path

import click

from campaign.commands.running import keeping, steps
from campaign.database import abandon
from campaign.errors import InvalidError
from campaign.events import services
from campaign.events.planning import FanOutOrder, Plan, plan_fan_out
from campaign.models import CallToAction
from campaign.resolutions.queries import find_call, find_campaign, find_demand
from campaign.resolutions.services import aim
from campaign.sites.services import import_sites as import_rows
from campaign.sites.site_file import SiteFileError, parse_sites


@click.command("import-sites")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--list", "list_name", required=True, help="Name of the site list.")
@click.option("--dry-run", is_flag=True, help="Say what would change; keep nothing.")
@keeping
def import_sites(file: str, list_name: str, dry_run: bool) -> None:
    """Make the list hold exactly the sites of FILE, a CSV."""
    try:
        rows = parse_sites(Path(file).read_bytes())
    except SiteFileError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        raise InvalidError(f"{Path(file).name} was not imported:\n{lines}") from error
    with steps(len(rows), "Importing sites") as step:
        done = import_rows(rows, list_name, progress=step)
    followed = services.follow_sites(done.moved)
    click.echo(
        f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged, "
        f"{done.taken_off} taken off the list."
    )
    if followed:
        click.echo(f"Events that changed with them: {followed}.")
    if dry_run:
        abandon()
        click.echo("Nothing was kept.")


@click.command("fan-out")
@click.argument("call_path", metavar="CAMPAIGN/CALL")
@click.option("--list", "list_name", required=True, help="Name of the site list.")
@click.option("--on", "on_text", required=True, metavar="DATE", help="The local day.")
@click.option("--at", "at_text", metavar="HH:MM", help="Local wall time everywhere.")
@click.option("--instant", "instant_text", metavar="ISO", help="One instant everywhere.")
@click.option("--lasting", type=int, required=True, metavar="MINUTES", help="Length.")
@click.option("--country", multiple=True, metavar="CC", help="Only there; may be repeated.")
@click.option("--include", multiple=True, metavar="ID", help="Take this site in any case.")
@click.option("--except", "leave_out", multiple=True, metavar="ID", help="Leave this site out.")
@click.option("--demand", multiple=True, metavar="D", help="Let the call aim at this demand too.")
@click.option("--dry-run", is_flag=True, help="Show what would be made; keep nothing.")
@click.option("--publish", is_flag=True, help="Publish at once instead of as drafts.")
@keeping
def fan_out(
    call_path: str, demand: tuple[str, ...], dry_run: bool, publish: bool, **options: object
) -> None:
    """Open one event per site for a call; a second run adds only what is missing."""
    campaign_slug, _slash, call_slug = call_path.partition("/")
    campaign = find_campaign(campaign_slug)
    order = _order(find_call(campaign, call_slug), options)
    for slug in demand:
        aim(order.call, find_demand(campaign, slug))
    plan = plan_fan_out(order)
    with steps(len(plan.missing), "Opening events") as step:
        done = services.fan_out(order, plan=plan, publish=publish, progress=step)
    if dry_run:
        _print(order, plan)
        abandon()
        click.echo(f"{done.made} events would be made, {done.there} are there.")
        return
    published = f", {done.published} of them published now" if done.published else ""
    click.echo(
        f"{done.made} events made, {done.there} were there{published}, "
        f"{len(plan.left_out)} left out."
    )


def _order(call: CallToAction, options: dict[str, object]) -> FanOutOrder:
    at, moment = options["at_text"], options["instant_text"]
    return FanOutOrder(
        call=call,
        list_name=str(options["list_name"]),
        on=_day(str(options["on_text"])),
        at=_time(str(at)) if at else None,
        instant=_instant(str(moment)) if moment else None,
        lasting_minutes=int(str(options["lasting"])),
        countries=frozenset(code.upper() for code in _texts(options["country"])),
        include=frozenset(_texts(options["include"])),
        leave_out=frozenset(_texts(options["leave_out"])),
    )


def _texts(given: object) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, tuple) else ()


def _day(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidError(f"--on {text}: there is no such day; write YYYY-MM-DD.")


def _time(text: str) -> time:
    if found := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text, re.ASCII):
        return time(int(found[1]), int(found[2]))
    raise InvalidError(f"--at {text}: there is no such time; write HH:MM.")


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(f"--instant {text}: there is no such moment.") from error
    if moment.tzinfo is None:
        raise InvalidError(f"--instant {text}: say the offset, like 2005-04-28T12:00:00Z.")
    return moment


def _print(order: FanOutOrder, plan: Plan) -> None:
    if plan.is_on_another_day:
        click.echo(f"Note: the call itself names {order.call.on}, not {order.on}.")
    for planned in plan.events:
        mark = "there" if planned.is_there else "new"
        utc = f"{planned.starts_at:%Y-%m-%dT%H:%MZ}"
        local = f"{planned.starts_local:%Y-%m-%d %H:%M}"
        click.echo(f"{mark:5} {local} {utc} {planned.site.id} {planned.site.name}")
    for site, reason in plan.left_out:
        click.echo(f"out   {site.id} {site.name}: {reason.value}")


COMMANDS = (import_sites, fan_out)
