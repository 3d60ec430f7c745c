"""Chromium for tests, at the size of a phone and of a desk; says loudly when it is missing."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = "no Chromium on this machine: apt-get install chromium, or name its program in CHROMIUM"
# Nothing leaves the machine, and nothing of the browser's own shows up among a page's requests.
SWITCHES = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK = {"viewport": {"width": 1280, "height": 900}}


def find_chromium() -> str | None:
    """Return the program that CHROMIUM names, else the first one on the path."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).exists() else shutil.which(named)
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's own Chromium; without one, skip."""
    program = find_chromium()
    if program is None:
        pytest.skip(MISSING)
    # Chromium's sandbox refuses to run for root.
    switches = [*SWITCHES, "--no-sandbox"] if os.geteuid() == 0 else SWITCHES
    return {**browser_type_launch_args, "executable_path": program, "args": switches}


@pytest.fixture
def phone(new_context) -> Any:
    """Open a page of the size of a phone (390 px), with touch."""
    return new_context(**PHONE).new_page()


@pytest.fixture
def desk(new_context) -> Any:
    """Open a page of the size of a desk's screen (1280 px)."""
    return new_context(**DESK).new_page()


class SkippedBrowserTests:
    """Remembers which browser tests did not run; where they are required, that is a failure."""

    def __init__(self, *, required: bool) -> None:
        self.required = required
        self.skipped: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a browser test that skips itself, or is skipped."""
        if report.skipped and "browser" in report.keywords:
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Turn a run that passed without its browser tests into a failed one."""
        if self.required and self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say at the end, where nobody overlooks it, what was not tested."""
        if not self.skipped:
            return
        colour = {"red" if self.required else "yellow": True, "bold": True}
        terminalreporter.write_sep("!", "THE BROWSER TESTS DID NOT RUN", **colour)
        count = len(self.skipped)
        why = "see the reasons above" if find_chromium() else MISSING
        terminalreporter.write_line(f"{count} of them skipped: {why}.", **colour)
        if self.required:
            terminalreporter.write_line(
                "CAMPAIGN_REQUIRE_BROWSER is set: this run has failed.", **colour
            )


def pytest_configure(config: pytest.Config) -> None:
    """Watch this run for browser tests that do not run."""
    required = os.environ.get("CAMPAIGN_REQUIRE_BROWSER", "") not in ("", "0")
    config.pluginmanager.register(SkippedBrowserTests(required=required))
