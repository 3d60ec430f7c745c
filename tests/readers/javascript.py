"""The readers that JavaScript has: ical.js (Thunderbird's) and ts-ics.

They are installed when a test first asks for them, as locked, into the user's cache, and read in
one process for as long as the tests last.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.readers.seen import MissingReader, Moment, Seen, point

HERE = Path(__file__).parent
LOCKED = ("package.json", "package-lock.json")
INSTALLING_SECONDS = 90
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NPM_CI = [
    *["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
    *["--prefer-offline", "--fetch-retries=1", "--loglevel=error"],
]


class JavaScript:
    """The process that reads; started by `with`."""

    def __init__(self, folder: Path) -> None:
        self._command = [program("node"), HERE / "reading.mjs", folder]

    def __enter__(self) -> "JavaScript":
        self._process = subprocess.Popen(
            self._command,
            # Whole days are told by the clock of the machine.
            env={**os.environ, "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return self

    def __exit__(self, *_reason: object) -> None:
        with self._process, suppress(BrokenPipeError):
            self._process.stdin.close()

    def reads_with(self, reader: str) -> Callable[[bytes], list[Seen]]:
        """Return how the reader of this name reads a file."""
        return partial(self._read, reader)

    def _read(self, reader: str, content: bytes) -> list[Seen]:
        asked = json.dumps({"reader": reader, "content": content.decode()})
        self._process.stdin.write(f"{asked}\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "fault" not in answer, f"{reader}: {answer['fault']}"
        return [_seen(event) for event in answer["events"]]


def installed() -> Path:
    """Install the readers, unless they are there; return their folder. Raises `MissingReader`."""
    content = b"".join((HERE / name).read_bytes() for name in LOCKED)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "campaign-tests")
    folder = cache / f"readers-{hashlib.sha256(content).hexdigest()[:16]}"
    if not folder.exists():
        npm = program("npm")
        cache.mkdir(parents=True, exist_ok=True)
        # In a folder of its own until it is whole.
        with tempfile.TemporaryDirectory(dir=cache, prefix="unfinished-") as temporary:
            _install(npm, Path(temporary, "readers"), folder)
    return folder


def program(name: str) -> str:
    """Find a program. Raises `MissingReader`."""
    found = shutil.which(name)
    if not found:
        raise MissingReader(f"{name} is not installed: apt-get install nodejs npm")
    return found


def _install(npm: str, unfinished: Path, folder: Path) -> None:
    unfinished.mkdir()
    for name in LOCKED:
        shutil.copy(HERE / name, unfinished)
    try:
        subprocess.run(
            [npm, *NPM_CI],
            cwd=unfinished,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=INSTALLING_SECONDS,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        # What follows is advice.
        said = " ".join((failure.stderr or b"").decode(errors="replace").splitlines()[:3])
        raise MissingReader(f"npm ci failed: {said or failure}") from failure
    try:
        unfinished.rename(folder)
    except OSError:
        # Another run may have been faster.
        if not folder.exists():
            raise


def _seen(event: dict) -> Seen:
    starts = _moment(event["starts"])
    return Seen(
        uid=event["uid"],
        starts=starts,
        ends=starts if event.get("ends") is None else _moment(event["ends"]),
        title=event.get("title") or "",
        sequence=event.get("sequence") or 0,  # which is what none means
        status=event.get("status") or "",
        location=event.get("location") or "",
        description=event.get("description") or "",
        url=event.get("url") or "",
        point=point(*event["point"]) if event.get("point") else None,
        categories=frozenset(event.get("categories") or ()),
        parent=event.get("parent") or "",
    )


def _moment(time: int | str) -> Moment:
    if isinstance(time, str):
        return date.fromisoformat(time)
    return EPOCH + timedelta(milliseconds=time)
