"""What templates know beside what views give them: filters and globals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from babel import Locale, dates, lists, numbers
from flask import Flask, current_app, g, has_request_context, request, url_for
from jinja2 import StrictUndefined
from whitenoise import WhiteNoise

from campaign import clock
from campaign.languages import LANGUAGES, current
from campaign.models import City
from campaign.sites.queries import name_of
from campaign.sites.world_map import outline

STATIC = Path(__file__).parent / "static"


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
    app.wsgi_app.add_files(str(STATIC), prefix=_static_prefix())  # type: ignore[attr-defined]


def asset(path: str) -> str:
    """Return the address of a static file; it changes when any static file changes."""
    return f"/{_static_prefix()}{path}"


def absolute(endpoint: str, **values: object) -> str:
    """Return an address with the installation's own host, whatever host was asked."""
    path = url_for(endpoint, _external=False, **values)  # type: ignore[arg-type]
    if path.startswith("http"):  # Outside of requests Flask always names the host.
        return path
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


def local_date(day: date) -> str:
    """Return a day with its weekday, in long form: "Thursday 28 April 2005"."""
    return dates.format_date(day, "full", locale=_locale())


def short_date(day: date) -> str:
    """Return a day in medium form with its weekday: "Thu, 28 Apr 2005"."""
    return dates.format_skeleton("yMMMEd", day, locale=_locale())


def local_time(moment: datetime) -> str:
    """Return the hour and minute that a clock shows, in the language's own form: "오후 12:00"."""
    pattern = _locale().time_formats["short"].pattern
    in_words = pattern.replace("a ", "aaaa\N{NO-BREAK SPACE}")
    return dates.format_time(moment.replace(tzinfo=None), in_words, locale=_locale())


def number(value: float) -> str:
    """Return a number with the language's own separators."""
    return numbers.format_decimal(value, locale=_locale())


def country_name(code: str) -> str:
    """Return a country's name, or the code if the language has none."""
    return str(_locale().territories.get(code, code))


def list_and(words: Iterable[object]) -> str:
    """Return words as an enumeration: "a, b and c"."""
    return lists.format_list([str(word) for word in words], locale=_locale())


def city_name(city: City) -> str:
    """Return a city's name in the language of the page."""
    return name_of(city, current())


def zone_name(timezone: str) -> str:
    """Return a time zone in words: "Norway Time", "Seoul time"."""
    return _zone_name(timezone, current())


@lru_cache(maxsize=4096)
def _zone_name(timezone: str, language: str) -> str:
    locale = Locale.parse(LANGUAGES[language].locale)
    return dates.get_timezone_location(timezone, locale=locale)


def _locale() -> Locale:
    return _parsed(LANGUAGES[current()].forms)


@lru_cache
def _parsed(locale: str) -> Locale:
    return Locale.parse(locale, sep="_")


@lru_cache(maxsize=1)
def _static_prefix() -> str:
    digest = sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return f"static/{digest.hexdigest()[:12]}/"


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
