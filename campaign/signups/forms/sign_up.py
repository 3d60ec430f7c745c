"""The sign-up form of an event: what it asks, and what it stands for."""

import secrets
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import request
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired

from campaign.formats import local_date
from campaign.languages import LANGUAGES, gettext, lazy_gettext
from campaign.models import ContactRule, Event
from campaign.signups.forms.fields import LARGEST_PARTY, AddressForm, may_be_empty
from campaign.signups.forms.person import PersonForm
from campaign.signups.forms.tokens import is_fair, is_token_of, make_token, price_of, use_of
from campaign.signups.networks import network_of
from campaign.signups.queries import forgotten_at
from campaign.signups.services import SignupWish
from campaign.signups.typed_text import one_line

LONGEST_KEY = 200  # characters
LONGEST_MARK = 40
LONGEST_SOURCE = 130
MARKS = ("utm_source", "utm_medium", "utm_campaign")


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


class SignUpForm(PersonForm, AddressForm):
    """The sign-up form of an event."""

    def __init__(self, event: Event, **values: Any) -> None:
        """Take what was sent, else the values; ask for no more than the event does."""
        super().__init__(event, **values)
        if event.contact is ContactRule.NONE:
            del self.consent  # There is nothing personal to consent to.
        if event.contact is ContactRule.OPTIONAL:
            may_be_empty(self.email)

    consent = BooleanField(
        _("I agree to this"),
        validators=[InputRequired(_("Without your consent we must not keep your sign-up."))],
    )
    idempotency_key = HiddenField()
    form_token = HiddenField()
    proof = HiddenField()  # of work, where the form asks for one
    source = HiddenField(filters=[one_line])  # marks of the address that led here
    website = StringField()  # Nobody sees it; only machines fill it in.
    promise = ""  # what happens to what is typed, and when it goes
    price = 0  # bits of work that the token asks for; 0 = none

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
        if not is_token_of(event, self.form_token.data):
            self.form_token.data = make_token(event)
        self.price = price_of(event, self.form_token.data)

    def wish(self, event: Event) -> SignupWish:
        """Return what the form asks for; without key and fair token no place is held."""
        key = self.idempotency_key.data or ""
        return SignupWish(
            person=self.person(),
            party_size=self.party_size.data or 1,
            language=self.language.data,
            idempotency_key=key if 0 < len(key) <= LONGEST_KEY else None,
            is_held=is_fair(event, self.form_token.data, self.proof.data),
            shifts=self.shift_ids,
            source=(self.source.data or "")[:LONGEST_SOURCE],
            network=network_of(request.remote_addr),
            form=use_of(event, self.form_token.data),
        )


def sign_up_form_for(event: Event, language: str) -> SignUpForm:
    """Return an event's sign-up form: as it was sent, else filled in as the address asks."""
    form = SignUpForm(event, data={"language": language, **_asked()})
    form.promise = _promise(event)
    if request.method != "POST":
        form.renew(event)
    return form


def _promise(event: Event) -> str:
    day = forgotten_at(event).astimezone(ZoneInfo(event.timezone)).date()
    if event.contact is ContactRule.NONE:
        return gettext(
            "We keep how many you are and a code, and nothing that could tell who you are. It is "
            "deleted on %(day)s, or at once when you cancel.",
            day=local_date(day),
        )
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
    marks = [request.args.get(name, "")[:LONGEST_MARK] for name in MARKS]
    asked["source"] = " / ".join(marks) if any(marks) else ""
    return asked
