"""Views of signups: URL -> answer, no rules."""

from flask import Blueprint

signups = Blueprint("signups", __name__)
