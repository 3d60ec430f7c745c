"""Web servers for tests: the app in a thread of ours for browsers, granian for load."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).parents[2]
STARTING_SECONDS = 60
STOPPING_SECONDS = 15
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class _Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: the addresses in it are no business of a test's output."""


@contextmanager
def served_by_thread(app: Flask, listening: socket.socket) -> Iterator[None]:
    """Serve the app on a socket that is bound already, as long as the block runs."""
    host, port = listening.getsockname()
    listening.listen(128)
    server = make_server(
        host, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno()
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Granian:
    """A running granian: its address, its process, and the file that holds what it said."""

    url: str
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    def stop(self) -> None:
        """End it as an operator would; by force if it does not listen, its workers included."""
        self.process.terminate()
        deadline = time.monotonic() + STOPPING_SECONDS
        while self._is_running() and time.monotonic() < deadline:
            # A worker that has only just been started misses the first request.
            self._signal_all(signal.SIGTERM)
        self._signal_all(signal.SIGKILL)
        self.process.wait()

    def kill(self) -> None:
        """Kill it and its workers, as a power cut would."""
        self._signal_all(signal.SIGKILL)
        self.process.wait()

    def _is_running(self) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(0.5)
        return self.process.poll() is None

    def _signal_all(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start_granian(
    target: str,
    *,
    env: dict[str, str],
    folder: Path,
    workers: int = 2,
    threads: int = 8,
    port: int | None = None,
) -> Granian:
    """Start granian as `./run` does and wait until it answers; `folder` gets its log."""
    port = port or _free_port()
    log = folder / f"granian-{port}.log"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)]
    command += ["--respawn-failed-workers", "--respawn-interval", "0.2", target]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
    granian = Granian(f"http://127.0.0.1:{port}", port, process, log)
    try:
        _wait_until_it_answers(granian)
    except BaseException:
        granian.stop()
        raise
    return granian


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _wait_until_it_answers(granian: Granian) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while not answers(granian.port):
        if granian.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"granian did not start: {granian.log.read_text()}")
        time.sleep(0.05)


def answers(port: int, path: str = "/healthz") -> bool:
    """Tell whether something on this machine answers HTTP at the port, whatever it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _end_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@pytest.fixture
def granian(tmp_path: Path) -> Iterator[Callable[..., Granian]]:
    """Give a starter of servers: `granian("wsgi:app", env={...})`; all end with the test."""
    with ExitStack() as running:

        def start(target: str = "wsgi:app", *, env: dict[str, str], **options: int) -> Granian:
            started = start_granian(target, env=env, folder=tmp_path, **options)
            running.callback(started.stop)
            return started

        yield start
