"""Texts of many kinds, each with the reading that a careful person would give it.

The readings lie beside the texts; after a change that is meant, look at every difference, and write
them anew with `python tests/resolutions/test_reader_styles.py`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from campaign.resolutions.reader import Reading, clean, read_resolution

TEXTS = Path(__file__).parent / "texts"
NAMES = sorted(path.stem for path in TEXTS.glob("*.txt"))
LEFT_OUT = {"start", "end", "language"}  # told by the text itself


def told(reading: Reading) -> dict[str, Any]:
    """Give what a person checks: no offsets, nothing that is empty."""
    whole = reading.as_json()
    clauses = [
        {
            key: value
            for key, value in clause.items()
            if key not in LEFT_OUT and value not in (None, [])
        }
        for clause in whole["clauses"]
    ]
    return {
        "title": whole["title"],
        "adopted_on": whole["adopted_on"],
        "place": whole["place"],
        "clauses": clauses,
        "signatories": [span["text"] for span in whole["signatories"]],
        "unread": [[span["reason"], span["text"]] for span in whole["unread"]],
    }


def read(name: str) -> Reading:
    return read_resolution(clean(TEXTS.joinpath(f"{name}.txt").read_bytes()))


@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_read_as_its_reading_says(name: str) -> None:
    expected = json.loads(TEXTS.joinpath(f"{name}.json").read_text("utf-8"))

    assert told(read(name)) == expected


if __name__ == "__main__":
    for name in NAMES:
        written = json.dumps(told(read(name)), ensure_ascii=False, indent=1)
        TEXTS.joinpath(f"{name}.json").write_text(written + "\n", "utf-8")
