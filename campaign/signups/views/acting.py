"""What a volunteer does with a sign-up: confirm, change, bring more, take on a shift, cancel.

These check the form's token themselves: whoever holds a link may act by it without any cookie.
"""

from flask.typing import ResponseReturnValue

from campaign.database import take_lock
from campaign.signups import services
from campaign.signups.forms import party_form_for
from campaign.signups.queries import Person, person_of
from campaign.signups.services import PartyTooLargeError
from campaign.signups.views.blueprint import (
    acts,
    back_to,
    find_to_act,
)
from campaign.signups.views.own_page import change_form_of, page_of, too_many

LARGEST_ID = 2**31 - 1  # of a row


@acts("confirm")
def confirm(token: str) -> ResponseReturnValue:
    """Take the places for good."""
    found = find_to_act(token)
    take_lock()
    services.confirm(found)
    return back_to(found)


@acts("change")
def change(token: str) -> ResponseReturnValue:
    """Change what the volunteer said, but for the address."""
    found = find_to_act(token)
    form = change_form_of(found)
    if form is None:
        return back_to(found)
    if not form.validate():
        return page_of(found, form), 422
    take_lock()
    try:
        services.change(
            found,
            form.person(),
            party_size=form.party_size.data or 1,
            language=form.language.data,
            shifts=form.shift_ids if form.shifts else None,
        )
    except PartyTooLargeError as refusal:
        return too_many(found, refusal, form)
    return back_to(found)


@acts("party")
def bring_more(token: str) -> ResponseReturnValue:
    """Let more people come along, if there is room; all else stays as it is."""
    found = find_to_act(token)
    form = party_form_for(found)
    if not form.validate():
        return page_of(found, form), 422
    take_lock()
    try:
        services.change(
            found,
            person_of(found) or Person("", "", "", ""),
            party_size=form.party_size.data or 1,
            language=found.language,
        )
    except PartyTooLargeError as refusal:
        return too_many(found, refusal, form)
    return back_to(found)


@acts(f"shifts/<int(max={LARGEST_ID}):shift>")
def take_on(token: str, shift: int) -> ResponseReturnValue:
    """Take on a shift that is offered."""
    found = find_to_act(token)
    take_lock()
    services.take_on(found, shift)
    return back_to(found)


@acts("cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Free the places, and delete what was personal."""
    found = find_to_act(token)
    take_lock()
    services.cancel(found)
    return back_to(found)
