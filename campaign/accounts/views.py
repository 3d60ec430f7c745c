"""Views of accounts: URL -> answer, no rules."""

from flask import Blueprint

accounts = Blueprint("accounts", __name__)
