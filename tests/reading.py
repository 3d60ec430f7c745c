"""What a person reads on a page, for tests that look for words."""

import html
import re

from werkzeug.test import TestResponse


def words_of(answer: TestResponse) -> str:
    """Return the words of the main part of a page, with single blanks between them."""
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert main, answer.text[:500]
    visible = re.sub(r"<(script|style).*?</\1>", " ", main[0], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", visible)).split())
