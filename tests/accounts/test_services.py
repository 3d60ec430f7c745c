"""Accounts: a link lets its bearer in once, and strangers learn nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from campaign.accounts import services
from campaign.accounts.queries import find_session, is_live_link
from campaign.accounts.services import Invitation, LinkSpentError, invite
from campaign.database import db, transaction
from campaign.models import Account, AccountSession, Email, Role, SignInLink
from campaign.resolutions.services import create_campaign
from campaign.vault.services import INSTALLATION, unseal
from tests.accounts.entering import ADDRESS, administrator, coordinator, give, organizer

STRANGER = "nobody@example.net"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def account(session) -> Account:
    """Give an administrator who was invited, and whose invitation is forgotten."""
    made = invite(Invitation(ADDRESS, "ko", administrator(), "Installation", is_sample=True))
    session.commit()
    return made


def mails() -> list[Email]:
    return list(db.session.scalars(sa.select(Email).order_by(Email.id)))


def asked_for(address: str) -> list[str]:
    """Ask for a link and return the tokens mailed so far."""
    services.request_sign_in(address, "en")
    return [
        str(unseal(INSTALLATION, f"emails/{mail.key}", mail.contents)["token"]) for mail in mails()
    ]


# --- Asking for a link ---------------------------------------------------------------------


def test_who_has_an_account_is_mailed_a_link_in_the_accounts_language(account):
    (token,) = asked_for(ADDRESS)

    assert [(mail.template, mail.language) for mail in mails()] == [("sign_in", "ko")]
    assert is_live_link(token)


def test_who_has_none_is_mailed_that_and_no_way_in(account):
    (token,) = asked_for(STRANGER)

    assert [(mail.template, mail.language) for mail in mails()] == [("sign_in_unknown", "en")]
    assert not is_live_link(token)
    with pytest.raises(LinkSpentError):
        services.sign_in(token)


@contextmanager
def everything_sent_to(engine: Engine) -> Iterator[list[str]]:
    """Collect each statement, and what happens to the transaction within the transaction.

    But for what puts a connection into another mode, since that is asked for only where somebody
    else has left it in one.
    """
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith("PRAGMA"):
            sent.append(statement)

    def note_savepoint(_connection, name: str) -> None:
        sent.append("SAVEPOINT")

    sa.event.listen(engine, "before_cursor_execute", note)
    sa.event.listen(engine, "savepoint", note_savepoint)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
        sa.event.remove(engine, "savepoint", note_savepoint)


@pytest.mark.parametrize("times_before", [0, 1, 3, 4])
def test_known_and_unknown_addresses_cause_the_same_reads_and_writes(installation, times_before):
    give(installation.app, administrator())
    sent = {}
    for address in (ADDRESS, STRANGER):
        for _ in range(times_before):
            with installation.app.app_context(), transaction():
                services.request_sign_in(address, "en")
        main_sent, keys_sent = (everything_sent_to(engine) for engine in installation.engines)
        with (
            installation.app.app_context(), transaction(), main_sent as main, keys_sent as keys,
        ):  # fmt: skip
            services.request_sign_in(address, "en")
        # The name of a savepoint counts up; which way it ends is seen by no statement's cost.
        sent[address] = (
            [re.sub(r"(ROLLBACK TO|RELEASE) SAVEPOINT \S+", "end", one) for one in main],
            list(keys),
        )

    assert len(sent[ADDRESS][0]) > 5
    assert sent[ADDRESS] == sent[STRANGER]


def test_a_stranger_can_cause_three_mails_a_day_to_somebody_without_an_account(session):
    for _ in range(5):
        services.request_sign_in(STRANGER, "en")

    assert len(mails()) == 3
    assert len(session.scalars(sa.select(SignInLink)).all()) == 3


def test_nobody_locks_an_organizer_out_by_using_up_the_mails_of_a_day(account, clock):
    for _ in range(20):
        services.request_sign_in(ADDRESS, "en")
    assert len(mails()) == 3

    clock.advance(4 * MINUTE)
    services.request_sign_in(ADDRESS, "en")
    assert len(mails()) == 3

    clock.advance(2 * MINUTE)
    tokens = asked_for(ADDRESS)
    assert len(tokens) == 4
    assert services.sign_in(tokens[-1])


def test_a_printed_link_counts_as_no_mail(account, clock):
    for _ in range(3):
        services.request_sign_in(ADDRESS, "en")
    clock.advance(6 * MINUTE)
    services.print_sign_in(account)

    assert len(asked_for(ADDRESS)) == 4


def test_an_address_in_capitals_is_the_same_account(account):
    assert services.find_account(f" {ADDRESS.upper()} ") == account


@pytest.mark.parametrize(
    "lookalike", ["ＫＡＲＩ@example.org", "\u212aari@example.org", "kar\u2170@example.org"]
)
def test_an_address_that_only_looks_alike_is_another_account(account, lookalike):
    asked_for(lookalike)

    assert [mail.template for mail in mails()] == ["sign_in_unknown"]


# --- Using it ------------------------------------------------------------------------------


def test_a_link_signs_in_once(account):
    (token,) = asked_for(ADDRESS)
    session_token = services.sign_in(token)

    found = find_session(session_token)
    assert found is not None
    assert found.actor.account_id == account.id
    with pytest.raises(LinkSpentError):
        services.sign_in(token)


@pytest.mark.parametrize(("printed", "lasts"), [(False, 15 * MINUTE), (True, 24 * 60 * MINUTE)])
def test_a_link_lasts_fifteen_minutes_and_a_printed_one_a_day(account, clock, printed, lasts):
    make = services.print_sign_in if printed else lambda _account: asked_for(ADDRESS)[0]
    early, late = make(account), make(account) if printed else asked_for(ADDRESS)[1]

    clock.advance(lasts - MINUTE)
    assert services.sign_in(early)
    clock.advance(MINUTE)
    assert not is_live_link(late)
    with pytest.raises(LinkSpentError):
        services.sign_in(late)


@pytest.mark.parametrize("token", ["", "made-up", "\0", "é" * 300])
def test_a_link_that_never_was_one_signs_nobody_in(account, token):
    with pytest.raises(LinkSpentError):
        services.sign_in(token)


def test_a_sign_in_ends_the_visit_before_it(account):
    before = services.sign_in(services.print_sign_in(account))
    after = services.sign_in(services.print_sign_in(account), instead_of=before)

    assert find_session(before) is None
    assert find_session(after) is not None


def test_two_browsers_may_be_signed_in_and_one_of_them_signs_out(account):
    one = services.sign_in(services.print_sign_in(account))
    other = services.sign_in(services.print_sign_in(account))
    services.sign_out(one)

    assert find_session(one) is None
    assert find_session(other) is not None


def test_a_visit_ends_after_thirty_idle_minutes(account, clock):
    token = services.sign_in(services.print_sign_in(account))
    clock.advance(30 * MINUTE)
    assert find_session(token) is not None

    clock.advance(timedelta(seconds=1))
    assert find_session(token) is None


def test_a_visit_ends_after_twelve_hours_however_busy(account, session, clock):
    token = services.sign_in(services.print_sign_in(account))
    for _ in range(12 * 4):
        clock.advance(15 * MINUTE)
        session.execute(sa.update(AccountSession).values(seen_at=clock.moment))
    assert find_session(token) is not None

    clock.advance(timedelta(seconds=1))
    assert find_session(token) is None


def test_neither_link_nor_visit_is_stored_as_it_is_sent(account, session):
    (token,) = asked_for(ADDRESS)
    visit = services.sign_in(token)
    stored = [
        *session.scalars(sa.select(SignInLink.token_hash)),
        *session.scalars(sa.select(AccountSession.token_hash)),
    ]

    assert {len(one) for one in stored} == {32}
    assert not {token.encode(), visit.encode()} & set(stored)


def test_links_and_visits_that_can_serve_nobody_are_forgotten(account, session, clock):
    services.sign_in(services.print_sign_in(account))
    asked_for(ADDRESS)
    clock.advance(16 * MINUTE)
    alive = services.sign_in(services.print_sign_in(account))
    clock.advance(16 * MINUTE)
    services.forget_links()

    assert session.scalars(sa.select(AccountSession.token_hash)).all() == [services.hashed(alive)]
    assert all(link.expires_at > clock.moment for link in session.scalars(sa.select(SignInLink)))
    assert len(session.scalars(sa.select(SignInLink)).all()) == 2


# --- Inviting ------------------------------------------------------------------------------


def test_the_same_role_twice_is_one_role_told_twice(session):
    for _ in range(2):
        made = invite(Invitation(ADDRESS, "en", administrator(), "Installation"))

    assert len(made.roles) == 1
    assert [mail.template for mail in mails()] == ["invitation"] * 2


def test_one_person_may_have_several_roles(session):
    first = create_campaign("rivers", "Rivers", language="en")
    second = create_campaign("seas", "Seas", language="en")
    roles = [organizer(first.id), coordinator(second.id, country="NO")]
    for role in roles:
        made = invite(Invitation(ADDRESS, "en", role, "Rivers", is_sample=True))

    visit = find_session(services.sign_in(services.print_sign_in(made)))
    assert visit is not None
    assert set(visit.actor.roles) == set(roles)
    assert session.scalar(sa.select(sa.func.count(Account.id))) == 1
    assert session.scalar(sa.select(sa.func.count(Role.id))) == 2


def test_an_invitation_holds_no_secret(session):
    made = invite(Invitation(ADDRESS, "en", administrator(), "Installation"))
    (mail,) = mails()
    contents = unseal(made.scope, f"emails/{mail.key}", mail.contents)

    assert contents == {"address": ADDRESS, "title": "Installation", "role": "administrator"}
    assert session.scalars(sa.select(SignInLink)).all() == []


def test_the_address_of_an_account_stands_sealed_only(session):
    made = invite(Invitation(ADDRESS, "en", administrator(), "Installation"))
    row = session.execute(sa.select(Account.__table__)).one()

    assert services.address_of(made) == ADDRESS
    assert "kari" not in repr(tuple(row))
