"""choose_place: what a visitor may state, what is kept of it, and for how long."""

from __future__ import annotations

from itertools import permutations

import pytest
from msgspec import json, msgpack

from omotenashi.model.errors import RefusedRequest
from omotenashi.model.event import Event, StatedEvent
from omotenashi.model.visitor import ChosenPlace, Deed
from omotenashi.profiles.fold import chosen_place, fold
from omotenashi.profiles.ingest import settle
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.merge import merge_into
from omotenashi.profiles.packing import pack, unpack
from omotenashi.profiles.privacy import profile_data
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.retention import current

NOON = 1_764_990_000
DAY = 86_400
PLACES = {"渋谷店": (35.6595, 139.7005), "大阪": (34.7, 135.5)}


def settled(text: str, *, from_browser: bool = True) -> Event:
    stated = json.decode(text, type=StatedEvent, strict=False)
    return settle(stated, NOON, "/", from_browser=from_browser, places=PLACES)


def chosen(**said: str) -> ChosenPlace | None:
    return settled(json.encode({"event": "choose_place", **said}).decode()).chosen


def choosing(at: int, prefecture: str = "", event_id: str = "") -> Event:
    place = ChosenPlace(at, "JP", prefecture) if prefecture else ChosenPlace(at)
    return Event("choose_place", at, event_id, chosen=place)


def folded(*events: Event) -> Profile:
    profile = Profile()
    for event in events:
        profile = fold(profile, event)
    return profile


@pytest.mark.parametrize("text", ["東京都", "東京", "tokyo", "Tōkyō-to", "JP-13", "１３", " とうきょう "])
def test_a_prefecture_may_be_written_in_any_way_and_is_in_japan(text: str) -> None:
    assert chosen(prefecture=text) == chosen(place=text) == ChosenPlace(NOON, "JP", "JP-13")


def test_a_number_is_a_prefecture_too() -> None:
    assert settled('{"event": "choose_place", "prefecture": 13}').chosen == ChosenPlace(NOON, "JP", "JP-13")


def test_a_place_of_the_site_is_its_location() -> None:
    assert chosen(place=" 渋谷店 ") == ChosenPlace(NOON, location=(35.6595, 139.7005))


def test_a_place_of_the_site_counts_before_a_prefecture_of_the_same_name() -> None:
    assert chosen(place="大阪") == ChosenPlace(NOON, location=(34.7, 135.5))


@pytest.mark.parametrize("text", ["35.6595,139.7005", " 35.6595 , 139.7005 ", "３５．６５９５，１３９．７００５"])
def test_a_location_is_latitude_and_longitude(text: str) -> None:
    assert chosen(location=text) == ChosenPlace(NOON, location=(35.6595, 139.7005))


def test_a_location_may_have_any_minus_sign() -> None:
    assert chosen(location="−33.9,–18.4") == ChosenPlace(NOON, location=(-33.9, -18.4))


def test_parts_may_stand_together() -> None:
    said = chosen(country="日本", prefecture="東京都", city=" 渋谷 区 ", location="35.66,139.70")
    assert said == ChosenPlace(NOON, "JP", "JP-13", "渋谷 区", (35.66, 139.7))


@pytest.mark.parametrize(("text", "code"), [("JP", "JP"), ("us", "US"), ("フランス", "FR"), ("Japan", "JP")])
def test_a_country_is_a_code_or_a_name(text: str, code: str) -> None:
    assert chosen(country=text) == ChosenPlace(NOON, code)


@pytest.mark.parametrize("said", [{"place": ""}, {"prefecture": ""}, {"place": " ", "city": ""}])
def test_with_an_empty_place_the_choice_is_taken_back(said: dict[str, str]) -> None:
    found = chosen(**said)
    assert found == ChosenPlace(NOON)
    assert not found.is_anywhere


def test_null_is_empty() -> None:
    assert settled('{"event": "choose_place", "prefecture": null, "location": null}').chosen == ChosenPlace(NOON)


@pytest.mark.parametrize(
    "said",
    [
        "",
        ', "lat": 34.4, "lng": 132.4',
        ', "area": "関東"',
        ', "Prefecture": "大阪府"',
        ', "properties": {"prefecture": "大阪"}',
    ],
)
def test_what_names_no_place_takes_nothing_back(said: str) -> None:
    with pytest.raises(
        RefusedRequest, match="any of prefecture, city, location and country; place: null takes the choice back"
    ):
        settled(f'{{"event": "choose_place"{said}}}')


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ('"prefecture": "canary"', "the prefecture is none of Japan: write it as 東京都, Tokyo or JP-13"),
        ('"prefecture": "関東"', "the prefecture is none of Japan: write it as 東京都, Tokyo or JP-13"),
        ('"place": "canary"', "the place is neither a prefecture such as 東京都 nor a name under places: in site.yaml"),
        ('"location": "canary"', "the location is not of the form 35.6595,139.7005: latitude, comma, longitude"),
        ('"location": "139.7005,35.6595"', "the location is not of the form 35.6595,139.7005: latitude, comma, longitude"),
        ('"location": "nan,nan"', "the location is not of the form 35.6595,139.7005: latitude, comma, longitude"),
        ('"country": "canary"', "the country is no code of ISO 3166-1: write it as JP"),
        ('"country": "XX"', "the country is no code of ISO 3166-1: write it as JP"),
        ('"country": "US", "prefecture": "東京"',
         "the prefecture is in Japan, and the country is another: leave one of them out"),
        ('"place": "東京", "city": "渋谷区"',
         "choose_place takes place alone, or any of prefecture, city, location and country"),
        ('"city": "\\u0000"', "the city has characters that cannot be shown"),
        (f'"city": "{"x" * 201}"', "the city has 201 characters, at most 200 are taken"),
        ('"city": ["canary"]', "the city is not a text"),
        ('"location": [35.6, 139.7]', "the location is not a text"),
        ('"prefecture": true', "the prefecture is not a text"),
        ('"prefecture": 13.5', "the prefecture is not a text"),
        (f'"prefecture": 1{"0" * 18}', "the prefecture is none of Japan: write it as 東京都, Tokyo or JP-13"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_what_to_write(said: str, detail: str) -> None:
    with pytest.raises(RefusedRequest) as refused:
        settled(f'{{"event": "choose_place", {said}}}')
    assert (refused.value.status, refused.value.detail) == (400, detail)


def test_other_events_may_have_fields_of_these_names() -> None:
    event = settled('{"event": "page_view", "city": ["a"], "location": {"lat": 1}, "place": 3, "country": "?"}')
    assert event.chosen is None


def test_the_last_choice_counts_in_any_order_of_arrival() -> None:
    events = [choosing(10, "JP-01"), choosing(20, "JP-02"), choosing(30, "JP-03")]
    for order in permutations(events):
        assert folded(*order).chosen == ChosenPlace(30, "JP", "JP-03")


def test_a_choice_that_was_taken_back_is_not_brought_back_by_an_older_one_that_comes_late() -> None:
    assert folded(choosing(20), choosing(10, "JP-01")).chosen == ChosenPlace(20)


def test_of_two_choices_in_one_second_the_one_that_came_last_counts() -> None:
    assert folded(choosing(10, "JP-01"), choosing(10, "JP-02")).chosen == ChosenPlace(10, "JP", "JP-02")


def test_a_choice_is_a_deed_and_a_visit() -> None:
    profile = folded(choosing(10, "JP-01"))
    assert (profile.deeds, profile.visits) == ([Deed(10, "choose_place")], [(10, 10)])


def test_a_choice_of_the_present_request_counts_at_once() -> None:
    assert chosen_place(None, [choosing(10, "JP-01")]) == ChosenPlace(10, "JP", "JP-01")
    assert chosen_place(folded(choosing(5, "JP-02")), [choosing(10, "JP-01")]) == ChosenPlace(10, "JP", "JP-01")


def test_a_repeated_choice_does_not_undo_a_later_one() -> None:
    profile = folded(choosing(10, "JP-01", "e1"), choosing(20, "JP-02", "e2"))
    assert chosen_place(profile, [choosing(30, "JP-01", "e1")]) == ChosenPlace(20, "JP", "JP-02")


@pytest.mark.parametrize(("device", "member"), [(10, 20), (20, 10)])
def test_at_a_login_the_later_choice_stays(device: int, member: int) -> None:
    target, source = folded(choosing(member, "JP-01")), folded(choosing(device, "JP-02"))
    merge_into(target, source)
    assert target.chosen == max(
        ChosenPlace(member, "JP", "JP-01"), ChosenPlace(device, "JP", "JP-02"), key=lambda one: one.at
    )


def test_at_a_login_a_choice_is_taken_along() -> None:
    target = Profile()
    merge_into(target, folded(choosing(10, "JP-02")))
    assert target.chosen == ChosenPlace(10, "JP", "JP-02")


@pytest.mark.parametrize(
    "place",
    [ChosenPlace(NOON, "JP", "JP-13", "渋谷区", (35.6595, 139.7005)), ChosenPlace(NOON, "US"), ChosenPlace(NOON), None],
)
def test_a_choice_comes_back_from_a_store_as_it_was(place: ChosenPlace | None) -> None:
    assert unpack(pack(Profile(chosen=place))).chosen == place


def test_a_profile_that_was_stored_before_there_were_choices_is_read() -> None:
    older = msgpack.decode(pack(Profile(first_seen=NOON)))[:-1]
    assert unpack(msgpack.encode(older)) == Profile(first_seen=NOON)


def test_a_choice_is_exported() -> None:
    data = profile_data(
        folded(Event("choose_place", NOON, chosen=ChosenPlace(NOON, "JP", "JP-13", None, (35.6, 139.7))))
    )
    assert data["chosen_place"] == {
        "at": "2025-12-06T03:00:00Z", "country": "JP", "prefecture": "JP-13", "location": [35.6, 139.7]
    }  # fmt: skip
    assert profile_data(Profile())["chosen_place"] is None


def test_a_choice_is_kept_as_long_as_other_events() -> None:
    profile, keep = folded(choosing(NOON, "JP-01")), Keep(events=10 * DAY)
    assert current(profile, NOON + 10 * DAY, keep).chosen == ChosenPlace(NOON, "JP", "JP-01")
    assert current(profile, NOON + 10 * DAY + 1, keep).chosen is None
