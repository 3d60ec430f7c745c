"""An organizer turns another text into events, and the public finds them."""

from pathlib import Path

import pytest

from tests.factories import command
from tests.stories.browsing import Visitor
from tests.stories.signing_in import sign_in

HERE = Path(__file__).parent
DECLARATION, OFFICES = HERE / "river_declaration.txt", HERE / "river_offices.csv"
SLUG, ADDRESS = "living-rivers", "inga@example.org"
FAN_OUT = [
    *["fan-out", f"{SLUG}/2005-05-14", "--list", "offices", "--on", "2005-05-14", "--at", "12:00"],
    *["--lasting", "120", "--except", "npc-office-lulea", "--publish"],
]


@pytest.fixture
def organizer(app, client) -> Visitor:
    """Give an organizer who has published the declaration and opened events at three offices."""
    command(app, "create-campaign", SLUG, "--title", "Living rivers")
    command(
        app, "import-resolution", str(DECLARATION), "--campaign", SLUG, "--title", "Declaration"
    )
    command(app, "publish-resolution", SLUG)
    command(app, "import-sites", str(OFFICES), "--list", "offices")
    assert "3 events made, 0 were there, 1 left out." in command(app, *FAN_OUT)
    command(app, "invite", ADDRESS, "--role", "organizer", "--campaign", SLUG)
    return Visitor(client)


def test_an_organizer_sees_the_events_of_another_text_in_the_back_office(organizer, mailbox):
    sign_in(organizer, mailbox, ADDRESS)

    organizer.follow("Living rivers")
    assert "Alta" in organizer.text
    assert "Helsinki" in organizer.text
    assert "Tromsø" in organizer.text
    assert "Luleå" not in organizer.text


def test_the_public_finds_the_demands_and_events_of_another_text(app, organizer):
    public = Visitor(app.test_client()).open("/en/")
    assert "stop the night-time emptying of the Alta reservoir" in public.text

    public.send("Find my event", near="Tromso")
    assert "3 events, by distance from Tromsø, Norway" in public.text
    public.follow("Tromsø")
    assert "Saturday, 14 May 2005" in public.text
    assert "Northern Power Company" in public.text

    public.open(f"/en/{SLUG}/demands/")
    assert "Ministry of the Environment" in public.text
    assert "Hear the herders before any licence is renewed" in public.text

    public.open(f"/{SLUG}/calendar.ics?lang=en")
    assert public.response.text.count("BEGIN:VEVENT") == 4
    assert "Europe/Helsinki" in public.response.text


def test_a_fan_out_done_twice_opens_nothing_twice(app, organizer):
    again = command(app, *FAN_OUT)

    assert "0 events made, 3 were there, 1 left out." in again
    calendar = organizer.open(f"/{SLUG}/calendar.ics?lang=en").response.text
    assert calendar.count("BEGIN:VEVENT") == 4
