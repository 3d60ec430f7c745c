"""The fields of volunteers' forms: what each takes, and how it refuses."""

from typing import Any, cast

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, IntegerField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from campaign.languages import LANGUAGES, lazy_gettext
from campaign.signups.typed_text import has_line_break, one_line

LONGEST_NAME = 100  # characters
LONGEST_TEXT = 1000
LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3
LARGEST_PARTY = 50  # people


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


TOO_LONG = _("This is too long: at most %(max)d characters, please.")
INCOMPLETE = _("This is not a complete e-mail address. It looks like name@example.org.")


class PartySizeField(IntegerField):
    """A number of people; what is no number is left to the validator, which says it once."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        if not valuelist:
            return
        try:
            self.data = int(valuelist[0])
        except ValueError:
            self.data = None


def as_id(value: object) -> int:
    """Return the id of a row that was sent; 0, which no row has, for what is no number."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def in_one_line(_form: Form, field: Field) -> None:
    """Refuse a line break: a name with one could pass for two lines of a list."""
    if has_line_break(field.data):
        raise ValidationError(_("Write this in one line, please."))


def as_address(_form: Form, field: Field) -> None:
    """Refuse what is no mail address, and keep it as it is written in full; asks no other host."""
    try:
        address = validate_email(
            field.data or "",
            check_deliverability=False,
            test_environment=current_app.config["MODE"] == "demo",  # Lets .test addresses in.
        )
    except EmailNotValidError as error:
        raise ValidationError(INCOMPLETE) from error
    field.data = address.normalized


def spoken_by_us(_form: Form, field: Field) -> None:
    """Refuse a language that our mails do not speak."""
    if field.data not in LANGUAGES:
        raise ValidationError(_("Choose one of the languages in the list, please."))


class TypedForm(FlaskForm):
    """A form whose making is typed."""

    def __init__(self, **values: Any) -> None:
        """Take what was sent, else the values."""
        super().__init__(**values)  # type: ignore[no-untyped-call]


def address_field(missing: str) -> EmailField:
    """Return a field for a mail address, and what it says where none is given."""
    return EmailField(
        _("E-mail address"),
        filters=[one_line],
        validators=[
            InputRequired(missing),
            Length(max=LONGEST_ADDRESS, message=TOO_LONG),
            as_address,
        ],
    )


class AddressForm(TypedForm):
    """Where a link is sent to."""

    email = address_field(_("We need an e-mail address to send you the link."))


class BlockForm(TypedForm):
    """Whom an organizer blocks, or lets sign up again."""

    email = address_field(INCOMPLETE)


def may_be_empty(field: Field) -> None:
    """Let a field be left empty."""
    field.validators = [
        Optional(),
        *(one for one in field.validators if not isinstance(one, InputRequired)),
    ]
    field.flags.required = False
