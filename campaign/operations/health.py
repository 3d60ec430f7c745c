"""Whether the installation is well, and how to mend it where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from campaign import clock
from campaign.database import db, setting
from campaign.demonstration import has_started
from campaign.emails.transport import reach
from campaign.engines import SAFE_WAL, sqlite_library
from campaign.models import Account, Clause, Demand, Email, EmailState, Resolution, Signup
from campaign.resolutions.queries import is_stale
from campaign.settings import PROJECT, master_keys
from campaign.vault import key_store

LATE = timedelta(minutes=15)
MANY_BOUNCES = 10  # and a fifth of all


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and how to mend it."""

    what: str
    remedy: str


def faults(*, with_mail_server: bool = True) -> list[Fault]:
    """Return what is wrong with this installation."""
    database = list(_database())
    if database:
        return database
    found = [*_clock(), *_keys(), *_provenance(), *_mail_queue(), *_bounces(), *_sqlite()]
    return found + (list(_mail_server()) if with_mail_server else [])


def is_ready() -> bool:
    """Tell whether requests can be served: database there and of this version, mails moving."""
    return not list(_database()) and not list(_mail_queue())


def _database() -> Iterator[Fault]:
    try:
        revision = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except (DBAPIError, PoolTimeoutError):
        db.session.rollback()
        yield Fault(
            "The database is out of reach or not prepared.",
            "Start it, look at CAMPAIGN_DATABASE_URL, and run `flask --app wsgi db upgrade`.",
        )
        return
    if revision != newest_revision():
        yield Fault(
            f"The database is at revision {revision}, this version wants {newest_revision()}.",
            "Run `flask --app wsgi db upgrade`.",
        )


@cache
def newest_revision() -> str | None:
    """Return the revision of the newest migration."""
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def _clock() -> Iterator[Fault]:
    if setting("NOW") and not has_started():
        yield Fault(
            "The demonstration's clock has not been started: it shows real time.",
            "Run `flask --app wsgi db upgrade`.",
        )


def _keys() -> Iterator[Fault]:
    known = master_keys(setting("MASTER_KEYS"))
    try:
        keys = key_store.everything()
    except DBAPIError:
        yield Fault("The key store is out of reach.", "Look at CAMPAIGN_KEYSTORE_URL.")
        return
    scopes = {scope for scope, _master, _wrapped, _made_at in keys}
    used = {master for _scope, master, _wrapped, _made_at in keys}
    for name in sorted(used - known.keys()):
        yield Fault(
            f"Keys are wrapped by the master key “{name}”, which is missing.",
            "Add it to CAMPAIGN_MASTER_KEYS again, behind the newest.",
        )
    lost = len(_sealing_scopes() - scopes)
    if lost:
        yield Fault(
            f"{lost} keys are not in the key store: what they sealed cannot be read.",
            "Run `flask --app wsgi restore --keys FILE` with the newest copy of the key store.",
        )


def _sealing_scopes() -> set[str]:
    """Return the names of the keys by which anything here is sealed."""
    queries = (
        sa.select(Signup.scope).where(Signup.details.is_not(None)),
        sa.select(Email.scope).where(Email.contents.is_not(None)),
        sa.select(Account.scope),
    )
    return {scope for query in queries for scope in db.session.scalars(query.distinct())}


def _provenance() -> Iterator[Fault]:
    query = sa.select(Demand, Resolution).join(Demand.clause).join(Clause.resolution)
    for demand, resolution in db.session.execute(query):
        if is_stale(demand, resolution):
            yield Fault(
                f"The demand {demand.slug} is stale: its text has changed.",
                "Restore the resolution's text from the file it was imported from.",
            )


def _mail_queue() -> Iterator[Fault]:
    late = sa.select(sa.func.count(Email.id)).where(
        Email.state == EmailState.DUE,
        Email.due_at < clock.real_now() - LATE,
        Email.attempts == 0,
    )
    number = db.session.scalar(late)
    if number:
        yield Fault(
            f"{number} mails have waited more than 15 minutes for their first try.",
            "Start `flask --app wsgi work`.",
        )


def _bounces() -> Iterator[Fault]:
    last_day = Email.due_at > clock.real_now() - timedelta(days=1)
    out = Email.state.in_((EmailState.SENT, EmailState.BOUNCED, EmailState.FAILED))
    is_bounce = sa.case((Email.state == EmailState.BOUNCED, 1), else_=0)
    query = sa.select(sa.func.coalesce(sa.func.sum(is_bounce), 0), sa.func.count(Email.id))
    bounces, mails = db.session.execute(query.where(out, last_day)).one()
    if bounces >= MANY_BOUNCES and bounces * 5 >= mails:
        yield Fault(
            f"{bounces} of the last day's {mails} mails came back.",
            "Ask your mail provider whether others take mails from CAMPAIGN_MAIL_FROM.",
        )


def _sqlite() -> Iterator[Fault]:
    if db.engine.dialect.name != "sqlite":
        return
    version = sqlite_library().sqlite_version_info
    if version < SAFE_WAL:
        yield Fault(
            f"SQLite {'.'.join(map(str, version))} is slow and old here.",
            "Install the package pysqlite3, or use PostgreSQL.",
        )


def _mail_server() -> Iterator[Fault]:
    if setting("SMTP_URL") and not reach(setting("SMTP_URL")):
        yield Fault("The mail server cannot be reached.", "Look at CAMPAIGN_SMTP_URL.")
