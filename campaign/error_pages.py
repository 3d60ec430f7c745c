"""The pages that say no: what happened, and what one can do now."""

from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from types import MappingProxyType

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template
from flask.globals import request_ctx
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, default_exceptions

from campaign.database import abandon, is_forbidden_write
from campaign.errors import CampaignError
from campaign.languages import lazy_gettext as _
from campaign.routing import with_language
from campaign.settings import PROJECT

log = structlog.get_logger()

OUR_CODE = (PROJECT / "campaign", PROJECT / "templates")
TITLES: Mapping[int, object] = MappingProxyType(
    {
        400: _("This request is not complete"),
        403: _("This is not open to you"),
        404: _("There is nothing at this address"),
        405: _("This address is not used that way"),
        409: _("That is not possible now"),
        413: _("This is too large"),
        422: _("Something is missing or cannot be read"),
        500: _("Something went wrong on our side"),
        503: _("We are not reachable for a moment"),
    }
)
SENTENCES: Mapping[int, object] = MappingProxyType(
    {
        400: _("The form was open too long, or cookies are off. Go back and send it again."),
        403: _("The request came from another website, or you have no right to do this."),
        404: _("The address may be mistyped, or the page has moved. Look for your city instead."),
        405: _("Go back and use the button on the page."),
        409: _("Nothing was changed."),
        413: _("Send less at once: nothing was kept."),
        422: _("Nothing was kept. Go back, and send it again."),
        500: _("Nothing was kept. Please try again in a few minutes."),
        503: _("Nothing was kept. Please try again in a minute."),
    }
)


def init_app(app: Flask) -> None:
    """Answer every error with a page in the reader's language, keeping nothing."""
    app.register_error_handler(CampaignError, _refused)
    app.register_error_handler(OperationalError, _unreachable)
    app.register_error_handler(PoolTimeoutError, _unreachable)
    for status in default_exceptions:
        app.register_error_handler(status, _failed)
    app.register_error_handler(Exception, _broken)


def _refused(error: CampaignError) -> Response:
    abandon()
    return page(error.status, sentence=error.sentence)


def _failed(error: HTTPException) -> Response:
    abandon()
    if request_ctx.url_adapter is None:  # A foreign host was asked: the page links to our own.
        request_ctx.url_adapter = current_app.create_url_adapter(None)
    if error.code == 404 and (redirection := with_language()):
        return redirection
    if error.response is not None:
        return make_response(error.response)
    return page(error.code or 500)


def _unreachable(error: OperationalError | PoolTimeoutError) -> Response:
    if isinstance(error, OperationalError) and is_forbidden_write(error):
        return _broken(error)
    _abandon_quietly()
    log.error("database unreachable", error=type(getattr(error, "orig", error)).__name__)
    response = page(503)
    response.headers["Retry-After"] = "5"
    return response


def _broken(error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return _failed(error)
    _abandon_quietly()
    log.error("request failed", error=type(error).__name__, at=_place_of(error))
    return page(500)


def _abandon_quietly() -> None:
    try:
        abandon()
    except DBAPIError:
        log.error("rollback failed")


def _place_of(error: Exception) -> str:
    """Return file and line of ours where an error arose; its text may hold what people typed."""
    frames = [(Path(frame.filename), frame.lineno) for frame in extract_tb(error.__traceback__)]
    ours = [frame for frame in frames if any(map(frame[0].is_relative_to, OUR_CODE))]
    if not ours:
        return "unknown"
    path, line = ours[-1]
    return f"{path.relative_to(PROJECT)}:{line}"


def page(status: int, *, sentence: object = None) -> Response:
    """Return the page of a status, with a rule's own sentence if there is one."""
    known = status if status in TITLES else (500 if status >= 500 else 400)
    if known >= 500:
        g.pop("campaign", None)  # Its row may be out of reach.
    html = render_template(
        "errors/page.html",
        status=status,
        heading=TITLES[known],
        sentence=sentence or SENTENCES[known],
    )
    return make_response(html, status)
