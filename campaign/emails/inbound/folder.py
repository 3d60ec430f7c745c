"""The folder where a mail server drops what came: a Maildir, or files that end in .eml."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from campaign.emails.inbound.bounds import LARGEST_MAIL

ONE_TOO_MANY = LARGEST_MAIL + 1  # octets: enough to see that a mail is too large


def waiting(folder: Path) -> Iterator[Path]:
    """List the mails that wait, oldest first; links, folders and pipes are left alone."""
    found = [*_files(folder / "new", ""), *_files(folder, ".eml")]
    for _age, path in sorted(found):
        yield path


def read(path: Path) -> bytes:
    """Return what is read of a mail: all of it, or enough to see that it is too large.

    Raises OSError, FileNotFoundError where another worker was first.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        return file.read(ONE_TOO_MANY)


def _files(folder: Path, ending: str) -> Iterator[tuple[int, Path]]:
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if not entry.name.endswith(ending) or entry.name.startswith("."):
            continue
        with suppress(FileNotFoundError):
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                yield status.st_mtime_ns, Path(entry.path)
