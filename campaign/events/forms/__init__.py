"""What people type: to find an event, and to set one up."""

from campaign.events.forms.find_event import FindEventForm
from campaign.events.forms.settings import (
    CapacityForm,
    CountryForm,
    OffersForm,
    PlaceForm,
    PrivacyForm,
)
from campaign.events.forms.sheets import SheetForm
from campaign.events.forms.shifts import ShiftForm, ShiftPlacesForm
from campaign.events.forms.versioned import Difference, VersionedForm, differences

__all__ = [
    "CapacityForm",
    "CountryForm",
    "Difference",
    "FindEventForm",
    "OffersForm",
    "PlaceForm",
    "PrivacyForm",
    "SheetForm",
    "ShiftForm",
    "ShiftPlacesForm",
    "VersionedForm",
    "differences",
]
