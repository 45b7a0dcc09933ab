"""The place that a content delivery network, or nginx with geoip2, puts into headers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.model.errors import SettingsError
from omotenashi.model.visitor import Place
from omotenashi.signals.geo_headers import GeoHeaders

UNKNOWN = Place()
NGINX = (
    "country=X-Geo-Country, prefecture=X-Geo-Region, city=X-Geo-City, latitude=X-Geo-Lat, longitude=X-Geo-Lon, "
    "radius=X-Geo-Radius"
)
KINDS = ("cloudflare", "cloudfront", "vercel", "appengine", "akamai", NGINX)


def place(kind: str, headers: dict[str, str | bytes]) -> Place:
    raw = [
        (name.lower().encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
    ]
    return GeoHeaders.parse(kind).place(raw)


def in_osaka(city: str | None = None, location: tuple[float, float] | None = None) -> Place:
    return Place("JP", "JP-27", frozenset({"JP-27"}), city, location, "cdn", "strong")


def in_japan(city: str | None = None) -> Place:
    return Place("JP", city=city, origin="cdn", confidence="strong")


@pytest.mark.parametrize(
    ("kind", "headers", "expected"),
    [
        (
            "cloudflare",
            {"CF-IPCountry": "JP", "cf-region": "Ōsaka", "cf-region-code": "27", "cf-ipcity": "Ōsaka", "cf-iplatitude": "34.68520",
             "cf-iplongitude": "135.51450"},
            in_osaka("Ōsaka", (34.6852, 135.5145)),
        ),
        (
            "cloudfront",
            {"CloudFront-Viewer-Country": "JP", "CloudFront-Viewer-Country-Region": "27",
             "CloudFront-Viewer-Country-Region-Name": "Osaka", "CloudFront-Viewer-City": "%C5%8Csaka",
             "CloudFront-Viewer-Latitude": "34.68", "CloudFront-Viewer-Longitude": "135.51"},
            in_osaka("Ōsaka", (34.68, 135.51)),
        ),
        (
            "vercel",
            {"x-vercel-ip-country": "JP", "x-vercel-ip-country-region": "27", "x-vercel-ip-city": "Sakai%20Shi",
             "x-vercel-ip-latitude": "34.5", "x-vercel-ip-longitude": "135.4"},
            in_osaka("Sakai Shi", (34.5, 135.4)),
        ),
        (
            "appengine",
            {"X-Appengine-Country": "JP", "X-Appengine-Region": "27", "X-Appengine-City": "osaka",
             "X-Appengine-CityLatLong": "34.693738,135.502165"},
            in_osaka("osaka", (34.693738, 135.502165)),
        ),
        (
            "akamai",
            {"X-Akamai-Edgescape": "georegion=113,country_code=JP,region_code=27,city=OSAKA,lat=34.69,long=135.50,"
             "timezone=GMT+9,continent=AS,throughput=vhigh,bw=5000,asnum=2518,location_id=0"},
            in_osaka("OSAKA", (34.69, 135.5)),
        ),
        (
            NGINX,
            {"X-Geo-Country": "JP", "X-Geo-Region": "27", "X-Geo-City": "大阪市", "X-Geo-Lat": "34.69", "X-Geo-Lon": "135.5",
             "X-Geo-Radius": "20"},
            in_osaka("大阪市", (34.69, 135.5)),
        ),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)  # fmt: skip
def test_each_vendors_headers_are_read(kind: str, headers: dict[str, str | bytes], expected: Place) -> None:
    assert place(kind, headers) == expected


@pytest.mark.parametrize(
    "region",
    [
        "27",
        "JP-27",
        "JP27",
        "jp-27",
        "Osaka",
        "Ōsaka",
        "Osaka-fu",
        "大阪府",
        "大阪",
        "%E5%A4%A7%E9%98%AA%E5%BA%9C",
        "オオサカ",
    ],
)
def test_a_region_may_be_a_code_or_a_name(region: str) -> None:
    assert place("cloudflare", {"cf-ipcountry": "JP", "cf-region-code": region}) == in_osaka()


def test_a_name_counts_where_the_code_says_nothing() -> None:
    assert place("cloudflare", {"cf-ipcountry": "JP", "cf-region-code": "?", "cf-region": "Osaka"}) == in_osaka()


@pytest.mark.parametrize("kind", ["cloudflare", "cloudfront", "vercel", "appengine"])
@pytest.mark.parametrize("country", ["XX", "ZZ", "T1", "", " ", "?", "EU", "AP", "QQ", "AN", "JPN", "J", "JP, US"])
def test_an_unknown_country_is_an_unknown_place(kind: str, country: str) -> None:
    names = {"cloudflare": "cf-ipcountry", "cloudfront": "cloudfront-viewer-country"}
    name = names.get(kind, f"x-{kind}-{'ip-' if kind == 'vercel' else ''}country")
    assert place(kind, {name: country}) == UNKNOWN


def test_a_region_counts_only_in_japan() -> None:
    assert place("cloudflare", {"cf-ipcountry": "US", "cf-region-code": "13"}) == Place(
        "US", origin="cdn", confidence="strong"
    )
    assert place("cloudflare", {"cf-ipcountry": "XX", "cf-region-code": "JP-27"}) == UNKNOWN
    assert place("cloudflare", {"cf-region-code": "27"}) == UNKNOWN


def test_a_region_that_names_japan_needs_no_country() -> None:
    assert place("prefecture=X-Geo-Region", {"X-Geo-Region": "JP-27"}) == in_osaka()
    assert place("prefecture=X-Client-Region-Subdivision", {"X-Client-Region-Subdivision": "JP27"}) == in_osaka()


def test_tokyo_is_weak() -> None:
    found = place("cloudfront", {"cloudfront-viewer-country": "JP", "cloudfront-viewer-country-region": "13"})
    assert found == Place("JP", "JP-13", frozenset({"JP-13"}), origin="cdn", confidence="weak")


@pytest.mark.parametrize(("city", "confidence"), [("Tokyo", "weak"), ("Chiyoda", "weak"), ("Osaka", "strong")])
def test_a_city_of_japan_without_its_prefecture_is_weak_unless_it_is_named_like_another(
    city: str, confidence: str
) -> None:
    found = place(
        "cloudflare",
        {"CF-IPCountry": "JP", "CF-IPCity": city, "CF-IPLatitude": "35.69", "CF-IPLongitude": "139.69"},
    )
    assert found == Place("JP", None, None, city, (35.69, 139.69), "cdn", confidence)


def test_what_app_engine_does_not_know_is_unknown() -> None:
    headers: dict[str, str | bytes] = {
        "X-Appengine-Country": "JP", "X-Appengine-Region": "?", "X-Appengine-City": "?",
        "X-Appengine-CityLatLong": "0.000000,0.000000",
    }  # fmt: skip
    assert place("appengine", headers) == in_japan()
    assert place("appengine", {**headers, "X-Appengine-Country": "ZZ"}) == UNKNOWN


def test_a_city_that_is_encoded_as_nothing_known_is_unknown() -> None:
    headers: dict[str, str | bytes] = {"X-Vercel-IP-Country": "JP", "X-Vercel-IP-City": "%E5%A4%A7%E9"}
    assert place("vercel", headers) == in_japan()


@pytest.mark.parametrize(
    "text",
    ["country_code=reserved", "", "country_code=", "JP", "=,=,,", "region_code=27", "country_code=US,country_code=JP"],
)
def test_an_edgescape_that_says_no_country_is_unknown(text: str) -> None:
    assert place("akamai", {"x-akamai-edgescape": text}) == UNKNOWN


@pytest.mark.parametrize(
    "city",
    ["Ōsaka".encode(), b"%C5%8Csaka", b"%c5%8csaka", "Ōsaka".encode().decode("latin-1").encode()],
    ids=["utf-8", "percent-encoded", "in small letters", "taken for Latin-1 on the way"],
)
def test_a_city_is_read_in_every_form(city: bytes) -> None:
    assert place("cloudflare", {"cf-ipcountry": "JP", "cf-ipcity": city}).city == "Ōsaka"


@pytest.mark.parametrize(
    ("city", "expected"),
    [(b"K\xf6ln", "Köln"), (b"100%", "100%"), (b"A%2", "A%2"), (b"\xff\xfe", "ÿþ"), (b"a\x00b", "ab"), (b"x" * 300, "x" * 200)],
)  # fmt: skip
def test_an_odd_city_is_read_as_far_as_it_can_be(city: bytes, expected: str) -> None:
    assert place("cloudflare", {"cf-ipcountry": "DE", "cf-ipcity": city}).city == expected


@pytest.mark.parametrize("city", ["?", "-", "unknown", "Unknown", "(null)", " ", "\x00"])
def test_a_city_that_is_none_is_unknown(city: str) -> None:
    assert place("cloudflare", {"cf-ipcountry": "JP", "cf-ipcity": city}) == in_japan()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Geo-Radius": "51"},
        {"X-Geo-Radius": "1000"},
        {"X-Geo-Radius": "far"},
        {"X-Geo-Radius": "nan"},
        {"X-Geo-Radius": "-1"},
        {"X-Geo-Lat": "91"},
        {"X-Geo-Lat": "north"},
        {"X-Geo-Lat": ""},
        {"X-Geo-Lat": "0", "X-Geo-Lon": "0.0"},
        {"X-Geo-Lon": "nan"},
        {"X-Geo-Lon": "1e400"},
    ],
)
def test_a_point_that_cannot_be_used_is_no_location(headers: dict[str, str]) -> None:
    sound = {"X-Geo-Country": "JP", "X-Geo-Region": "27", "X-Geo-Lat": "34.69", "X-Geo-Lon": "135.5"}
    assert place(NGINX, {**sound, **headers}) == in_osaka()


def test_the_middle_of_a_country_is_no_location() -> None:
    assert place(NGINX, {"X-Geo-Country": "JP", "X-Geo-Lat": "35.69", "X-Geo-Lon": "139.69"}) == in_japan()


@pytest.mark.parametrize("second", [b"JP", b"US"])
def test_a_header_that_is_there_twice_makes_the_place_unknown(second: bytes) -> None:
    headers = [(b"cf-ipcountry", b"JP"), (b"cf-region-code", b"27"), (b"cf-ipcountry", second)]
    assert GeoHeaders.parse("cloudflare").place(headers) == UNKNOWN


def test_headers_of_another_vendor_are_not_read() -> None:
    assert (
        place("cloudflare", {"x-vercel-ip-country": "JP", "x-geo-country": "JP", "cookie": "cf-ipcountry=JP"})
        == UNKNOWN
    )


def test_a_huge_header_is_not_read() -> None:
    assert place("cloudflare", {"cf-ipcountry": "JP", "cf-ipcity": "x" * 5000}) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fastly", "'fastly' is none of cloudflare, cloudfront, vercel, appengine, akamai, or names such as country="),
        ("", "'' is none of cloudflare"),
        ("region=X-Geo-Region", "'region' is none of country, prefecture, city, latitude, longitude, location, radius"),
        ("country=", "country= needs the name of a header, such as country=X-Geo-Country"),
        ("country=X Geo", "country= needs the name of a header"),
        ("country=A,country=B", "a part of the place is named twice"),
        ("city=X-Geo-City", "without a country nothing is read; add country=X-Geo-Country"),
        ("country=A,cloudflare", "'cloudflare' is none of country"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_remedy(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"geo_headers: {words}"):
        GeoHeaders.parse(text)


def test_the_name_of_a_vendor_may_be_written_in_any_case() -> None:
    assert GeoHeaders.parse(" CloudFlare ").place([(b"cf-ipcountry", b"jp")]) == in_japan()


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.lists(
        st.tuples(
            st.sampled_from(
                [b"cf-ipcountry", b"cf-region", b"cf-region-code", b"cf-ipcity", b"cf-iplatitude", b"cf-iplongitude",
                 b"x-akamai-edgescape", b"x-geo-country", b"x-geo-region", b"x-geo-radius", b"x-appengine-citylatlong",
                 b"x-appengine-country", b"cookie"]
            ),
            st.one_of(st.binary(max_size=60), st.sampled_from([b"JP", b"13", b"27", b"%E3", b"nan,inf", b"country_code=JP"])),
        ),
        max_size=8,
    ),
)  # fmt: skip
def test_any_headers_are_a_place(kind: str, headers: list[tuple[bytes, bytes]]) -> None:
    found = GeoHeaders.parse(kind).place(headers)
    assert found == UNKNOWN or (found.country is not None and found.origin == "cdn")
