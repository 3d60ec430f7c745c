"""What a volunteer may tell us, and change later."""

from dataclasses import asdict
from typing import Any, cast

from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput

from campaign.languages import LANGUAGES, lazy_gettext
from campaign.models import ContactRule, Event, Signup
from campaign.signups.forms.fields import (
    LARGEST_PARTY,
    LONGEST_NAME,
    LONGEST_TEXT,
    TOO_LONG,
    PartySizeField,
    as_id,
    in_one_line,
    spoken_by_us,
)
from campaign.signups.presenting import shift_words
from campaign.signups.queries import Person, open_shifts
from campaign.signups.typed_text import one_line, several_lines

PERSONAL = ("name", "email", "access_needs", "notes")  # fields that could tell who it is


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


NO_NAME = _("Tell us any name, please. It need not be your own.")


class PersonForm(FlaskForm):
    """What a volunteer may tell us, and change later."""

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent, else the values; ask for no more than the event does."""
        super().__init__(**values)  # type: ignore[no-untyped-call]
        if event.contact is ContactRule.NONE:
            for name in PERSONAL:
                if name in self._fields:
                    delattr(self, name)
        shifts = open_shifts(event)
        self.shifts.choices = [SelectChoice(one.id, shift_words(one)) for one in shifts]
        if not shifts:
            del self.shifts

    name = StringField(
        _("Name"),
        filters=[one_line],
        validators=[
            InputRequired(NO_NAME),
            Length(min=1, message=NO_NAME),
            Length(max=LONGEST_NAME, message=TOO_LONG),
            in_one_line,
        ],
    )
    party_size = PartySizeField(
        _("How many of you will come?"),
        default=1,
        validators=[
            NumberRange(
                1, LARGEST_PARTY, _("A number from %(min)s to %(max)s, yourself included, please.")
            )
        ],
    )
    shifts = SelectMultipleField(
        _("Would you take on a shift?"),
        coerce=as_id,
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    language = SelectField(
        _("Language of our mails"),
        choices=[SelectChoice(one.tag, one.own_name) for one in LANGUAGES.values()],
        validate_choice=False,
        validators=[spoken_by_us],
    )
    access_needs = TextAreaField(
        _("What you need to take part"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
    notes = TextAreaField(
        _("Anything else"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )

    def asks(self, name: str) -> bool:
        """Tell whether the event asks for something."""
        return name in self._fields

    def person(self) -> Person:
        """Return what was typed."""
        return Person(**{name: self.typed(name) for name in PERSONAL})

    def typed(self, name: str) -> str:
        """Return what was typed into a field, empty where it is not asked for."""
        return str(self._fields[name].data or "") if self.asks(name) else ""

    @property
    def shift_ids(self) -> tuple[int, ...]:
        """Return the shifts that were ticked; none where the event has none."""
        return tuple(self.shifts.data or ()) if self.asks("shifts") else ()


class ChangeSignupForm(PersonForm):
    """What is changed of a sign-up; all but its address may be."""


def change_form_for(
    signup: Signup, person: Person | None, *, is_sent: bool = True
) -> ChangeSignupForm:
    """Return the form that changes a sign-up: as it was sent, else as the sign-up stands.

    The visit's token is asked for before, and only where the link's own token does not serve.
    """
    values: dict[str, object] = {"party_size": signup.party_size, "language": signup.language}
    values["shifts"] = [one.shift_id for one in signup.shifts]
    told = asdict(person) if person else {}
    sent = {} if is_sent else {"formdata": None}
    return ChangeSignupForm(signup.event, data={**told, **values}, meta={"csrf": False}, **sent)
