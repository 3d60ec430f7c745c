"""The command line; each command calls one service."""

from flask import Flask

from campaign.commands import (
    calendars,
    campaigns,
    demo,
    events,
    inbound,
    operations,
    people,
    turnout,
)


def init_app(app: Flask) -> None:
    """Join every command to `flask`."""
    for module in (calendars, campaigns, events, people, turnout, operations, inbound, demo):
        for command in module.COMMANDS:
            app.cli.add_command(command)
