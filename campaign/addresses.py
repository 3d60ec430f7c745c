"""Addresses: those that others keep, in mails and calendars, and how a view takes its own."""

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app, url_for

STATIC = Path(__file__).parent / "static"
KEPT = "static/kept/"  # addresses of files that others remember: they never change
View = TypeVar("View", bound=Callable[..., Any])


def absolute(endpoint: str, **values: object) -> str:
    """Return an address with the installation's own host, whatever host was asked."""
    path = url_for(endpoint, _external=False, **values)  # type: ignore[arg-type]
    if path.startswith("http"):  # Outside of requests Flask always names the host.
        return path
    return base() + path


def base() -> str:
    """Return the installation's own address, without a slash at its end."""
    return str(current_app.config["BASE_URL"]).rstrip("/")


def takes_slug(view: View) -> View:
    """Mark a view that takes its campaign's slug, and finds the campaign only where it must."""
    view.takes_slug = True  # type: ignore[attr-defined]
    return view


def asset(path: str) -> str:
    """Return the address of a static file; it changes when any static file changes."""
    return f"/{static_prefix()}{path}"


@lru_cache(maxsize=1)
def static_prefix() -> str:
    """Return the folder of static files in addresses: another one when any of them changes."""
    digest = sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return f"static/{digest.hexdigest()[:12]}/"
