"""Measure feeds: bytes a second against icalendar, memory over idle, and what a 304 costs.

    python benchmarks/feeds.py [--events 10000] [--rounds 5] [--seconds 1]

All in one run: the product is served as `./run` serves, but by one process, so that its memory can
be told; beside it a bare view that asks the same database one indexed question. The peer builds
the same entries by the icalendar package, in a process of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from statistics import median

from client import Subject, ask, measure, read_whole, request
from serving import ROOT, serve_both

FEED = "/north-korea-2005/calendar.ics?lang=en"
PACKED = {"Accept-Encoding": "gzip"}
IN_PROCESS = Path(__file__).with_name("joining.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="for each measurement of a 304")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        served = serve_both(Path(folder), running, events=given.events, processes=1)
        join(served.environment, given.rounds)
        whole_feeds(served, given.rounds)
        unchanged(served, given.rounds, given.seconds)


def join(environment: dict[str, str], rounds: int) -> None:
    """Let one process build the feed both ways, turn by turn."""
    command = [sys.executable, str(IN_PROCESS), str(rounds)]
    subprocess.run(command, check=True, cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)})


def whole_feeds(served, rounds: int) -> None:
    """Take the feed over HTTP, plain and packed, and see what it costs in memory."""
    port, worker = served.product, served.worker()
    ask(port, request("GET", "/healthz"))
    for name, headers in (("plain", {}), ("gzip", PACKED)):
        idle, seconds, size = rss(worker), [], 0
        reset_peak(worker)
        for _ in range(rounds):
            start = time.perf_counter()
            size = read_whole(port, request("GET", FEED, {**headers, "Connection": "close"}))
            seconds.append(time.perf_counter() - start)
        over = (peak(worker) - idle) / 1024
        print(
            f"| feed over HTTP, {name} | {size / 1e6:.2f} MB | {median(seconds) * 1000:.0f} ms "
            f"| {over:.0f} MB over idle |"
        )


def unchanged(served, rounds: int, seconds: float) -> None:
    """Compare a 304 with a bare view that asks one indexed question."""
    etag = ask(served.product, request("HEAD", FEED)).headers["etag"]
    again = repeat(request("GET", FEED, {"If-None-Match": etag}))
    bare = Subject(
        "bare view, one indexed question", served.bare, repeat(request("GET", "/row")), ""
    )
    ours = Subject("304", served.product, again, "", status=304)
    speeds = {bare: [], ours: []}
    for subject in speeds:
        measure(subject, 0.5)
    for _ in range(rounds):
        for subject, measured in speeds.items():
            measured.append(measure(subject, seconds))
    alone, together = (
        {s: median(getattr(speed, name) for speed in m) for s, m in speeds.items()}
        for name in ("milliseconds", "per_second")
    )
    print(
        f"| 304 | {alone[ours]:.3f} ms, bare {alone[bare]:.3f} ms "
        f"| {alone[ours] / alone[bare]:.2f} times bare's on one connection "
        f"| {together[bare] / together[ours]:.2f} times on sixteen |"
    )


def status(pid: int, name: str) -> int:
    """Return a figure of a process in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def rss(pid: int) -> int:
    return status(pid, "VmRSS")


def peak(pid: int) -> int:
    return status(pid, "VmHWM")


def reset_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
