"""All that a volunteer's own page shows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask import url_for

from campaign import clock
from campaign.formats import zone_name
from campaign.languages import LANGUAGES, known
from campaign.models import Campaign, ContactRule, Event, Signup, SignupStatus
from campaign.signups.codes import read_code
from campaign.signups.presenting.belongings import Belongings, present_belongings
from campaign.signups.presenting.sheets import Sheet, present_sheets
from campaign.signups.presenting.shifts import ShiftRow, present_shifts
from campaign.signups.queries import (
    Person,
    can_confirm,
    forgotten_at,
    is_open,
    keeps_something,
    meeting_point,
    person_of,
    place_in_line,
    tokens_of,
)
from campaign.signups.wording import place_words
from campaign.templating import city_name


class Action(StrEnum):
    """The one thing to do next."""

    CONFIRM = "confirm"
    TAKE = "take"  # the place that is offered
    SHOW = "show"  # the code, at the door
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SignupPage:
    """All that the page of a sign-up shows to whoever holds its link."""

    token: str  # the sign-up's id: its short address, which serves this browser alone
    event: Event
    event_url: str | None  # None = the event is discreet, and its address would tell of what it is
    campaign: Campaign | None  # named at the top of the page; None = the event is discreet
    city: str
    where: str  # as precise as the reader may know it now
    address: str | None  # of the site, as long as no street is known; None = not known
    local_start: datetime  # aware, in the event's zone
    local_end: datetime
    timezone_name: str  # in words
    status: SignupStatus
    action: Action
    is_aside: bool  # put aside: it does not count
    is_held: bool  # its places, or its place in line, are kept till `held_until`
    held_until: datetime | None  # aware, in the event's zone
    is_open: bool  # it can be changed
    can_confirm: bool
    is_verified: bool  # its link was used, or there is none
    place_in_line: int | None  # from 1; None = it does not wait
    passed_over: int  # times that later, smaller parties went in
    shifts: tuple[ShiftRow, ...]
    sheets: tuple[Sheet, ...]
    code: str | None  # the only key to it, to write down; None = there is a link by mail
    has_ended: bool  # the event is over
    is_over: bool  # it waits for a confirmation that is no longer possible, since the event ended
    is_live: bool  # there is something left to change, cancel or forget
    asks_nothing: bool  # the event asks for nothing that could tell who somebody is
    party_size: int
    language_name: str
    person: Person | None  # None = deleted, or never asked
    corner_from: datetime | None  # aware, in the event's zone; None = no corner is to come
    deleted_on: date
    belongings: Belongings


def present_signup(signup: Signup) -> SignupPage:
    """Return what the page of a sign-up shows."""
    event, point, zone = signup.event, meeting_point(signup), clock.zone(signup.event.timezone)
    until = signup.hold_until if keeps_something(signup) else None
    tokens, has_ended = tokens_of(signup), event.ends_at <= clock.now()
    return SignupPage(
        token=signup.id,
        event=event,
        event_url=None if event.is_discreet else _url_of(event),
        campaign=None if event.is_discreet else event.campaign,
        city=city_name(event.city),
        where=place_words(event, point),
        address=None if event.is_discreet or point.street else event.site.address,
        local_start=event.starts_at.astimezone(zone),
        local_end=event.ends_at.astimezone(zone),
        timezone_name=zone_name(event.timezone),
        status=signup.status,
        action=_action(signup),
        is_aside=signup.aside_at is not None,
        is_held=until is not None,
        held_until=until.astimezone(zone) if until else None,
        is_open=is_open(event),
        can_confirm=can_confirm(signup),
        is_verified=signup.confirmed_at is not None,
        place_in_line=place_in_line(signup),
        passed_over=signup.passed_over,
        shifts=present_shifts(signup),
        sheets=present_sheets(event),
        code=read_code(tokens.get("page", "")),
        has_ended=has_ended,
        is_over=signup.status is SignupStatus.HELD and has_ended,
        is_live=bool(tokens),
        asks_nothing=event.contact is ContactRule.NONE,
        party_size=signup.party_size,
        language_name=LANGUAGES[known(signup.language)].own_name,
        person=person_of(signup),
        corner_from=point.corner_from_at.astimezone(zone) if point.corner_from_at else None,
        deleted_on=forgotten_at(event).astimezone(zone).date(),
        belongings=present_belongings(signup),
    )


def _url_of(event: Event) -> str:
    return url_for("events.event", campaign=event.campaign.slug, event=event.slug)


def _action(signup: Signup) -> Action:
    if can_confirm(signup):
        return Action.TAKE if signup.status is SignupStatus.OFFERED else Action.CONFIRM
    has_place = signup.status is SignupStatus.CONFIRMED and signup.aside_at is None
    return Action.SHOW if has_place and is_open(signup.event) else Action.NONE
