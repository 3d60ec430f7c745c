"""The command that a mail server hands mails to."""

import os
import sys
from collections import Counter
from typing import IO

import click
import structlog

from campaign.commands.running import clear_failure, plain
from campaign.database import setting
from campaign.emails.inbound.folder import ONE_TOO_MANY
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.signups.jobs import take_in

log = structlog.get_logger()


class NoMailboxError(CampaignError):
    """Nobody is asked to write to us, and so nothing is read."""


class TryLaterError(click.ClickException):
    """A mail could not be taken in: its server keeps it, and bounces nothing to anybody."""

    exit_code = os.EX_TEMPFAIL


@click.command("receive-mail")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.File("rb"))
@plain
def receive_mail(files: tuple[IO[bytes], ...]) -> None:
    """Take in mails from files, or one from standard input: calendars' answers, and bounces."""
    try:
        with clear_failure():
            numbers = _take_in(files or (sys.stdin.buffer,))
    except click.ClickException as error:
        raise TryLaterError(error.message) from error
    except Exception as error:
        log.error("mail cannot be taken in", error=type(error).__name__)
        raise TryLaterError("The mail cannot be taken in now.") from error
    click.echo(", ".join(f"{number} {outcome}" for outcome, number in sorted(numbers.items())))


def _take_in(files: tuple[IO[bytes], ...]) -> Counter[str]:
    if not setting("REPLY_MAILBOX"):
        raise NoMailboxError(_("CAMPAIGN_REPLY_MAILBOX is not set: no mail is read."))
    return Counter(str(take_in(file.read(ONE_TOO_MANY))) for file in files)


COMMANDS = (receive_mail,)
