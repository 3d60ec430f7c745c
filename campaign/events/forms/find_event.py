"""What people type to find an event."""

from collections.abc import Iterable
from typing import cast

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, HiddenField, SearchField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub

from campaign.events.presenting import access_words, language_name
from campaign.events.queries import access_at, countries, days, spoken_at
from campaign.events.search import LONGEST
from campaign.formats import country_name, local_date
from campaign.languages import gettext, lazy_gettext
from campaign.models import Campaign
from campaign.resolutions.queries import calls_of, demands_of

ONE_CHOICE = 2  # "Any" and the only one
Pairs = Iterable[tuple[str, str]]  # what is sent, and what is shown


def _(words: str) -> str:
    return cast(str, lazy_gettext(words))


class FindEventForm(Form):
    """A question to the search; it goes by GET, so it needs no token."""

    near = SearchField(_("Near"), render_kw={"maxlength": LONGEST})
    q = SearchField(_("Words in the name of the place"), render_kw={"maxlength": LONGEST})
    country = SelectField(_("Country"), validate_choice=False)
    on = SelectField(_("Day"), validate_choice=False)
    demand = SelectField(_("For the demand"), validate_choice=False)
    call = SelectField(_("Answers the call"), validate_choice=False)
    language = SelectField(_("Spoken there"), validate_choice=False)
    access = SelectField(_("Access"), validate_choice=False)
    city = HiddenField()

    @classmethod
    def asked(cls, campaign: Campaign, given: MultiDict[str, str]) -> "FindEventForm":
        """Return the form as somebody filled it in, with what this campaign has to choose from."""
        form = cls(given)
        form.country.data = (form.country.data or "").upper()
        form.country.choices = _any(sorted(_countries(campaign), key=_words))
        form.on.choices = _any((day.isoformat(), local_date(day)) for day in days(campaign))
        form.demand.choices = _any((one.slug, one.label) for one in demands_of(campaign))
        form.call.choices = _any((one.slug, one.title) for one in calls_of(campaign))
        form.language.choices = _any((tag, language_name(tag)) for tag in spoken_at(campaign))
        form.access.choices = _any((token, access_words(token)) for token in access_at(campaign))
        return form

    @property
    def filters(self) -> list[Field]:
        """Return the fields beside "near" that leave something to choose."""
        fields = (self.country, self.on, self.demand, self.call, self.language, self.access)
        return [
            self.q,
            *(one for one in fields if len(list(one.choices or ())) > ONE_CHOICE or one.data),
        ]

    @property
    def is_narrowed(self) -> bool:
        """Tell whether more than a place was asked for."""
        return any(field.data for field in self.filters)


def _countries(campaign: Campaign) -> Pairs:
    return [(one.country, country_name(one.country)) for one in countries(campaign)]


def _words(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def _any(pairs: Pairs) -> list[SelectChoice]:
    return [SelectChoice("", gettext("Any")), *(SelectChoice(*pair) for pair in pairs)]
