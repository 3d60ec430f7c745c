"""Samples for fan-outs: a campaign with a call, sites, and orders to fan it out."""

from dataclasses import replace
from datetime import date, time

from campaign.events.planning import FanOutOrder
from campaign.models import CallToAction
from campaign.resolutions.queries import calls_of
from campaign.resolutions.reader import ClauseKind
from campaign.sites.services import import_sites
from campaign.sites.site_file import SiteRow
from tests.resolutions.readings import read_clause, store
from tests.sites.rows import row

THE_DAY = date(2005, 4, 28)
OSLO = row()
BERGEN = row(
    "cn-cg-no-bergen", kind="consulate-general", city="Bergen", latitude=60.39, longitude=5.32
)
SEOUL = row(
    "cn-embassy-kr-seoul",
    name="Embassy of the PRC in the Republic of Korea",
    country="KR",
    city="Seoul",
    latitude=37.56,
    longitude=126.98,
    timezone="Asia/Seoul",
)
PYONGYANG = row(
    "cn-embassy-kp-pyongyang",
    country="KP",
    city="Pyongyang",
    latitude=39.03,
    longitude=125.76,
    timezone="Asia/Pyongyang",
)
OFFICE = row("un-office-no-oslo", kind="office", owner_country=None)
SITES = (OSLO, BERGEN, SEOUL, PYONGYANG, OFFICE)


def make_call(*sites: SiteRow, site_class: str | None = None, **known) -> CallToAction:
    """Store a call that is aimed at two demands, and a list called "missions"."""
    campaign = store(
        read_clause("free Ann"),
        read_clause("free Bo"),
        read_clause(
            "Meet on 1 May",
            kind=ClauseKind.CALL,
            **{"dates": (THE_DAY,), "purpose": (0, 1), "site_class": site_class, **known},
        ),
    )
    import_sites(sites or SITES, "missions")
    return calls_of(campaign)[0]


def order(call: CallToAction, **known) -> FanOutOrder:
    """Order events of an hour at noon on the day, with changes."""
    plain = FanOutOrder(
        call=call,
        list_name="missions",
        on=THE_DAY,
        at=time(12),
        instant=None,
        lasting_minutes=60,
    )
    return replace(plain, **known)
