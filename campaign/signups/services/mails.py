"""The mails of a sign-up: one call each, in the transaction that causes it."""

from datetime import datetime

from campaign import clock
from campaign.addresses import absolute
from campaign.emails.services import Recipient, send
from campaign.events.notice_times import goes_stale_at
from campaign.events.services.noticing import before_for, hours_of
from campaign.languages import speaking
from campaign.models import Event, Notice, NoticeKind, Signup, SignupShift
from campaign.signups.queries import meeting_point, person_of
from campaign.signups.services.invitations import invitation_values
from campaign.signups.services.tokens import page_token
from campaign.signups.wording import place_words, shift_words
from campaign.sites.queries import name_of

# What somebody has just asked for comes whatever they wished before, and cannot be unsubscribed.
ASKED_FOR = frozenset({"confirm", "signed_up_before", "link", "address"})


def mail(
    template: str,
    signup: Signup,
    *,
    occasion: str,
    stale_at: datetime | None = None,
    **values: object,
) -> bool:
    """Write a mail to a volunteer; return whether there is an address that wants it.

    `occasion` says which mail of its kind it is: the same one is not written twice. It is not sent
    from `stale_at` (the domain's time) on. In an open event it says where to meet, as precisely as
    the volunteer may know it now, and brings along what calendars act on; of a discreet one it
    holds the link alone.
    """
    is_wanted = template in ASKED_FOR or not (signup.is_silent or signup.aside_at)
    person = person_of(signup) if is_wanted and not signup.is_sample else None
    if person is None or not person.email:
        return False
    said = {**common_values(signup.event, signup.language), "token": page_token(signup)}
    with speaking(signup.language):
        if template not in ASKED_FOR:
            said["unsubscribe"] = absolute("signups.unsubscribe", token=said["token"])
        if not signup.event.is_discreet:
            said |= {**_facts(signup), **invitation_values(template, signup, person.email)}
    send(
        template,
        f"{template}:{signup.id}:{occasion}",
        Recipient(person.email, signup.language, signup.scope),
        {**said, **values},
        stale_at=clock.real_moment(stale_at) if stale_at else None,
    )
    return True


def mail_confirmed(signup: Signup) -> None:
    """Tell a volunteer of an open event, once, that the place is theirs, and where to meet.

    Of a discreet event everything stands on the page on which they have just confirmed.
    """
    if not signup.event.is_discreet:
        ends_at = signup.event.ends_at
        mail("confirmed", signup, occasion=str(signup.position), stale_at=ends_at)


def mail_offer(signup: Signup) -> None:
    """Tell a volunteer that places have become free, and until when they are kept."""
    until = signup.hold_until
    values = {"until": _local(signup.event, until)}
    mail("offer", signup, occasion=str(signup.position), stale_at=until, **values)


def mail_shift_offer(row: SignupShift) -> None:
    """Tell a volunteer that a shift has become free, and until when it is kept."""
    signup, until = row.signup, row.hold_until
    with speaking(signup.language):
        values = {"until": _local(signup.event, until), "shift": shift_words(row.shift)}
    occasion = f"{row.shift_id}-{row.position}"
    mail("offer_shift", signup, occasion=occasion, stale_at=until, **values)


def mail_notice(notice: Notice, signup: Signup) -> None:
    """Tell a volunteer what a notice says; a second time, nothing."""
    kind, event, before = notice.kind, signup.event, before_for(notice, signup.id)
    values: dict[str, object] = {}
    if before and not event.is_discreet:
        # What is called off is called by the hours that its volunteers know.
        hours = {name: before[name] for name in hours_of(event)}
        values = {"before": hours} if kind is NoticeKind.MOVED else hours
    mail(
        kind.value,
        signup,
        occasion=notice.occasion,
        stale_at=goes_stale_at(event, kind, notice.due_at),
        **values,
    )


def common_values(event: Event, language: str) -> dict[str, object]:
    """Return what all mails about an event say of it: of a discreet one nothing."""
    if event.is_discreet:
        return {"is_discreet": True}
    return {
        "is_discreet": False,
        "city": name_of(event.city, language),
        "starts_local": event.starts_local.isoformat(),
        "timezone": event.timezone,
    }


def _facts(signup: Signup) -> dict[str, object]:
    """Return until when, where to meet, on one line, and when the exact corner can be seen."""
    event, point = signup.event, meeting_point(signup)
    released_at = point.corner_from_at
    return {
        "ends_local": hours_of(event)["ends_local"],
        "place": " ".join(place_words(event, point).split()),
        "corner_from": _local(event, released_at) if released_at else None,
    }


def _local(event: Event, moment: datetime | None) -> str | None:
    """Return what clocks at an event show, in plain values."""
    return moment.astimezone(clock.zone(event.timezone)).isoformat() if moment else None
