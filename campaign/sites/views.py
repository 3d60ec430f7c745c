"""Views of sites: URL -> answer, no rules."""

from flask import Blueprint

sites = Blueprint("sites", __name__)
