"""Plain words as the little HTML that some calendars show instead of them."""

import re
from html import escape
from typing import Final

from campaign.calendars.lines import clean

# Letters of other scripts end an address: in Korean a particle follows it without a space.
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9%/?#\[\]@!$&'()*+,;:=._~-]{0,2000}")
_PARAGRAPH_BREAK: Final = re.compile(r"\n\s*\n")
_BRACKETS: Final = {")": "(", "]": "["}


def html_of(text: str) -> str:
    """Write a plain text as HTML: paragraphs, line breaks, links on its http(s) addresses.

    On one line, and safe whatever the text holds. Without any words it is empty.
    """
    paragraphs = _PARAGRAPH_BREAK.split(clean(text).strip())
    body = "".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs if paragraph)
    return f"<html><body>{body}</body></html>" if body else ""


def _linked(paragraph: str) -> str:
    pieces, end = [], 0
    for found in _ADDRESS.finditer(paragraph):
        address = _without_punctuation(found[0])
        pieces += [_words(paragraph[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    return "".join([*pieces, _words(paragraph[end:])])


def _link(address: str) -> str:
    written = escape(address)
    return f'<a href="{written}">{written}</a>'


def _words(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _without_punctuation(address: str) -> str:
    """Leave to the sentence the marks that end it, and a bracket that opened before."""
    while address[-1] in ".,;:!?'" or _closes_what_it_did_not_open(address):
        address = address[:-1]
    return address


def _closes_what_it_did_not_open(address: str) -> bool:
    opening = _BRACKETS.get(address[-1])
    return opening is not None and address.count(address[-1]) > address.count(opening)
