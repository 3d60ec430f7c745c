"""Whether an installation is well, and what it says where it is not."""

import base64
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from campaign import clock
from campaign.accounts.services import Invitation, invite
from campaign.database import db, key_store_engine, transaction
from campaign.emails.services import Recipient, send
from campaign.models import (
    Demand,
    Email,
    EmailState,
    HeldRole,
    InstallationFact,
    Resolution,
    RoleName,
)
from campaign.operations.health import LATE, newest_revision
from campaign.vault.key_store import wrapped_keys
from campaign.vault.services import INSTALLATION
from tests.factories import make_campaign_of_2005

OTHER_KEY = "second:" + base64.b64encode(b"k" * 32).decode()


def check(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["check"])


def status(app: Flask, path: str, **headers: str) -> int:
    return app.test_client().get(path, headers=headers).status_code


def write_mail(app: Flask) -> None:
    with app.app_context(), transaction():
        recipient = Recipient("somebody@example.org", "en", INSTALLATION)
        send("sign_in_unknown", "sign-in:1", recipient, {"token": "x"})


def change(app: Flask, statement: sa.Executable) -> None:
    with app.app_context(), transaction():
        db.session.execute(statement)


@pytest.fixture
def master_keys(app):
    """Set the master keys for a while."""
    before = app.config["MASTER_KEYS"]

    def set_keys(keys: str) -> None:
        app.config["MASTER_KEYS"] = keys

    yield set_keys
    app.config["MASTER_KEYS"] = before


@pytest.fixture
def old_revision(app):
    """Let the database be of an earlier version for a while."""
    change(app, sa.text("UPDATE alembic_version SET version_num = '0000'"))
    yield
    newest = sa.text("UPDATE alembic_version SET version_num = :it").bindparams(
        it=newest_revision()
    )
    change(app, newest)


# --- For load balancers and Prometheus -------------------------------------------------------


def test_a_process_that_lives_says_so_without_the_database(app):
    asked = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", record := lambda *_: asked.append(1))
        response = app.test_client().get("/healthz")
        sa.event.remove(db.engine, "before_cursor_execute", record)

    assert (response.status_code, response.json) == (200, {"status": "ok"})
    assert asked == []


def test_a_whole_installation_is_ready(app):
    response = app.test_client().get("/readyz")

    assert (response.status_code, response.json) == (200, {"status": "ready"})


def test_an_installation_whose_migrations_lag_is_not_ready(app, old_revision):
    response = app.test_client().get("/readyz")

    assert (response.status_code, response.json) == (503, {"status": "not ready"})
    assert response.headers["Retry-After"] == "5"


def test_an_installation_whose_mails_do_not_move_is_not_ready(app, clock):
    write_mail(app)
    clock.advance(LATE)
    before = status(app, "/readyz")
    clock.advance(timedelta(seconds=1))

    assert (before, status(app, "/readyz")) == (200, 503)


def test_mails_that_were_tried_do_not_make_an_installation_unready(app, clock):
    write_mail(app)
    change(app, sa.update(Email).values(attempts=1))
    clock.advance(timedelta(days=1))

    assert status(app, "/readyz") == 200


def test_without_a_token_there_are_no_figures(app):
    assert status(app, "/metrics") == 404
    assert status(app, "/metrics", Authorization="Bearer ") == 404


@pytest.fixture
def token(app):
    """Let figures be asked for with a token."""
    app.config["METRICS_TOKEN"] = "s3cret"
    yield "s3cret"
    app.config["METRICS_TOKEN"] = ""


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer other", "Basic s3cret", "s3cret", "Bearer ü"]
)
def test_whoever_does_not_know_the_token_sees_no_such_page(app, token, given):
    assert status(app, "/metrics", Authorization=given) == 404


def test_whoever_knows_the_token_sees_figures(app, token):
    make_campaign_of_2005(app, countries=("NO",))
    write_mail(app)
    response = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    figures = dict(re.findall(r"^(campaign_\w+) ([\d.]+)$", response.text, re.MULTILINE))

    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=")
    assert figures == {
        "campaign_events_published": "1.0",
        "campaign_signups_confirmed": "0.0",
        "campaign_emails_due": "1.0",
        "campaign_emails_failed": "0.0",
    }


# --- `check` ---------------------------------------------------------------------------------


def test_where_all_is_well_the_check_says_so(app):
    make_campaign_of_2005(app, countries=("NO",))
    done = check(app)

    assert (done.exit_code, done.output) == (0, "All is well.\n")


def test_one_changed_character_of_a_resolution_is_found(app):
    make_campaign_of_2005(app, countries=())
    with app.app_context(), transaction():
        resolution = db.session.scalars(sa.select(Resolution)).one()
        at = resolution.text.index("North Korean")
        resolution.text = resolution.text[:at] + "n" + resolution.text[at + 1 :]
        demands = db.session.scalar(sa.select(sa.func.count(Demand.id)))
    done = check(app)

    assert done.exit_code == 1
    assert done.output.count("is stale: its text has changed. Restore the resolution's") == demands
    assert "The demand china-1 is stale" in done.output


def test_a_quote_that_is_not_the_texts_own_is_found(app):
    make_campaign_of_2005(app, countries=())
    change(app, sa.update(Demand).where(Demand.slug == "china-1").values(start=Demand.start + 1))
    done = check(app)

    assert done.output.startswith("The demand china-1 is stale")
    assert (done.exit_code, done.output.count("is stale")) == (1, 1)


def test_a_missing_master_key_is_found(app, master_keys):
    write_mail(app)
    master_keys(OTHER_KEY)
    done = check(app)

    assert done.exit_code == 1
    assert "wrapped by the master key “first”, which is missing. Add it" in done.output


def test_a_new_master_key_before_the_old_one_is_no_fault(app, master_keys):
    write_mail(app)
    master_keys(f"{OTHER_KEY},{app.config['MASTER_KEYS']}")

    assert check(app).exit_code == 0


def test_a_lost_key_store_is_found(app):
    role = HeldRole(RoleName.ADMINISTRATOR, None, None, None, None)
    with app.app_context(), transaction():
        invite(Invitation("somebody@example.org", "en", role, "Peace", is_sample=True))
    before = check(app).exit_code
    with app.app_context(), key_store_engine().begin() as connection:
        connection.execute(sa.delete(wrapped_keys))
    done = check(app)

    assert before == 0
    assert done.exit_code == 1
    assert "1 keys are not in the key store: what they sealed cannot be read." in done.output


def test_a_late_mail_queue_is_found(app, clock):
    write_mail(app)
    clock.advance(LATE + timedelta(seconds=1))
    done = check(app)

    assert done.exit_code == 1
    assert "1 mails have waited more than 15 minutes for their first try. Start" in done.output


def test_a_database_of_an_earlier_version_is_found(app, old_revision):
    done = check(app)

    assert done.exit_code == 1
    assert "The database is at revision 0000, this version wants" in done.output
    assert "db upgrade" in done.output


def test_an_unprepared_database_is_found(tmp_path, fresh_app):
    done = check(fresh_app(MODE="demo", INSTANCE_FOLDER=str(tmp_path)))

    assert done.exit_code == 1
    assert done.output.startswith("The database is out of reach or not prepared. Start it, look at")


def test_a_database_out_of_reach_is_found(tmp_path, fresh_app):
    url = f"postgresql://nobody@localhost/none?host={tmp_path}"
    app = fresh_app(MODE="demo", INSTANCE_FOLDER=str(tmp_path), DATABASE_URL=url)
    done = check(app)

    assert done.exit_code == 1
    assert done.output.startswith("The database is out of reach or not prepared.")
    assert status(app, "/readyz") == 503
    assert status(app, "/healthz") == 200


def test_a_mail_server_that_does_not_answer_is_found(app):
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    done = check(app)
    app.config["SMTP_URL"] = ""

    assert (done.exit_code, done.output) == (
        1, "The mail server cannot be reached. Look at CAMPAIGN_SMTP_URL.\n"
    )  # fmt: skip


def test_a_demonstration_whose_clock_does_not_run_is_found(app):
    app.config["NOW"] = "2005-04-01T09:00:00Z"
    stopped = check(app)
    change(app, sa.insert(InstallationFact).values(name="demonstration_offset_seconds", value="0"))
    running = check(app)
    app.config["NOW"] = ""

    assert stopped.output.startswith("The demonstration's clock has not been started")
    assert (stopped.exit_code, running.exit_code) == (1, 0)


def test_the_check_changes_nothing(app):
    make_campaign_of_2005(app, countries=("NO",))
    written = []
    with app.app_context():

        def listen(_connection, _cursor, statement, *_: object) -> None:
            written.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", listen)
        check(app)
        sa.event.remove(db.engine, "before_cursor_execute", listen)

    assert written
    assert not [words for words in written if re.match("INSERT|UPDATE|DELETE", words)]


# --- Mails that came back --------------------------------------------------------------------


def write_ended(app: Flask, state: EmailState, count: int, age: timedelta = timedelta(0)) -> None:
    moment = clock.real_now() - age
    with app.app_context(), transaction():
        db.session.add_all(
            Email(
                key=f"{state}:{number}:{age}", template="confirm", language="en", scope="event:1",
                state=state, due_at=moment, created_at=moment, finished_at=moment,
            )
            for number in range(count)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("bounced", "sent", "is_told"), [(10, 40, True), (10, 41, False), (9, 0, False), (0, 0, False)]
)
def test_many_mails_that_came_back_are_told(app, bounced, sent, is_told):
    write_ended(app, EmailState.BOUNCED, bounced)
    write_ended(app, EmailState.SENT, sent)

    told = check(app).output

    assert (f"{bounced} of the last day's {bounced + sent} mails came back." in told) is is_told


def test_mails_that_came_back_long_ago_are_not_told_any_more(app):
    write_ended(app, EmailState.BOUNCED, 50, timedelta(days=1))

    assert "came back" not in check(app).output
    assert status(app, "/readyz") == 200
