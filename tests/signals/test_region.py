from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.visitor import Member, Place
from omotenashi.signals.place_reader import PlaceReader
from omotenashi.signals.region import resolve, stated_place

Writer = Callable[..., Path]
SITE = SiteFacts(attributes={"都道府県": Attribute("都道府県", "text")})
OSAKA = {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "27"}]}
TOKYO = {
    "country": {"iso_code": "JP"},
    "subdivisions": [{"iso_code": "13"}],
    "city": {"names": {"ja": "千代田区"}},
    "location": {"latitude": 35.69, "longitude": 139.75},
}
IN_OSAKA = Place("JP", "JP-27", frozenset({"JP-27"}), origin="mmdb", confidence="strong")
IN_KYOTO = Place("JP", "JP-26", frozenset({"JP-26"}), origin="caller", confidence="strong")
MEMBER = Member("u1", {"都道府県": "北海道"})


@pytest.fixture
def places(write_mmdb: Writer) -> PlaceReader:
    return PlaceReader(write_mmdb({"1.0.16.0/24": OSAKA, "1.0.17.0/24": TOKYO}))


@pytest.mark.parametrize("text", ["京都", "京都府", "Kyoto", "JP-26", "26", "きょうと"])
def test_a_stated_prefecture_implies_its_area_and_japan(text: str) -> None:
    assert stated_place(StatedPlace(prefecture=text)) == IN_KYOTO


def test_a_stated_place_may_hold_a_city_and_a_location() -> None:
    stated = StatedPlace(country="jp", city=" 渋谷区 ", location="35.6580, 139.7016")
    expected = Place("JP", None, None, "渋谷区", (35.658, 139.7016), "caller", "strong")
    assert stated_place(stated) == expected


def test_a_location_alone_implies_nothing() -> None:
    assert stated_place(StatedPlace(location="-33.9,151.2")) == Place(
        location=(-33.9, 151.2), origin="caller", confidence="strong"
    )


@pytest.mark.parametrize(
    "stated",
    [
        StatedPlace(),
        StatedPlace(prefecture="アトランティス"),
        StatedPlace(country="Japan!"),
        StatedPlace(country="XX"),
        StatedPlace(country="T1"),
        StatedPlace(location="91, 10"),
        StatedPlace(location="渋谷"),
        StatedPlace(location="nan, nan"),
    ],
)
def test_nonsense_is_unknown(stated: StatedPlace) -> None:
    assert stated_place(stated) == Place()


def test_what_the_caller_states_counts_first(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.16.9", place=StatedPlace(prefecture="京都"))
    assert resolve(facts, SITE, places, MEMBER) == IN_KYOTO


def test_a_stated_nonsense_leaves_the_word_to_the_others(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.16.9", place=StatedPlace(prefecture="?"))
    assert resolve(facts, SITE, places) == IN_OSAKA


def test_the_members_prefecture_counts_before_the_address(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.16.9")
    expected = Place("JP", "JP-01", frozenset({"JP-01"}), origin="member", confidence="strong")
    assert resolve(facts, SITE, places, MEMBER) == expected


@pytest.mark.parametrize(
    "site", [SiteFacts(), SiteFacts(attributes={"都道府県": Attribute("都道府県", "text", sensitive=True)})]
)
def test_a_members_prefecture_that_is_undeclared_or_sensitive_is_not_used(places: PlaceReader, site: SiteFacts) -> None:
    assert resolve(RequestFacts(now=0, client_ip="1.0.16.9"), site, places, MEMBER) == IN_OSAKA


def test_a_tokyo_of_the_database_is_only_japan(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.17.9")
    assert resolve(facts, SITE, places) == Place("JP", origin="mmdb", confidence="weak")


def test_a_site_may_accept_the_weak_tokyo(places: PlaceReader) -> None:
    found = resolve(RequestFacts(now=0, client_ip="1.0.17.9"), SiteFacts(accept_weak_region=True), places)
    expected = Place("JP", "JP-13", frozenset({"JP-13"}), "千代田区", (35.69, 139.75), "mmdb", "weak")
    assert found == expected


def test_a_stated_tokyo_is_strong(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.17.9", place=StatedPlace(prefecture="東京"))
    assert resolve(facts, SITE, places).prefecture == "JP-13"


def test_without_address_or_database_the_place_is_unknown(places: PlaceReader) -> None:
    assert resolve(RequestFacts(now=0), SITE, places) == Place()
    assert resolve(RequestFacts(now=0, client_ip="1.0.16.9"), SITE, None) == Place()
