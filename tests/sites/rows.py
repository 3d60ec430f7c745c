"""Samples of rows of a file of sites."""

from dataclasses import replace
from datetime import date

from campaign.sites.site_file import SiteRow


def row(site_id: str = "cn-embassy-no-oslo", **known) -> SiteRow:
    """Make the row of the embassy in Oslo, with changes."""
    oslo = SiteRow(
        id=site_id,
        kind="embassy",
        name="Embassy of the PRC in Norway",
        organisation=None,
        country="NO",
        city="Oslo",
        address="Tuengen allé 2B",
        latitude=59.95,
        longitude=10.7,
        timezone="Europe/Oslo",
        opened=1954,
        closed=None,
        source="csc",
        precision="site",
        existed_on=((date(2005, 4, 28), "yes"),),
        exists_now="yes",
        name_zh="中国驻挪威王国大使馆",
        wikidata=None,
        notes=None,
        owner_country="CN",
    )
    return replace(oslo, **known)


BERGEN = row("cn-cg-no-bergen", kind="consulate", city="Bergen", latitude=60.39, longitude=5.32)
