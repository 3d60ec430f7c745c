"""What a volunteer types: to sign up, and to change a sign-up later."""

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from flask import current_app, request
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from campaign import clock
from campaign.formats import local_date
from campaign.languages import LANGUAGES, gettext, lazy_gettext
from campaign.models import Event, Signup
from campaign.signups.queries import Person, forgotten_at
from campaign.signups.services import SignupWish
from campaign.signups.typed_text import has_line_break, one_line, several_lines

LONGEST_NAME = 100  # characters
LONGEST_TEXT = 1000
LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3
LONGEST_KEY = 200
LARGEST_PARTY = 50  # people
PRICE = 0  # of a proof of work: none is asked for
QUICKEST = timedelta(seconds=2)  # Nobody fills in the form faster than this.
OLDEST = timedelta(hours=24)


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


TOO_LONG = _("This is too long: at most %(max)d characters, please.")
NO_NAME = _("Tell us any name, please. It need not be your own.")


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
        raise ValidationError(
            _("This is not a complete e-mail address. It looks like name@example.org.")
        ) from error
    field.data = address.normalized


def spoken_by_us(_form: Form, field: Field) -> None:
    """Refuse a language that our mails do not speak."""
    if field.data not in LANGUAGES:
        raise ValidationError(_("Choose one of the languages in the list, please."))


class PersonForm(FlaskForm):
    """What a volunteer may tell us, and change later."""

    def __init__(self, **values: Any) -> None:
        """Take what was sent, else the values."""
        super().__init__(**values)  # type: ignore[no-untyped-call]

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

    def person(self, email: str) -> Person:
        """Return what was typed."""
        return Person(
            self.name.data or "", email, self.access_needs.data or "", self.notes.data or ""
        )


class ChangeSignupForm(PersonForm):
    """What is changed of a sign-up; all but its address may be."""


class SignUpForm(PersonForm):
    """The sign-up form of an event."""

    email = EmailField(
        _("E-mail address"),
        filters=[one_line],
        validators=[
            InputRequired(_("We need an e-mail address to send you the link.")),
            Length(max=LONGEST_ADDRESS, message=TOO_LONG),
            as_address,
        ],
    )
    consent = BooleanField(
        _("I agree to this"),
        validators=[InputRequired(_("Without your consent we must not keep your sign-up."))],
    )
    idempotency_key = HiddenField()
    form_token = HiddenField()
    website = StringField()  # Nobody sees it; only machines fill it in.
    promise = ""  # what happens to what is typed, and when it goes

    @property
    def is_trapped(self) -> bool:
        """Tell whether a machine filled in what people do not see."""
        return bool(self.website.data)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Tell whether all can be read, and say in plain words where the visit's token cannot."""
        is_valid = bool(super().validate(*args, **kwargs))
        if self["csrf_token"].errors:
            self["csrf_token"].errors = [
                _("The form was open too long, or cookies are off. Send it again, please.")
            ]
        return is_valid

    def renew(self, event: Event) -> None:
        """Give the form a key, and a token that is fresh enough, before it is shown."""
        if not self.idempotency_key.data:
            self.idempotency_key.data = secrets.token_urlsafe(24)
        if _age(self.form_token.data, event) is None:
            self.form_token.data = _make_token(event)

    def wish(self, event: Event) -> SignupWish:
        """Return what the form asks for; without key and fair token no place is held."""
        key = self.idempotency_key.data or ""
        return SignupWish(
            person=self.person(self.email.data or ""),
            party_size=self.party_size.data or 1,
            language=self.language.data,
            idempotency_key=key if 0 < len(key) <= LONGEST_KEY else None,
            is_held=_is_fair(self.form_token.data, event),
        )


def sign_up_form_for(event: Event, language: str) -> SignUpForm:
    """Return an event's sign-up form: as it was sent, else filled in as the address asks."""
    form = SignUpForm(data={"language": language, **_asked()})
    form.promise = _promise(event)
    if request.method != "POST":
        form.renew(event)
    return form


def change_form_for(signup: Signup, person: Person) -> ChangeSignupForm:
    """Return the form that changes a sign-up: as it was sent, else as the sign-up stands.

    The visit's token is asked for before, and only where the link's own token does not serve.
    """
    values = {"party_size": signup.party_size, "language": signup.language}
    return ChangeSignupForm(data={**asdict(person), **values}, meta={"csrf": False})


def _promise(event: Event) -> str:
    day = forgotten_at(event).astimezone(ZoneInfo(event.timezone)).date()
    return gettext(
        "We keep this sealed, and only those who organize this event may read it. It is deleted "
        "on %(day)s, or at once when you cancel.",
        day=local_date(day),
    )


def _asked() -> dict[str, object]:
    asked: dict[str, object] = {
        name: request.args[name] for name in ("name", "email") if name in request.args
    }
    language = request.args.get("language")
    if language in LANGUAGES:
        asked["language"] = language
    party_size = request.args.get("party_size", type=int)
    if party_size in range(1, LARGEST_PARTY + 1):
        asked["party_size"] = party_size
    return asked


def _make_token(event: Event) -> str:
    """Return a signed note of when the form was made, for which event, at what price."""
    return str(_signer().dumps([_milliseconds(), event.id, PRICE]))


def _is_fair(token: str | None, event: Event) -> bool:
    age = _age(token, event)
    if age is None:
        return False
    return age >= QUICKEST or current_app.config["FLOOD_CONTROL"] == "off"


def _age(token: str | None, event: Event) -> timedelta | None:
    """Return how long ago a token of this event was made; None = not ours, or too old."""
    try:
        made, event_id, _price = _signer().loads(token or "")
    except BadData:
        return None
    age = timedelta(milliseconds=_milliseconds() - made)
    return age if event_id == event.id and age <= OLDEST else None


def _milliseconds() -> int:
    return int(clock.real_now().timestamp() * 1000)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="sign-up form")
