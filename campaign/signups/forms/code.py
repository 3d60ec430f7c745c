"""What a volunteer types who has a code instead of a link."""

from typing import cast

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from campaign.languages import lazy_gettext
from campaign.signups.forms.fields import TypedForm
from campaign.signups.typed_text import one_line

LONGEST_CODE = 200  # characters, whatever stands between the words


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


WRONG_CODE = _(
    "These words open nothing. Look at each of them again: there are six, of four letters each. "
    "After a while a code is deleted with all that it opened."
)


class CodeForm(TypedForm):
    """The six words of a card."""

    code = StringField(
        _("The six words"),
        filters=[one_line],
        validators=[
            InputRequired(_("Type the six words that stand on your card.")),
            Length(max=LONGEST_CODE, message=WRONG_CODE),
        ],
    )
