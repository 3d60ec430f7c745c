"""Forms that know what they were shown for: what one person typed, another may have changed."""

from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeLocalField, Field, HiddenField
from wtforms.fields.choices import SelectFieldBase

from campaign.formats import local_date, local_time, short_date


class VersionedForm(FlaskForm):
    """A form that says which version of what it changes was shown with it."""

    version = HiddenField()

    @property
    def seen(self) -> str:
        """Return the version that was sent; empty = none, which is never the stored one."""
        return str(self.version.raw_data[0]) if self.version.raw_data else ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What somebody else stored, and what was typed instead."""

    label: str
    stored: str  # empty = nothing
    typed: str


def differences(stored: VersionedForm, typed: VersionedForm) -> tuple[Difference, ...]:
    """Return in what two forms of one kind differ, field by field, as a person reads it."""
    pairs = [(one, typed[one.short_name]) for one in stored if not isinstance(one, HiddenField)]
    return tuple(
        Difference(old.label.text, shown(old), shown(new))
        for old, new in pairs
        if shown(old) != shown(new)
    )


def shown(field: Field) -> str:
    """Return what a field holds, as a person reads it."""
    if field.data in (None, "", []):
        return ""
    if isinstance(field, SelectFieldBase):
        return ", ".join(str(choice.label.text) for choice in field if choice.checked)
    if isinstance(field, DateTimeLocalField):
        return f"{short_date(field.data)}, {local_time(field.data)}"
    return local_date(field.data) if isinstance(field, DateField) else str(field.data)
