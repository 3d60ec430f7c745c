"""One process builds the campaign's feed both ways, turn by turn; called by feeds.py."""

import gc
import sys
import time
from contextlib import closing
from statistics import median

import sqlalchemy as sa
from peer import build

from campaign import create_app
from campaign.calendars.queries import state_of
from campaign.calendars.scopes import Scope, path_of
from campaign.calendars.views.feeds import contents
from campaign.calendars.views.joining import Form, pieces
from campaign.commands.demo import SLUG
from campaign.database import db, open_snapshot, reading
from campaign.events.entries import entry_of
from campaign.events.queries import public_events, whole
from campaign.languages import speaking
from campaign.models import City, FeedKind
from campaign.resolutions.queries import find_campaign


def main(rounds: int) -> None:
    with create_app().app_context(), reading():
        campaign = find_campaign(SLUG)
        cities = db.session.scalars(sa.select(City)).all()
        events = db.session.scalars(public_events(campaign).options(*whole())).all()
        with speaking("en"):
            entries = [entry_of(event) for event in events]
        # What stands in memory for the peer's sake is not searched for garbage again and again.
        gc.collect()
        gc.freeze()
        ours, peers = [], []
        for number in range(rounds):
            ours.append(timed(lambda: feed_pieces(campaign)))
            if number < 2:  # It takes long.
                peers.append(timed(lambda: len(build(campaign.title, entries))))
        del cities
    print("| | icalendar | ours | times |")
    print("| --- | ---: | ---: | ---: |")
    slow, fast = median(peers), median(ours)
    print(
        f"| {len(entries)} events joined into a feed "
        f"| {slow:.2f} s | {fast * 1000:.1f} ms | {slow / fast:.0f} |"
    )


def feed_pieces(campaign) -> int:
    """Take the feed piece by piece, as a server sends it, and return how many bytes it has."""
    with speaking("en"), closing(open_snapshot()) as connection:
        state = state_of(path_of(campaign.slug, Scope.CAMPAIGN), connection)
        form = Form(FeedKind.ICS, "", campaign, state)
        held = contents(campaign, Scope.CAMPAIGN, "")
        return sum(map(len, pieces(held, form, connection)))


def timed(build_feed) -> float:
    start = time.perf_counter()
    size = build_feed()
    seconds = time.perf_counter() - start
    if size < 100_000:
        raise RuntimeError("That is no feed.")
    return seconds


if __name__ == "__main__":
    main(int(sys.argv[1]))
