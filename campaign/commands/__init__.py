"""The command line; each command calls one service."""

from flask import Flask

from campaign.commands import campaigns, demo, events, operations, people


def init_app(app: Flask) -> None:
    """Join every command to `flask`."""
    for module in (campaigns, events, people, operations, demo):
        for command in module.COMMANDS:
            app.cli.add_command(command)
