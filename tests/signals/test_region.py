from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.visitor import ChosenPlace, Member, Place
from omotenashi.signals.place_reader import PlaceReader
from omotenashi.signals.region import located, seen_by_conditions, stated_place

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
    ("text", "code"), [("日本", "JP"), ("Japan", "JP"), ("UK", "GB"), ("英国", "GB"), ("XK", "XK")]
)
def test_a_stated_country_is_a_code_or_a_name(text: str, code: str) -> None:
    assert stated_place(StatedPlace(country=text)) == Place(code, origin="caller", confidence="strong")


@pytest.mark.parametrize(
    "stated",
    [
        StatedPlace(),
        StatedPlace(country="QQ"),
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
    assert located(facts, SITE, places, MEMBER) == IN_KYOTO


def test_a_stated_nonsense_leaves_the_word_to_the_others(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.16.9", place=StatedPlace(prefecture="?"))
    assert located(facts, SITE, places) == IN_OSAKA


def test_the_members_prefecture_counts_before_the_address(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.16.9")
    expected = Place("JP", "JP-01", frozenset({"JP-01"}), origin="member", confidence="strong")
    assert located(facts, SITE, places, MEMBER) == expected


@pytest.mark.parametrize(
    "site", [SiteFacts(), SiteFacts(attributes={"都道府県": Attribute("都道府県", "text", sensitive=True)})]
)
def test_a_members_prefecture_that_is_undeclared_or_sensitive_is_not_used(places: PlaceReader, site: SiteFacts) -> None:
    assert located(RequestFacts(now=0, client_ip="1.0.16.9"), site, places, MEMBER) == IN_OSAKA


CHOSEN = ChosenPlace(7, "JP", "JP-40", "福岡市", (33.59, 130.4))
AT_THE_EDGE = Place("JP", "JP-23", frozenset({"JP-23"}), "Nagoya", origin="cdn", confidence="strong")
WEAK = Place("JP", "JP-13", frozenset({"JP-13"}), "千代田区", (35.69, 139.75), "mmdb", "weak")


def test_what_the_visitor_chose_counts_before_the_member_and_after_the_caller(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.16.9", edge_place=AT_THE_EDGE)
    in_fukuoka = Place("JP", "JP-40", frozenset({"JP-40"}), "福岡市", (33.59, 130.4), "chosen", "strong")
    assert located(facts, SITE, places, MEMBER, CHOSEN) == in_fukuoka
    stated = RequestFacts(now=0, place=StatedPlace(prefecture="京都"))
    assert located(stated, SITE, places, MEMBER, CHOSEN) == IN_KYOTO


def test_a_choice_that_was_taken_back_leaves_the_word_to_the_others(places: PlaceReader) -> None:
    assert located(RequestFacts(now=0, client_ip="1.0.16.9"), SITE, places, None, ChosenPlace(7)) == IN_OSAKA


def test_the_edge_counts_before_the_database_and_after_the_member(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.16.9", edge_place=AT_THE_EDGE)
    assert located(facts, SITE, places) == AT_THE_EDGE
    assert located(facts, SITE, places, MEMBER).origin == "member"


def test_an_edge_that_knows_the_country_alone_is_the_answer_and_not_mixed_with_the_database(
    places: PlaceReader,
) -> None:
    only_japan = Place("JP", origin="cdn", confidence="strong")
    assert located(RequestFacts(now=0, client_ip="1.0.16.9", edge_place=only_japan), SITE, places) == only_japan


def test_a_guessed_tokyo_is_told_with_its_code_and_as_weak(places: PlaceReader) -> None:
    assert located(RequestFacts(now=0, client_ip="1.0.17.9"), SITE, places) == WEAK


def test_of_a_weak_place_conditions_see_the_country() -> None:
    assert seen_by_conditions(WEAK, SITE) == Place("JP", origin="mmdb", confidence="weak")


def test_a_site_may_accept_what_is_weak() -> None:
    assert seen_by_conditions(WEAK, SiteFacts(accept_weak_region=True)) == WEAK


def test_of_a_strong_place_conditions_see_everything() -> None:
    assert seen_by_conditions(AT_THE_EDGE, SITE) == AT_THE_EDGE


def test_a_stated_tokyo_is_strong(places: PlaceReader) -> None:
    facts = RequestFacts(now=0, client_ip="1.0.17.9", place=StatedPlace(prefecture="東京"))
    assert seen_by_conditions(located(facts, SITE, places), SITE).prefecture == "JP-13"


def test_without_address_or_database_the_place_is_unknown(places: PlaceReader) -> None:
    assert located(RequestFacts(now=0), SITE, places) == Place()
    assert located(RequestFacts(now=0, client_ip="1.0.16.9"), SITE, None) == Place()


def test_a_stated_prefecture_is_read_once() -> None:
    assert stated_place(StatedPlace(prefecture="大阪府")) is stated_place(StatedPlace(prefecture="大阪府"))


def test_coordinates_that_a_caller_states_are_kept_by_nobody() -> None:
    first, again = (stated_place(StatedPlace(location="35.6580, 139.7016")) for _ in range(2))
    assert first == again
    assert first is not again
