"""Views of turnout: URL -> answer, no rules."""

from flask import Blueprint

turnout = Blueprint("turnout", __name__)
