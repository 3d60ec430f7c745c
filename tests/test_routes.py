"""House rules of addresses: who may use them, which of them write, what they look like."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.routing import Rule

from campaign.permissions import May
from campaign.resolutions.services import RESERVED

# Addresses without a language: files and what machines ask.
WITHOUT_LANGUAGE = re.compile(
    r"/(healthz|readyz|metrics|\.well-known/security\.txt)$"
    r"|/feeds/<secret>\.ics$"
    r"|/<campaign:campaign>/.*\.(<any\(ics, atom\):kind>|csv)$"
)
GETS_THAT_WRITE: set[str] = set()  # those that write the trail
PUBLIC_POSTS = {
    "accounts.request_sign_in", "accounts.sign_out", "accounts.use_sign_in_link",
    "signups.cancel", "signups.change", "signups.confirm", "signups.sign_up",
    "signups.add_to_feed", "signups.ask_to_forget_everywhere", "signups.change_address",
    "signups.forget", "signups.forget_everywhere", "signups.open_feed",
    "signups.renew_links", "signups.revoke_feed", "signups.send_address_link",
    "signups.send_link", "signups.testify", "signups.withdraw_testimony",
    "signups.bring_more", "signups.open_by_code", "signups.resume", "signups.silence",
    "signups.take_on",
}  # fmt: skip
SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Route:
    """An address, the methods it takes, and the view behind it."""

    rule: Rule
    view: Any

    @property
    def is_read(self) -> bool:
        """Whether it takes nothing but questions."""
        return (self.rule.methods or set()) <= SAFE


@pytest.fixture(scope="module")
def routes(sqlite_installation) -> list[Route]:
    app = sqlite_installation.app
    return [Route(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]


def addresses(found: Iterator[Route]) -> list[str]:
    return sorted(f"{route.rule.endpoint} {route.rule.rule}" for route in found)


def test_every_route_says_who_may_use_it(routes):
    known = {"public", "signed in", *(act.value for act in May)}

    assert routes
    assert not addresses(
        route for route in routes if getattr(route.view, "access", "") not in known
    )


def test_only_listed_routes_take_what_strangers_send(routes):
    public = {route.rule.endpoint for route in routes if route.view.access == "public"
              and not route.is_read}  # fmt: skip

    assert public == PUBLIC_POSTS


def test_the_back_office_is_open_to_nobody_who_is_not_signed_in(routes):
    office = [
        route for route in routes if route.rule.rule.startswith("/<language:language>/organize")
    ]
    found = addresses(
        route
        for route in office
        if route.view.access == "public" and "sign-" not in route.rule.rule
    )

    assert len(office) > 5
    assert not found


def test_every_post_says_that_it_writes(routes):
    found = addresses(
        route
        for route in routes
        if not route.is_read and getattr(route.view, "is_writing", None) not in {True, "late"}
    )

    assert not found


def test_only_listed_questions_write(routes):
    writing = {route.rule.endpoint for route in routes if route.is_read
               and getattr(route.view, "is_writing", False)}  # fmt: skip

    assert writing == GETS_THAT_WRITE


def test_a_view_takes_one_method(routes):
    mixed = addresses(
        route for route in routes
        if not route.is_read and (route.rule.methods or set()) & {"GET", "HEAD"}
    )  # fmt: skip
    times = Counter(route.view for route in routes)

    assert not mixed
    assert set(times.values()) == {1}


def test_every_page_has_its_language_in_front(routes):
    found = addresses(
        route
        for route in routes
        if not route.rule.rule.startswith("/<language:language>/")
        and not WITHOUT_LANGUAGE.match(route.rule.rule)
    )

    assert not found


def test_an_endpoint_is_named_like_its_view(routes):
    def is_named(route: Route) -> bool:
        blueprint, _, name = route.rule.endpoint.rpartition(".")
        # A view cannot have the name that its blueprint has in the same module.
        return route.view.__name__ == name or name == blueprint

    assert not addresses(route for route in routes if not is_named(route))


def test_no_campaign_can_be_called_like_the_first_word_of_an_address(routes):
    words = {part for route in routes for part in first_words(route.rule.rule)}

    assert {"organize", "privacy", "healthz", "well-known"} <= words
    assert words <= RESERVED


def first_words(rule: str) -> Iterator[str]:
    """The fixed first words of an address, with and without its language."""
    for path in (rule, rule.removeprefix("/<language:language>")):
        word = path.lstrip("/").partition("/")[0].lstrip(".")
        if re.fullmatch(r"[a-z-]+", word):
            yield word


def test_addresses_are_lower_case_words_with_hyphens(routes):
    fixed = {
        part for route in routes for part in re.sub(r"<[^>]*>", "", route.rule.rule).split("/")
    }

    assert not [part for part in fixed if not re.fullmatch(r"[a-z-]*(\.[a-z-]*)?", part)]
