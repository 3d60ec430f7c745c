"""`./run`, tried on a small product of its own: what it starts, says, stops and leaves behind."""

import http.client
import importlib.util
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATIENCE = 30  # seconds
PRODUCT = """
import os, pathlib, sys, time
from flask import Flask

app = Flask(__name__)

@app.get("/readyz")
def readyz():
    return str(os.getpid())

@app.cli.command()
def demo():
    print("A link to sign in", os.environ["CAMPAIGN_NOW"], os.environ["CAMPAIGN_BASE_URL"])
    sys.exit(int(os.environ.get("DEMO_ENDS_WITH", 0)))

@app.cli.command()
def work():
    pathlib.Path("worker.pid").write_text(str(os.getpid()))
    time.sleep(600)

@app.cli.group()
def db():
    pass

@db.command()
def upgrade():
    pathlib.Path("upgraded").touch()
"""


def program(folder: Path):
    """Read `run` as a module that stands in this folder."""
    loader = SourceFileLoader("run", str(folder / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def bare(tmp_path) -> Path:
    """A clone of the smallest product, in which nothing has run yet."""
    shutil.copy(ROOT / "run", tmp_path)
    (tmp_path / "wsgi.py").write_text(PRODUCT)
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.fixture
def clone(bare) -> Path:
    """A clone whose environment is ready: the one that runs the tests."""
    (bare / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (bare / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    run = program(bare)
    run.STAMP.write_text(run.stamp(run.EVERYTHING))
    return bare


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def running(clone: Path, port: int, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """Start `./run --port`; whatever the test does, nothing of it stays."""
    process = subprocess.Popen(
        [sys.executable, clone / "run", "--port", str(port)],
        env={**os.environ, "PYTHONUNBUFFERED": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            process.kill()


def lines_until_ready(process: "subprocess.Popen[str]") -> list[str]:
    said = []
    for line in process.stdout:
        said.append(line.rstrip())
        if line.startswith("Ready: "):
            return said
    raise AssertionError("\n".join(said))


def until(condition: Callable[[], bool]) -> bool:
    """Wait a while for the condition; tell whether it came true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_running(pid: int) -> bool:
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")


def parent(pid: int) -> int:
    found = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True)
    return int(found.stdout)


def web_process(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/readyz")
    pid = int(connection.getresponse().read())
    connection.close()
    return pid


def children(clone: Path, port: int) -> list[int]:
    """One process of the web server, and the worker."""
    pid = clone / "worker.pid"
    assert until(lambda: pid.exists() and pid.read_text() != "")
    return [web_process(port), int(pid.read_text())]


def test_it_prepares_the_demonstration_and_says_when_it_is_ready(clone, port):
    with running(clone, port) as process:
        said = lines_until_ready(process)
        web_process(port)

    assert said == [
        "Preparing the database …",
        f"A link to sign in 2005-04-01T09:00:00Z http://127.0.0.1:{port}",
        f"Ready: http://127.0.0.1:{port}",
    ]
    assert (clone / "upgraded").exists()


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_all_it_started_when_asked(clone, port, request_to_end):
    with running(clone, port) as process:
        lines_until_ready(process)
        started = children(clone, port)
        process.send_signal(request_to_end)
        exit_code = process.wait(PATIENCE)

        assert exit_code == 0
        assert not any(map(is_running, started))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_nothing_is_left_when_it_is_killed(clone, port):
    with running(clone, port) as process:
        lines_until_ready(process)
        started = children(clone, port)
        process.kill()

        assert until(lambda: not any(map(is_running, started)))


def test_it_stops_serving_when_the_worker_has_died(clone, port):
    with running(clone, port) as process:
        lines_until_ready(process)
        web, worker = children(clone, port)
        os.kill(worker, signal.SIGKILL)
        said = process.stdout.read()

        assert process.wait(PATIENCE) == 1
        assert "The worker ended by itself (exit code signal 9); stopping." in said
        assert not is_running(web)


def test_nothing_of_a_web_server_that_was_killed_is_left(clone, port):
    with running(clone, port) as process:
        lines_until_ready(process)
        web, worker = children(clone, port)
        os.kill(parent(web), signal.SIGKILL)

        assert process.wait(PATIENCE) == 1
        assert not is_running(web)
        assert not is_running(worker)


def test_a_demonstration_that_fails_is_not_served(clone, port):
    with running(clone, port, DEMO_ENDS_WITH="3") as process:
        said = process.stdout.read()

        assert process.wait(PATIENCE) == 1
        assert said.endswith("`demo` failed; see above.\n")


def test_a_taken_port_is_said_before_anything_is_done(clone):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(clone, port) as process:
            said = process.stdout.read()

            assert process.wait(PATIENCE) == 1
            assert said == f"Port {port} is in use; choose another with --port.\n"
            assert not (clone / "upgraded").exists()


def test_a_production_installation_gets_no_demonstration(clone, port):
    with running(clone, port, CAMPAIGN_MODE="production") as process:
        said = lines_until_ready(process)

    assert said == ["Preparing the database …", f"Ready: http://127.0.0.1:{port}"]


def test_settings_in_the_environment_win(clone, port):
    given = {"CAMPAIGN_NOW": "2006-01-01T00:00:00Z", "CAMPAIGN_BASE_URL": "http://localhost:1"}
    with running(clone, port, **given) as process:
        said = lines_until_ready(process)

    assert "A link to sign in 2006-01-01T00:00:00Z http://localhost:1" in said


def test_a_port_is_a_number_from_1_to_65535(clone, capsys):
    for port in ("0", "65536", "http"):
        with pytest.raises(SystemExit, match="2"):
            program(clone).main(["--port", port])

    assert "--port" in capsys.readouterr().err


def test_an_older_python_is_told_which_one_is_needed(clone, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed; this is 3\.9\."):
        runpy.run_path(str(clone / "run"), run_name="__main__")


def test_the_tests_get_every_word_that_follows(clone):
    result = subprocess.run(
        [sys.executable, clone / "run", "test", "--co", "-q", "nowhere.py"],
        capture_output=True,
        text=True,
    )

    assert "file or directory not found: nowhere.py" in result.stderr
    assert result.returncode == 4


def test_one_failed_check_does_not_hide_the_next(clone, capfd):
    run = program(clone)
    run.CHECKS = {
        "bad": [sys.executable, "-c", "raise SystemExit(3)"],
        "good": [sys.executable, "-c", "print('looked')"],
    }

    assert run.check() == 1
    said = capfd.readouterr()
    assert said.out == "looked\n"
    assert said.err.endswith("Failed: bad.\n")


# --- The environment -----------------------------------------------------------------------


@pytest.fixture
def package(bare) -> Path:
    """A locked package that needs no network."""
    wheel = bare / "lantern-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("lantern.py", "light = True\n")
        file.writestr(
            "lantern-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: lantern\nVersion: 1\n"
        )
        file.writestr("lantern-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("lantern-1.dist-info/RECORD", "")
    return wheel


def lock(bare: Path, wheel: Path, digest: str) -> None:
    requirement = f"lantern @ {wheel.as_uri()} --hash=sha256:{digest}\n"
    (bare / "requirements.txt").write_text(requirement)


def make_environment(bare: Path) -> None:
    """Make the environment with the uv at hand, as if it had been fetched."""
    run = program(bare)
    run.install_uv = lambda: run.UV.symlink_to(Path(sys.prefix) / "bin" / "uv")
    run.make_environment(run.PRODUCT)


def has_lantern(bare: Path) -> bool:
    python = bare / ".venv" / "bin" / "python"
    return subprocess.run([python, "-c", "import lantern"], capture_output=True).returncode == 0


def test_the_environment_holds_what_is_locked_and_is_made_once(bare, package, capsys):
    lock(bare, package, sha256(package.read_bytes()).hexdigest())

    make_environment(bare)
    first = capsys.readouterr().err
    make_environment(bare)

    assert has_lantern(bare)
    assert first == "Making the environment …\nInstalling 1 packages …\n"
    assert capsys.readouterr().err == ""


def test_a_package_that_differs_from_its_hash_is_refused(bare, package):
    lock(bare, package, "0" * 64)

    with pytest.raises(Exception, match="could not be installed") as refusal:
        make_environment(bare)

    assert "Hash mismatch" in str(refusal.value)
    assert not has_lantern(bare)


def test_an_environment_that_was_interrupted_is_made_anew(bare, package):
    lock(bare, package, "0" * 64)
    with pytest.raises(Exception, match="could not be installed"):
        make_environment(bare)
    debris = bare / ".venv" / "debris"
    debris.touch()
    lock(bare, package, sha256(package.read_bytes()).hexdigest())

    make_environment(bare)

    assert has_lantern(bare)
    assert not debris.exists()


def test_a_changed_lock_is_installed_into_the_environment_there_is(bare, package, capsys):
    make_environment(bare)
    lock(bare, package, sha256(package.read_bytes()).hexdigest())
    capsys.readouterr()

    make_environment(bare)

    assert has_lantern(bare)
    assert "Making the environment" not in capsys.readouterr().err


def test_without_a_network_the_reason_is_said(bare, monkeypatch):
    shutil.copy(ROOT / "requirements-uv.txt", bare)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    run = program(bare)

    with pytest.raises(run.Refused, match="Is this machine connected to the network"):
        run.make_environment(run.PRODUCT)
