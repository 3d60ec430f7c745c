"""What may be done with sign-ups; places and shifts are counted under the event's lock."""

from campaign.signups.services.capacity import reopen_shift, set_capacity, set_shift_places
from campaign.signups.services.floods import FormUse
from campaign.signups.services.lines import settle
from campaign.signups.services.places import (
    PartyTooLargeError,
    SignupCancelledError,
    SignupClosedError,
    SignupRefusedError,
)
from campaign.signups.services.signing_up import (
    SCOPE,
    Receipt,
    SignupWish,
    receipt_of,
    scope_of,
    sign_up,
)
from campaign.signups.services.silence import resume, silence
from campaign.signups.services.standing import cancel, change, confirm, take_on

__all__ = [
    "SCOPE",
    "FormUse",
    "PartyTooLargeError",
    "Receipt",
    "SignupCancelledError",
    "SignupClosedError",
    "SignupRefusedError",
    "SignupWish",
    "cancel",
    "change",
    "confirm",
    "receipt_of",
    "reopen_shift",
    "resume",
    "scope_of",
    "set_capacity",
    "set_shift_places",
    "settle",
    "sign_up",
    "silence",
    "take_on",
]
