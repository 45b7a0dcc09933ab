from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from omotenashi.model.errors import SettingsError
from omotenashi.model.visitor import Place
from omotenashi.signals.place_reader import PlaceReader, global_address

Writer = Callable[..., Path]
UNKNOWN = Place()
OSAKA = {
    "country": {"iso_code": "JP"},
    "subdivisions": [{"iso_code": "27", "names": {"en": "Ōsaka"}}],
    "city": {"names": {"en": "Sakai", "ja": "堺市"}},
    "location": {"latitude": 34.57, "longitude": 135.48, "accuracy_radius": 20},
}
LONDON = {"country": {"iso_code": "GB"}, "city": {"names": {"en": "London", "ja": "ロンドン"}}}
IN_OSAKA = Place("JP", "JP-27", frozenset({"JP-27"}), "堺市", (34.57, 135.48), "mmdb", "strong")


def place(write_mmdb: Writer, record: object, ip: str = "1.0.16.9") -> Place:
    return PlaceReader(write_mmdb({"1.0.16.0/24": record})).place(ip)


def test_the_nested_schema_is_read_and_prefectures_match_by_code(write_mmdb: Writer) -> None:
    assert place(write_mmdb, OSAKA) == IN_OSAKA


def test_the_flat_schema_is_read(write_mmdb: Writer) -> None:
    record = {"country_code": "JP", "state1": "Osaka", "city": "Sakai", "latitude": "34.57", "longitude": "135.48"}
    expected = Place("JP", "JP-27", frozenset({"JP-27"}), "Sakai", (34.57, 135.48), "mmdb", "strong")
    assert place(write_mmdb, record) == expected


@pytest.mark.parametrize("state", ["Tokyo", "Ōsaka", "Osaka-fu", "大阪府", "27"])
def test_a_state_of_the_flat_schema_may_be_written_in_any_way(write_mmdb: Writer, state: str) -> None:
    found = place(write_mmdb, {"country_code": "JP", "state1": state})
    assert found.prefecture == ("JP-13" if state == "Tokyo" else "JP-27")


def test_a_flat_file_of_countries_alone_is_read(write_mmdb: Writer) -> None:
    assert place(write_mmdb, {"country_code": "JP"}) == Place("JP", origin="mmdb", confidence="strong")


def test_a_flat_record_without_city_and_postcode_is_read(write_mmdb: Writer) -> None:
    record = {
        "city": "", "country_code": "JP", "latitude": 34.57, "longitude": 135.48, "postcode": "", "state1": "Osaka",
        "state2": "", "timezone": "",
    }  # fmt: skip
    expected = Place("JP", "JP-27", frozenset({"JP-27"}), None, (34.57, 135.48), "mmdb", "strong")
    assert place(write_mmdb, record) == expected


def test_a_subdivision_without_a_code_is_known_by_its_name(write_mmdb: Writer) -> None:
    """DB-IP City Lite, as db-ip.com hands it out."""
    record = {
        "country": {"iso_code": "JP"},
        "subdivisions": [{"names": {"en": "Fukushima"}}],
        "city": {"names": {"en": "Iwaki"}},
        "location": {"latitude": 37.05, "longitude": 140.88},
    }
    expected = Place("JP", "JP-07", frozenset({"JP-07"}), "Iwaki", (37.05, 140.88), "mmdb", "strong")
    assert place(write_mmdb, record) == expected


def test_outside_japan_there_is_no_prefecture(write_mmdb: Writer) -> None:
    record = {**LONDON, "subdivisions": [{"iso_code": "13"}]}
    assert place(write_mmdb, record) == Place("GB", city="London", origin="mmdb", confidence="strong")


def test_tokyo_is_weak(write_mmdb: Writer) -> None:
    found = place(write_mmdb, {**OSAKA, "subdivisions": [{"iso_code": "13"}]})
    assert (found.prefecture, found.confidence) == ("JP-13", "weak")


@pytest.mark.parametrize(
    "record",
    [
        {"country_code": "JP", "city": "Tokyo", "latitude": 35.69, "longitude": 139.69},
        {"country": {"iso_code": "JP"}, "city": {"names": {"ja": "東京"}}},
        {"country": {"iso_code": "JP"}, "city": {"names": {"ja": "千代田区"}}, "subdivisions": []},
    ],
)
def test_a_town_of_japan_without_its_prefecture_may_be_tokyo(write_mmdb: Writer, record: object) -> None:
    assert place(write_mmdb, record).confidence == "weak"


@pytest.mark.parametrize(
    "record",
    [
        {**OSAKA, "location": {"latitude": 34.57, "longitude": 135.48, "accuracy_radius": 200}},
        {**OSAKA, "location": {"latitude": 934.57, "longitude": 135.48}},
        {**OSAKA, "location": {"latitude": "x", "longitude": 135.48}},
        {**OSAKA, "location": {"latitude": 34.57, "longitude": 135.48, "accuracy_radius": "near"}},
        {**OSAKA, "location": {"latitude": 0.0, "longitude": 0.0}},
        {"country": {"iso_code": "JP"}, "location": {"latitude": 35.7, "longitude": 139.8, "accuracy_radius": 10}},
    ],
)
def test_a_point_that_stands_for_a_region_or_for_nothing_is_no_location(write_mmdb: Writer, record: object) -> None:
    assert place(write_mmdb, record).location is None


@pytest.mark.parametrize(
    "record", ["text", 7, {}, {"country": "JP"}, {"country": {"iso_code": "XX"}}, {"country_code": "T1"}, [OSAKA]]
)
def test_a_record_of_another_shape_is_unknown(write_mmdb: Writer, record: object) -> None:
    assert place(write_mmdb, record) == UNKNOWN


@pytest.mark.parametrize(
    "record", [{"country": {"iso_code": "JP"}, "subdivisions": "27"}, {"country": {"iso_code": "JP"}, "city": 1}]
)
def test_a_part_of_another_shape_is_left_out(write_mmdb: Writer, record: object) -> None:
    assert place(write_mmdb, record) == Place("JP", origin="mmdb", confidence="strong")


@pytest.mark.parametrize("ip", ["1.0.16.9", "::ffff:1.0.16.9", "2002:100:1009::1", "64:ff9b::1.0.16.9", " 1.0.16.9 "])
def test_an_address_is_taken_out_of_its_ipv6_wrapping(write_mmdb: Writer, ip: str) -> None:
    assert place(write_mmdb, OSAKA, ip) == IN_OSAKA


@pytest.mark.parametrize("ip", ["1.0.17.9", "", "nonsense", "1.0.16.9%x", "2400:4050::1", "9" * 5000])
def test_an_address_that_cannot_be_looked_up_is_unknown(write_mmdb: Writer, ip: str) -> None:
    assert place(write_mmdb, OSAKA, ip) == UNKNOWN


@pytest.mark.parametrize("ip", ["10.0.0.5", "127.0.0.1", "169.254.1.1", "::ffff:10.0.0.5", "2002:a00:5::1"])
def test_only_global_addresses_are_looked_up(write_mmdb: Writer, ip: str) -> None:
    everywhere = write_mmdb({"0.0.0.0/1": OSAKA, "128.0.0.0/1": OSAKA})
    assert PlaceReader(everywhere).place(ip) == UNKNOWN


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"mmdb: there is no file .*nowhere\.mmdb"):
        PlaceReader.checked(tmp_path / "nowhere.mmdb")


def test_a_broken_file_is_said_to_be_broken(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"nothing of that kind")
    with pytest.raises(SettingsError, match="is not a sound MaxMind database; download it again"):
        PlaceReader.checked(broken)


def test_a_changed_file_takes_the_place_of_the_old_one(write_mmdb: Writer) -> None:
    reader = PlaceReader(write_mmdb({"1.0.16.0/24": OSAKA}))
    assert reader.place("1.0.16.9").country == "JP"
    write_mmdb({"1.0.16.0/24": LONDON, "1.0.17.0/24": LONDON})
    assert reader.refresh() is None
    assert reader.place("1.0.16.9").country == "GB"


def test_a_file_that_was_overwritten_with_rubbish_is_refused_and_the_old_one_stays(write_mmdb: Writer) -> None:
    path = write_mmdb({"1.0.16.0/24": OSAKA})
    reader = PlaceReader(path)
    path.write_bytes(path.read_bytes()[:60])
    message = f"mmdb: {path} is not a sound MaxMind database; download it again (InvalidDatabaseError)"
    assert [reader.refresh(), reader.refresh()] == [message, message]
    assert reader.place("1.0.16.9") == IN_OSAKA


def test_a_database_that_opens_but_cannot_be_walked_is_refused(write_mmdb: Writer) -> None:
    path = write_mmdb({"1.0.16.0/24": OSAKA})
    reader = PlaceReader(path)
    content = path.read_bytes()
    path.write_bytes(b"\xff\xff\xff" + content[3:])
    assert "is not a sound MaxMind database" in str(reader.refresh())


def test_a_removed_file_is_reported_until_it_is_back(write_mmdb: Writer) -> None:
    path = write_mmdb({"1.0.16.0/24": OSAKA})
    reader = PlaceReader(path)
    aside = path.rename(path.with_suffix(".aside"))
    assert reader.refresh() == f"mmdb: there is no file {path}"
    assert reader.place("1.0.16.9") == IN_OSAKA
    aside.rename(path)
    assert reader.refresh() is None


@pytest.mark.parametrize(
    ("ip", "country", "city"),
    [
        ("81.2.69.160", "GB", "London"),
        ("175.16.199.1", "CN", "Changchun"),
        ("216.160.83.56", "US", "Milton"),
        ("89.160.20.112", "SE", "Linköping"),
        ("2001:218::1", "JP", None),
    ],
)
def test_maxminds_own_test_database_is_read(shared_data: Path, ip: str, country: str, city: str | None) -> None:
    found = PlaceReader(shared_data / "mmdb-corpus" / "test-data" / "GeoLite2-City-Test.mmdb").place(ip)
    assert (found.country, found.prefecture, found.city) == (country, None, city)


def test_a_japanese_sample_gives_prefectures(shared_data: Path) -> None:
    reader = PlaceReader(shared_data / "geo-jp-sample" / "jp-sample-city.mmdb")
    assert reader.place("1.0.102.5") == Place(
        "JP", "JP-34", frozenset({"JP-34"}), "Hiroshima", (34.4006, 132.476), "mmdb", "strong"
    )


@given(ip_addresses(v=4))
def test_which_addresses_are_global_is_as_python_knows(address: IPv4Address) -> None:
    assert global_address(str(address)) == (address if address.is_global else None)
