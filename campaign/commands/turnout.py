"""Commands for what came of a campaign."""

from pathlib import Path

import click

from campaign.commands.running import plain
from campaign.database import reading
from campaign.resolutions.queries import find_campaign
from campaign.turnout.presenting import csv_bytes
from campaign.turnout.queries import event_turnouts


@click.command("export-turnout")
@click.argument("campaign_slug", metavar="CAMPAIGN")
@click.option("--lang", default="", help="Language of the names.")
@click.option("-o", "output", type=click.Path(dir_okay=False), required=True)
@plain
def export_turnout(campaign_slug: str, lang: str, output: str) -> None:
    """Write the turnout of CAMPAIGN to a file: the same bytes as its turnout.csv."""
    with reading():
        turnouts = event_turnouts(find_campaign(campaign_slug))
        content = csv_bytes(turnouts, language=lang)
    Path(output).write_bytes(content)
    reported = sum(one.turnout is not None for one in turnouts)
    click.echo(f"Wrote {len(turnouts)} events, {reported} of them reported, to {output}.")


COMMANDS = (export_turnout,)
