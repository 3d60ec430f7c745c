"""The app: a table of contents, nothing else."""

from collections.abc import Mapping

from flask import Flask

from campaign import (
    commands,
    database,
    demonstration,
    error_pages,
    languages,
    logs,
    routing,
    security,
    settings,
    templating,
)
from campaign.database import db
from campaign.extensions import csrf, migrate


def create_app(given: Mapping[str, object] | None = None) -> Flask:
    """Make the app from config.py, the environment and given settings. Raises SettingsError."""
    app = Flask(__name__, static_folder=None, template_folder=str(settings.PROJECT / "templates"))
    app.config.from_mapping(settings.load(given))
    logs.init_app(app)
    security.init_app(app)  # Before the database: its headers go on what the commit answers too.
    database.init_app(app)
    demonstration.init_app(app)
    languages.init_app(app)
    templating.init_app(app)
    routing.init_app(app)
    error_pages.init_app(app)
    csrf.init_app(app)
    migrate.init_app(app, db, directory=str(settings.PROJECT / "migrations"))
    commands.init_app(app)
    return app
