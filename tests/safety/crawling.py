"""Read all that a reader can reach, in every way in which words can be written down."""

import base64
import binascii
import html
import itertools
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

HOST = "http://localhost"
MOST = 1500  # addresses that one reader asks for; more would be a crawl without end
IN_MARKUP = re.compile(r"""(?:href|src|action)=["']([^"']*)["']""")
IN_TEXT = re.compile(rf"""(?:{HOST}|webcal://localhost)(/[^\s"'<>\\]*)""")


@dataclass
class Crawl:
    """What one reader was answered."""

    app: Flask
    client: FlaskClient
    languages: tuple[str, ...]  # of the pages that are read; feeds and files have none
    also: frozenset[str] = frozenset()  # addresses that are read in any case
    answers: dict[str, bytes] = field(default_factory=dict)  # address -> headers and body
    answered: set[str] = field(default_factory=set)  # endpoints that gave something
    asked: set[str] = field(default_factory=set)  # endpoints, whatever they said

    def follow(self, paths: Iterable[str]) -> "Crawl":
        """Ask for addresses, and for all that the answers lead to."""
        waiting = list(paths)
        while waiting:
            path = waiting.pop()
            if path in self.answers or not self._is_ours(path):
                continue
            assert len(self.answers) < MOST, path
            waiting += self._ask(path)
        return self

    def _ask(self, path: str) -> list[str]:
        response = self.client.get(path)
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers)
        self.answers[path] = headers.encode() + b"\n\n" + response.data
        endpoint = self._endpoint(path)
        if endpoint:
            self.asked.add(endpoint)
            self.answered |= {endpoint} if response.status_code < 400 else set()
        links = list(_links(response.data))
        location = response.headers.get("Location", "")
        return [*links, *([_path_of(location)] if location else [])]

    def _endpoint(self, path: str) -> str | None:
        try:
            return str(self.app.url_map.bind("localhost").match(path.partition("?")[0])[0])
        except (HTTPException, RequestRedirect):
            return None

    def _is_ours(self, path: str) -> bool:
        if path in self.also:
            return True
        first = path.lstrip("/").partition("/")[0].partition("?")[0]
        if not path.startswith("/") or first in {"static", ""}:
            return False
        tags = {"en", "ko", "ja", "zh-Hant", "zh-Hans", "fr", "nb", "pl", "ru"}
        return first in self.languages or first not in tags


def addresses(app: Flask, known: Mapping[str, Iterable[object]]) -> list[str]:
    """Return every address that one can ask for, with each known value. KeyError = none is."""
    return [path for rule in read_rules(app) for path in _built(app, rule, known)]


def read_rules(app: Flask) -> list[Rule]:
    """Return the rules of the addresses that one can read."""
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def _built(app: Flask, rule: Rule, known: Mapping[str, Iterable[object]]) -> Iterator[str]:
    names = sorted(rule.arguments)
    for values in itertools.product(*(known[name] for name in names)):
        yield app.url_map.bind("localhost").build(
            rule.endpoint, dict(zip(names, values, strict=True))
        )


def _links(body: bytes) -> Iterator[str]:
    text = re.sub(rb"\r?\n[ \t]", b"", body).decode(errors="replace")
    for link in IN_MARKUP.findall(text):
        yield _path_of(html.unescape(link))
    yield from IN_TEXT.findall(html.unescape(text))


def _path_of(link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    if parts.netloc not in {"", "localhost"}:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def words_in(content: bytes, words: Iterable[str]) -> set[str]:
    """Return which words stand in bytes: plainly, escaped, folded, percent-encoded or in base64."""
    text = "\n".join(_readings(content)).casefold()
    return {word for word in words if word.casefold() in text}


def _readings(content: bytes) -> Iterator[str]:
    yield from _texts(content)
    for run in re.findall(rb"[A-Za-z0-9+/_=-][A-Za-z0-9+/_=\r\n -]{22,}", content):
        packed = re.sub(rb"[\s=]", b"", run).translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):  # A word before it may have been taken for its beginning.
            piece = packed[start:]
            piece = piece[: len(piece) // 4 * 4]
            try:
                yield base64.b64decode(piece).decode(errors="replace")
            except binascii.Error:
                continue


def _texts(content: bytes) -> Iterator[str]:
    unfolded = re.sub(rb"\r?\n[ \t]", b"", content)
    for each in (content, unfolded, quopri.decodestring(content)):
        plain = each.decode(errors="replace")
        unescaped = html.unescape(plain)
        yield from (plain, unescaped, unquote(unescaped), unquote_plus(unescaped))
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), plain)
        yield re.sub(r"\\(.)", r"\1", plain)
