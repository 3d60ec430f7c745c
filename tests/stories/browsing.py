"""A visitor without a screen: reads pages, follows links and sends forms by the words on them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

UNSEEN = {"script", "style", "template", "title"}
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "source", "use", "wbr"}


@dataclass
class Form:
    """A form with what stands in it, and its buttons by their words."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)  # words -> name, value


class Page(HTMLParser):
    """What a person finds on a page: its words, links and forms, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language, self.heading = "", ""  # of the whole page; its first <h1>
        self.links: list[tuple[str, str]] = []  # words, address
        self.forms: list[Form] = []
        self._words: list[str] = []
        self._open: list[str] = []
        self._starts: dict[str, int] = {}
        self._href = self._button = self._select = self._textarea = None
        self.feed(html)

    @property
    def text(self) -> str:
        """All words that can be seen, single blanks between them."""
        return " ".join("".join(self._words).split())

    def handle_starttag(self, tag, attributes) -> None:
        """Begin an element."""
        given = dict(attributes)
        if tag not in VOID:
            self._open.append(tag)
        self._starts[tag] = len(self._words)
        if tag not in {"a", "b", "em", "i", "mark", "span", "strong", "time", "wbr"}:
            self._words.append(" ")
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "a":
            self._href = given.get("href")
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and "form" in self._open:
            self._begin_control(tag, given)

    def _begin_control(self, tag: str, given: dict[str, str | None]) -> None:
        name, value = given.get("name"), given.get("value") or ""
        if tag == "button":
            self._button = (name or "", value)
        elif tag == "select":
            self._select = name
            self.forms[-1].fields.setdefault(name, [])
        elif tag == "option" and self._select:
            chosen = self.forms[-1].fields[self._select]
            if "selected" in given or not chosen:
                chosen[:] = [value]
        elif tag == "textarea":
            self._textarea = name
        elif tag == "input" and name:
            is_ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            held = self.forms[-1].fields.setdefault(name, [])
            held += [value] if is_ticked else []

    def handle_endtag(self, tag) -> None:
        """End an element, and keep what it was."""
        while tag in self._open and self._open.pop() != tag:
            pass
        words = " ".join("".join(self._words[self._starts.get(tag, 0) :]).split())
        if tag == "a" and self._href is not None:
            self.links.append((words, self._href))
            self._href = None
        elif tag == "button" and self._button is not None:
            self.forms[-1].buttons[words] = self._button
            self._button = None
        elif tag == "textarea" and self._textarea is not None:
            self.forms[-1].fields[self._textarea] = [words]
            self._textarea = None
        elif tag == "select":
            self._select = None
        elif tag == "h1" and not self.heading:
            self.heading = words

    def handle_data(self, data) -> None:
        """Keep the words of an element, where they can be seen."""
        if not UNSEEN & set(self._open):
            self._words.append(data)


class Visitor:
    """Somebody at a browser, who does what the pages offer."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.response: TestResponse
        self.page: Page
        self.address = ""

    @property
    def text(self) -> str:
        """The words of the page, without what belongs to every page's frame."""
        return self.page.text

    def open(self, address: str, *, status: int = 200, **options) -> "Visitor":
        """Open an address, follow where it leads, and look at what is there."""
        path = _path(address)
        return self._look(self.client.get(path, follow_redirects=True, **options), status)

    def follow(self, words: str, *, status: int = 200) -> "Visitor":
        """Follow the first link that holds these words."""
        found = [address for link, address in self.page.links if words in link]
        assert found, f"No link “{words}” on {self.address}: {self.page.links}"
        return self.open(urljoin(self.address, found[0]), status=status)

    def send(self, button: str, *, status: int = 200, **values: str) -> "Visitor":
        """Fill in the form with this button, as far as values are given, and press the button."""
        form = self.form(button)
        unknown = values.keys() - form.fields.keys()
        assert not unknown, f"The form has no fields {unknown}: {form.fields.keys()}"
        content = {**form.fields, **{name: [value] for name, value in values.items()}}
        name, value = form.buttons[button]
        if name:
            content[name] = [value]
        path = _path(urljoin(self.address, form.action))
        send = self.client.post if form.method == "post" else self.client.get
        where = {"data" if form.method == "post" else "query_string": content}
        return self._look(send(path, follow_redirects=True, **where), status)

    def offers(self, path: str) -> bool:
        """Tell whether a link on the page leads to a path of ours."""
        wanted = urljoin(self.address, path)
        return any(urljoin(self.address, link) == wanted for _words, link in self.page.links)

    def form(self, button: str) -> Form:
        """Return the form with this button."""
        found = [form for form in self.page.forms if button in form.buttons]
        offered = [words for form in self.page.forms for words in form.buttons]
        assert found, f"No button “{button}” on {self.address}: {offered}"
        return found[0]

    def _look(self, response: TestResponse, status: int) -> "Visitor":
        self.response, self.address = response, response.request.url
        assert response.status_code == status, f"{response.status} at {self.address}"
        is_page = response.mimetype == "text/html"
        self.page = Page(response.text if is_page else "")
        return self


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
