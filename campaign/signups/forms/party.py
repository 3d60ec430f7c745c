"""What a volunteer types to bring more people."""

from typing import Any, cast

from wtforms.validators import NumberRange

from campaign.languages import lazy_gettext
from campaign.models import Signup
from campaign.signups.forms.fields import LARGEST_PARTY, PartySizeField, TypedForm


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


class PartyForm(TypedForm):
    """How many will come."""

    party_size = PartySizeField(
        _("How many of you will come now?"),
        id="party",  # The form that changes everything stands on the same page.
        validators=[
            NumberRange(
                1, LARGEST_PARTY, _("A number from %(min)s to %(max)s, yourself included, please.")
            )
        ],
    )


def party_form_for(signup: Signup, *, is_sent: bool = True) -> PartyForm:
    """Return the form that brings more people: as it was sent, else with one more.

    The visit's token is asked for before, and only where the link's own token does not serve.
    """
    more = min(signup.party_size + 1, LARGEST_PARTY)
    sent: dict[str, Any] = {} if is_sent else {"formdata": None}
    return PartyForm(data={"party_size": more}, meta={"csrf": False}, **sent)
