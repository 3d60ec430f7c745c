"""Mails as rows: written with what causes them, sent later."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base


class EmailState(StrEnum):
    """What became of a mail."""

    DUE = "due"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"  # was sent, and came back
    STALE = "stale"  # what it says was over before it could be sent


class Email(Base):
    """A mail to one recipient, as its template's name and sealed values."""

    __tablename__ = "emails"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # what caused it: confirm:<id>; names nobody
    template: Mapped[str]  # the folder under templates/emails/
    language: Mapped[str]  # BCP 47 tag of the recipient
    scope: Mapped[str] = mapped_column(index=True)  # whose key seals `contents`
    contents: Mapped[bytes | None]  # sealed JSON: address and values; None = sent or given up
    state: Mapped[EmailState]
    due_at: Mapped[datetime]  # real time
    stale_at: Mapped[datetime | None]  # real time, not sent from then on; None = always of use
    leased_until: Mapped[datetime | None]  # real time; None = no worker has it
    attempts: Mapped[int] = mapped_column(default=0)  # tries so far
    last_answer: Mapped[str | None]  # the server's code, never its words; None = not tried
    created_at: Mapped[datetime]  # real time
    finished_at: Mapped[datetime | None]  # real time; None = still due

    __table_args__ = (sa.Index("ix_emails_state_due_at", "state", "due_at"),)


class MailAllowance(Base):
    """How many mails strangers caused to one address on one day, under a keyed hash."""

    __tablename__ = "mail_allowances"

    address_index: Mapped[bytes] = mapped_column(primary_key=True)  # installation-wide keyed hash
    on: Mapped[date] = mapped_column(primary_key=True)  # UTC day, real time
    mails: Mapped[int]  # mails so far
