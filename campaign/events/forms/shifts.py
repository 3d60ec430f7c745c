"""What organizers and coordinators type to set up shifts."""

from typing import Any, cast

from wtforms import Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub
from wtforms.validators import Length, ValidationError

from campaign.events.forms.fields import (
    LONGEST_LINE,
    NOT_LISTED,
    TOO_LONG,
    WallTimeField,
    WholeNumberField,
    check_wall_time,
)
from campaign.events.forms.versioned import VersionedForm
from campaign.events.services import ShiftWish, shift_version
from campaign.languages import lazy_gettext
from campaign.models import Event, Shift, ShiftKind
from campaign.signups.forms.fields import in_one_line
from campaign.signups.typed_text import one_line
from campaign.signups.wording import SHIFT_WORDS

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


NO_PLACES = _("A shift has one place or more: close it if nobody should take it.")


class ShiftForm(VersionedForm):
    """A shift to add."""

    kind = SelectField(
        _("What for"),
        choices=[SelectChoice(one.value, words) for one, words in SHIFT_WORDS.items()],
        validate_choice=False,
    )
    title = StringField(
        _("In your own words"),
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=TOO_LONG), in_one_line],
    )
    places = WholeNumberField(_("How many are needed"), render_kw={"inputmode": "numeric"})
    starts = WallTimeField(_("Begins"), format=FORMATS)
    ends = WallTimeField(_("Ends"), format=FORMATS)

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent."""
        self.event = event
        super().__init__(**values)  # type: ignore[no-untyped-call]

    def validate_kind(self, field: Field) -> None:
        """Refuse a shift that is not in the list."""
        if field.data not in set(ShiftKind):
            raise ValidationError(NOT_LISTED)

    def validate_title(self, field: Field) -> None:
        """Refuse another shift that nobody can name."""
        if self.kind.data == ShiftKind.OTHER and not field.data:
            raise ValidationError(_("Say in a few words what there is to do."))

    def validate_places(self, field: Field) -> None:
        """Refuse no place at all."""
        if field.data == 0:
            raise ValidationError(NO_PLACES)

    def validate_starts(self, field: Field) -> None:
        """Refuse an hour that is none."""
        check_wall_time(field.data, self.event.timezone)

    def validate_ends(self, field: Field) -> None:
        """Refuse an hour that is none, and one without the other."""
        check_wall_time(field.data, self.event.timezone)
        if (field.data is None) != (self.starts.data is None):
            raise ValidationError(
                _("Give both hours of a shift, or neither: then it lasts as the event.")
            )

    @property
    def wish(self) -> ShiftWish:
        """Return the shift."""
        return ShiftWish(
            kind=ShiftKind(self.kind.data),
            title=self.title.data or None,
            places=self.places.data,
            starts_local=self.starts.data,
            ends_local=self.ends.data,
        )


class ShiftPlacesForm(VersionedForm):
    """How many a shift needs."""

    places = WholeNumberField(_("Places"), render_kw={"inputmode": "numeric"})

    def __init__(self, shift: Shift, **values: Any) -> None:
        """Take what was sent, else how it is."""
        stored = {"places": shift.places, "version": shift_version(shift)}
        super().__init__(data=stored, prefix=f"shift-{shift.id}-", **values)  # type: ignore[no-untyped-call]

    def validate_places(self, field: Field) -> None:
        """Refuse no place at all."""
        if field.data == 0:
            raise ValidationError(NO_PLACES)
