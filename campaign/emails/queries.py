"""What became of the mails of one scope: counts, and nobody's address."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from campaign import clock
from campaign.database import db
from campaign.models import Email, EmailState


@dataclass(frozen=True, slots=True)
class MailStates:
    """How many mails are in each state."""

    due: int
    sent: int
    failed: int  # the mail server refused them, or was away for days
    bounced: int  # were sent, and came back
    stale: int  # not sent: too late for what they say, or nobody wants them any more
    due_since: datetime | None  # when the oldest that is due was written, the domain's time

    @property
    def undelivered(self) -> int:
        """Return how many did not arrive, as far as anybody told us."""
        return self.failed + self.bounced


def mail_states(scope: str) -> MailStates:
    """Return what became of the mails of a scope; those whose person has left count as stale."""
    # Given up before any server had it: a person who left, or was forgotten.
    is_given_up = sa.and_(Email.state == EmailState.FAILED, Email.last_answer.is_(None))
    state = sa.case((is_given_up, sa.literal(EmailState.STALE.value)), else_=Email.state)
    query = sa.select(state, sa.func.count(Email.id), sa.func.min(Email.created_at))
    rows = db.session.execute(query.where(Email.scope == scope).group_by(state)).all()
    found = {EmailState(name): (number, oldest) for name, number, oldest in rows}
    due_since = found[EmailState.DUE][1] if EmailState.DUE in found else None
    return MailStates(
        **{each.value: found[each][0] if each in found else 0 for each in EmailState},
        due_since=due_since and clock.now() - (clock.real_now() - due_since),
    )


@dataclass(frozen=True, slots=True)
class MailRecord:
    """What is known of a mail, but for what it says."""

    template: str  # what kind of mail it is
    language: str  # BCP 47 tag
    state: EmailState
    created_at: datetime  # real time
    finished_at: datetime | None  # real time; None = still due


def mails_about(scope: str, about: str) -> list[MailRecord]:
    """Return the mails of a scope whose key names a thing, the oldest first."""
    query = sa.select(
        Email.template, Email.language, Email.state, Email.created_at, Email.finished_at
    ).where(Email.scope == scope, Email.key.contains(f":{about}:", autoescape=True))
    return [MailRecord(*row) for row in db.session.execute(query.order_by(Email.id))]
