"""Plain words become HTML that is safe and says the same."""

import re
from html import unescape
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.calendars.lines import clean
from campaign.calendars.markup import html_of


def body(text: str) -> str:
    found = re.fullmatch(r"<html><body>(.*)</body></html>", html_of(text))
    return found[1] if found else ""


def test_paragraphs_and_lines_are_kept():
    assert body("One\r\ntwo\n \n\nThree") == "<p>One<br>two</p><p>Three</p>"


def test_a_text_without_words_has_no_html():
    assert not html_of("")
    assert not html_of(" \n\x00\n ")


def test_words_cannot_become_tags():
    assert body("<script>\"x\" & 'y'</script>") == (
        "<p>&lt;script&gt;\"x\" &amp; 'y'&lt;/script&gt;</p>"
    )


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("https://a.org/x", "https://a.org/x", ""),
        ("http://a.org", "http://a.org", ""),
        ("https://a.org/x?a=1&b=(2).", "https://a.org/x?a=1&b=(2)", "."),
        ("https://a.org/x)!", "https://a.org/x", ")!"),
        ("https://a.org/x_(y)),", "https://a.org/x_(y)", "),"),
        ("https://[::1]]", "", "https://[::1]]"),
        ("https://a.org/x에서", "https://a.org/x", "에서"),
        ("https://a.org/x。", "https://a.org/x", "。"),
        ('https://a.org/"onclick=1', "https://a.org/", '"onclick=1'),
        ("https://a.org/<b>", "https://a.org/", "&lt;b&gt;"),
        ("javascript:alert(1)", "", "javascript:alert(1)"),
        ("https://", "", "https://"),
    ],
)
def test_addresses_become_links_without_the_marks_that_follow_them(text, address, after):
    written = address.replace("&", "&amp;")
    link = f'<a href="{written}">{written}</a>' if address else ""

    assert body(f"See {text} now") == f"<p>See {link}{after} now</p>"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text() | st.sampled_from(["https://a.org/", "<", "&amp;", ")", "\n\n", "'"])))
def test_any_text_says_the_same_as_html_and_has_no_tags_but_ours(pieces):
    text = "".join(pieces)

    html = html_of(text)

    tags = re.sub(r'<a href="https?://[^"<>]*">|</?(html|body|p|a)>|<br>', "", html)
    assert not set("<>\n\r") & set(tags)
    assert "".join(unescape(tags).split()) == "".join(clean(text).split())


@pytest.mark.parametrize("text", ["https://a.org/" + ")" * 200_000, "\n " * 200_000 + "x"])
def test_a_hostile_text_takes_no_time(text):
    begun = perf_counter()

    html_of(text)

    assert perf_counter() - begun < 1
