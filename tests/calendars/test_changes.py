"""What a subscriber's calendar sees of each kind of change: a new version, and no more."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import sqlalchemy as sa

from campaign.calendars.stamp import stamp
from campaign.commands.demo import DATA
from campaign.database import db, transaction
from campaign.events.jobs import renew_entries
from campaign.events.queries import find_event
from campaign.events.services import (
    EventCancelledError,
    EventEndedError,
    announce,
    cancel,
    move,
    postpone,
)
from campaign.events.wall_time import NoSuchTimeError, TwiceSuchTimeError
from campaign.languages import LANGUAGES
from campaign.models import (
    CalendarEntry,
    CalendarScope,
    Event,
    EventDemand,
    EventStatus,
    LinkOrigin,
)
from campaign.resolutions.queries import find_call, find_campaign, find_demand
from campaign.resolutions.services import aim, announce_calls
from campaign.sites.queries import find_city
from tests.calendars.ready import differences
from tests.factories import SLUG, command, make_campaign_of_2005

OSLO, SEOUL = "oslo-no-2005-04-28", "seoul-kr-2005-04-28"
PATHS = [
    "calendar",
    "demands/china-1",
    "demands/china-7",
    "demands/china-2",
    "calls/2005-04-28",
    "addressees/china",
    "countries/no",
    "countries/kr",
    "countries/se",
    "cities/oslo-no",
    "cities/stockholm-se",
    f"events/{OSLO}",
    f"events/{SEOUL}",
    "search",
]


class Subscriber:
    """A calendar program: it asks again with what it was given, and keeps what it has on a 304."""

    def __init__(self, client, path: str) -> None:
        self.client, self.path = client, path
        self.tag, self.content = "", b""

    def poll(self) -> bool:
        """Ask again; return whether anything new came."""
        answer = self.client.get(self.path, headers={"If-None-Match": self.tag})
        if answer.status_code == 304:
            return False
        assert answer.status_code == 200
        self.tag, self.content = answer.headers["ETag"], answer.data
        return True

    def entry(self, slug: str) -> icalendar.Event:
        events = icalendar.Calendar.from_ical(self.content).events
        return next(event for event in events if str(event["URL"]).endswith(slug))


@pytest.fixture
def campaign_of_2005(app, clock):
    """Give the events of 28 April 2005 in Oslo, Stockholm and Gothenburg, Seoul and Busan."""
    make_campaign_of_2005(app)
    clock.advance(timedelta(hours=1))


def change(app, service, *arguments, slug=OSLO, **options) -> None:
    with app.app_context(), transaction():
        service(find_event(find_campaign(SLUG), slug), *arguments, **options)


# --- The story of one subscription ---------------------------------------------------------


def test_a_subscriber_sees_an_event_move_be_put_off_find_a_day_and_be_called_off(
    app, client, clock, campaign_of_2005
):
    feed = Subscriber(client, f"/{SLUG}/cities/oslo-no.ics?lang=en")
    assert feed.poll()
    first = feed.entry(OSLO)
    assert not feed.poll()

    seen = []
    for service, arguments in (
        (move, [datetime(2005, 4, 28, 18, 0)]),
        (postpone, []),
        (move, [datetime(2005, 11, 2, 18, 0)]),
        (cancel, []),
    ):
        clock.advance(timedelta(days=1))
        change(app, service, *arguments)
        assert feed.poll()
        entry = feed.entry(OSLO)
        assert entry["UID"] == first["UID"]
        assert entry["CREATED"].dt == first["CREATED"].dt
        assert entry["LAST-MODIFIED"].dt == entry["DTSTAMP"].dt == clock.moment
        seen.append((entry["SEQUENCE"], str(entry["STATUS"]), entry.start.astimezone(UTC)))
        assert not feed.poll()

    assert (first["SEQUENCE"], first.start.astimezone(UTC).hour) == (0, 10)
    assert seen == [
        (1, "CONFIRMED", datetime(2005, 4, 28, 16, 0, tzinfo=UTC)),
        (2, "TENTATIVE", datetime(2005, 4, 28, 16, 0, tzinfo=UTC)),
        (3, "CONFIRMED", datetime(2005, 11, 2, 17, 0, tzinfo=UTC)),  # After the clocks went back.
        (4, "CANCELLED", datetime(2005, 11, 2, 17, 0, tzinfo=UTC)),
    ]
    assert str(feed.entry(OSLO)["SUMMARY"]).startswith("Cancelled: Oslo: ")


def test_what_is_past_or_called_off_stays_in_the_feed(app, client, clock, campaign_of_2005):
    change(app, cancel)
    clock.advance(timedelta(days=4000))
    feed = Subscriber(client, f"/{SLUG}/calendar.ics?lang=en")
    feed.poll()

    assert str(feed.entry(OSLO)["STATUS"]) == "CANCELLED"
    assert str(feed.entry(SEOUL)["STATUS"]) == "CONFIRMED"


# --- Every kind of change ------------------------------------------------------------------


def event(slug: str = OSLO) -> Event:
    return find_event(find_campaign(SLUG), slug)


def rewrite() -> None:
    one = event()
    one.title_override, one.description_override = "Vigil, with candles; bring\none", "Sing."
    announce([one.id])


def shorten() -> None:
    move(event(), event().starts_local, lasting_minutes=30)


def hush() -> None:
    one = event()
    one.is_discreet = True
    announce([one.id])


def stream() -> None:
    one = event()
    one.stream_url = "https://stream.example.org/oslo"
    announce([one.id])


def add_demand() -> None:
    one = event()
    added = find_demand(find_campaign(SLUG), "china-2")
    one.supports.append(EventDemand(demand=added, origin=LinkOrigin.ADDED))
    announce([one.id])


def drop_demand() -> None:
    one = event()
    db.session.execute(
        sa.delete(EventDemand).where(
            EventDemand.event_id == one.id,
            EventDemand.demand_id == find_demand(find_campaign(SLUG), "china-7").id,
        )
    )
    announce([one.id])


def go_elsewhere() -> None:
    one = event()
    one.city_id = find_city("stockholm-se").id
    announce([one.id])


def rename_call() -> None:
    campaign = find_campaign(SLUG)
    call = find_call(campaign, "2005-04-28")
    call.title = "Light for the North"
    announce_calls([call.id])
    announce(db.session.scalars(sa.select(Event.id).where(Event.call_id == call.id)).all())


def aim_call() -> None:
    campaign = find_campaign(SLUG)
    aim(find_call(campaign, "2005-04-28"), find_demand(campaign, "china-2"))


def withdraw() -> None:
    one = event()
    one.status = EventStatus.DRAFT
    announce([one.id])


CHANGES = {
    "moved": lambda: move(event(), datetime(2005, 4, 29, 9, 30)),
    "shortened": shorten,
    "postponed": lambda: postpone(event()),
    "cancelled": lambda: cancel(event()),
    "rewritten": rewrite,
    "made discreet": hush,
    "streamed": stream,
    "another demand": add_demand,
    "one demand less": drop_demand,
    "in another city": go_elsewhere,
    "call renamed": rename_call,
    "call aimed at more": aim_call,
    "withdrawn": withdraw,
}
LANGUAGE_TAGS = list(LANGUAGES)


def bodies(client) -> dict[str, tuple[str, bytes]]:
    """Return the tag and the bytes of every feed, in every language and format."""
    answers = {
        f"{path}.{kind}?lang={language}": client.get(f"/{SLUG}/{path}.{kind}?lang={language}")
        for path in PATHS
        for kind in ("ics", "atom")
        for language in LANGUAGE_TAGS
    }
    return {
        path: (answer.headers["ETag"], answer.data)
        for path, answer in answers.items()
        if answer.status_code == 200
    }


@pytest.mark.parametrize("kind", CHANGES)
def test_after_every_kind_of_change_feeds_are_right_and_have_another_tag_if_they_changed(
    app, client, clock, campaign_of_2005, kind
):
    before = bodies(client)
    clock.advance(timedelta(hours=1))
    with app.app_context(), transaction():
        CHANGES[kind]()
    after = bodies(client)

    assert differences(app) == []
    changed = {path for path in before if before[path][1] != after.get(path, (None, None))[1]}
    assert any(path.startswith("calendar.ics") for path in changed)
    for path in before.keys() & after.keys():
        assert (before[path][0] == after[path][0]) is (path not in changed), path


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_told_twice_is_one(app, client, clock, campaign_of_2005, kind):
    with app.app_context(), transaction():
        CHANGES[kind]()
    before = bodies(client)
    clock.advance(timedelta(hours=1))
    with app.app_context(), transaction():
        announce(db.session.scalars(sa.select(Event.id)).all())
        announce_calls([find_call(find_campaign(SLUG), "2005-04-28").id])

    assert {path: content for path, (_tag, content) in bodies(client).items()} == {
        path: content for path, (_tag, content) in before.items()
    } or only_their_moment_differs(before, bodies(client))


def only_their_moment_differs(before, after) -> bool:
    """Tell whether of the feeds no entry changed; the campaign's own has another moment."""
    return all(
        icalendar.Calendar.from_ical(before[path][1]).events
        == icalendar.Calendar.from_ical(after[path][1]).events
        for path in before
        if ".ics" in path
    )


def test_what_no_entry_shows_raises_no_sequence_but_reaches_searches(
    app, client, clock, campaign_of_2005
):
    feed = Subscriber(client, f"/{SLUG}/search.ics?lang=en&access=wheelchair")
    feed.poll()
    with app.app_context(), transaction():
        one = event()
        one.access = " wheelchair "
        announce([one.id])

    assert feed.poll()
    assert feed.entry(OSLO)["SEQUENCE"] == 0


def test_a_refused_change_leaves_feeds_as_they_were(app, client, campaign_of_2005):
    feed = Subscriber(client, f"/{SLUG}/calendar.ics?lang=en")
    feed.poll()
    with pytest.raises(NoSuchTimeError):
        change(app, move, datetime(2005, 3, 27, 2, 30))
    with pytest.raises(TwiceSuchTimeError):
        change(app, move, datetime(2005, 10, 30, 2, 30))

    assert not feed.poll()


def test_what_is_over_or_called_off_cannot_be_changed(app, clock, campaign_of_2005):
    change(app, cancel)
    change(app, cancel)
    for service, arguments in ((move, [datetime(2005, 5, 1, 12)]), (postpone, [])):
        with pytest.raises(EventCancelledError):
            change(app, service, *arguments)
    clock.advance(timedelta(days=60))
    with pytest.raises(EventEndedError):
        change(app, cancel, slug=SEOUL)


def test_an_event_that_was_put_off_can_be_moved_after_its_old_day(app, clock, campaign_of_2005):
    change(app, postpone)
    clock.advance(timedelta(days=60))
    change(app, move, datetime(2005, 7, 1, 12))
    with app.app_context():
        assert event().status is EventStatus.PUBLISHED


# --- Another version of the product --------------------------------------------------------


def age(app) -> None:
    """Let everything be written by an older version, with other words."""
    with app.app_context(), transaction():
        db.session.execute(sa.update(CalendarEntry).values(stamp="old", content=b"old"))
        db.session.execute(sa.update(CalendarScope).values(stamp="old"))


def test_after_an_upgrade_feeds_are_right_at_once_and_no_date_says_otherwise(
    app, client, campaign_of_2005
):
    before = bodies(client)
    age(app)
    after = bodies(client)

    assert {path: content for path, (_tag, content) in after.items()} == {
        path: content for path, (_tag, content) in before.items()
    }
    answer = client.get(f"/{SLUG}/calendar.ics")
    assert "Last-Modified" not in answer.headers
    renew(app)


def test_an_upgrade_is_written_by_the_sweep_and_changes_no_entry(
    app, client, clock, campaign_of_2005
):
    feed = Subscriber(client, f"/{SLUG}/calendar.ics?lang=en")
    feed.poll()
    before = feed.entry(OSLO).to_ical()
    age(app)
    renewed = renew(app)
    clock.advance(timedelta(minutes=1))
    feed.poll()

    assert renewed == 6  # five events and the call
    assert differences(app) == []
    assert feed.entry(OSLO).to_ical() == before
    assert "Last-Modified" in client.get(f"/{SLUG}/calendar.ics").headers
    assert renew(app) == 0


def test_the_sweep_finds_what_was_there_before_calendars_were_kept_ready(
    app, client, campaign_of_2005
):
    before = bodies(client)
    with app.app_context(), transaction():
        for table in ("calendar_entries", "calendar_memberships", "calendar_scopes"):
            db.session.execute(sa.delete(db.metadata.tables[table]))
    meanwhile = client.get(f"/{SLUG}/calendar.ics?lang=en")
    renew(app)

    assert len(icalendar.Calendar.from_ical(meanwhile.data).events) == 6
    assert differences(app) == []
    assert bodies(client).keys() == before.keys()


def test_a_restored_installation_gives_no_feed_an_old_tag(app, client, campaign_of_2005):
    before = bodies(client)
    with app.app_context(), transaction():
        for table in ("calendar_entries", "calendar_memberships", "calendar_scopes"):
            db.session.execute(sa.delete(db.metadata.tables[table]))
    renew(app)

    after = bodies(client)
    assert not {tag for tag, _content in before.values()} & {
        tag for path, (tag, _content) in after.items() if b"BEGIN:VEVENT" in after[path][1]
    }


def renew(app) -> int:
    with app.app_context():
        return renew_entries()


def test_the_stamp_is_of_this_installation_too(app):
    with app.app_context():
        here = stamp()
        app.config["BASE_URL"], kept = "https://elsewhere.example", app.config["BASE_URL"]
        try:
            assert stamp() != here
        finally:
            app.config["BASE_URL"] = kept


def test_a_changed_site_reaches_calendars_once(app, client, clock, campaign_of_2005, tmp_path):
    feed = Subscriber(client, f"/{SLUG}/cities/oslo-no.ics?lang=en")
    feed.poll()
    text = (DATA / "prc_missions.csv").read_text(encoding="utf-8")
    changed = tmp_path / "missions.csv"
    old = "Embassy of the People's Republic of China in Norway"
    changed.write_text(text.replace(old, "The embassy in Oslo"), encoding="utf-8")
    for _time in range(2):
        clock.advance(timedelta(hours=1))
        command(app, "import-sites", str(changed), "--list", "prc-missions")

    assert feed.poll()
    assert feed.entry(OSLO)["SEQUENCE"] == 1
    assert str(feed.entry(OSLO)["LOCATION"]) == "The embassy in Oslo, Oslo, Norway"
