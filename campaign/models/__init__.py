"""Every table, one file per capability; this is the one door to them."""

from campaign.models.accounts import (
    Account,
    AccountSession,
    Actor,
    HeldRole,
    Role,
    RoleName,
    SignInLink,
)
from campaign.models.calendars import (
    CalendarEntry,
    CalendarMembership,
    CalendarScope,
    FeedKind,
    SecretFeed,
    SecretFeedKind,
)
from campaign.models.emails import Email, EmailState, MailAllowance
from campaign.models.events import PUBLIC_STATUSES, Event, EventDemand, EventStatus, LinkOrigin
from campaign.models.installation import InstallationFact
from campaign.models.resolutions import (
    Addressee,
    CallPurpose,
    CallToAction,
    Campaign,
    Clause,
    Demand,
    DemandStatus,
    Resolution,
)
from campaign.models.signups import Signup, SignupBand, SignupLink, SignupStatus
from campaign.models.sites import City, Site, SiteList, SiteListEntry
from campaign.models.turnout import CountMethod, ObserverRole, SourceKind, TurnoutReport

__all__ = [
    "PUBLIC_STATUSES",
    "Account",
    "AccountSession",
    "Actor",
    "Addressee",
    "CalendarEntry",
    "CalendarMembership",
    "CalendarScope",
    "CallPurpose",
    "CallToAction",
    "Campaign",
    "City",
    "Clause",
    "CountMethod",
    "Demand",
    "DemandStatus",
    "Email",
    "EmailState",
    "Event",
    "EventDemand",
    "EventStatus",
    "FeedKind",
    "HeldRole",
    "InstallationFact",
    "LinkOrigin",
    "MailAllowance",
    "ObserverRole",
    "Resolution",
    "Role",
    "RoleName",
    "SignInLink",
    "SecretFeed",
    "SecretFeedKind",
    "Signup",
    "SignupBand",
    "SignupLink",
    "SignupStatus",
    "Site",
    "SiteList",
    "SiteListEntry",
    "SourceKind",
    "TurnoutReport",
]
