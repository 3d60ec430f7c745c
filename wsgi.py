"""The door for servers and for `flask --app wsgi`."""

import sys

from campaign import create_app
from campaign.settings import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"This installation does not start. {error}")
