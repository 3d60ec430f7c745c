"""What organizers type into a safety sheet."""

from datetime import date, timedelta
from typing import Any, cast

from wtforms import DateField, Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from campaign.events.forms.fields import LONGEST_LINE, NOT_LISTED, TOO_LONG
from campaign.events.forms.versioned import VersionedForm
from campaign.events.presenting import language_name
from campaign.events.safety import today
from campaign.events.services import SheetWish, sheet_version
from campaign.languages import LANGUAGES, current, lazy_gettext
from campaign.models import Campaign, SafetySheet
from campaign.signups.forms.fields import in_one_line
from campaign.signups.typed_text import one_line, several_lines
from campaign.turnout.forms import as_web_address

LONGEST_SHEET = 8000  # characters
LONGEST_LINK = 1000


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


NO_DAY = _("Give the day on which somebody last made sure that this is right, please.")


class CheckedOnField(DateField):
    """A day; what cannot be read is refused in plain words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day. Raises ValueError in plain words."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(NO_DAY) from error


class SheetForm(VersionedForm):
    """What volunteers must know, and who says so."""

    language = SelectField(_("Language of this text"), validate_choice=False)
    text = TextAreaField(
        _("What volunteers must know"),
        filters=[several_lines],
        validators=[
            DataRequired(_("Write what volunteers must know, please.")),
            Length(max=LONGEST_SHEET, message=TOO_LONG),
        ],
        render_kw={"rows": 14},
    )
    source = StringField(
        _("Who says so"),
        filters=[one_line],
        validators=[
            DataRequired(_("Name who says so, please: a lawyer, an organization, a law.")),
            Length(max=LONGEST_LINE, message=TOO_LONG),
            in_one_line,
        ],
    )
    source_url = StringField(
        _("Link to it"),
        filters=[one_line],
        validators=[Optional(), Length(max=LONGEST_LINK, message=TOO_LONG), as_web_address],
    )
    checked_on = CheckedOnField(_("Checked on"), validators=[InputRequired(NO_DAY)])

    def __init__(self, campaign: Campaign, sheet: SafetySheet | None = None, **values: Any) -> None:
        """Take what was sent, else the sheet as it is; a new one is checked today."""
        stored: dict[str, object] = {"language": current(), "checked_on": today()}
        if sheet is not None:
            names = ("language", "text", "source", "source_url", "checked_on")
            stored = {name: getattr(sheet, name) for name in names}
            stored["version"] = sheet_version(sheet)
        super().__init__(data=stored, **values)  # type: ignore[no-untyped-call]
        self.tags = dict.fromkeys((*LANGUAGES, campaign.language, str(stored["language"])))
        self.language.choices = [SelectChoice(tag, language_name(tag)) for tag in self.tags]

    def validate_language(self, field: Field) -> None:
        """Refuse a language that is not in the list."""
        if field.data not in self.tags:
            raise ValidationError(NOT_LISTED)

    def validate_checked_on(self, field: Field) -> None:
        """Refuse a day to come; elsewhere it may be tomorrow already."""
        if field.data and field.data > today() + timedelta(days=1):
            raise ValidationError(_("This day is still to come: when was it checked last?"))

    @property
    def wish(self) -> SheetWish:
        """Return the sheet."""
        return SheetWish(
            language=self.language.data,
            text=self.text.data or "",
            source=self.source.data or "",
            source_url=self.source_url.data or None,
            checked_on=cast(date, self.checked_on.data),
        )
