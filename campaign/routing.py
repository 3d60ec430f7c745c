"""Addresses: the language and the campaign in them, and who asks. Joins the blueprints."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, g, redirect, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, RequestRedirect, ValidationError

from campaign import clock
from campaign.accounts.queries import find_session
from campaign.database import keep
from campaign.languages import LANGUAGES, best_match, current
from campaign.models import AccountSession
from campaign.resolutions.queries import find_campaign
from campaign.resolutions.services import RESERVED

SEEN_EVERY = timedelta(minutes=1)


class LanguageConverter(BaseConverter):
    """A language that we speak, as the first part of an address."""

    regex = "|".join(LANGUAGES)
    part_isolating = True


class CampaignConverter(BaseConverter):
    """A campaign's slug; no reserved word is one."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"

    def to_python(self, value: str) -> str:
        """Return the slug. Raises ValidationError for a reserved word."""
        if value in RESERVED:
            raise ValidationError
        return value


def init_app(app: Flask) -> None:
    """Join converters, blueprints and what happens before each request."""
    app.url_map.converters.update(language=LanguageConverter, campaign=CampaignConverter)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_add_language)
    app.before_request(_know_actor)
    app.before_request(_know_campaign)
    from campaign.accounts.views import accounts
    from campaign.calendars.organize_views import organize_calendars
    from campaign.calendars.views import calendars
    from campaign.calendars.views.secret_feeds import secret_feeds
    from campaign.events.organize_views import organize_events
    from campaign.events.settings_views import event_settings
    from campaign.events.views import events
    from campaign.operations.views import operations
    from campaign.pages.views import pages
    from campaign.resolutions.organize_views import organize_resolutions
    from campaign.resolutions.views import resolutions
    from campaign.signups.organize_views import organize_signups
    from campaign.signups.views import signups
    from campaign.sites.views import sites
    from campaign.turnout.views import turnout

    for blueprint in (
        pages, resolutions, events, sites, signups, turnout, calendars, accounts, operations,
        organize_events, event_settings, organize_signups, organize_resolutions,
        organize_calendars, secret_feeds,
    ):  # fmt: skip
        app.register_blueprint(blueprint)


def with_language() -> Response | None:
    """Return a redirect to the address with the best language in front, if that is a page."""
    if request.url_rule is not None or request.method not in ("GET", "HEAD"):
        return None
    first = request.path.strip("/").partition("/")[0]
    if first in LANGUAGES:
        return None
    path = f"/{best_match()}{request.path}"
    try:
        current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except RequestRedirect:
        pass
    except HTTPException:
        return None
    query = request.query_string.decode("latin-1")
    response = redirect(f"{path}?{query}" if query else path, 302)
    response.vary.add("Accept-Language")
    return response  # type: ignore[return-value]


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and any("\0" in str(value) for value in values.values()):
        abort(404)  # No name of ours holds a NUL, and PostgreSQL cannot even be asked for one.
    g.url_values = dict(values or {})
    if values and "language" in values:
        g.language = values.pop("language")


def _add_language(endpoint: str, values: dict[str, Any]) -> None:
    if "language" in values:
        return
    if current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = current()


def _know_actor() -> None:
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return
    token = session.get("account")
    if not token:
        return
    live = find_session(token)
    if live is None:
        session.pop("account")
        return
    g.actor = live.actor
    moment = clock.real_now()
    if moment - live.seen_at >= SEEN_EVERY:
        of_session = AccountSession.token_hash == live.token_hash
        keep(sa.update(AccountSession).where(of_session).values(seen_at=moment))


def _know_campaign() -> None:
    values = request.view_args
    view = current_app.view_functions.get(request.endpoint or "")
    if values and "campaign" in values and not hasattr(view, "takes_slug"):
        g.campaign = values["campaign"] = find_campaign(values["campaign"])
