"""Views of resolutions: URL -> answer, no rules."""

from flask import Blueprint

resolutions = Blueprint("resolutions", __name__)
