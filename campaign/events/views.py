"""Views of events: URL -> answer, no rules."""

from flask import Blueprint

events = Blueprint("events", __name__)
