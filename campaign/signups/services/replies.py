"""What an answer from somebody's calendar does to their sign-up (RFC 5546 3.2.3)."""

from campaign import clock
from campaign.calendars.itip.people import Participation
from campaign.calendars.itip.replies import Reply
from campaign.errors import NotFoundError
from campaign.models import Event, EventStatus, LinkKind, Signup, SignupStatus
from campaign.signups.queries import find_by_token
from campaign.signups.services.standing import cancel


def declined_by(reply: Reply) -> Signup | None:
    """Return the sign-up that a reply gives back, or None where it changes nothing.

    Its token alone proves that it comes from whom we invited; addresses in mails prove nothing.
    Only "no" counts: "yes" and "maybe" do not confirm, since calendars say them by themselves.
    """
    if reply.participation is not Participation.DECLINED:
        return None
    try:
        signup = find_by_token(reply.token, LinkKind.REPLY)
    except NotFoundError:
        return None
    is_about_it = reply.uid == signup.event.uid and _was_sent(reply, signup.event)
    can_change = signup.status is not SignupStatus.CANCELLED and _takes_changes(signup.event)
    return signup if is_about_it and can_change else None


def decline(reply: Reply) -> bool:
    """Cancel the sign-up that a reply gives back; return whether there was one."""
    signup = declined_by(reply)
    if signup is not None:
        cancel(signup)
    return signup is not None


def _was_sent(reply: Reply, event: Event) -> bool:
    """Tell whether a reply answers to an invitation that went out, the newest or an older one.

    An older one declines too. Only a newer reply makes a reply void, not a newer invitation
    (RFC 5546 2.1.5); mails cross, and an event's sequence also grows by what nobody's "no" depends
    on. Who comes after all signs up again; a place kept for who said no is lost to who waits.
    """
    return reply.sequence <= event.sequence


def _takes_changes(event: Event) -> bool:
    """Tell whether anybody can still give a place back; a postponed event has no end yet."""
    if event.status is EventStatus.POSTPONED:
        return True
    return event.status is EventStatus.PUBLISHED and event.ends_at > clock.now()
