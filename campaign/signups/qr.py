"""QR codes (ISO/IEC 18004) as one path of an SVG picture. Pure."""

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4  # modules of light around a code, without which readers miss it


@dataclass(frozen=True, slots=True)
class QRCode:
    """A picture of dark modules, each one unit wide, in a square with a quiet zone around."""

    size: int  # units a side
    path: str  # the `d` of an SVG path


def qr_code(text: str) -> QRCode:
    """Return the code that leads whoever scans it to this text."""
    rows = segno.make_qr(text, error="m").matrix
    runs = [run for y, row in enumerate(rows) for run in _runs(y, bytes(row))]
    return QRCode(size=len(rows) + 2 * QUIET, path="".join(runs))


def _runs(y: int, row: bytes) -> list[str]:
    """Return the dark stretches of a row, each as a closed path."""
    found, x = [], 0
    for is_dark, modules in groupby(row):
        length = len(list(modules))
        if is_dark:
            found.append(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z")
        x += length
    return found
