"""A sign-up as a card: to print, to photograph, to show at the door."""

from dataclasses import dataclass
from datetime import datetime

from campaign import clock
from campaign.addresses import absolute
from campaign.formats import zone_name
from campaign.models import Signup, SignupStatus
from campaign.signups.codes import read_code
from campaign.signups.presenting.sheets import Sheet, present_sheets
from campaign.signups.qr import QRCode, qr_code
from campaign.signups.queries import forgotten_at, meeting_point, tokens_of
from campaign.templating import city_name


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: nothing of who holds it, nothing of what it is for."""

    token: str  # the sign-up's id
    city: str
    local_start: datetime  # aware, in the event's zone
    local_end: datetime
    timezone: str  # IANA name
    timezone_name: str  # in words
    street: str | None  # None = not known to its holder yet, or at all
    is_certain: bool  # there is a place for its holder
    party_size: int
    qr: QRCode
    code: str | None  # the only key to the sign-up; None = there is a link by mail
    sheets: tuple[Sheet, ...]
    gone_at: datetime  # aware, in the event's zone: from then on it opens nothing


def present_card(signup: Signup) -> Card | None:
    """Return the card of a sign-up, or None once what it opens is gone.

    Whoever scans the card of a sign-up without address opens its page, since the words on the card
    do the same. Of any other it leads to a page that says nothing: a photo of it opens nothing.
    """
    tokens, event = tokens_of(signup), signup.event
    if not tokens:
        return None
    code, zone = read_code(tokens.get("page", "")), clock.zone(event.timezone)
    opens = (
        absolute("signups.signup", token=code)
        if code
        else absolute("signups.check_in", signup=signup.id)
    )
    return Card(
        token=signup.id,
        city=city_name(event.city),
        local_start=event.starts_at.astimezone(zone),
        local_end=event.ends_at.astimezone(zone),
        timezone=event.timezone,
        timezone_name=zone_name(event.timezone),
        street=meeting_point(signup).street,
        is_certain=signup.status is SignupStatus.CONFIRMED and signup.aside_at is None,
        party_size=signup.party_size,
        qr=qr_code(opens),
        code=code,
        sheets=present_sheets(event),
        gone_at=forgotten_at(event).astimezone(zone),
    )
