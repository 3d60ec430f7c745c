"""Many poll a feed at once while it changes: each gets a whole one, or hears that none is new."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask

from campaign.database import transaction
from campaign.events.queries import find_event
from campaign.events.services import move
from campaign.resolutions.queries import find_campaign
from tests.factories import SLUG, make_campaign_of_2005
from tests.installations import installed, installed_on_sqlite

FEED = f"/{SLUG}/calendar.ics?lang=en"
OSLO = "oslo-no-2005-04-28"
POLLS = 4  # of each client
CLIENTS, CHANGES = 500, 20


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def served(request, tmp_path, clock, granian) -> Iterator[tuple[Flask, int]]:
    """Serve the 212 events of 28 April 2005 on each database; give the app, and the port.

    On databases of its own: those of other tests have been read as files by this very process,
    which then holds no lock on them that another process would see.
    """
    if request.param == "sqlite":
        database = installed_on_sqlite(tmp_path)
    else:
        server = request.getfixturevalue("postgresql")
        database = installed(tmp_path, server.database("polled"), server.database("polled_keys"))
    with database as installation:
        make_campaign_of_2005(installation.app, countries=())
        yield installation.app, granian(env=installation.environment).port


class Poller:
    """A calendar program: it asks again with the tag that it was given."""

    def __init__(self, port: int) -> None:
        self.port, self.tag = port, ""
        self.got: list[tuple[str, bytes]] = []
        self.statuses: list[int] = []

    def poll(self) -> None:
        for _time in range(POLLS):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=100)
            connection.request("GET", FEED, headers={"If-None-Match": self.tag})
            answer = connection.getresponse()
            content, tag = answer.read(), answer.getheader("ETag", "")
            self.statuses.append(answer.status)
            if answer.status == 200:
                self.tag = tag
                self.got.append((tag, content))
            connection.close()


def change_again_and_again(app, times: int) -> None:
    for number in range(times):
        with app.app_context(), transaction():
            start = datetime(2005, 4, 28, 12) + timedelta(minutes=number + 1)
            move(find_event(find_campaign(SLUG), OSLO), start)


def test_each_poller_gets_a_whole_feed_and_one_tag_never_names_two(served, scaled):
    app, port = served
    pollers = [Poller(port) for _number in range(scaled(CLIENTS))]
    with ThreadPoolExecutor(len(pollers) + 1) as threads:
        changing = threads.submit(change_again_and_again, app, scaled(CHANGES))
        list(threads.map(Poller.poll, pollers))
        changing.result()

    by_tag: dict[str, bytes] = {}
    for poller in pollers:
        assert set(poller.statuses) <= {200, 304}
        for tag, content in poller.got:
            assert content.count(b"BEGIN:VEVENT") == 213
            assert content.endswith(b"END:VCALENDAR\r\n")
            assert by_tag.setdefault(tag, content) == content
    last = Poller(port)
    last.poll()
    assert last.statuses == [200, *[304] * (POLLS - 1)]
    hour = f"2005-04-28T12:{scaled(CHANGES):02}".replace("-", "").replace(":", "").encode()
    assert b"DTSTART;TZID=Europe/Oslo:" + hour in last.got[0][1]
