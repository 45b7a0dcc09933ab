from __future__ import annotations

import pytest
from msgspec import structs

from omotenashi.model.errors import RefusedRequest
from omotenashi.model.event import Basis, Event, Item, StatedEvent, StatedItem
from omotenashi.profiles.ingest import settle, without_sensitive

NOW = 1_764_990_000.75
PAGE = "https://shop.example/running/?gclid=abc&utm_term=x"


def settled(event: StatedEvent, *tags: str, from_browser: bool = False) -> Event:
    return settle(event, NOW, PAGE, tags, from_browser=from_browser)


def refusal(event: StatedEvent, *, from_browser: bool = False) -> tuple[int, str]:
    with pytest.raises(RefusedRequest) as refused:
        settled(event, from_browser=from_browser)
    return refused.value.status, refused.value.detail


def test_an_event_without_a_time_and_a_page_is_now_and_on_the_page_of_the_request() -> None:
    assert settled(StatedEvent("page_view"), "Running", "ランニング") == Event(
        "page_view", 1_764_990_000, path="/running", tags=("running", "らんにんぐ")
    )


def test_an_event_that_states_its_page_has_only_the_tags_that_it_states() -> None:
    assert settled(StatedEvent("page_view", page="/Sale/index.html?q=1"), "running") == Event(
        "page_view", 1_764_990_000, path="/Sale"
    )
    assert settled(StatedEvent("page_view", page="/sale", tags=("ＳＡＬＥ", "sale", " ")), "running").tags == ("sale",)


def test_an_event_without_any_page_has_no_path() -> None:
    assert settle(StatedEvent("purchase"), NOW, "", from_browser=False).path == ""


def test_ids_value_and_items_are_taken_over_and_categories_are_folded() -> None:
    item = StatedItem("Shoe-1", "ランニング Shoes", 9_800, 2)
    stated = StatedEvent("purchase", None, "e1", "t1", 19_600, "JPY", (item,))
    found = settled(stated)
    assert (found.event_id, found.transaction_id, found.value) == ("e1", "t1", 19_600)
    assert found.items == (Item("Shoe-1", "らんにんぐ shoes", 9_800, 2),)
    assert found.basis is Basis.STATED


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("2025-12-06T12:00:00+09:00", 1_764_990_000),
        ("2025-12-06T03:00:00Z", 1_764_990_000),
        ("2025-12-06T03:00:00.999Z", 1_764_990_000),
        ("2025-12-06T03:01:00Z", 1_764_990_060),
        ("2019-01-01T00:00:00+00:00", 1_546_300_800),
    ],
)
def test_a_timestamp_is_read_in_its_offset_late_or_up_to_a_minute_ahead(timestamp: str, at: int) -> None:
    assert settled(StatedEvent("search", timestamp)).at == at


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        ("2025-12-06T12:00:00", "has no offset"),
        ("2025-12-06", "is not of the form"),
        ("2025-12-06T03:01:02Z", "is in the future"),
        ("1969-12-31T23:59:59Z", "is before 1970"),
        ("2025-02-30T12:00:00Z", "is not of the form 2026-12-24T18:30:00+09:00"),
        ("令和7年12月6日", "is not of the form"),
        ("1764990000", "is not of the form"),
        ("", "is not of the form"),
        ("9" * 5_000, "is not of the form"),
    ],
)
def test_other_timestamps_are_refused(timestamp: str, reason: str) -> None:
    status, detail = refusal(StatedEvent("search", timestamp))
    assert status == 400
    assert reason in detail


@pytest.mark.parametrize("name", ["page_view", "a", "A1_" * 13, "資料請求", "カート追加", "もくじ_1", "佐々木"])
def test_names_are_letters_digits_and_underscores_japanese_letters_too(name: str) -> None:
    assert settled(StatedEvent(name)).name == name


@pytest.mark.parametrize("name", ["page view", "a" * 41, "page_view\n", "a-b", "<b>", "é", "資料・請求", "ａ"])
def test_other_names_are_refused(name: str) -> None:
    assert refusal(StatedEvent(name)) == (400, "an event name is made of 1 to 40 letters, digits and underscores")


def test_a_nameless_event_is_refused() -> None:
    assert refusal(StatedEvent("")) == (400, "an event needs a name, such as page_view")


@pytest.mark.parametrize("name", ["purchase", "refund", "login"])
def test_a_browser_may_not_state_what_needs_the_server_key(name: str) -> None:
    assert refusal(StatedEvent(name), from_browser=True) == (401, f"{name} needs the server key")
    assert settled(StatedEvent(name, transaction_id="t1")).name == name


def test_a_refund_says_for_which_purchase() -> None:
    refused = (400, "a refund needs the transaction_id of its purchase")
    assert refusal(StatedEvent("refund")) == refusal(StatedEvent("refund", transaction_id=None)) == refused


def test_a_browser_may_state_other_events() -> None:
    assert settled(StatedEvent("add_to_cart"), from_browser=True).name == "add_to_cart"


def test_a_browser_may_state_what_the_site_allows_and_no_more() -> None:
    allowed = frozenset({"purchase"})
    purchase = settle(StatedEvent("purchase"), NOW, PAGE, from_browser=True, allowed=allowed)
    assert purchase.name == "purchase"
    with pytest.raises(RefusedRequest, match="refund needs the server key"):
        settle(StatedEvent("refund"), NOW, PAGE, from_browser=True, allowed=allowed)


LIMITS = StatedEvent(
    "purchase",
    event_id="e" * 200,
    transaction_id="t" * 200,
    currency="c" * 200,
    value=1e12,
    page="/" + "p" * 4_095,
    tags=tuple(f"{number:0200}" for number in range(100)),
    items=(StatedItem("i" * 200, "c" * 200, -1e12, 1e12),) * 100,
)


def test_what_is_just_within_the_bounds_is_taken() -> None:
    assert len(settled(LIMITS).items) == 100


@pytest.mark.parametrize(
    ("beyond", "detail"),
    [
        ({"event_id": "e" * 201}, "event_id has 201 characters, at most 200 are taken"),
        ({"transaction_id": "t" * 201}, "transaction_id has 201 characters, at most 200 are taken"),
        ({"currency": "c" * 201}, "currency has 201 characters, at most 200 are taken"),
        ({"page": "/" * 4_097}, "page has 4097 characters, at most 4096 are taken"),
        ({"tags": ("t" * 201,)}, "a tag has 201 characters, at most 200 are taken"),
        ({"tags": ("t",) * 101}, "tags has 101 entries, at most 100 are taken"),
        ({"items": (StatedItem(),) * 101}, "items has 101 entries, at most 100 are taken"),
        ({"items": (StatedItem("i" * 201),)}, "item_id has 201 characters, at most 200 are taken"),
        ({"items": (StatedItem("i", "c" * 201),)}, "item_category has 201 characters, at most 200 are taken"),
        ({"items": (StatedItem(price=1e13),)}, "price is beyond 1000000000000"),
        ({"items": (StatedItem(quantity=float("nan")),)}, "quantity is beyond 1000000000000"),
        ({"value": float("-inf")}, "value is beyond 1000000000000"),
    ],
)
def test_what_is_beyond_the_bounds_is_refused(beyond: dict[str, object], detail: str) -> None:
    assert refusal(structs.replace(LIMITS, **beyond)) == (400, detail)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    for event in (
        StatedEvent("canary 1"),
        StatedEvent("search", "canary 2"),
        StatedEvent("search", page="canary" * 999),
    ):
        assert "canary" not in refusal(event)[1]


def test_null_is_not_stated_and_a_number_may_be_an_id() -> None:
    item = StatedItem(123, None, 100, None)
    found = settle(
        StatedEvent("purchase", transaction_id=7, items=(item,), tags=None, page=None), NOW, "/", from_browser=False
    )
    assert (found.transaction_id, found.items, found.path) == ("7", (Item("123", "", 100, 1),), "/")


TOPICS = frozenset({"妊娠", "はいらん"})


def test_a_view_with_a_sensitive_tag_is_remembered_without_what_was_viewed() -> None:
    view = Event("page_view", 100, "e1", "/pregnancy", ("らんにんぐ", "妊娠"), basis=Basis.IMPLIED)
    assert without_sensitive(view, TOPICS) == Event("page_view", 100, "e1", basis=Basis.IMPLIED)


def test_an_order_with_a_sensitive_category_keeps_its_amount_and_loses_its_lines() -> None:
    items = (Item("test", "妊娠", 900, 2), Item("tea", "お茶", 500))
    order = Event("purchase", 100, path="/thanks", items=items, transaction_id="t1")
    assert without_sensitive(order, TOPICS) == Event("purchase", 100, transaction_id="t1", value=2_300)
    stated = structs.replace(order, value=2_500)
    assert without_sensitive(stated, TOPICS).value == 2_500


def test_what_has_no_sensitive_topic_is_remembered_as_it_is() -> None:
    event = Event("view_item", 100, path="/妊娠", tags=("妊娠中",), items=(Item("妊娠", "お茶"),))
    assert without_sensitive(event, TOPICS) is event
    assert without_sensitive(Event("login", 100), TOPICS) == Event("login", 100)
    sensitive = Event("page_view", 100, tags=("妊娠",))
    assert without_sensitive(sensitive, frozenset()) is sensitive
