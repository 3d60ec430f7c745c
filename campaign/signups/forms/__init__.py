"""What a volunteer types: to sign up, and to change a sign-up later."""

from campaign.signups.forms.code import WRONG_CODE, CodeForm
from campaign.signups.forms.fields import AddressForm, BlockForm
from campaign.signups.forms.party import PartyForm, party_form_for
from campaign.signups.forms.person import ChangeSignupForm, change_form_for
from campaign.signups.forms.rights import LARGEST_TESTIMONY, NewAddressForm, TestimonyForm
from campaign.signups.forms.sign_up import SignUpForm, sign_up_form_for

__all__ = [
    "LARGEST_TESTIMONY",
    "WRONG_CODE",
    "AddressForm",
    "BlockForm",
    "ChangeSignupForm",
    "CodeForm",
    "NewAddressForm",
    "PartyForm",
    "SignUpForm",
    "TestimonyForm",
    "change_form_for",
    "party_form_for",
    "sign_up_form_for",
]
