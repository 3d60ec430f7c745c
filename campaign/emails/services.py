"""Put a mail into the outbox; drop mails that are not to be sent any more."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from campaign import clock
from campaign.database import db, insert_into
from campaign.models import Email, EmailState, MailAllowance
from campaign.vault.services import INSTALLATION, index, seal

MAILS_A_DAY = 3


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to: address, language, and the scope whose key seals it."""

    address: str
    language: str
    scope: str


def send(template: str, key: str, to: Recipient, values: dict[str, object]) -> None:
    """Write a mail into the outbox, in the transaction that causes it.

    `template` is a folder under templates/emails; `key` says what caused the mail ("confirm:<id>"),
    names nobody and is used once: a second mail with the same key is not written.
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
            created_at=moment,
        )
    )


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


def forget_scope(scope: str) -> None:
    """Drop what the mails of a scope say; those still due are given up."""
    _forget(Email.scope == scope)


def forget_mails(scope: str, *, about: str) -> None:
    """Drop what the mails of a scope say whose key names a thing; those still due are given up."""
    _forget(sa.and_(Email.scope == scope, Email.key.contains(f":{about}:", autoescape=True)))


def _forget(which: sa.ColumnElement[bool]) -> None:
    given_up = {"state": EmailState.FAILED, "finished_at": clock.real_now()}
    still_due = sa.and_(which, Email.state == EmailState.DUE)
    db.session.execute(sa.update(Email).where(still_due).values(given_up))
    with_words = sa.and_(which, Email.contents.is_not(None))
    db.session.execute(sa.update(Email).where(with_words).values(contents=None))
