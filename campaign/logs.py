"""Logs: one JSON line an occurrence, ids only, never people."""

import logging
import sys

import structlog
from flask import Flask


def init_app(app: Flask) -> None:
    """Write our lines to stderr, and silence what would log addresses of visitors."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.logger.disabled = True  # Its lines hold addresses; `error_pages` writes ours instead.
