"""Cities are found by what people type, by a point, and by what a site says of itself."""

import csv
import math
from functools import cache
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign.sites.gazetteer import (
    Place,
    Point,
    city_for_site,
    distance_km,
    find_places,
    nearest_place,
    parse_point,
)
from campaign.sites.gazetteer.places import CITIES, places
from campaign.sites.gazetteer.spelling import fold, keys_of

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@cache
def every_place() -> list[Place]:
    return [places().place(row) for row in range(len(places().countries))]


@cache
def every_position() -> list[tuple[float, float, int]]:
    return [(place.latitude, place.longitude, place.geoname_id) for place in every_place()]


def first(query: str, country: str | None = None) -> tuple[str, str] | None:
    found = find_places(query, country=country)
    return (found[0].name, found[0].country) if found else None


def haversine(latitude: float, longitude: float, other_latitude: float, other_longitude: float):
    north, east = math.radians(other_latitude - latitude), math.radians(other_longitude - longitude)
    cosines = math.cos(math.radians(latitude)) * math.cos(math.radians(other_latitude))
    half = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


def site_rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for name in ("prc_missions.csv", "other_sites.csv"):
        text = (CITIES.parent / name).read_text(encoding="utf-8")
        rows += csv.DictReader(text.splitlines())
    return rows


def test_the_file_of_cities_stands_by_population_as_the_ranking_takes_for_granted():
    populations = [place.population for place in every_place()]

    assert len(populations) == 34_006
    assert populations == sorted(populations, reverse=True)


def test_a_place_is_read_whole_from_its_line():
    seoul = find_places("Seoul")[0]

    assert seoul.geoname_id == 1835848
    assert (seoul.country, seoul.timezone) == ("KR", "Asia/Seoul")
    assert (seoul.latitude, seoul.longitude) == (37.566, 126.9784)
    assert seoul.population == 10_349_312
    assert "서울" in seoul.other_names


@pytest.mark.parametrize(
    ("query", "name", "country"),
    [
        ("Oslo", "Oslo", "NO"),
        ("  oSLO\n", "Oslo", "NO"),
        ("Ｏｓｌｏ", "Oslo", "NO"),
        ("\u202bOs\u200blo\u202c", "Oslo", "NO"),
        ("oslo, norway", "Oslo", "NO"),
        ("Oslo NO", "Oslo", "NO"),
        ("Oslo, NOR", "Oslo", "NO"),
        ("Oslo, 노르웨이", "Oslo", "NO"),
        ("Oslo; Norvège", "Oslo", "NO"),
        ("Seoul, South Korea", "Seoul", "KR"),
        ("Seoul, Republic of Korea", "Seoul", "KR"),
        ("서울", "Seoul", "KR"),
        (normalize("NFD", "서울"), "Seoul", "KR"),  # each letter by itself, as some systems type it
        ("대한민국 서울", "Seoul", "KR"),
        ("서울, 한국", "Seoul", "KR"),
        ("ソウル", "Seoul", "KR"),
        ("ｿｳﾙ", "Seoul", "KR"),
        ("そうる", "Seoul", "KR"),
        ("首爾", "Seoul", "KR"),
        ("東京", "Tokyo", "JP"),
        ("东京", "Tokyo", "JP"),
        ("台北、台湾", "Taipei", "TW"),
        ("Москва", "Moscow", "RU"),
        ("Варшава", "Warsaw", "PL"),
        ("Warszawa", "Warsaw", "PL"),
        ("Bruxelles", "Brussels", "BE"),
        ("lodz", "Łódź", "PL"),
        ("Tromsoe", "Tromsø", "NO"),
        ("tromso", "Tromsø", "NO"),
        ("Zuerich", "Zürich", "CH"),
        ("Hague", "The Hague", "NL"),
        ("New York", "New York City", "US"),
        ("nuku'alofa", "Nuku‘alofa", "TO"),
        ("Port Vila", "Port-Vila", "VU"),
        ("St Petersburg, Russia", "Saint Petersburg", "RU"),
        ("St Petersburg US", "St. Petersburg", "US"),
        ("Saint Catharines", "St. Catharines", "CA"),
        ("London CAN", "London", "CA"),
        ("Pyongyang, DPRK", "Pyongyang", "KP"),
        ("London UK", "London", "GB"),
        ("San Jose, Costa Rica", "San José", "CR"),
        ("Georgetown, Guyana", "Georgetown", "GY"),
        ("Springfield, IL", "Springfield", "US"),
        ("Washington, D.C.", "Washington", "US"),
        ("washington dc", "Washington", "US"),
        ("Norway", "Oslo", "NO"),
        ("한국", "Seoul", "KR"),
    ],
)
def test_a_place_is_found_as_people_write_it(query: str, name: str, country: str):
    assert first(query) == (name, country)


def test_a_whole_name_comes_before_a_beginning_and_then_the_larger_place():
    found = find_places("paris", limit=5)

    assert [place.country for place in found if place.name == "Paris"] == ["FR", "US"]
    assert all(place.name.startswith("Paris ") for place in found[2:])
    assert found[2].population >= found[3].population >= found[4].population


def test_the_larger_of_two_namesakes_comes_first():
    found = find_places("Georgetown")
    whole = [place.population for place in found if place.name == "Georgetown"]

    assert len(whole) > 1
    assert whole == sorted(whole, reverse=True)


def test_a_name_is_found_by_its_beginning():
    assert first("ulan b") == ("Ulan Bator", "MN")
    assert first("서우") is None
    assert first("로스앤") == ("Los Angeles", "US")


def test_the_name_of_a_place_wins_over_a_country_code_at_its_end():
    assert first("Santa Cruz de") == ("Santa Cruz de la Sierra", "BO")
    assert first("us") == ("Üsküdar", "TR")


def test_the_given_country_bounds_the_search():
    assert first("Paris", country="us") == ("Paris", "US")
    assert first("Paris, TX", country="US") == ("Paris", "US")
    assert first("Oslo", country="SE") is None
    assert first("Oslo, Norway", country="SE") is None
    assert first("Norway", country="SE") is None
    assert first("Oslo", country="??") is None


def test_no_more_places_come_than_were_asked_for_and_none_twice():
    found = find_places("san", limit=50)

    assert len(found) == len({place.geoname_id for place in found}) == 50
    assert find_places("san", limit=3) == found[:3]
    assert find_places("san", limit=0) == ()
    assert find_places("san", limit=-1) == ()


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "\x00",
        ",",
        ", ,",
        "'",
        "x" * 10_000,
        "\ud800",
        "\u202e",
        "ﷺ" * 200,
        "Oslo " * 99,
        "🕯",
    ],
)
def test_what_names_no_place_finds_none(query: str):
    assert find_places(query) == ()


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("St. John’s", "st johns"),
        ("Nuku‘alofa", "nukualofa"),
        ("  Port-au-Prince ", "port au prince"),
        ("Straße", "strasse"),
        ("サン・サルバドル", "サンサルバドル"),
        (normalize("NFD", "ガ"), "ガ"),
    ],
)
def test_the_words_of_a_name_are_folded_but_kept_apart(name: str, folded: str):
    assert fold(name) == folded


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=250), st.none() | st.text(max_size=3))
def test_nothing_that_can_be_typed_is_an_error(query: str, country: str | None):
    found = find_places(query, limit=3, country=country)

    assert len(found) <= 3


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 34_005))
def test_every_place_is_found_by_its_name_and_country(row: int):
    place = every_place()[row]

    assert place in find_places(f"{place.name}, {place.country}", limit=100)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 34_005), st.data())
def test_every_place_is_found_by_each_of_its_other_names(row: int, data: st.DataObject):
    place = every_place()[row]
    name = data.draw(st.sampled_from((place.name, *place.other_names)))

    assert place in find_places(name, country=place.country, limit=200)


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("59.9,10.7", Point(59.9, 10.7)),
        ("59.9 10.7", Point(59.9, 10.7)),
        (" 59.9 ;\t10.7 ", Point(59.9, 10.7)),
        ("-33.87, +151.2", Point(-33.87, 151.2)),
        ("−33.87, 151.2", Point(-33.87, 151.2)),  # the sign of mathematics
        ("３７.５,１２７", Point(37.5, 127)),
        ("90,-180", Point(90, -180)),
        ("90.0001,0", None),
        ("0,180.0001", None),
        ("59.9", None),
        ("59.9,", None),
        ("59.9,10.7,1", None),
        ("nan,nan", None),
        ("inf,0", None),
        ("1e1,1", None),
        ("Oslo", None),
        ("", None),
        ("1" * 10_000 + ",1", None),
    ],
)
def test_a_point_is_read_where_it_lies_on_the_earth(typed: str, point: Point | None):
    assert parse_point(typed) == point


@given(latitudes, longitudes)
def test_every_point_written_in_decimals_is_read_back(latitude: float, longitude: float):
    assert parse_point(f"{latitude:.6f},{longitude:.6f}") == Point(
        float(f"{latitude:.6f}"), float(f"{longitude:.6f}")
    )


@given(st.text())
def test_whatever_is_typed_as_a_point_is_no_error(typed: str):
    point = parse_point(typed)

    assert point is None or abs(point.latitude) <= 90


def test_distances_are_those_of_the_great_circle():
    oslo, seoul = Point(59.9127, 10.7461), Point(37.566, 126.9784)

    assert distance_km(oslo, seoul) == pytest.approx(7718, abs=15)
    assert distance_km(oslo, oslo) == 0
    assert distance_km(Point(0, 179.5), Point(0, -179.5)) == pytest.approx(111.195, abs=0.01)
    assert distance_km(Point(90, 0), Point(-90, 77)) == pytest.approx(math.pi * 6371.0088)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_distance_is_the_same_both_ways(a: float, b: float, c: float, d: float):
    there, back = distance_km(Point(a, b), Point(c, d)), distance_km(Point(c, d), Point(a, b))

    assert there == back == pytest.approx(haversine(a, b, c, d), abs=0.5)


@settings(max_examples=25, deadline=None)
@given(latitudes, longitudes)
@example(90, 0)
@example(-90, 0)
@example(-17, 180)
@example(-17, -180)
@example(65.0, -179.9)
@example(-48.9, -123.4)
def test_the_nearest_place_is_the_nearest_of_all(latitude: float, longitude: float):
    found = nearest_place(latitude, longitude)
    nearest = min(haversine(latitude, longitude, a, b) for a, b, _ in every_position())

    distance = haversine(latitude, longitude, found.latitude, found.longitude)
    assert distance == pytest.approx(nearest, abs=1e-3)


def test_the_date_line_does_not_hide_a_place():
    assert nearest_place(-16.8, -179.99).country == "FJ"
    assert nearest_place(64.7, -180, country="RU").name == "Anadyr"
    assert nearest_place(-13.8, 188.2).name == "Apia"


def test_a_country_bounds_the_nearest_place_where_it_has_one():
    assert nearest_place(50.77, 6.1).name == "Aachen"
    assert nearest_place(50.77, 6.1, country="NL").country == "NL"
    assert nearest_place(-77.8, 166.7, country="AQ") == nearest_place(-77.8, 166.7)


@pytest.mark.parametrize("latitude", [90.1, -91, math.nan, math.inf])
def test_a_latitude_that_is_none_is_refused(latitude: float):
    with pytest.raises(ValueError, match="no latitude"):
        nearest_place(latitude, 0)


CALLED_OTHERWISE = {
    "South Tarawa": "Tarawa",
    "Basra": "Basrah",
    "Ulaanbaatar": "Ulan Bator",
    "Penang": "George Town",
    "Bangalore": "Bengaluru",
    "Nur-Sultan": "Astana",
    "Kolonia": "Palikir",
    "Melekeok": "Ngerulmud",
    "Zamyn-Uud": "Saynshand",  # 192 km away: no nearer place of Mongolia is in the file
    # Quarters, districts and provinces, with the city that they are of or around.
    "City of Edinburgh": "Edinburgh",
    "Mueang Chiang Mai": "Chiang Mai",
    "Bình Thuận": "Da Nang",
    "Heping District": "Shenyang",
    "Shinan District": "Qingdao",
    "Yuexiu District": "Guangzhou",
    "Jeju Province": "Jeju City",
    "Chuo-ku": "Sapporo",
    "Minami-ku": "Hiroshima",
    "Fukuoka Prefecture": "Fukuoka",
    "Kyūtarō-machi": "Osaka",
    "Yamatechō": "Yokohama",
}
FAR_FROM_ITS_CITY = {"cn-cg-mn-zamyn-uud": 193, "jp-embassy-pw-melekeok": 27}


def test_every_site_belongs_to_the_city_that_its_list_names():
    rows = site_rows()
    chosen = [
        (
            row,
            city_for_site(
                float(row["latitude"]), float(row["longitude"]), row["city"], row["country"]
            ),
        )
        for row in rows
    ]
    otherwise = {
        row["city"]: place.name
        for row, place in chosen
        if not keys_of(row["city"]) & keys_of(place.name)
    }

    assert len(rows) == 298 + 368
    assert otherwise == CALLED_OTHERWISE
    for row, place in chosen:
        away = distance_km(place, Point(float(row["latitude"]), float(row["longitude"])))
        assert place.country == row["country"], row["id"]
        assert place.timezone == row["timezone"], row["id"]
        assert away < FAR_FROM_ITS_CITY.get(row["id"], 20), row["id"]


@pytest.mark.parametrize(
    ("point", "city", "country", "name"),
    [
        ((59.934, 10.684), "Oslo", "NO", "Oslo"),
        ((38.9426, -77.0671), "Washington", "US", "Washington"),
        ((52.0966, 4.2847), "The Hague", "NL", "The Hague"),
        ((48.188, 16.38), "Wien", "AT", "Vienna"),  # a name that the file does not have
        ((48.188, 16.38), "", "AT", "Vienna"),
        ((41.14, 29.05), "", "TR", "Istanbul"),  # 16 km away, the quarter 1 km
        ((0.15, 32.58), "", "UG", "Kampala"),  # 18 km to the north
        ((37.5637, 126.984), "서울", "KR", "Seoul"),
        ((37.5637, 126.984), "ソウル", "KR", "Seoul"),
    ],
)
def test_a_site_belongs_to_the_city_and_not_to_a_quarter_of_it(
    point: tuple[float, float], city: str, country: str, name: str
):
    assert city_for_site(*point, city, country).name == name


def test_a_namesake_far_away_is_not_the_city_of_a_site():
    near_oslo = city_for_site(59.91, 10.75, "Bergen", "NO")

    assert near_oslo.name == "Oslo"


def test_of_two_namesakes_within_reach_the_nearer_is_the_city():
    salems = [place for place in find_places("Salem US", limit=20) if place.name == "Salem"]
    pairs = [(a, b) for a in salems for b in salems if 0 < distance_km(a, b) < 60]

    assert pairs
    for place, _ in pairs:
        assert city_for_site(place.latitude, place.longitude, "Salem", "US") == place


def test_a_namesake_across_the_border_is_not_the_city_of_a_site():
    nogales = city_for_site(31.3404, -110.9343, "Nogales", "MX")

    assert (nogales.name, nogales.country) == ("Nogales", "MX")
    assert city_for_site(31.3012, -110.9381, "Nogales", "US").country == "US"


@pytest.mark.parametrize(
    ("query", "language", "name"),
    [
        ("Seoul", "en", "Seoul"),
        ("Seoul", "ko", "서울"),
        ("Seoul", "ja", "ソウル"),
        ("Seoul", "zh-Hant", "首爾"),
        ("Seoul", "zh-TW", "首爾"),
        ("Seoul", "zh_Hant", "首爾"),
        ("Seoul", "zh-Hans", "首尔"),
        ("Seoul", "zh", "首尔"),
        ("Seoul", "fr", "Séoul"),
        ("Seoul", "fr_CA", "Séoul"),
        ("Seoul", "pl", "Seul"),
        ("St. John's CA", "en", "St. John's"),
        ("Seoul", "ru", "Сеул"),
        ("Beijing", "ko", "베이징"),  # not the older reading of its characters
        ("Yangon", "ko", "양곤"),
        ("Osaka", "ko", "오사카"),
        ("Osaka", "ja", "大阪"),
        ("Chengdu", "zh-Hans", "成都"),
        ("New York", "ja", "ニューヨーク"),
        ("New York", "pl", "Nowy Jork"),
        ("Kolkata", "fr", "Calcutta"),
        ("Tripoli, Libya", "fr", "Tripoli"),
        ("The Hague", "ko", "헤이그"),
        ("The Hague", "zh_Hant", "海牙"),
        ("Frankfurt", "zh-Hant", "法蘭克福"),
        ("Frankfurt", "zh-TW", "法蘭克福"),
        ("Frankfurt", "zh-HK", "法蘭克福"),
        ("Frankfurt", "zh-CN", "法兰克福"),
        ("Munich", "zh-Hans", "慕尼黑"),
        ("Washington", "ja", "Washington"),  # only written in Chinese characters of today's China
        ("Ciudad de la Paz", "ja", "Ciudad de la Paz"),
        ("Busan", "ja", "釜山"),
        ("Gothenburg", "nb", "Gothenburg"),
        ("Oslo", "xx", "Oslo"),
        ("Oslo", "", "Oslo"),
        ("Oslo", "not a language", "Oslo"),
    ],
)
def test_a_place_is_called_as_its_readers_call_it(query: str, language: str, name: str):
    assert find_places(query)[0].name_in(language) == name
