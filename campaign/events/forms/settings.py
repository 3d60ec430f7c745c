"""What organizers type to set an event or a country up."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from babel import Locale
from wtforms import Field, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from campaign.events.forms.fields import (
    LONGEST_LINE,
    MOST_PEOPLE,
    NOT_LISTED,
    TOO_LONG,
    WallTimeField,
    WholeNumberField,
    check_wall_time,
)
from campaign.events.forms.versioned import VersionedForm
from campaign.events.presenting import ACCESS, language_name
from campaign.events.services import (
    PrivacyMark,
    capacity_version,
    mark_version,
    offers_version,
    place_version,
    privacy_version,
)
from campaign.events.wall_time import instant, wall_time
from campaign.languages import LANGUAGES, current, gettext, lazy_gettext
from campaign.models import ContactRule, CountryMark, Event
from campaign.signups.forms.fields import in_one_line
from campaign.signups.typed_text import one_line

YES, NO = "yes", "no"


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


DISCREET = {
    NO: _("Open: everybody can see the exact site, and mails and calendars say what it is."),
    YES: _("Discreet: only the city is shown, and mails and calendars name no place and no cause."),
}
CONTACT = {
    ContactRule.REQUIRED: _(
        "Required: everybody gives an e-mail address, confirms by a link, and hears of changes."
    ),
    ContactRule.OPTIONAL: _(
        "Optional: whoever gives no address gets a code of six words, and hears of nothing by mail."
    ),
    ContactRule.NONE: _(
        "None: nobody is asked for name or address, and a code of six words is the only key."
    ),
}


class CapacityForm(VersionedForm):
    """How many people fit."""

    capacity = WholeNumberField(_("Places"), render_kw={"inputmode": "numeric"})

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent, else how it is."""
        stored = {"capacity": event.capacity_override, "version": capacity_version(event)}
        super().__init__(data=stored, **values)  # type: ignore[no-untyped-call]

    def validate_capacity(self, field: Field) -> None:
        """Refuse more people than live in a city."""
        if field.data is not None and field.data > MOST_PEOPLE:
            raise ValidationError(_("That is more than come to anything. Please look at it again."))


class ProtectionForm(VersionedForm):
    """How volunteers are protected."""

    is_discreet = RadioField(
        _("What others can see"),
        choices=[SelectChoice(value, words) for value, words in DISCREET.items()],
        validators=[InputRequired(NOT_LISTED)],
    )
    contact = RadioField(
        _("What volunteers are asked for"),
        choices=[SelectChoice(one.value, words) for one, words in CONTACT.items()],
        validators=[InputRequired(NOT_LISTED)],
    )

    @property
    def mark(self) -> PrivacyMark:
        """Return what was chosen."""
        return PrivacyMark(self.is_discreet.data == YES, ContactRule(self.contact.data))


class PrivacyForm(ProtectionForm):
    """How an event protects its volunteers."""

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent, else how it is."""
        stored = {**_protection(event), "version": privacy_version(event)}
        super().__init__(data=stored, **values)  # type: ignore[no-untyped-call]


class CountryForm(ProtectionForm):
    """How the events of a country protect their volunteers."""

    def __init__(self, mark: CountryMark | None, **values: Any) -> None:
        """Take what was sent, else how the country is marked; unmarked, the careful choice."""
        chosen = _protection(mark) if mark else {"is_discreet": YES, "contact": "none"}
        stored = {**chosen, "version": mark_version(mark)}
        super().__init__(data=stored, **values)  # type: ignore[no-untyped-call]


class PlaceForm(VersionedForm):
    """Where to meet, and from when on it is shown."""

    street = StringField(
        _("Street or square"),
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=TOO_LONG), in_one_line],
    )
    corner = StringField(
        _("The exact corner"),
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=TOO_LONG), in_one_line],
    )
    corner_from = WallTimeField(
        _("Show the corner from"), format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent, else how it is, by the clocks of the event."""
        self.event = event
        released_at = event.corner_from_at
        stored = {
            "street": event.street or "",
            "corner": event.corner or "",
            "corner_from": wall_time(released_at, event.timezone) if released_at else None,
            "version": place_version(event),
        }
        super().__init__(data=stored, **values)  # type: ignore[no-untyped-call]

    def validate_corner_from(self, field: Field) -> None:
        """Refuse an hour that is none, comes too late, or shows nothing."""
        if field.data is None:
            return
        if not self.corner.data:
            raise ValidationError(_("There is no corner yet: write it above, or leave this empty."))
        check_wall_time(field.data, self.event.timezone)
        if instant(field.data, self.event.timezone) > self.event.ends_at:
            raise ValidationError(_("The event is over by then. Choose an earlier hour, please."))

    @property
    def corner_from_at(self) -> datetime | None:
        """Return when the corner is shown; None = with the street."""
        local: datetime | None = self.corner_from.data
        return instant(local, self.event.timezone) if local else None


class OffersForm(VersionedForm):
    """What is spoken at an event, and what it offers for access."""

    languages = SelectMultipleField(_("Spoken there"), option_widget=CheckboxInput())
    other_languages = StringField(
        _("Other languages"),
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=TOO_LONG), in_one_line],
    )
    access = SelectMultipleField(_("Access"), option_widget=CheckboxInput())

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent, else how it is."""
        spoken, offered = event.languages.split(), event.access.split()
        stored = {
            "languages": [tag for tag in spoken if tag in LANGUAGES],
            "other_languages": " ".join(tag for tag in spoken if tag not in LANGUAGES),
            "access": offered,
            "version": offers_version(event),
        }
        super().__init__(data=stored, **values)  # type: ignore[no-untyped-call]
        self.languages.choices = _choices((tag, language_name(tag)) for tag in LANGUAGES)
        words = {**{token: token for token in offered}, **ACCESS}
        self.access.choices = _choices((token, str(words[token])) for token in words)

    def validate_other_languages(self, field: Field) -> None:
        """Refuse what is no language's tag."""
        known = Locale.parse(LANGUAGES[current()].locale).languages
        unknown = [tag for tag in _tags(field.data) if tag.replace("-", "_") not in known]
        if unknown:
            raise ValidationError(
                gettext(
                    "Write languages by their tags, such as: sv de es. Not known: %(tags)s",
                    tags=", ".join(unknown),
                )
            )

    @property
    def spoken(self) -> list[str]:
        """Return the tags of all languages."""
        return [*(self.languages.data or ()), *_tags(self.other_languages.data)]


def _protection(one: Event | CountryMark) -> dict[str, str]:
    return {"is_discreet": YES if one.is_discreet else NO, "contact": one.contact.value}


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def _tags(text: str | None) -> list[str]:
    return (text or "").replace(",", " ").split()
