"""A volunteer's own page: where one stands, the one thing to do next, and what else one can do."""

import re
from datetime import date, timedelta

import pytest

from campaign import clock as campaign_clock
from campaign.database import db
from campaign.models import ContactRule, EventStatus, SafetySheet, Shift, ShiftKind, ShiftStatus
from campaign.signups import services
from campaign.signups.queries import find_by_token
from tests.signups.making import (
    LULEA,
    acting,
    cancel,
    confirm,
    event,
    set_up,
    sign_up,
    signups,
    tokens,
    wish,
)
from tests.signups.test_views import fields, has

ACTIONS = ("I will come: confirm", "Take the place", "Show my code at the door")
TO_COME, TAKE, SHOW = ACTIONS


def come(app, number: int = 1, **typed) -> str:
    """Sign somebody up by mail, and return the token of the link."""
    sign_up(app, f"v{number}@example.org", **typed)
    return tokens(app)[-1]


def come_without_address(app, key: str = "a form", **typed) -> str:
    """Sign somebody up who is asked for nothing, and return the code."""
    with acting(app):
        return services.sign_up(event(), wish("", key=key, **typed)).token


def open_page(client, token: str, more: str = ""):
    return client.get(f"/en/sign-ups/{token}{more}", follow_redirects=True)


def actions(page) -> list[str]:
    return [words for words in ACTIONS if has(words, page)]


def add_shift(app, **given) -> int:
    with acting(app):
        shift = Shift(**{"event_id": event().id, "kind": ShiftKind.MARSHAL, "title": None, **given})
        db.session.add(shift)
        db.session.flush()
        return shift.id


# --- Where one stands --------------------------------------------------------------------------


def test_who_has_not_confirmed_is_asked_to(app, client):
    page = open_page(client, come(app))

    assert has("Not confirmed yet.", page)
    assert has("Your place is kept for you until Sat, 2 Apr 2005, 11:00.", page)
    assert actions(page) == [TO_COME]


def test_who_has_no_hold_is_promised_nothing(app, client):
    page = open_page(client, come(app, key=None))

    assert has("you have a place from then on, if there is still room.", page)
    assert actions(page) == [TO_COME]


def test_who_is_confirmed_is_shown_the_way_to_the_card(app, client):
    token = come(app, party_size=3)
    confirm(app, token)

    page = open_page(client, token)

    assert has("We expect 3 of you.", page)
    assert actions(page) == [SHOW]
    assert f'href="{page.request.path}/card"' in page.text


def test_who_waits_sees_the_place_in_line_and_who_went_in_before(app, client):
    set_up(app, capacity_override=2)
    first, second = come(app, 1), come(app, 2)
    confirm(app, first)
    confirm(app, second)
    waiting = come(app, 3, party_size=2)
    unverified = open_page(client, waiting)
    confirm(app, waiting)
    come(app, 4)
    cancel(app, first)

    page = open_page(client, waiting)

    assert has("You are on the wait list, in place 1.", unverified)
    assert has("Your place in line is kept until", unverified)
    assert actions(unverified) == [TO_COME]
    assert has("As soon as there is room for you, we offer it to you.", page)
    assert has("Once a smaller party behind you was let in", page)
    assert actions(page) == []


def test_who_is_offered_a_place_is_asked_to_take_it(app, client):
    set_up(app, capacity_override=1)
    first = come(app, 1)
    confirm(app, first)
    second = come(app, 2)
    confirm(app, second)
    cancel(app, first)

    page = open_page(client, second)

    assert has("It is kept for you until Sat, 2 Apr 2005, 11:00; then the next in line", page)
    assert actions(page) == [TAKE]


def test_who_was_put_aside_is_promised_nothing(app, client):
    set_up(app, contact=ContactRule.NONE, street="Markedsgata")
    code = come_without_address(app)
    with acting(app):
        find_by_token(code).aside_at = campaign_clock.now()

    page = open_page(client, code)

    assert has("an organizer has to let you in first", page)
    assert not has("Your place is confirmed.", page)
    assert not has("Markedsgata", page)
    assert actions(page) == []
    assert has("there may be no place for you", open_page(client, code, "/card"))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (EventStatus.CANCELLED, "Please do not go there."),
        (EventStatus.POSTPONED, "Its new time will stand here."),
    ],
)
def test_what_happens_to_the_event_comes_first(app, client, status, words):
    token = come(app)
    confirm(app, token)
    set_up(app, status=status)

    page = open_page(client, token)

    assert has(words, page)
    assert has("Your place is confirmed.", page) == (status is EventStatus.POSTPONED)
    assert actions(page) == []


def test_afterwards_the_page_says_when_what_is_kept_goes(app, client, clock):
    token = come(app)
    confirm(app, token)
    clock.advance(timedelta(days=44))

    page = open_page(client, token)

    assert has("This event is over.", page)
    assert has("What we keep of you is deleted on Saturday, 28 May 2005.", page)
    assert actions(page) == []


def test_a_cancelled_sign_up_has_nothing_left_to_change(app, client):
    token = come(app)
    cancel(app, token)

    page = open_page(client, token)

    assert has("This sign-up is cancelled.", page)
    assert not has("If anything changes", page)
    assert not has("What we keep of you", page)


# --- More people, jobs -------------------------------------------------------------------------


def act(client, token: str, what: str, **values):
    page = open_page(client, token)
    data = {"csrf_token": fields(page.text)["csrf_token"], **values}
    return client.post(f"{page.request.path}/{what}", data=data)


def test_more_people_come_along_and_all_else_stays(app, client):
    token = come(app, notes="By bike", language="ko")

    answer = act(client, token, "party", party_size="3")

    page = client.get(answer.location)
    assert answer.status_code == 303
    assert signups(app)[0].party_size == 3
    assert signups(app)[0].language == "ko"
    assert has("By bike", page)
    assert has("v1@example.org", page)


def test_where_nothing_is_asked_more_people_come_along_all_the_same(app, client):
    set_up(app, contact=ContactRule.NONE)
    code = come_without_address(app)

    answer = act(client, code, "party", party_size="4")

    assert answer.status_code == 303
    assert (signups(app)[0].party_size, signups(app)[0].details) == (4, None)


@pytest.mark.parametrize("what", ["party", "change"])
def test_where_there_is_no_room_the_page_itself_says_so(app, client, what):
    set_up(app, capacity_override=3)
    confirm(app, come(app, 1, party_size=2))
    token = come(app, 2, notes="By bike")

    typed = {"party_size": "2", "name": "Kari", "language": "en", "notes": "By train"}
    answer = act(client, token, what, **typed)

    assert answer.status_code == 409
    assert has("There are not enough places left for a party of 2.", answer)
    assert has("Your sign-up", answer)
    assert has("By train" if what == "change" else "By bike", answer)
    assert len(re.findall(r"<details[^>]* open", answer.text)) == 1
    assert signups(app)[-1].party_size == 1


@pytest.mark.parametrize("size", ["0", "51", "many", ""])
def test_a_party_that_is_no_number_is_refused_on_the_page(app, client, size):
    answer = act(client, come(app), "party", party_size=size)

    assert answer.status_code == 422
    assert has("A number from 1 to 50, yourself included, please.", answer)
    assert fields(answer.text)["name"] == "Kari"


@pytest.fixture
def offered(app):
    """Give a link and a job that has just been offered to its bearer."""
    shift = add_shift(app, places=1)
    first, second = come(app, 1, shifts=(shift,)), come(app, 2, shifts=(shift,))
    for token in (first, second):
        confirm(app, token)
    cancel(app, first)
    return second, shift


def test_a_job_that_is_offered_is_taken_on_by_one_button(app, client, offered):
    token, shift = offered
    before = open_page(client, token)

    answer = act(client, token, f"shifts/{shift}")

    after = client.get(answer.location)
    assert has("It is free for you, and kept until", before)
    assert has("Take it on", before)
    assert answer.status_code == 303
    assert has("It is yours.", after)
    assert not has("Take it on", after)
    with acting(app):
        assert [one.status for one in find_by_token(token).shifts] == [ShiftStatus.TAKEN]


def test_a_job_by_the_links_own_address_needs_no_cookie(app, offered):
    token, shift = offered

    answer = app.test_client(use_cookies=False).post(f"/en/sign-ups/{token}/shifts/{shift}")

    assert answer.status_code == 303


def test_a_job_whose_offer_is_over_is_not_taken_on(app, client, clock, offered):
    token, shift = offered
    clock.advance(timedelta(hours=24))

    answer = act(client, token, f"shifts/{shift}")

    assert answer.status_code == 404
    assert has("This shift is not offered to you any more.", answer)
    assert not has("Take it on", open_page(client, token))


def test_only_what_is_offered_is_taken_on(app, client):
    shift = add_shift(app, places=1)
    confirm(app, come(app, 1, shifts=(shift,)))
    waiting = come(app, 2, shifts=(shift,))
    confirm(app, waiting)

    assert has("Others have it for now.", open_page(client, waiting))
    for one in (shift, shift + 1, 0, 2**31 - 1, 2**31, 10**30):
        assert act(client, waiting, f"shifts/{one}").status_code == 404


@pytest.mark.parametrize("act", ["party", "shifts/1"])
def test_by_its_short_address_a_sign_up_is_changed_only_with_the_visits_token(app, client, act):
    short = open_page(client, come(app)).request.path

    assert client.post(f"{short}/{act}", data={"party_size": "2"}).status_code == 400
    assert app.test_client().post(f"{short}/{act}").status_code == 404
    assert signups(app)[0].party_size == 1


# --- What is neutral, what is known ------------------------------------------------------------


@pytest.mark.parametrize("more", ["", "/card"])
def test_of_a_discreet_event_no_page_says_what_it_is_for(app, client, more):
    set_up(app, is_discreet=True)
    token = come(app)
    confirm(app, token)

    page = open_page(client, token, more)

    assert page.status_code == 200
    assert has("Alta", page)
    for betraying in ("rivers", "reservoir", "northern", "resolution", "demand"):
        assert betraying not in page.text.casefold()


def test_the_code_is_the_only_key_and_the_page_says_so(app, client):
    set_up(app, contact=ContactRule.NONE)
    code = come_without_address(app)

    page = open_page(client, code)

    assert has(" ".join(code.split("-")), page)
    assert has("We know nothing else of you", page)
    assert has("That is all: no name, no address", page)
    assert not has("E-mail", page)


def test_who_left_no_address_where_one_may_gets_a_code_too(app, client):
    set_up(app, contact=ContactRule.OPTIONAL)
    code = come_without_address(app, name="Kari")

    page = open_page(client, code)

    assert has(" ".join(code.split("-")), page)
    assert has("We have no address of you", page)
    assert has("Kari", page)


def write_sheet(app, language: str = "en", *, own: bool = False, **given) -> None:
    with acting(app):
        about = {"event_id": event().id} if own else {"country": event().city.country}
        values = {
            "text": "Stay calm.\n\n- Film <b>nobody</b>.",
            "source": "Lawyers",
            "source_url": "https://example.org/rights",
            "checked_on": date(2005, 3, 1),
            **given,
        }
        sheet = SafetySheet(campaign_id=event().campaign_id, language=language, **about, **values)
        db.session.add(sheet)


@pytest.mark.parametrize("more", ["", "/card"])
def test_rights_are_named_with_their_source_and_date(app, client, more):
    write_sheet(app)
    token = come(app)

    page = open_page(client, token, more)

    assert '<div class="stack" lang="en">' in page.text
    assert "<p>Stay calm.</p>" in page.text
    assert "<ul><li>Film &lt;b&gt;nobody&lt;/b&gt;.</li></ul>" in page.text
    assert '<a href="https://example.org/rights" rel="noreferrer nofollow">Lawyers</a>' in page.text
    assert has("Checked on Tuesday, 1 March 2005.", page)
    assert not has("That is long ago", page)


def test_the_events_own_sheet_stands_before_its_countrys(app, client):
    write_sheet(app, text="Of the country.")
    write_sheet(app, own=True, text="Of the event.", source_url=None)

    page = open_page(client, come(app)).text

    assert 0 < page.index("Of the event.") < page.index("Of the country.")


def test_another_countrys_sheet_is_not_shown(app, client):
    write_sheet(app)
    sign_up(app, "swede@example.org", LULEA)

    assert not has("Know your rights", open_page(client, tokens(app)[-1]))


def test_an_address_that_is_none_of_the_web_is_no_link(app, client):
    write_sheet(app, source_url="javascript:alert(1)")

    page = open_page(client, come(app))

    assert "javascript" not in page.text
    assert has("Source: Lawyers", page)


def test_a_sheet_that_nobody_looked_at_for_long_says_so(app, client):
    write_sheet(app, checked_on=date(2004, 1, 1))

    assert has("That is long ago", open_page(client, come(app)))
