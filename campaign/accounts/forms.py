"""What somebody types to sign in, and which way back they may ask for."""

import re
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from wtforms import EmailField, HiddenField
from wtforms.validators import InputRequired, Length

from campaign.languages import lazy_gettext
from campaign.signups.forms.fields import LONGEST_ADDRESS, as_address
from campaign.signups.typed_text import one_line

LONGEST_PATH = 2000
# One slash, then printable ASCII without a backslash: browsers read "//", "/\" and, since they drop
# tabs and line ends, also "/<tab>/" as the beginning of another site's address.
PATH = re.compile(r"/(?!/)[!-\[\]-~]*")


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


def way_back(path: str | None) -> str | None:
    """Return the path of a page of ours; None for anything else, other sites before all."""
    if not path or len(path) > LONGEST_PATH or not PATH.fullmatch(path):
        return None
    place = unquote(re.split(r"[?#]", path, maxsplit=1)[0])
    return path if _is_page(place) else None


def _is_page(place: str, *, has_turned: bool = False) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        adapter.match(place, method="GET")  # type: ignore[union-attr]
    except RequestRedirect as turn:  # Only the last slash is missing, if there is a page.
        return not has_turned and _is_page(unquote(urlsplit(turn.new_url).path), has_turned=True)
    except HTTPException:
        return False
    return True


class SignInForm(FlaskForm):
    """Who wants to sign in, and where to go then."""

    def __init__(self, **values: Any) -> None:
        """Take what was sent, else the values."""
        super().__init__(**values)  # type: ignore[no-untyped-call]

    email = EmailField(
        _("E-mail address"),
        filters=[one_line],
        validators=[
            InputRequired(_("We need the address to send you the link.")),
            Length(max=LONGEST_ADDRESS, message=_("This is too long for an e-mail address.")),
            as_address,
        ],
    )
    next = HiddenField()
