"""QR codes as pictures: module for module what the standard says, with light around it."""

import re

import pytest
import segno

from campaign.signups.qr import QUIET, qr_code


def modules(path: str) -> set[tuple[int, int]]:
    """Return the dark squares that a path covers."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path)
    assert "".join(f"M{x} {y}h{one}v1h-{two}z" for x, y, one, two in runs) == path
    return {(int(x) + step, int(y)) for x, y, length, _back in runs for step in range(int(length))}


@pytest.mark.parametrize(
    "text",
    ["https://example.org/en/sign-ups/mika-tobe-lusa-dogi-nepu-hasi", "1", "한" * 40, "a" * 900],
)
def test_the_path_covers_the_dark_modules_and_no_others(text):
    code = qr_code(text)

    expected = segno.make_qr(text, error="m").matrix
    dark = {
        (x + QUIET, y + QUIET) for y, row in enumerate(expected) for x, one in enumerate(row) if one
    }
    assert modules(code.path) == dark
    assert code.size == len(expected) + 2 * QUIET
