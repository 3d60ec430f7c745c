"""Fan the demonstration's call out to one day after the other, until there are so many events."""

import sys
import time
from datetime import date, timedelta
from datetime import time as hour

from campaign import create_app
from campaign.commands.demo import MISSIONS, SLUG
from campaign.database import db, reading, transaction
from campaign.events.planning import FanOutOrder
from campaign.events.queries import count_events, public_events
from campaign.events.services import fan_out
from campaign.models import Event
from campaign.resolutions.queries import find_call, find_campaign

FIRST = date(2005, 5, 5)
WEEK = timedelta(days=7)


def main(wanted: int) -> None:
    app, day, start = create_app(), FIRST, time.perf_counter()
    with app.app_context():
        with reading():
            campaign = find_campaign(SLUG)
            sites = frozenset(db.session.scalars(_sites(campaign)))
            number = count_events(campaign)
        made = 0
        while number + made < wanted:
            with transaction():
                order = FanOutOrder(
                    call=find_call(find_campaign(SLUG), "2005-04-28"),
                    list_name=MISSIONS,
                    on=day,
                    at=hour(12),
                    instant=None,
                    lasting_minutes=60,
                    include=sites,
                    countries=frozenset({"NO"}),
                )
                made += fan_out(order, publish=True).made
            day += WEEK
    seconds = time.perf_counter() - start
    print(f"{made} events made and written for every calendar in {seconds:.1f} s.", file=sys.stderr)


def _sites(campaign):
    return public_events(campaign).with_only_columns(Event.site_id)


if __name__ == "__main__":
    main(int(sys.argv[1]))
