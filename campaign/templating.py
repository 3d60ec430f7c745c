"""What templates know beside what views give them: filters and globals."""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g, has_request_context, request, url_for
from jinja2 import StrictUndefined
from whitenoise import WhiteNoise

from campaign import clock
from campaign.addresses import KEPT, STATIC, absolute, asset, static_prefix
from campaign.formats import (
    country_name,
    list_and,
    local_date,
    local_time,
    number,
    short_date,
    zone_name,
)
from campaign.languages import LANGUAGES, current
from campaign.models import City
from campaign.sites.queries import name_of
from campaign.sites.world_map import outline


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language of the switch, with the address of this page in it."""

    tag: str
    own_name: str
    url: str
    is_current: bool


def init_app(app: Flask) -> None:
    """Join filters, globals and static files."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        local_date=local_date,
        local_time=local_time,
        short_date=short_date,
        number=number,
        country_name=country_name,
        list_and=list_and,
        city_name=city_name,
        zone_name=zone_name,
        moment=datetime.fromisoformat,
    )
    app.jinja_env.globals.update(asset=asset, absolute=absolute, world_outline=outline)
    app.context_processor(_page_globals)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, immutable_file_test=lambda _path, _url: True, max_age=31_536_000
    )
    app.wsgi_app.add_files(str(STATIC), prefix=static_prefix())  # type: ignore[attr-defined]
    app.wsgi_app.add_files(str(STATIC / "kept"), prefix=KEPT)  # type: ignore[attr-defined]


def city_name(city: City) -> str:
    """Return a city's name in the language of the page."""
    return name_of(city, current())


def _page_globals() -> dict[str, object]:
    is_demonstration = bool(current_app.config["NOW"])
    return {
        "language": current(),
        "languages": _choices() if has_request_context() else [],
        "campaign": g.get("campaign"),
        "actor": g.get("actor"),
        "demonstration_now": clock.now() if is_demonstration else None,
    }


def _choices() -> list[LanguageChoice]:
    return [
        LanguageChoice(one.tag, one.own_name, _here_in(one.tag), one.tag == current())
        for one in LANGUAGES.values()
    ]


def _here_in(tag: str) -> str:
    """Return the address of this page in another language; of an error page: the front page."""
    values = g.get("url_values", {})
    if request.endpoint is None or "language" not in values or request.method != "GET":
        return url_for("pages.campaigns", language=tag)
    path = url_for(request.endpoint, **{**values, "language": tag})
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path
