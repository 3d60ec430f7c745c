"""Fill in a page's form as a browser would: what stands in it already goes back with it."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urlencode


class _Form(HTMLParser):
    """Reads the fields of the one form whose address ends so."""

    def __init__(self, ending: str) -> None:
        super().__init__()
        self.ending, self.action, self.is_inside = ending, "", False
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        path = urldefrag(given.get("action") or "").url
        if tag == "form" and path.endswith(self.ending):
            self.action, self.is_inside = path, True
        elif tag == "input" and self.is_inside and (name := given.get("name")):
            self.fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False


def read_form(html: str, ending: str) -> tuple[str, dict[str, str]]:
    """Return the address and the fields of the form whose address ends so."""
    form = _Form(ending)
    form.feed(html)
    if not form.action:
        raise LookupError(f"The page has no form that goes to …{ending}.")
    return form.action, form.fields


def encoded(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()
