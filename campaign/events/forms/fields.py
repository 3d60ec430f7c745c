"""The fields of settings: numbers, days and hours by the clocks of a place."""

from datetime import datetime
from typing import cast

from wtforms import DateTimeLocalField, IntegerField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from campaign.errors import InvalidError
from campaign.events.planning import YEARS
from campaign.events.wall_time import instant
from campaign.languages import lazy_gettext

LONGEST_LINE = 200  # characters
MOST_PEOPLE = 1_000_000


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


TOO_LONG = _("This is too long: at most %(max)d characters, please.")
NO_NUMBER = _("Write a whole number in digits, please, or leave this empty.")
NO_TIME = _("Give a day and a time, please, or leave this empty.")
NOT_LISTED = _("Choose one from the list, please.")


class WholeNumberField(IntegerField):
    """A whole number of people or places, or nothing."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError in plain words."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PEOPLE))):
            raise ValueError(NO_NUMBER)
        self.data = int(text)


class WallTimeField(DateTimeLocalField):
    """A day and a time by the clocks of a place, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read day and time. Raises ValueError in plain words."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(NO_TIME) from error


def check_wall_time(local: datetime | None, timezone: str) -> None:
    """Refuse a time that the clocks of a zone do not show once, and name the choices."""
    if local is None:
        return
    if local.year not in YEARS:
        raise ValidationError(NO_TIME)
    try:
        instant(local, timezone)
    except InvalidError as error:
        raise ValidationError(str(error)) from error
