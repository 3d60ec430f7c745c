"""What a volunteer types on the own page beside the sign-up: an address, a word, a photo."""

from typing import Any, cast

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, FileField, TextAreaField
from wtforms.validators import InputRequired, Length

from campaign.errors import InvalidError
from campaign.languages import lazy_gettext
from campaign.signups.forms.fields import LONGEST_ADDRESS, TOO_LONG, as_address
from campaign.signups.photos import LARGEST_FILE, clean
from campaign.signups.services.testimonies import Words
from campaign.signups.typed_text import one_line, several_lines

LONGEST_WORDS = 2000  # characters
LARGEST_TESTIMONY = LARGEST_FILE + 100_000  # bytes, all fields of the form together


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


class NewAddressForm(FlaskForm):
    """The address that a sign-up gets."""

    email = EmailField(
        _("New e-mail address"),
        id="new-email",
        filters=[one_line],
        validators=[
            InputRequired(_("Write the address that you want to use from now on, please.")),
            Length(max=LONGEST_ADDRESS, message=TOO_LONG),
            as_address,
        ],
    )

    def __init__(self) -> None:
        """Ask for no token of the visit: whoever holds the link may send it."""
        super().__init__(meta={"csrf": False})  # type: ignore[no-untyped-call]


class TestimonyForm(FlaskForm):
    """A word or a photo after an event."""

    words = TextAreaField(
        _("In your words"),
        filters=[several_lines],
        validators=[Length(max=LONGEST_WORDS, message=TOO_LONG)],
    )
    photo = FileField(_("A photo"))
    may_be_shown = BooleanField(_("Everybody may see this"))
    cleaned: bytes | None = None  # the photo as it is kept

    def __init__(self, *, is_sent: bool = True) -> None:
        """Ask for no token of the visit: whoever holds the link may send it."""
        sent: dict[str, Any] = {} if is_sent else {"formdata": None}
        super().__init__(meta={"csrf": False}, **sent)  # type: ignore[no-untyped-call]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Tell whether there is a word or a photo that can be kept."""
        is_valid = bool(super().validate(*args, **kwargs))
        content = self._content()
        if not content and not self.words.data:
            self.words.errors = [_("Write a word, or choose a photo, please.")]
            return False
        if content and is_valid:
            is_valid = self._take(content)
        return is_valid

    def said(self) -> Words:
        """Return what is to be kept."""
        return Words(str(self.words.data or ""), self.cleaned, bool(self.may_be_shown.data))

    def _content(self) -> bytes:
        sent = request.files.get("photo")
        return sent.read() if sent else b""

    def _take(self, content: bytes) -> bool:
        try:
            self.cleaned = clean(content)
        except InvalidError as refusal:
            self.photo.errors = [str(refusal)]
            return False
        return True
