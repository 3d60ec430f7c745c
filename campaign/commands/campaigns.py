"""Commands for campaigns and their resolutions."""

import json
from pathlib import Path

import click

from campaign.commands.running import keeping, plain
from campaign.database import abandon
from campaign.errors import InvalidError
from campaign.resolutions import services
from campaign.resolutions.queries import find_campaign
from campaign.resolutions.reader import Reading, UnreadableText, clean, read_resolution

CONTRACT = ("title", "adopted_on", "place", "language", "length", "sha256", "clauses")


@click.command("create-campaign")
@click.argument("slug")
@click.option("--title", required=True, help="What people read above every page.")
@click.option("--language", default="en", show_default=True, help="Language of its own texts.")
@keeping
def create_campaign(slug: str, title: str, language: str) -> None:
    """Create a campaign; SLUG becomes its address."""
    campaign = services.create_campaign(slug, title, language=language)
    click.echo(f"Created {campaign.slug}.")


@click.command("read-resolution")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print everything, for machines.")
@plain
def read(file: str, as_json: bool) -> None:
    """Print what the reader finds in FILE; writes nothing."""
    _text, reading = _read(file)
    if as_json:
        whole = reading.as_json()
        given = {key: whole[key] for key in CONTRACT}
        click.echo(json.dumps(given, ensure_ascii=False, indent=2))
    else:
        _print(reading)


@click.command("import-resolution")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--campaign", "campaign_slug", required=True, help="Slug of the campaign.")
@click.option("--title", required=True, help="Title of the resolution.")
@click.option("--dry-run", is_flag=True, help="Show what would be stored; keep nothing.")
@keeping
def import_resolution(file: str, campaign_slug: str, title: str, dry_run: bool) -> None:
    """Store FILE with its clauses, demands and calls, for review."""
    campaign = find_campaign(campaign_slug)
    text, reading = _read(file)
    resolution = services.import_resolution(campaign, text, reading, title=title)
    if dry_run:
        abandon()
        _print(reading)
        click.echo("Nothing was kept.")
        return
    click.echo(f"Stored “{resolution.title}” with {len(reading.clauses)} clauses for review.")


@click.command("publish-resolution")
@click.argument("campaign_slug", metavar="CAMPAIGN")
@keeping
def publish_resolution(campaign_slug: str) -> None:
    """Freeze the resolution of CAMPAIGN and show it to everybody."""
    resolution = services.publish_resolution(find_campaign(campaign_slug))
    click.echo(f"Published “{resolution.title}”, SHA-256 {resolution.sha256}.")


def _read(file: str) -> tuple[str, Reading]:
    try:
        text = clean(Path(file).read_bytes())
    except UnreadableText as error:
        raise InvalidError(_sentence(file, error)) from error
    return text, read_resolution(text)


def _sentence(file: str, error: UnreadableText) -> str:
    name = Path(file).name
    place = f", line {error.line}, column {error.column}" if error.line else ""
    return {
        "not-utf8": f"{name}{place}: this is not UTF-8 text.",
        "nul": f"{name}{place}: a NUL byte; this is not a text file.",
        "empty": f"{name} holds no text.",
        "too-long": f"{name} is too long: a resolution has at most 2 MB.",
    }[error.reason]


def _print(reading: Reading) -> None:
    adopted_on, place = reading.adopted_on or "no date", reading.place or "no place"
    click.echo(f"{reading.title} ({adopted_on}, {place})")
    for number, clause in enumerate(reading.clauses):
        indent = "" if clause.parent is None else "    "
        whom = f" to {clause.addressee}" if clause.addressee else ""
        words = " ".join(clause.text.split())
        click.echo(f"{indent}{number:3} {clause.kind.value}{whom}: {words[:100]}")
    for gap in reading.unread:
        click.echo(f"    could not read ({gap.reason}): {' '.join(gap.text.split())[:100]}")


COMMANDS = (create_campaign, read, import_resolution, publish_resolution)
