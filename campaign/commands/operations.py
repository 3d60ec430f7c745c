"""Commands that keep the installation running."""

import signal
import sys
from pathlib import Path
from threading import Event as Signal

import click

from campaign.commands.running import counting, keeping, plain
from campaign.database import reading
from campaign.operations import backup as backups
from campaign.operations import jobs, key_copies
from campaign.operations.health import faults
from campaign.signups.jobs import purge as purge_people


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@plain
def work(once: bool) -> None:
    """Send mails, renew counts and forget what is to be forgotten, until stopped."""
    if once:
        click.echo(f"{jobs.work_once()} mails tried.")
        return
    stop = Signal()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: stop.set())
    jobs.work(stop)


@click.command("purge")
@plain
def purge() -> None:
    """Destroy what is personal of events that ended longer ago than RETENTION_DAYS."""
    click.echo(f"Forgot the people of {purge_people()} events. Their counts stay.")


@click.command("backup")
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--keys", "keys_file", type=click.Path(dir_okay=False), help="Copy the key store.")
@plain
def backup(file: str | None, keys_file: str | None) -> None:
    """Write all data to FILE, without keys; --keys overwrites the one copy of the key store."""
    if not file and not keys_file:
        raise click.UsageError("Give a FILE, or --keys FILE.")
    if file:
        with counting("Writing rows") as progress:
            rows = backups.backup(Path(file), progress=progress)
        click.echo(f"Wrote {rows} rows to {file}.")
    if keys_file:
        click.echo(f"Wrote {key_copies.backup_keys(Path(keys_file))} keys to {keys_file}.")


@click.command("restore")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--keys", "keys_file", type=click.Path(exists=True, dir_okay=False))
@keeping
def restore(file: str | None, keys_file: str | None) -> None:
    """Read a backup into an empty, prepared database; --keys reads a copy of the key store."""
    if not file and not keys_file:
        raise click.UsageError("Give a FILE, or --keys FILE.")
    if file:
        with counting("Reading rows") as progress:
            rows = backups.restore(Path(file), progress=progress)
        click.echo(f"Read {rows} rows.")
    if keys_file:
        click.echo(f"Read {key_copies.restore_keys(Path(keys_file))} keys.")


@click.command("check")
@plain
def check() -> None:
    """Say what is wrong with this installation and how to mend it."""
    with reading():
        found = faults()
    for fault in found:
        click.echo(f"{fault.what} {fault.remedy}")
    if found:
        sys.exit(1)
    click.echo("All is well.")


COMMANDS = (work, purge, backup, restore, check)
