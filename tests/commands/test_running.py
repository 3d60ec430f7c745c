"""How every command runs."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from campaign.commands import campaigns, demo, events
from campaign.commands.demo import DATA
from campaign.commands.running import steps
from tests.commands.refusals import everything

ROOT = Path(__file__).parents[2]
COMMANDS = [
    "backup", "check", "create-administrator", "create-campaign", "demo", "export-calendar",
    "export-turnout", "fan-out", "import-resolution", "import-sites", "invite",
    "publish-resolution", "purge", "read-resolution", "restore", "work",
]  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_of_the_contract_explains_itself(sqlite_app, name):
    done = sqlite_app.test_cli_runner().invoke(args=[name, "--help"])

    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")


@pytest.mark.parametrize("module", [campaigns, demo, events])
def test_each_option_says_what_it_is_for(module):
    options = [option for command in module.COMMANDS for option in command.params]

    for option in options:
        assert isinstance(option, click.Argument) or option.help, option.opts


def test_an_unknown_command_is_refused(sqlite_app):
    done = sqlite_app.test_cli_runner().invoke(args=["fly"])

    assert done.exit_code == 2
    assert "No such command 'fly'" in done.output


def test_a_command_that_breaks_half_way_keeps_nothing(app, monkeypatch):
    def break_down(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("broken")

    app.test_cli_runner().invoke(args=["create-campaign", "peace", "--title", "Peace"])
    before = everything(app)
    monkeypatch.setattr("campaign.sites.services._set_entries", break_down)
    file = str(DATA / "other_sites.csv")
    done = app.test_cli_runner().invoke(args=["import-sites", file, "--list", "others"])

    assert isinstance(done.exception, RuntimeError)
    assert everything(app) == before


def test_a_database_that_is_not_prepared_is_said(tmp_path):
    done = run(tmp_path, "create-campaign", "peace", "--title", "Peace")

    assert done.returncode == 1
    assert done.stderr == (
        "Error: The database is not prepared: run `flask --app wsgi db upgrade` first.\n"
    )


def test_no_bar_is_drawn_where_nobody_looks_on(tmp_path):
    run(tmp_path, "db", "upgrade")
    done = run(tmp_path, "import-sites", str(DATA / "other_sites.csv"), "--list", "others")

    assert done.stdout == "368 added, 0 changed, 0 unchanged, 0 taken off the list.\n"
    assert done.stderr == ""


def test_a_bar_is_drawn_where_somebody_looks_on(capfd, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with steps(300, "Importing sites") as step:
        for _number in range(300):
            step()
    shown = capfd.readouterr()

    assert "Importing sites" in shown.err
    assert "100%" in shown.err
    assert shown.out == ""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """Run a command of an installation in this folder, in a process of its own."""
    environment = {
        **os.environ,
        "CAMPAIGN_MODE": "demo",
        "CAMPAIGN_INSTANCE_FOLDER": str(folder),
        "TERM": "xterm",
    }
    line = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
