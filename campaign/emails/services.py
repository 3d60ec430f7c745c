"""Put a mail into the outbox; drop mails that are not to be sent any more."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into
from campaign.models import Email, EmailState, MailAllowance
from campaign.vault.services import INSTALLATION, index, seal

MAILS_A_DAY = 3
IDS_AT_ONCE = 5000  # in one statement


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to: address, language, and the scope whose key seals it."""

    address: str
    language: str
    scope: str


def send(
    template: str,
    key: str,
    to: Recipient,
    values: dict[str, object],
    *,
    stale_at: datetime | None = None,
) -> None:
    """Write a mail into the outbox, in the transaction that causes it.

    `template` is a folder under templates/emails; `key` says what caused the mail ("confirm:<id>"),
    names nobody and is used once: a second mail with the same key is not written. It is not sent
    from `stale_at` (real time) on.
    """
    if db.session.scalar(sa.select(Email.id).where(Email.key == key)):
        return
    contents = seal(to.scope, f"emails/{key}", {"address": to.address, **values})
    moment = clock.real_now()
    db.session.add(
        Email(
            key=key,
            template=template,
            language=to.language,
            scope=to.scope,
            contents=contents,
            state=EmailState.DUE,
            due_at=moment,
            stale_at=stale_at,
            created_at=moment,
        )
    )


def bounce(email_id: int, status: str) -> bool:
    """Note that a mail came back, with its status ("5.1.1"); return whether that is news.

    What is known to have failed stays so. A mail that is still due was sent by a worker who died
    before saying so: it is not sent again.
    """
    out = (EmailState.SENT, EmailState.DUE)
    values = {
        "state": EmailState.BOUNCED,
        "last_answer": status,
        "finished_at": clock.real_now(),
        "leased_until": None,
        "contents": None,
    }
    its_own = sa.and_(Email.id == email_id, Email.state.in_(out))
    changed = sa.update(Email).where(its_own).values(values).returning(Email.id)
    return db.session.scalar(changed) is not None


def allow(address: str) -> bool:
    """Count one more mail that a stranger causes to an address today; False beyond the third."""
    allowances = MailAllowance.__table__
    values = {
        "address_index": index(INSTALLATION, normalised(address)),
        "on": clock.real_now().date(),
        "mails": 1,
    }
    statement = (
        insert_into(allowances)
        .values(values)
        .on_conflict_do_update(
            index_elements=["address_index", "on"], set_={"mails": allowances.c.mails + 1}
        )
    )
    mails: int = db.session.execute(statement.returning(allowances.c.mails)).scalar_one()
    return mails <= MAILS_A_DAY


def normalised(address: str) -> str:
    """Return the form in which two spellings of one address are equal."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def forget_allowances() -> None:
    """Drop the counts of past days."""
    yesterday = clock.real_now().date() - timedelta(days=1)
    db.session.execute(sa.delete(MailAllowance).where(MailAllowance.on < yesterday))


def forget_allowances_of(address: str) -> None:
    """Drop how many mails strangers caused to an address."""
    of_it = MailAllowance.address_index == index(INSTALLATION, normalised(address))
    db.session.execute(sa.delete(MailAllowance).where(of_it))


def forget_scope(scope: str) -> None:
    """Drop what the mails of a scope say; those still due are given up."""
    _forget(Email.scope == scope)


def forget_mails(scope: str, *, about: str) -> None:
    """Drop what the mails of a scope say whose key names a thing; those still due are given up."""
    _forget(sa.and_(Email.scope == scope, Email.key.contains(f":{about}:", autoescape=True)))


def withdraw(
    scope: str,
    *,
    about: str = "",
    only: Collection[str] | None = None,
    but: Collection[str] = (),
) -> None:
    """Let mails of a scope that still wait go stale: what they say is wrong by now, or unwanted.

    `about` a thing that their keys name; `only` those of some templates (None = of any), `but`
    never those of others.
    """
    which = sa.and_(Email.scope == scope, Email.state == EmailState.DUE, Email.template.not_in(but))
    if about:
        which = sa.and_(which, Email.key.contains(f":{about}:", autoescape=True))
    if only is not None:
        which = sa.and_(which, Email.template.in_(only))
    ended = {"state": EmailState.STALE, "finished_at": clock.real_now(), "contents": None}
    db.session.execute(sa.update(Email).where(which).values(ended))


def forget_mails_about(scope: str, things: Collection[str]) -> None:
    """Drop what the mails of a scope say whose keys name any of many things, as `forget_mails`."""
    named = set(things)
    rows = db.session.execute(sa.select(Email.id, Email.key).where(Email.scope == scope))
    ids = [mail_id for mail_id, key in rows if not named.isdisjoint(key.split(":"))]
    for begin in range(0, len(ids), IDS_AT_ONCE):
        _forget(Email.id.in_(ids[begin : begin + IDS_AT_ONCE]))


def _forget(which: sa.ColumnElement[bool]) -> None:
    moment = clock.real_now()
    given_up = {"state": EmailState.FAILED, "finished_at": moment, "last_answer": None}
    still_due = sa.and_(which, Email.state == EmailState.DUE)
    db.session.execute(sa.update(Email).where(still_due).values(given_up))
    with_words = sa.and_(which, Email.contents.is_not(None))
    db.session.execute(sa.update(Email).where(with_words).values(contents=None))
