"""The review of a resolution: what was read, what was not, and the text itself."""

import pytest
import sqlalchemy as sa

from campaign.database import db, transaction
from campaign.models import Resolution
from campaign.resolutions.queries import find_campaign
from campaign.resolutions.services import create_campaign
from tests.accounts.entering import organizer, signed_in
from tests.factories import SLUG, command, make_campaign_of_2005
from tests.reading import words_of

PAGE = f"/en/organize/{SLUG}/resolution"


def organizing(app):
    with app.app_context():
        role = organizer(find_campaign(SLUG).id)
    return signed_in(app, role)


def leave_unread(app, *gaps: tuple[str, str]) -> None:
    """Let the reader have left words unread, each for a reason."""
    with app.app_context(), transaction():
        resolution = db.session.scalars(sa.select(Resolution)).one()
        spans = [(resolution.text.index(words), words, reason) for words, reason in gaps]
        resolution.unread = [
            {"start": start, "end": start + len(words), "reason": reason}
            for start, words, reason in spans
        ]


def test_under_review_the_page_shows_each_clause_with_whom_and_what(app):
    make_campaign_of_2005(app, is_published=False)
    words = words_of(organizing(app).get(PAGE))

    assert "Under review: nobody else sees it yet." in words
    assert "42 clauses" in words
    assert "end the forced repatriation of North Korean refugees" in words
    assert "Thursday, 28 April 2005" in words
    assert "aimed at" in words


def test_what_could_not_be_read_stands_first_with_the_reason_and_the_words_around(app):
    make_campaign_of_2005(app, is_published=False)
    leave_unread(app, ("safe passage", "no-known-verb"), ("North Korea", "a reason to come"))
    words = words_of(organizing(app).get(PAGE))

    assert "2 places were left unread." in words
    unread = words.partition("What could not be read")[2].partition("What was read")[0]
    assert "No verb that it knows" in unread
    assert "It could not make sense of this." in unread
    assert "safe passage" in unread
    assert len(unread) > 400  # with the words around


def test_where_all_was_read_the_page_still_asks_to_compare(app):
    make_campaign_of_2005(app, is_published=False)

    assert "Every sentence was read." in words_of(organizing(app).get(PAGE))


def test_the_page_holds_the_whole_text(app):
    make_campaign_of_2005(app, is_published=False)
    words = words_of(organizing(app).get(PAGE))
    with app.app_context():
        text = db.session.scalars(sa.select(Resolution.text)).one()

    ending = " ".join(text.split())[-60:]
    assert ending in words


def test_after_publication_the_page_says_that_the_text_is_frozen(app):
    make_campaign_of_2005(app, countries=("NO",))

    words = words_of(organizing(app).get(PAGE))
    assert "Published on Friday, 1 April 2005, and frozen since." in words


def test_without_a_resolution_the_page_says_how_to_import_one(app):
    with app.app_context(), transaction():
        create_campaign(SLUG, "Rights", language="en")

    answer = organizing(app).get(PAGE)
    assert answer.status_code == 200
    assert "This campaign has no resolution yet." in words_of(answer)


@pytest.mark.parametrize("text", ["Nothing is asked here.\n", "Вот резолюция на другом языке.\n"])
def test_a_text_in_which_nothing_is_found_has_a_page_too(app, tmp_path, text):
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8")
    command(app, "create-campaign", SLUG, "--title", "Rights")
    command(app, "import-resolution", str(path), "--campaign", SLUG, "--title", "Text")

    words = words_of(organizing(app).get(PAGE))
    assert text.strip() in words
