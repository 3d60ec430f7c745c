"""Commands that take calendars in and give them out."""

from os.path import commonprefix
from pathlib import Path

import click

from campaign.calendars.reading import in_words
from campaign.calendars.scopes import Scope
from campaign.calendars.views.joining import feed_bytes
from campaign.commands.running import keeping, plain, steps
from campaign.database import abandon, reading
from campaign.errors import InvalidError
from campaign.events.importing import Action, PlannedEntry
from campaign.events.services import CalendarImport, import_calendar_from
from campaign.events.services import import_calendar as import_content
from campaign.models import CallToAction
from campaign.resolutions.queries import find_call, find_campaign

SHOWN = 60  # characters of a text that changed
MARKS = {
    Action.MAKE: "new",
    Action.CHANGE: "changed",
    Action.KEEP: "same",
    Action.LEAVE_OUT: "out",
}


@click.command("import-calendar")
@click.argument("source", metavar="FILE-OR-ADDRESS")
@click.option("--call", "call_path", required=True, metavar="CAMPAIGN/CALL", help="Whose events.")
@click.option("--dry-run", is_flag=True, help="Show what would change; keep nothing.")
@keeping
def import_calendar(source: str, call_path: str, dry_run: bool) -> None:
    """Make draft events of an iCalendar file or of the feed at an address.

    A second run changes what changed in the calendar since, and cancels what it cancels.
    """
    campaign_slug, _slash, call_slug = call_path.partition("/")
    call = find_call(find_campaign(campaign_slug), call_slug)
    done = _import(call, source)
    _print(done, everything=dry_run)
    if dry_run:
        abandon()
        click.echo("Nothing was kept.")


@click.command("export-calendar")
@click.argument("campaign_slug", metavar="CAMPAIGN")
@click.option("--demand", metavar="D", help="Only events that support this demand.")
@click.option("--call", metavar="C", help="Only events of this call.")
@click.option("--country", metavar="CC", help="Only events in this country.")
@click.option("--city", metavar="C", help="Only events in this city.")
@click.option("--lang", default="", help="Language of the words.")
@click.option("-o", "output", type=click.Path(dir_okay=False), required=True, help="The file.")
@plain
def export_calendar(campaign_slug: str, output: str, lang: str, **narrowing: str | None) -> None:
    """Write the calendar of CAMPAIGN to a file: the same bytes as its feed."""
    given = {kind: value for kind, value in narrowing.items() if value}
    if len(given) > 1:
        raise InvalidError("Give one of --demand, --call, --country and --city.")
    kind, value = next(iter(given.items()), ("campaign", ""))
    value = value.lower() if kind == "country" else value
    with reading():
        content = feed_bytes(find_campaign(campaign_slug), Scope(kind), value, language=lang)
    Path(output).write_bytes(content)
    click.echo(f"Wrote {content.count(b'BEGIN:VEVENT')} entries to {output}.")


def _import(call: CallToAction, source: str) -> CalendarImport:
    if "://" in source:
        return import_calendar_from(call, source)
    content = Path(source).read_bytes()
    with steps(content.count(b"BEGIN:VEVENT"), "Importing events") as step:
        return import_content(call, content, progress=step)


def _print(done: CalendarImport, *, everything: bool) -> None:
    for one in done.entries:
        if everything or one.action is Action.LEAVE_OUT:
            _print_entry(one)
    for problem in done.file.problems:
        words = in_words(problem.reason)
        click.echo(f"out     line {problem.line}: {problem.title or problem.uid}: {words}")
    left_out = done.count(Action.LEAVE_OUT) + len(done.file.problems)
    click.echo(
        f"{done.count(Action.MAKE)} new, {done.count(Action.CHANGE)} changed, "
        f"{done.count(Action.KEEP)} the same, {left_out} left out."
    )


def _print_entry(one: PlannedEntry) -> None:
    entry, wish = one.entry, one.wish
    when = f"{wish.starts_local:%Y-%m-%d %H:%M} " if wish else ""
    where = f" @ {one.spot.name}" if one.spot else ""
    why = f": {one.why}" if one.why else ""
    click.echo(f"{MARKS[one.action]:7} {when}{entry.title or entry.uid}{where}{why}")
    for note in entry.notes:
        click.echo(f"          {in_words(note)}")
    for difference in one.differences:
        before, after = _where_they_part(difference.before, difference.after)
        click.echo(f"          {difference.what}: “{before}” → “{after}”")


def _where_they_part(before: str, after: str) -> list[str]:
    """Return two texts on one line each, from a little before they part."""
    texts = [" ".join(text.split()) for text in (before, after)]
    start = max(0, len(commonprefix(texts)) - SHOWN // 4)
    return [f"{'…' * (start > 0)}{text[start : start + SHOWN]}" for text in texts]


COMMANDS = (import_calendar, export_calendar)
