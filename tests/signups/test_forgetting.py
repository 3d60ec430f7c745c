"""Forget me here, forget me everywhere, forget all of an event: what goes, and what stays."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign import models
from campaign.database import db, transaction
from campaign.emails.services import allow
from campaign.models import (
    BlockedAddress,
    ContactRule,
    Email,
    EventStatus,
    ForgetRequest,
    LinkKind,
    MailAllowance,
    PersonalFeedEntry,
    SecretFeed,
    Signup,
    SignupLink,
    SignupStatus,
)
from campaign.operations.backup import backup, restore
from campaign.signups import belongings, jobs, services
from campaign.signups.queries import Counts, counts, find_by_token
from campaign.signups.services import addresses, feeds, forgetting, scope_of, testimonies
from campaign.signups.services.floods import index_of_blocked
from campaign.vault import key_store
from campaign.vault.services import INSTALLATION, shred
from tests.signups.making import (
    ALTA,
    LULEA,
    acting,
    confirm,
    event,
    mails,
    person,
    set_up,
    sign_up,
    signups,
    tokens,
    wish,
)

KARI, OLA = "kari@example.org", "ola@example.org"
STARTED = datetime(2005, 5, 14, 10, 30, tzinfo=UTC)
ENDED = datetime(2005, 5, 14, 12, 0, tzinfo=UTC)
RETENTION = timedelta(days=14)


class Killed(BaseException):
    """The process was killed."""


def all_of(app, model) -> list:
    with acting(app):
        found = list(db.session.scalars(sa.select(model)))
        db.session.expunge_all()
        return found


def sweep(app, job):
    with app.app_context():
        return job()


def page(token: str) -> str:
    return f"/en/sign-ups/{token}"


def counted(app, slug=ALTA) -> Counts:
    with acting(app):
        event_id = event(slug).id
        return counts([event_id])[event_id]


def make_feed(app, token: str) -> str:
    with acting(app):
        return feeds.open_feed(find_by_token(token), [], language="en")


def leave_testimony(app, token: str) -> None:
    with acting(app):
        testimonies.testify(find_by_token(token), testimonies.Words("We sang.", None, True))


@pytest.fixture
def token(app):
    """Give the token of Kari, who has confirmed for three, and has a feed."""
    sign_up(app, KARI, party_size=3)
    (token,) = tokens(app)
    confirm(app, token)
    make_feed(app, token)
    return token


# --- Here ----------------------------------------------------------------------------------


def test_before_the_end_forgetting_frees_the_places_and_the_line_moves_up(app, client, token):
    set_up(app, capacity_override=3)
    sign_up(app, OLA, party_size=2)

    answer = client.post(f"{page(token)}/forget")

    kari, ola = signups(app)
    assert answer.status_code == 200
    assert "Your place was given back." in answer.text
    assert (kari.status, kari.details, kari.tokens) == (SignupStatus.CANCELLED, None, None)
    assert (kari.address_index, kari.idempotency_index, kari.burst) == (None, None, None)
    assert ola.status is SignupStatus.OFFERED


def test_after_the_end_forgetting_keeps_the_count(app, client, clock, token):
    clock.moment = STARTED
    leave_testimony(app, token)
    clock.moment = ENDED

    answer = client.post(f"{page(token)}/forget")

    (kari,) = signups(app)
    assert "Only the number of people who signed up is kept." in answer.text
    assert (kari.status, kari.details, kari.tokens) == (SignupStatus.CONFIRMED, None, None)
    assert counted(app) == Counts(confirmed=3, held=0)
    assert all_of(app, models.Testimony) == []


def test_nothing_leads_to_who_is_forgotten(app, client, token):
    short = client.get(page(token)).location

    client.post(f"{page(token)}/forget")

    paths = (page(token), short, f"{short}/data.json", f"{page(token)}/calendar.ics")
    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.post(f"{page(token)}/forget").status_code == 404
    with client.session_transaction() as visit:
        assert visit["signups"] == []
    for model in (SignupLink, PersonalFeedEntry):
        assert all_of(app, model) == []
    assert mails(app) == []


def test_looking_forgets_nobody(app, client, token):
    for path in ("forget", "forget-everywhere", "renew-links"):
        assert client.get(f"{page(token)}/{path}").status_code in (404, 405)

    assert signups(app)[0].details is not None


def test_the_short_address_forgets_nobody_without_the_token_of_the_visit(app, client, token):
    short = client.get(page(token)).location

    with_cookie = client.post(f"{short}/forget")
    elsewhere = app.test_client().post(f"{short}/forget")

    assert (with_cookie.status_code, elsewhere.status_code) == (400, 404)
    assert signups(app)[0].details is not None


def test_one_who_is_forgotten_may_sign_up_anew(app, client, token):
    client.post(f"{page(token)}/forget")

    sign_up(app, KARI)

    assert [one.status for one in signups(app)].count(SignupStatus.HELD) == 1


def test_others_of_the_event_stay(app, client, token):
    sign_up(app, OLA)

    client.post(f"{page(token)}/forget")

    assert person(app, tokens(app)[0]).email == OLA


def test_a_cancelled_sign_up_leaves_nothing_but_its_page(app, client, clock, token):
    clock.moment = STARTED
    leave_testimony(app, token)

    client.post(f"{page(token)}/cancel")

    assert (all_of(app, models.Testimony), all_of(app, PersonalFeedEntry)) == ([], [])
    assert [link.kind for link in all_of(app, SignupLink)] == [LinkKind.PAGE]


def test_who_never_confirmed_loses_new_addresses_and_jobs_too(app, clock):
    sign_up(app, KARI)
    (token,) = tokens(app)
    with acting(app):
        addresses.ask_for_address(find_by_token(token), OLA)
    clock.advance(timedelta(days=8))

    sweep(app, jobs.forget_unconfirmed)

    assert [link.kind for link in all_of(app, SignupLink)] == [LinkKind.PAGE]
    assert signups(app)[0].burst is None


# --- Everywhere ----------------------------------------------------------------------------


@pytest.fixture
def at_two_events(app, token):
    """Let Kari sign up in Luleå as well, and Ola in both places."""
    sign_up(app, "Kari@Example.ORG", LULEA)
    for slug in (ALTA, LULEA):
        sign_up(app, OLA, slug)
    return token


def ask(app, client, token: str) -> str:
    """Ask to be forgotten everywhere, and return the token in the mail."""
    answer = client.post(f"{page(token)}/forget-everywhere")
    assert (answer.status_code, answer.location[-5:]) == (303, "/sent")
    return next(str(one["token"]) for one in mails(app) if one["template"] == "everywhere")


def left(app) -> list[str]:
    """Return whom the mails and sign-ups that are left are of."""
    return sorted({str(one["address"]) for one in mails(app)})


def test_the_link_of_one_event_alone_forgets_nobody_elsewhere(app, client, at_two_events):
    ask(app, client, at_two_events)

    sweep(app, jobs.forget_everywhere)

    assert all(one.details is not None for one in signups(app))
    assert all_of(app, ForgetRequest) == []


def test_the_link_in_the_mail_forgets_at_all_events_and_nobody_else(app, client, at_two_events):
    link = ask(app, client, at_two_events)
    shown = client.get(f"{page(link)}/everywhere")
    before = [one.details is None for one in signups(app)]

    answer = client.post(f"{page(link)}/everywhere")
    (request,) = all_of(app, ForgetRequest)
    done = sweep(app, jobs.forget_everywhere)

    assert (shown.status_code, before) == (200, [False] * 4)
    assert "At all other events the same is done within a few minutes." in answer.text
    assert KARI.encode() not in request.contents
    assert done == 1
    assert left(app) == [OLA]
    assert sorted((one.status, one.details is None) for one in signups(app)) == sorted(
        [(SignupStatus.CANCELLED, True)] * 2 + [(SignupStatus.HELD, False)] * 2
    )
    for model in (ForgetRequest, SecretFeed, PersonalFeedEntry):
        assert all_of(app, model) == []


def test_the_link_in_the_mail_works_once_and_for_a_day(app, client, clock, at_two_events):
    link = ask(app, client, at_two_events)
    clock.advance(timedelta(days=1))
    late = client.post(f"{page(link)}/everywhere")
    clock.advance(timedelta(seconds=-1))
    in_time, again = (client.post(f"{page(link)}/everywhere") for _time in range(2))

    assert (late.status_code, in_time.status_code, again.status_code) == (404, 200, 404)
    assert len(all_of(app, ForgetRequest)) == 1


def test_the_link_of_a_page_is_no_link_for_everywhere(client, at_two_events):
    assert client.get(f"{page(at_two_events)}/everywhere").status_code == 404
    assert client.post(f"{page(at_two_events)}/everywhere").status_code == 404


def test_a_link_that_nobody_used_is_deleted(app, client, clock, at_two_events):
    ask(app, client, at_two_events)
    kinds = {link.kind for link in all_of(app, SignupLink)}
    clock.advance(timedelta(days=1))

    sweep(app, jobs.forget_expired_links)

    assert kinds - {link.kind for link in all_of(app, SignupLink)} == {LinkKind.EVERYWHERE}


def test_without_an_address_nobody_can_be_found_elsewhere(app, client):
    set_up(app, contact=ContactRule.OPTIONAL)
    with acting(app):
        code = services.sign_up(event(), wish("", key="k")).token

    answer = client.post(f"{page(code)}/forget-everywhere")

    assert answer.status_code == 409
    assert "We have no address of you" in answer.text


def test_a_link_bombs_no_mailbox(app, client, at_two_events):
    answers = [client.post(f"{page(at_two_events)}/forget-everywhere") for _time in range(3)]

    assert [one.status_code for one in answers] == [303, 409, 409]  # Two mails came before.
    assert [one["template"] for one in mails(app)].count("everywhere") == 1


def test_who_wants_no_mails_is_sent_the_one_that_was_asked_for(app, client, at_two_events):
    with acting(app):
        find_by_token(at_two_events).is_silent = True

    assert ask(app, client, at_two_events)


@pytest.mark.parametrize("survived", [0, 1])
def test_a_request_that_is_killed_half_way_goes_on(
    app, client, at_two_events, monkeypatch, survived
):
    with monkeypatch.context() as patch:
        # Even before the link's own sign-up is gone.
        patch.setattr(forgetting, "forget_with_feeds", lambda _signup: None)
        client.post(f"{page(ask(app, client, at_two_events))}/everywhere")
    real, done = jobs.everywhere.forget_with_feeds, []

    def die(signup):
        if len(done) == survived:
            raise Killed
        done.append(real(signup))

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(jobs.everywhere, "forget_with_feeds", die)
        sweep(app, jobs.forget_everywhere)
    half_way = [one.details is None for one in signups(app)].count(True)
    again = [sweep(app, jobs.forget_everywhere) for _time in range(2)]

    assert (half_way, again) == (survived, [1, 0])
    assert left(app) == [OLA]


def test_the_block_list_outlives_who_is_on_it_and_the_budget_of_mails_does_not(
    app, client, at_two_events
):
    with acting(app):
        allow(OLA)
        (blocked,) = index_of_blocked([KARI])
        db.session.add(BlockedAddress(address_index=blocked, blocked_on=STARTED.date()))
    link = ask(app, client, at_two_events)

    client.post(f"{page(link)}/everywhere")
    sweep(app, jobs.forget_everywhere)

    assert [one.address_index for one in all_of(app, BlockedAddress)] == [blocked]
    assert len(all_of(app, MailAllowance)) == 1


def test_forgetting_everywhere_makes_no_key_and_looks_under_each_event_alone(
    app, client, at_two_events, monkeypatch
):
    link = ask(app, client, at_two_events)
    client.post(f"{page(link)}/everywhere")
    with app.app_context():
        before = key_store.scopes()
    asked = []
    monkeypatch.setattr(
        jobs.everywhere, "find_index", lambda scope, _value: asked.append(scope) and None
    )

    sweep(app, jobs.forget_everywhere)

    with app.app_context():
        assert key_store.scopes() == before
    assert sorted(asked) == sorted(scope for scope in before if scope.startswith("event:"))


def test_a_request_that_nobody_can_read_any_more_is_dropped(app, client, at_two_events):
    client.post(f"{page(ask(app, client, at_two_events))}/everywhere")
    with app.app_context():
        shred(INSTALLATION)

    sweep(app, jobs.forget_everywhere)

    assert all_of(app, ForgetRequest) == []


# --- An event ------------------------------------------------------------------------------


def forget_event(app, slug=ALTA) -> None:
    with acting(app):
        forgetting.forget_event(event(slug))


def test_people_are_needed_as_long_as_their_event_is_to_come(app, token):
    with pytest.raises(forgetting.NotOverError):
        forget_event(app)

    assert person(app, token) is not None


@pytest.mark.parametrize("is_over", [True, False])
def test_people_of_what_is_over_or_cancelled_go_at_the_press_of_a_button(
    app, client, clock, token, is_over
):
    sign_up(app, OLA, LULEA)
    if is_over:
        clock.moment = STARTED
        leave_testimony(app, token)
        clock.moment = ENDED
    else:
        set_up(app, status=EventStatus.CANCELLED)

    for _time in range(2):
        forget_event(app)

    kari, ola = sorted(signups(app), key=lambda one: one.details is not None)
    assert (kari.status, kari.details, kari.tokens, kari.burst) == (
        SignupStatus.CONFIRMED, None, None, None,
    )  # fmt: skip
    assert ola.details is not None
    assert counted(app) == Counts(confirmed=3, held=0)
    assert client.get(page(token)).status_code == 404
    assert (all_of(app, models.Testimony), all_of(app, PersonalFeedEntry)) == ([], [])
    with acting(app):
        assert scope_of(event().id) not in key_store.scopes()
    assert left(app) == [OLA]


def test_killed_between_key_and_rows_the_next_sweep_does_the_rest(app, clock, token, monkeypatch):
    clock.moment = ENDED
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(forgetting, "forget_people", lambda _id: (_ for _ in ()).throw(Killed()))
        forget_event(app)
    assert person(app, token) is None
    assert signups(app)[0].tokens is not None

    done = [sweep(app, jobs.purge) for _time in range(2)]

    assert done == [1, 0]
    assert (signups(app)[0].tokens, all_of(app, SignupLink)) == (None, [])


def test_rows_whose_keys_are_still_to_be_restored_are_left_alone(app, clock, token):
    clock.moment = ENDED
    with acting(app):
        shred(scope_of(event().id), INSTALLATION)

    assert sweep(app, jobs.purge) == 0
    assert signups(app)[0].tokens is not None


def test_rows_of_an_event_to_come_are_left_alone_without_their_key(app, token):
    with acting(app):
        shred(scope_of(event().id))

    assert sweep(app, jobs.purge) == 0
    assert signups(app)[0].tokens is not None


def test_a_purge_takes_testimonies_and_feeds_along(app, clock, token):
    clock.moment = STARTED
    leave_testimony(app, token)
    clock.moment = ENDED + RETENTION

    sweep(app, jobs.purge)
    sweep(app, jobs.forget_idle_feeds)

    for model in (models.Testimony, PersonalFeedEntry, SignupLink, SecretFeed):
        assert all_of(app, model) == []


# --- Backups -------------------------------------------------------------------------------


def back_up(app, path) -> None:
    with acting(app):
        backup(path)


def bring_back(app, path) -> None:
    """Restore a backup into the database, which is emptied first; the key store stays as it is."""
    with app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            with transaction():
                db.session.execute(sa.delete(table))
        with transaction():
            restore(path)


def test_a_backup_from_before_brings_nobody_back_who_was_forgotten_with_the_event(
    app, client, clock, tmp_path, token
):
    sign_up(app, OLA, LULEA, name="Ola")
    clock.moment = STARTED
    leave_testimony(app, token)
    clock.moment = ENDED
    set_up(app, LULEA, ends_at=datetime(2005, 6, 1, tzinfo=UTC))
    back_up(app, tmp_path / "before.gz")
    ola = tokens(app)[-1]
    forget_event(app)

    bring_back(app, tmp_path / "before.gz")

    with acting(app):
        kari = find_by_token(token)
        assert belongings.testimonies_of(kari) == []
    assert person(app, token) is None
    assert person(app, ola).name == "Ola"
    assert counted(app) == Counts(confirmed=3, held=0)
    assert sweep(app, jobs.purge) == 1
    assert client.get(page(token)).status_code == 404
    assert person(app, ola).name == "Ola"
    assert all_of(app, models.Testimony) == []


def test_every_person_of_a_purged_event_is_gone_from_a_backup_and_every_other_is_there(
    app, clock, tmp_path
):
    for number in range(20):
        for slug in (ALTA, LULEA):
            sign_up(app, f"v{number}@example.org", slug, name=f"V{number}")
    set_up(app, LULEA, ends_at=datetime(2005, 7, 1, tzinfo=UTC))
    links = tokens(app)
    back_up(app, tmp_path / "before.gz")
    clock.moment = ENDED + RETENTION
    sweep(app, jobs.purge)
    bring_back(app, tmp_path / "before.gz")

    people = [person(app, link) for link in links]

    assert [people[0::2].count(None), people[1::2].count(None)] == [20, 0]
    assert len(all_of(app, Signup)) == 40
    assert len(all_of(app, Email)) == 40
