"""Sweeps over sign-ups; each is idempotent."""

from campaign.signups.jobs.bands import renew_bands
from campaign.signups.jobs.everywhere import forget_everywhere
from campaign.signups.jobs.forgetting import (
    forget_expired_links,
    forget_idle_feeds,
    forget_unconfirmed,
    purge,
)
from campaign.signups.jobs.inbound import Taken, take_in, take_in_mail
from campaign.signups.jobs.keys import forget_networks, sweep_keys
from campaign.signups.jobs.lines import move_up_lines
from campaign.signups.jobs.notices import note_reminders, tell_notices

__all__ = [
    "Taken",
    "forget_everywhere",
    "forget_expired_links",
    "forget_idle_feeds",
    "forget_networks",
    "forget_unconfirmed",
    "move_up_lines",
    "note_reminders",
    "purge",
    "renew_bands",
    "sweep_keys",
    "take_in",
    "take_in_mail",
    "tell_notices",
]
