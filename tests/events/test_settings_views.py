"""The pages on which events and countries are set up: words, refusals, two people at once."""

import re

import pytest
import sqlalchemy as sa

from campaign.commands.demo import SLUG
from campaign.database import db, transaction
from campaign.events.queries import find_event
from campaign.events.services import PrivacyMark, mark_country
from campaign.models import ContactRule, CountryMark, Event, SafetySheet, Shift
from campaign.resolutions.queries import find_campaign
from tests.accounts.entering import coordinator, organizer, signed_in, token_in
from tests.factories import command, make_campaign_of_2005
from tests.reading import words_of

OFFICE = f"/en/organize/{SLUG}"
OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
EVENT = f"{OFFICE}/events/{OSLO}"
SHEET = {"language": "en", "text": "Stay calm.\n\n- Take water.", "source": "Lawyers",
         "source_url": "https://example.org/rights", "checked_on": "2005-03-30"}  # fmt: skip


@pytest.fixture
def made(app):
    """Give the app with events in Oslo, Seoul and Busan."""
    make_campaign_of_2005(app, countries=("NO", "KR"))
    return app


@pytest.fixture
def office(made):
    """Give the browser of an organizer."""
    with made.app_context():
        campaign_id = find_campaign(SLUG).id
    return signed_in(made, organizer(campaign_id))


def version_in(answer, name: str = "version") -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1]


def send(client, page: str, path: str, **fields):
    """Open a page and send the form on it whose address is given."""
    answer = client.get(page)
    form = answer.text.partition(f'action="{path}"')[2] or answer.text
    version = re.search(r'name="version" value="([^"]*)"', form)[1]
    token = token_in(answer)
    return client.post(path, data={"csrf_token": token, "version": version, **fields})


def event(app, slug: str = OSLO) -> Event:
    with app.app_context():
        found = find_event(find_campaign(SLUG), slug)
        db.session.expunge_all()
        return found


# --- One event -----------------------------------------------------------------------------


def test_an_organizer_sets_an_event_up(made, office):
    settings = f"{EVENT}/settings"
    for path, fields in (
        ("capacity", {"capacity": "40"}),
        ("privacy", {"is_discreet": "yes", "contact": "none"}),
        ("offers", {"languages": ["nb", "en"], "other_languages": "sv", "access": "seating"}),
    ):
        answer = send(office, settings, f"{settings}/{path}", **fields)
        assert answer.status_code == 303, answer.text

    found = event(made)
    assert found.capacity_override == 40
    assert (found.is_discreet, found.contact, found.has_own_privacy) == (
        True, ContactRule.NONE, True,
    )  # fmt: skip
    assert (found.languages, found.access) == (" en nb sv ", " seating ")
    assert "set for this event by hand" in words_of(office.get(settings))


@pytest.mark.parametrize(("path", "fields", "sentence"), [
    ("capacity", {"capacity": "many"}, "Write a whole number in digits"),
    ("capacity", {"capacity": "-1"}, "Write a whole number in digits"),
    ("capacity", {"capacity": "9999999"}, "That is more than come to anything"),
    ("privacy", {"is_discreet": "maybe", "contact": "none"}, "What others can see"),
    ("offers", {"other_languages": "klingonese"}, "Not known: klingonese"),
    ("offers", {"access": "helicopter"}, "Access"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_and_kept_in_the_form(made, office, path, fields, sentence):
    settings = f"{EVENT}/settings"
    answer = send(office, settings, f"{settings}/{path}", **fields)

    assert answer.status_code == 422
    assert "Not sent yet" in words_of(answer)
    assert sentence in words_of(answer)
    for value in set(fields.values()) - {"maybe", "none", "helicopter"}:
        assert f'value="{value}"' in answer.text


def test_two_at_once_see_what_the_other_wrote(made, office):
    place = f"{EVENT}/place"
    seen = version_in(office.get(place))
    assert send(office, place, place, street="Theirs").status_code == 303
    token = token_in(office.get(place))
    typed = {"csrf_token": token, "street": "Mine", "version": seen}
    answer = office.post(place, data=typed)

    assert answer.status_code == 409
    assert "Now: Theirs" in words_of(answer)
    assert "You wrote: Mine" in words_of(answer)
    assert event(made).street == "Theirs"
    again = office.post(place, data={**typed, "version": version_in(answer)})
    assert again.status_code == 303
    assert event(made).street == "Mine"


def test_a_form_without_a_version_is_one_that_was_not_shown(made, office):
    place = f"{EVENT}/place"
    token = token_in(office.get(place))

    assert office.post(place, data={"csrf_token": token, "street": "Mine"}).status_code == 409
    assert event(made).street is None


def test_the_corner_is_shown_from_an_hour_by_the_clocks_there(made, office):
    place = f"{EVENT}/place"
    fields = {"street": "Street", "corner": "Corner", "corner_from": "2005-04-28T10:00"}
    assert send(office, place, place, **fields).status_code == 303

    assert event(made).corner_from_at.isoformat() == "2005-04-28T08:00:00+00:00"
    assert 'value="2005-04-28T10:00"' in office.get(place).text


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"corner": "C", "corner_from": "2005-03-27T02:30"}, "Choose 2005-03-27 01:30 or"),
    ({"corner": "C", "corner_from": "2004-10-31T02:30"}, "comes twice in Europe/Oslo"),
    ({"corner": "C", "corner_from": "2005-04-28T13:31"}, "over by then"),
    ({"corner_from": "2005-04-28T10:00"}, "There is no corner yet"),
    ({"corner": "C", "corner_from": "soon"}, "Give a day and a time"),
    ({"corner": "C", "corner_from": "0001-01-01T00:00"}, "Give a day and a time"),
    ({"street": "x" * 201}, "too long"),
    ({"street": "one\ntwo"}, "in one line"),
])  # fmt: skip
def test_an_hour_or_a_place_that_is_none_is_refused(made, office, fields, sentence):
    place = f"{EVENT}/place"
    answer = send(office, place, place, **fields)

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert event(made).corner is None


def test_an_event_can_be_as_its_country_again(made, office):
    settings = f"{EVENT}/settings"
    mine = {"is_discreet": "yes", "contact": "none"}
    assert send(office, settings, f"{settings}/privacy", **mine).status_code == 303
    answer = send(office, settings, f"{settings}/privacy", **mine, follow="country")

    assert answer.status_code == 303
    assert (event(made).is_discreet, event(made).has_own_privacy) == (False, False)


# --- Shifts --------------------------------------------------------------------------------


def shifts(app) -> list[Shift]:
    with app.app_context():
        found = list(db.session.scalars(sa.select(Shift).order_by(Shift.id)))
        db.session.expunge_all()
        return found


def test_a_job_is_added_changed_closed_and_opened(made, office):
    jobs = f"{EVENT}/shifts"
    fields = {"kind": "other", "title": "Candles <b>", "places": "2",
              "starts": "2005-04-28T11:00", "ends": "2005-04-28T14:00"}  # fmt: skip
    assert send(office, jobs, jobs, **fields).status_code == 303
    (job,) = shifts(made)
    page = office.get(jobs)
    assert "Candles &lt;b&gt;" in page.text
    assert "0 of 2" in words_of(page)

    name = f"shift-{job.id}-version"
    values = {"csrf_token": token_in(page), f"shift-{job.id}-places": "5"}
    values[name] = version_in(page, name)
    assert office.post(f"{jobs}/{job.id}/places", data=values).status_code == 303
    assert shifts(made)[0].places == 5
    assert office.post(f"{jobs}/{job.id}/places", data=values).status_code == 409
    for act, is_closed in (("close", True), ("close", True), ("open", False)):
        answer = office.post(f"{jobs}/{job.id}/{act}", data={"csrf_token": token_in(page)})
        assert answer.status_code == 303
        assert (shifts(made)[0].closed_at is not None) is is_closed


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"kind": "other"}, "Say in a few words"),
    ({"kind": "dancer"}, "Choose one from the list"),
    ({"kind": "marshal", "places": "0"}, "one place or more"),
    ({"kind": "marshal", "starts": "2005-04-28T11:00"}, "Give both hours"),
    ({"kind": "marshal", "starts": "2005-04-28T11:00", "ends": "2005-04-28T10:00"}, "ends after"),
    ({"kind": "marshal", "starts": "2005-03-27T02:30", "ends": "2005-03-27T04:00"}, "not exist"),
])  # fmt: skip
def test_a_job_that_is_none_is_refused(made, office, fields, sentence):
    jobs = f"{EVENT}/shifts"
    answer = send(office, jobs, jobs, **fields)

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert shifts(made) == []


def test_a_job_of_another_event_is_not_there(made, office):
    jobs = f"{EVENT}/shifts"
    assert send(office, jobs, jobs, kind="marshal").status_code == 303
    (job,) = shifts(made)
    values = {"csrf_token": token_in(office.get(jobs))}
    for act in ("places", "close", "open"):
        path = f"{OFFICE}/events/{SEOUL}/jobs/{job.id}/{act}"
        assert office.post(path, data=values).status_code == 404


# --- Countries -----------------------------------------------------------------------------


def test_a_country_is_marked_after_one_was_told_how_many_events_change(made, office):
    korea = f"{OFFICE}/countries/kr"
    assert "2 events change with what you save here. 0 were set by hand" in words_of(
        office.get(korea)
    )
    assert send(office, korea, korea, is_discreet="yes", contact="optional").status_code == 303

    assert (event(made, SEOUL).is_discreet, event(made, SEOUL).contact) == (
        True, ContactRule.OPTIONAL,
    )  # fmt: skip
    assert "South Korea 2 2 0 Discreet an address, if they like" in words_of(
        office.get(f"{OFFICE}/countries")
    )
    mine = {"is_discreet": "yes", "contact": "optional", "unmark": "yes"}
    assert send(office, korea, korea, **mine).status_code == 303
    assert not event(made, SEOUL).is_discreet


def test_a_mark_that_somebody_else_set_meanwhile_is_shown(made, office):
    korea = f"{OFFICE}/countries/kr"
    page = office.get(korea)
    with made.app_context(), transaction():
        mark = PrivacyMark(is_discreet=False, contact=ContactRule.OPTIONAL)
        mark_country(find_campaign(SLUG), "KR", mark)
    typed = {"csrf_token": token_in(page), "version": version_in(page)}
    answer = office.post(korea, data={**typed, "is_discreet": "yes", "contact": "none"})

    assert answer.status_code == 409
    assert "Now: Open:" in words_of(answer)
    assert not event(made, SEOUL).is_discreet


def test_only_countries_with_events_have_a_page(office):
    for code in ("se", "KR", "xx", "%00"):
        assert office.get(f"{OFFICE}/countries/{code}").status_code == 404


def test_a_campaign_without_events_has_no_countries(app):
    make_campaign_of_2005(app, is_published=False)
    with app.app_context():
        campaign_id = find_campaign(SLUG).id
    client = signed_in(app, organizer(campaign_id))

    for page in ("countries", "sheets"):
        assert "No event is open yet." in words_of(client.get(f"{OFFICE}/{page}"))


# --- Safety sheets -------------------------------------------------------------------------


def sheets(app) -> list[SafetySheet]:
    with app.app_context():
        found = list(db.session.scalars(sa.select(SafetySheet).order_by(SafetySheet.id)))
        db.session.expunge_all()
        return found


@pytest.mark.parametrize("path", [f"{OFFICE}/countries/no/sheets/new", f"{EVENT}/sheets/new"])
def test_a_sheet_is_written_changed_and_deleted(made, office, path):
    assert send(office, path, path, **SHEET).status_code == 303
    (sheet,) = sheets(made)
    assert (sheet.text, sheet.source) == (SHEET["text"], SHEET["source"])
    assert "checked on Wed, 30 Mar 2005" in words_of(office.get(f"{OFFICE}/sheets"))

    one = f"{OFFICE}/sheets/{sheet.id}"
    changed = {**SHEET, "text": "Other words."}
    seen = version_in(office.get(one))
    assert send(office, one, one, **changed).status_code == 303
    mine = {**changed, "csrf_token": token_in(office.get(one)), "version": seen}
    assert office.post(one, data=mine).status_code == 409
    assert sheets(made)[0].text == "Other words."
    page = office.get(f"{one}/delete")
    answer = office.post(f"{one}/delete", data={"csrf_token": token_in(page)})
    assert answer.status_code == 303
    assert sheets(made) == []


def test_an_old_sheet_says_that_nobody_checked_it_since(made, office):
    path = f"{OFFICE}/countries/no/sheets/new"
    assert send(office, path, path, **{**SHEET, "checked_on": "2004-09-30"}).status_code == 303

    for page in (f"{OFFICE}/sheets", f"{EVENT}/sheets"):
        assert "not checked since Thu, 30 Sept 2004" in words_of(office.get(page))


@pytest.mark.parametrize(("fields", "status", "sentence"), [
    ({"source_url": "javascript:alert(1)"}, 422, "A link begins with https://"),
    ({"text": "  "}, 422, "Write what volunteers must know"),
    ({"source": ""}, 422, "Name who says so"),
    ({"checked_on": "soon"}, 422, "Give the day"),
    ({"checked_on": "2005-04-03"}, 422, "still to come"),
    ({"language": "tlh"}, 422, "Choose one from the list"),
    ({}, 409, "There is a sheet in this language already"),
])  # fmt: skip
def test_a_sheet_that_cannot_be_kept_stays_in_the_form(made, office, fields, status, sentence):
    path = f"{OFFICE}/countries/no/sheets/new"
    send(office, path, path, **SHEET)
    answer = send(office, path, path, **{**SHEET, "source": "Somebody else", **fields})

    assert answer.status_code == status
    assert sentence in words_of(answer)
    assert len(sheets(made)) == 1


# --- Who ------------------------------------------------------------------------------------


def test_a_coordinator_changes_place_and_jobs_and_nothing_else(made):
    with made.app_context():
        campaign_id = find_campaign(SLUG).id
    client = signed_in(made, coordinator(campaign_id, country="NO"))
    page = client.get(EVENT)

    assert f'href="{EVENT}/place"' in page.text
    assert f'href="{EVENT}/shifts"' in page.text
    assert f'href="{EVENT}/settings"' not in page.text
    assert send(client, f"{EVENT}/place", f"{EVENT}/place", street="Street").status_code == 303
    for path in ("settings", "sheets", "forget"):
        assert client.get(f"{EVENT}/{path}").status_code == 404
    for path in ("countries", "sheets"):
        assert client.get(f"{OFFICE}/{path}").status_code == 404
    assert client.get(f"{OFFICE}/events/{SEOUL}/place").status_code == 404


def test_what_is_of_another_campaign_is_not_there(made, office):
    command(made, "create-campaign", "rivers", "--title", "Rivers")
    with made.app_context():
        other = find_campaign("rivers").id
    path = f"{OFFICE}/countries/no/sheets/new"
    assert send(office, path, path, **SHEET).status_code == 303
    client = signed_in(made, organizer(other), address="ola@example.org")
    sheet = sheets(made)[0].id

    rivers = "/en/organize/rivers"
    for path in (f"events/{OSLO}/settings", "countries/no", f"sheets/{sheet}"):
        assert client.get(f"{rivers}/{path}").status_code == 404
        assert client.get(f"{OFFICE}/{path}").status_code == 404


def test_the_people_of_an_event_to_come_cannot_be_forgotten_yet(made, office):
    page = office.get(f"{EVENT}/forget")
    answer = office.post(f"{EVENT}/forget", data={"csrf_token": token_in(page)})

    assert "They are still needed" in words_of(page)
    assert answer.status_code == 409


def test_no_mark_is_left_of_what_was_refused(made, office):
    korea = f"{OFFICE}/countries/kr"
    assert send(office, korea, korea, is_discreet="yes", contact="all").status_code == 422

    with made.app_context():
        assert db.session.scalars(sa.select(CountryMark)).all() == []
