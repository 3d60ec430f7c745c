"""Texts of a calendar file as plain text: unescaped, without HTML, without control characters."""

import html
import re
from typing import Final

from campaign.calendars.lines import clean

_ESCAPED: Final = re.compile(r'\\([\\;,:"nN])')
_TAG: Final = re.compile(r"(<[^<>]*>)")
_TAG_NAME: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LINK: Final = re.compile(r"""\shref\s?=\s?["']?(https?:[^\s"'<>]+)""", re.IGNORECASE)
# Only words of HTML make a text HTML: "<3" and "<noon>" are words of people.
_MARKUP: Final = re.compile(
    r"</?(?:html|body|p|br|div|span|a|b|i|u|em|strong|ul|ol|li|table|h[1-6])(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# Where these part the lines, a line end is only white space.
_BREAKING: Final = re.compile(r"<(?:br|p|div|li|tr|h[1-6])[\s/>]", re.IGNORECASE)
_LINES: Final = frozenset({"div", "li", "ul", "ol", "tr", "table"})
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN: Final = frozenset({"script", "style", "head", "title"})
_BLANKS: Final = re.compile(r"[^\S\n]+")
_ENDLESS_NUMBER: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")


def unescape(value: str) -> str:
    """Answer the text of a TEXT value, its lines parted by line feeds (RFC 5545 3.3.11)."""
    return clean(_ESCAPED.sub(_unescaped, value) if "\\" in value else value)


def plain(text: str) -> str:
    """Answer a text without markup, if it has any."""
    return without_markup(text) if _MARKUP.search(text) else text.strip()


def without_markup(text: str) -> str:
    """Answer what a person would read of an HTML text, the addresses of its links in brackets."""
    page = _Page(keeps_lines=not _BREAKING.search(text))
    for number, piece in enumerate(_TAG.split(text)):  # a text, a tag, a text, …
        if number % 2:
            page.take_tag(piece)
        else:
            page.take_text(piece)
    # Python refuses to turn endless digits into a number.
    words = clean(html.unescape(_ENDLESS_NUMBER.sub("", page.words())))
    lines = (_BLANKS.sub(" ", line).strip() for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


class _Page:
    """The words of a page, gathered from its texts and tags in turn."""

    def __init__(self, *, keeps_lines: bool) -> None:
        self.keeps_lines = keeps_lines
        self.pieces: list[str] = []
        self.is_line_start = True
        self.unseen = ""  # the element whose texts nobody sees
        self.address = ""  # of the link that is open
        self.link_words = ""

    def words(self) -> str:
        return "".join(self.pieces)

    def take_text(self, text: str) -> None:
        if self.unseen or not text:
            return
        self.pieces.append(text if self.keeps_lines else text.replace("\n", " "))
        self.is_line_start = self.is_line_start and text.isspace()
        self.link_words = text if self.address else ""

    def take_tag(self, tag: str) -> None:
        match = _TAG_NAME.match(tag)
        if match is None:
            if not tag.startswith(("<!", "<?", "</")):
                self.take_text(tag)  # "<3" is no tag
            return
        closes, name = bool(match[1]), match[2].lower()
        if self.unseen or name in _UNSEEN:
            self._hide(name, closes=closes)
        elif name == "a":
            self._link(tag, closes=closes)
        elif name in _LINES or name in _PARAGRAPHS or name == "br":
            self._break(name, closes=closes)

    def _hide(self, name: str, *, closes: bool) -> None:
        if not closes:
            self.unseen = self.unseen or name
        elif name == self.unseen:
            self.unseen = ""

    def _link(self, tag: str, *, closes: bool) -> None:
        if closes and self.address and self.address not in self.link_words:
            self.pieces.append(f" ({self.address})")
        link = None if closes else _LINK.search(tag)
        self.address, self.link_words = link[1] if link else "", ""

    def _break(self, name: str, *, closes: bool) -> None:
        if name == "br" or not self.is_line_start:
            self.pieces.append("\n")
        if name in _PARAGRAPHS:
            self.pieces.append("\n")
        self.is_line_start = True
