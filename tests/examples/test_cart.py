from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.examples.browsing import NO, SATO, SUZUKI, YES, FakeService, browser, cart_of

import carts

pytestmark = pytest.mark.anyio


async def test_looking_at_three_shoes_tells_three_product_pages() -> None:
    service = FakeService()
    async with browser(service, cookies=YES) as client:
        await client.post("/somebody", data={"do": "look_at_three_shoes", "back": "/"})
    viewed = [event["page"] for event in service.events if event["event"] == "page_view"]
    assert viewed == ["/running/asagake", "/running/fuwari", "/running/hayate"]


@pytest.mark.parametrize("said", [{}, NO])
async def test_without_consent_no_event_leaves_the_shop(said: dict[str, str]) -> None:
    service = FakeService()
    async with browser(service, cookies=said) as client:
        await client.post("/somebody", data={"do": "look_at_three_shoes"})
        await client.post("/cart/add", data={"slug": "fuwari"})
        assert cart_of(client) == ("fuwari",)
    assert service.events == []


async def test_a_shoe_in_the_cart_is_told_and_lies_there() -> None:
    service = FakeService()
    async with browser(service, cookies=YES) as client:
        answer = await client.post("/cart/add", data={"slug": "hayate"})
        cart = await client.get(answer.headers["location"])
    item = {"item_id": "hayate", "item_category": "running", "price": 24200, "quantity": 1}
    assert service.events == [{"event": "add_to_cart", "items": [item]}]
    assert "24,200" in cart.text


async def test_a_shoe_of_an_hour_ago_is_told_with_its_time() -> None:
    service = FakeService()
    async with browser(service, cookies=YES) as client:
        await client.post("/somebody", data={"do": "put_shoe_into_cart_an_hour_ago", "back": "/"})
        assert cart_of(client) == ("fuwari",)
    ago = datetime.now(UTC) - datetime.fromisoformat(service.events[0]["timestamp"])
    assert timedelta(minutes=61) <= ago < timedelta(minutes=62)


async def test_a_shoe_taken_out_of_the_cart_is_told_and_one_is_left() -> None:
    service = FakeService()
    async with browser(service, cookies=YES | {carts.COOKIE: "tabi.tabi"}) as client:
        await client.post("/cart/remove", data={"slug": "tabi"})
        await client.post("/cart/remove", data={"slug": "hayate"})
        assert cart_of(client) == ("tabi",)
    item = {"item_id": "tabi", "item_category": "wear", "price": 1870, "quantity": 1}
    assert service.events == [{"event": "remove_from_cart", "items": [item]}]


async def test_buying_is_told_with_items_and_value_and_empties_the_cart() -> None:
    service = FakeService()
    async with browser(service, cookies=YES | {carts.COOKIE: "hayate.tabi.tabi"}) as client:
        page = await client.get("/cart/")
        await client.post("/cart/buy")
        assert cart_of(client) == ()
    assert "27,940" in page.text
    [event] = service.events
    assert (event["event"], event["value"], event["currency"]) == ("purchase", 27_940, "JPY")
    assert [(item["item_id"], item["quantity"]) for item in event["items"]] == [("hayate", 1), ("tabi", 2)]
    assert re.fullmatch(r"[0-9a-f]{16}", event["transaction_id"])


async def test_an_empty_cart_is_no_purchase() -> None:
    service = FakeService()
    async with browser(service, cookies=YES) as client:
        await client.post("/cart/buy")
    assert service.events == []


async def test_the_cart_fills_when_the_service_is_away(closed_port: str) -> None:
    async with browser(None, cookies=YES, omo_url=closed_port) as client:
        await client.post("/cart/add", data={"slug": "hayate"})
        assert cart_of(client) == ("hayate",)


async def test_a_guests_cart_goes_with_the_member_and_not_with_who_comes_after() -> None:
    async with browser(FakeService(), cookies={carts.COOKIE: "tabi"}) as client:
        await client.post("/member/login", data={"member": SATO.id})
        assert "五本指ソックス" in (await client.get("/cart/")).text
        await client.post("/member/logout")
        assert "カートは空です" in (await client.get("/cart/")).text
        await client.post("/member/login", data={"member": SUZUKI.id})
        assert "カートは空です" in (await client.get("/cart/")).text
