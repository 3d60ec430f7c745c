"""Serve a demonstration and the bare views side by side, as `./run` serves."""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from client import ask, request

ROOT = Path(__file__).resolve().parent.parent
STARTING_SECONDS = 30


@dataclass(frozen=True)
class Served:
    """The product and the bare views, each on a port of its own."""

    product: int
    bare: int
    environment: dict[str, str]  # of the product
    server: int  # process id of the product's server

    def worker(self) -> int:
        """Return the process that answers for the product, where there is one."""
        (child,) = Path(f"/proc/{self.server}/task/{self.server}/children").read_text().split()
        return int(child)


def serve_both(
    folder: Path,
    running: ExitStack,
    *,
    events: int = 0,
    processes: int = 2,
    databases: dict[str, str] | None = None,
) -> Served:
    """Make a demonstration in a folder, with more events if asked; serve it and the bare views.

    `databases` are settings that say where rows and keys are kept; else in SQLite files.
    """
    run = _program("run")
    product, bare = _free_port(), _free_port()
    environment = _environment(folder, product) | (databases or {})
    for command in (["db", "upgrade"], ["demo"]):
        run.run_to_its_end([*run.FLASK, *command], environment, quiet=True)
    if events:
        filling = [sys.executable, str(ROOT / "benchmarks" / "filling.py"), str(events)]
        subprocess.run(filling, check=True, cwd=ROOT, env=environment)
    servers = []
    running.callback(run.stop, servers)
    for port, target in ((product, "wsgi:app"), (bare, "benchmarks.bare:app")):
        *command, _target = run.granian(port)
        command[command.index("--workers") + 1] = str(processes)
        servers.append(run.start([*command, target], environment))
    for port in (product, bare):
        _wait_for(port)
    return Served(product, bare, environment, servers[0].pid)


def _program(name: str) -> ModuleType:
    """Read a script as a module, so that it is served by its own words."""
    spec = spec_from_loader(name, SourceFileLoader(name, str(ROOT / name)))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Return settings of this demonstration alone, whatever installation this shell has."""
    of_shell = {
        name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")
    }
    return {
        **of_shell,
        "CAMPAIGN_MODE": "demo",
        "CAMPAIGN_INSTANCE_FOLDER": str(folder / "instance"),
        "CAMPAIGN_BASE_URL": f"http://127.0.0.1:{port}",
        "CAMPAIGN_NOW": "2005-04-01T09:00:00Z",
        "CAMPAIGN_FLOOD_CONTROL": "off",
        "BARE_DATABASE_URL": f"sqlite:///{folder / 'bare.sqlite'}",
        "PYTHONPATH": str(ROOT),
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            ask(port, request("GET", "/healthz"))
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
