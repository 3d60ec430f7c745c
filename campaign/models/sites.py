"""Places: cities, sites and the lists that sites come in."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base


class City(Base):
    """A city with a site or an event in it."""

    __tablename__ = "cities"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)  # oslo-no, made once
    geoname_id: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    other_names: Mapped[list[str]] = mapped_column(sa.JSON)  # Korean, Japanese, Chinese
    country: Mapped[str] = mapped_column(index=True)  # ISO 3166-1 alpha-2
    latitude: Mapped[float]  # degrees north
    longitude: Mapped[float]  # degrees east
    x: Mapped[float]  # the point on the unit sphere, so that "near" is plain arithmetic in SQL
    y: Mapped[float]
    z: Mapped[float]
    timezone: Mapped[str]  # IANA name
    search_text: Mapped[str]  # casefolded names of city and country, in every script we know


class Site(Base):
    """A place where something can happen: embassy, consulate, UN office, square."""

    __tablename__ = "sites"

    id: Mapped[str] = mapped_column(primary_key=True)  # stable slug of its list
    city_id: Mapped[int] = mapped_column(sa.ForeignKey("cities.id"), index=True)
    kind: Mapped[str]  # embassy, consulate-general, consulate, office, permanent-mission, …
    name: Mapped[str]
    name_zh: Mapped[str | None]  # in Chinese; None = not known
    organisation: Mapped[str | None]  # whose place it is, where no state owns it; None = a state's
    owner_country: Mapped[str | None]  # ISO 3166-1 alpha-2 of the state it belongs to
    country: Mapped[str]  # ISO 3166-1 alpha-2 of the host country
    address: Mapped[str | None]  # None = not known
    latitude: Mapped[float]  # degrees north
    longitude: Mapped[float]  # degrees east
    timezone: Mapped[str]  # IANA name
    opened: Mapped[int | None]  # year; None = not known
    closed: Mapped[int | None]  # year; None = open or not known
    precision: Mapped[str]  # "site": the building; "city": to be confirmed locally
    existed_on: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # ISO day -> yes, no, unknown
    exists_now: Mapped[str]  # yes, no, unknown
    source: Mapped[str | None]  # where its facts come from; None = not said
    wikidata: Mapped[str | None]  # item, such as Q123; None = not known
    notes: Mapped[str | None]  # of the list's maker; None = none
    changed_at: Mapped[datetime]  # the domain's time

    city: Mapped[City] = relationship()


class SiteList(Base):
    """A list of sites under one name."""

    __tablename__ = "site_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class SiteListEntry(Base):
    """A site on a list."""

    __tablename__ = "site_list_entries"

    list_id: Mapped[int] = mapped_column(sa.ForeignKey("site_lists.id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.id"), primary_key=True, index=True)
