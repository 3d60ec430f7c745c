"""The demonstration: the 2005 campaign whole, made once."""

import re

import pytest
import sqlalchemy as sa

from campaign.commands import demo as demonstration
from campaign.commands.demo import SAMPLE_SIGNUPS, SLUG
from campaign.database import db, reading
from campaign.models import Account, Event, EventStatus, SignInLink, Signup
from tests.commands.refusals import everything
from tests.factories import command


def count(app, table, *conditions) -> int:
    with app.app_context(), reading():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions))


def test_the_demonstration_is_the_whole_campaign_with_marked_samples(app, client):
    said = command(app, "demo")

    assert count(app, Event, Event.status == EventStatus.PUBLISHED) == 212
    assert (
        count(app, Signup) == count(app, Signup, Signup.is_sample) == sum(SAMPLE_SIGNUPS.values())
    )
    assert count(app, Account) == count(app, Account, Account.is_sample) == 2
    assert client.get(f"/en/{SLUG}/").status_code == 200
    assert f"http://localhost/en/{SLUG}/" in said


def test_the_printed_links_let_people_in(app, client):
    links = re.findall(r"Sample (\w+) +http://localhost(/\S+)", command(app, "demo"))

    assert [role for role, _path in links] == ["organizer", "coordinator"]
    for _role, path in links:
        assert client.get(path).status_code == 200


def test_a_second_run_adds_nothing_but_fresh_links(app):
    command(app, "demo")
    first = everything(app)
    command(app, "demo")
    second = everything(app)
    links = SignInLink.__tablename__

    assert len(second[links]) == len(first[links]) + 2
    assert {**second, links: None} == {**first, links: None}


@pytest.mark.parametrize("step", ["_resolution", "_sites", "_fan_out", "_signups", "_people"])
def test_a_demonstration_that_was_interrupted_is_completed(app, monkeypatch, step):
    def stop() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demonstration, step, stop)
        assert app.test_cli_runner().invoke(args=["demo"]).exit_code != 0
    command(app, "demo")

    assert count(app, Event) == 212
    assert count(app, Signup) == sum(SAMPLE_SIGNUPS.values())
    assert count(app, Account) == 2
