"""Six words open one's own page, however they are typed; who guesses is slowed down."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import db
from campaign.models import ContactRule, FloodCount, FloodKind
from campaign.signups.services.floods import ATTEMPT_BUDGET
from tests.signups.making import ALTA, SLUG, acting, set_up, signups
from tests.signups.test_own_page import come_without_address
from tests.signups.test_views import fields, has

CODES = "/en/sign-ups/"
WRONG = "mika tobe lusa dogi nepu hasi"
HERE, NEARBY, ELSEWHERE = "203.0.113.7", "203.0.113.200", "198.51.100.7"


@pytest.fixture
def code(app) -> str:
    """Give the code of somebody who was asked for nothing."""
    set_up(app, contact=ContactRule.NONE)
    return come_without_address(app)


@pytest.fixture
def type_in(client):
    """Give a way to type words into the form, from somewhere."""
    csrf = fields(client.get(CODES).text)["csrf_token"]

    def send(words: str, where: str = HERE):
        data = {"csrf_token": csrf, "code": words}
        return client.post(CODES, data=data, environ_base={"REMOTE_ADDR": where})

    return send


def counted(app) -> int:
    """Return how many wrong codes were counted."""
    with acting(app):
        tried = sa.select(FloodCount.times).where(FloodCount.kind == FloodKind.ATTEMPT)
        return sum(db.session.scalars(tried))


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        "  {code}  ",
        "{CODE}",
        "{words}",
        "{words}.",
        "{one_a_line}",
        "{commas}",
    ],
)
def test_the_words_open_the_page_however_they_are_typed(app, client, type_in, code, typed):
    words = code.split("-")
    forms = {
        "code": code,
        "CODE": code.upper(),
        "words": " ".join(words),
        "one_a_line": "\t".join(words),
        "commas": ", ".join(words),
    }

    answer = type_in(typed.format(**forms))

    assert (answer.status_code, answer.location) == (303, f"{CODES}{signups(app)[0].id}")
    assert has("Your place is confirmed.", client.get(answer.location))
    assert counted(app) == 0


@pytest.mark.parametrize("typed", [WRONG, "mika", "ø\x00", "x" * 200, "0" * 32])
def test_wrong_words_get_one_calm_answer(app, type_in, code, typed):
    answer = type_in(typed)

    assert answer.status_code == 422
    assert has("These words open nothing.", answer)
    assert counted(app) == 1


def test_the_id_of_a_sign_up_is_no_code_even_where_its_page_is_open(app, type_in, code):
    type_in(code)

    assert type_in(signups(app)[0].id).status_code == 422


@pytest.mark.parametrize(
    ("typed", "words"), [("", "Type the six words"), ("x" * 201, "These words open nothing.")]
)
def test_what_cannot_be_a_code_is_refused_unlooked_at(app, type_in, typed, words):
    answer = type_in(typed)

    assert answer.status_code == 422
    assert has(words, answer)
    assert counted(app) == 0


def test_who_guesses_too_often_is_not_looked_at_for_an_hour(app, type_in, clock, code):
    for _time in range(ATTEMPT_BUDGET):
        type_in(WRONG)

    here, nearby, elsewhere = type_in(code), type_in(code, NEARBY), type_in(code, ELSEWHERE)
    clock.advance(timedelta(hours=1))
    later = type_in(code)

    assert (here.status_code, nearby.status_code) == (409, 409)
    assert has("Many codes were tried from your network.", here)
    assert (elsewhere.status_code, later.status_code) == (303, 303)
    assert counted(app) == ATTEMPT_BUDGET


def test_right_words_use_up_nothing(type_in, code):
    answers = {type_in(code).status_code for _time in range(ATTEMPT_BUDGET + 1)}

    assert answers == {303}


def test_without_the_visits_token_no_words_are_looked_at(app, client, code):
    assert client.post(CODES, data={"code": code}).status_code == 400


def test_the_form_is_found_from_the_event_and_from_every_footer(app, client, code):
    for path in (f"/en/{SLUG}/events/{ALTA}", "/en/privacy"):
        assert f'href="{CODES}"' in client.get(path).text
    main = client.get(f"/en/{SLUG}/events/{ALTA}").text.partition("</main>")[0]
    assert f'href="{CODES}"' in main
    assert (client.get("/sign-ups/").status_code, client.get("/sign-ups/").location) == (302, CODES)
