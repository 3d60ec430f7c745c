"""What an observer of a crowd types."""

import re
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, Field, Form, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import TextInput

from campaign import clock
from campaign.errors import CampaignError
from campaign.events.wall_time import TwiceSuchTimeError, instant
from campaign.languages import lazy_gettext
from campaign.models import CountMethod, Event, SourceKind
from campaign.signups.typed_text import one_line
from campaign.turnout.presenting import METHODS, SOURCES
from campaign.turnout.services import EARLIEST, LARGEST_CROWD, Observation

LONGEST_WORDS = 200  # characters
LONGEST_LINK = 1000
YEARS = range(1900, 9000)  # Others cannot be turned into UTC in every zone.
# Whole numbers, their thousands set apart as people write them: 1240, 1,240, 1.240, 1 240, 1'240.
PEOPLE = re.compile(r"\d{1,9}|\d{1,3}(?:[.,'’\s]\d{3}){1,2}")


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


NO_NUMBER = _("Write a number in digits, please, such as 250. If nobody came, write 0.")
TOO_MANY = _("That is more than has ever been counted at one place. Please look at it again.")
TOO_LONG = _("This is too long: at most %(max)d characters, please.")
NO_TIME = _("Give the day and the time at which the crowd was seen, please.")


class PeopleField(IntegerField):
    """A number of people."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError in plain words."""
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            self.data = None
        elif PEOPLE.fullmatch(text):
            self.data = int(re.sub(r"\D", "", text))
        else:
            self.data = None
            raise ValueError(NO_NUMBER)


class SeenAtField(DateTimeLocalField):
    """A day and a time by the clocks of the place."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read day and time. Raises ValueError in plain words."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(NO_TIME) from error


def as_web_address(_form: Form, field: Field) -> None:
    """Refuse what is not the address of a page on the web, or holds a password."""
    try:
        parts = urlsplit(field.data)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:  # A port or an IPv6 address that is none.
        is_page = False
    if not is_page or re.search(r"\s", field.data):
        raise ValidationError(
            _("A link begins with https:// or http://. Copy it from the browser.")
        )


def _refuse_impossible(field: Field) -> None:
    if field.data is not None and field.data > LARGEST_CROWD:
        raise ValidationError(TOO_MANY)


class TurnoutForm(FlaskForm):
    """One observation of a crowd."""

    low = PeopleField(
        _("At least"), validators=[InputRequired(NO_NUMBER)], render_kw={"inputmode": "numeric"}
    )
    high = PeopleField(_("At most"), validators=[Optional()], render_kw={"inputmode": "numeric"})
    method = SelectField(
        _("How it was counted"),
        choices=[SelectChoice(one.value, words) for one, words in METHODS.items()],
        default=CountMethod.HEAD_COUNT.value,
        validate_choice=False,
    )
    source = SelectField(
        _("Who says so"),
        choices=[SelectChoice(one.value, words) for one, words in SOURCES.items()],
        default=SourceKind.ORGANIZER.value,
        validate_choice=False,
    )
    source_url = StringField(
        _("Link to the source"),
        filters=[one_line],
        validators=[Optional(), Length(max=LONGEST_LINK, message=TOO_LONG), as_web_address],
    )
    words = StringField(
        _("In the source's own words"),
        filters=[one_line],
        validators=[Length(max=LONGEST_WORDS, message=TOO_LONG)],
    )
    observed_at = SeenAtField(
        _("When it was seen, by the clocks there"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(NO_TIME)],
    )

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent; else the moment is now, or the end of an event that is over."""
        self.event = event
        moment = min(clock.now(), event.ends_at).astimezone(ZoneInfo(event.timezone))
        super().__init__(  # type: ignore[no-untyped-call]
            data={"observed_at": moment.replace(tzinfo=None)}, **values
        )

    def validate_low(self, field: Field) -> None:
        """Refuse a number that nobody can have counted."""
        _refuse_impossible(field)
        if field.data is None and not field.errors:
            raise ValidationError(NO_NUMBER)

    def validate_high(self, field: Field) -> None:
        """Refuse a number that nobody can have counted, and one below the lowest."""
        _refuse_impossible(field)
        if None not in (field.data, self.low.data) and field.data < self.low.data:
            raise ValidationError(_("This is less than the number above. Did they change places?"))

    def validate_method(self, field: Field) -> None:
        """Refuse a way of counting that is not in the list."""
        if field.data not in set(CountMethod):
            raise ValidationError(_("Choose one from the list, please."))

    def validate_source(self, field: Field) -> None:
        """Refuse a source that is not in the list."""
        if field.data not in set(SourceKind):
            raise ValidationError(_("Choose one from the list, please."))

    def validate_observed_at(self, field: Field) -> None:
        """Refuse a moment that is still to come, long before the event, or on no clock."""
        if field.data is None:
            return
        if field.data.year not in YEARS:
            raise ValidationError(NO_TIME)
        try:
            moment = self.moment()
        except CampaignError as error:
            raise ValidationError(str(error)) from error
        if moment > clock.now():
            raise ValidationError(_("This moment is still to come there."))
        if moment < self.event.starts_at - EARLIEST:
            raise ValidationError(_("This is more than a day before the event began."))

    def moment(self) -> datetime:
        """Return when the crowd was seen; of two equal hours the first. Raises NoSuchTimeError."""
        local = cast(datetime, self.observed_at.data)
        try:
            return instant(local, self.event.timezone)
        except TwiceSuchTimeError:
            return local.replace(tzinfo=ZoneInfo(self.event.timezone), fold=0).astimezone(UTC)

    def observation(self) -> Observation:
        """Return what the form says; a highest number left out is the lowest."""
        low = cast(int, self.low.data)
        return Observation(
            low=low,
            high=low if self.high.data is None else self.high.data,
            method=CountMethod(self.method.data),
            source=SourceKind(self.source.data),
            source_url=self.source_url.data or None,
            observed_at=self.moment(),
            words=self.words.data or None,
        )
