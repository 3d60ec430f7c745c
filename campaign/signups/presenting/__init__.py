"""A sign-up as its own page, its card and its own calendar file show it."""

from campaign.signups.presenting.belongings import Belongings, present_belongings
from campaign.signups.presenting.calendars import personal_calendar
from campaign.signups.presenting.cards import Card, present_card
from campaign.signups.presenting.feeds import personal_feed
from campaign.signups.presenting.own_page import Action, SignupPage, present_signup
from campaign.signups.presenting.sheets import Sheet, present_sheets
from campaign.signups.presenting.shifts import ShiftRow, present_shifts
from campaign.signups.wording import SHIFT_WORDS, shift_words

__all__ = [
    "SHIFT_WORDS",
    "Action",
    "Belongings",
    "Card",
    "Sheet",
    "ShiftRow",
    "SignupPage",
    "personal_calendar",
    "personal_feed",
    "present_belongings",
    "present_card",
    "present_sheets",
    "present_shifts",
    "present_signup",
    "shift_words",
]
