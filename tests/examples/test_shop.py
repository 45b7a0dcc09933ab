from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import msgspec
import pytest

import somebody
from catalogue import PRODUCTS
from shop import Settings, create_app, settings_from
from somebody import Somebody

PAGES = ["/", "/running/", "/trail/", "/wear/", "/running/asagake", "/member/", "/cart/", "/search", "/search?q=雨"]
HEADING = re.compile(r"<h2[^>]*hero-title[^>]*>(.*?)</h2>", re.DOTALL)

pytestmark = pytest.mark.anyio


class FakeService(httpx.AsyncBaseTransport):
    """Stands for the service on the shop's side: remembers what it was told and gives the answers it was given."""

    def __init__(self, blocks: dict[str, Any] | None = None, visitor: dict[str, Any] | None = None) -> None:
        self.response = httpx.Response(200, json={"blocks": blocks or {}, "visitor": visitor or {"id": None}})
        self.delay = 0.0
        self.questions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.headers: list[httpx.Headers] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = msgspec.json.decode(await request.aread())
        self.headers.append(request.headers)
        if request.url.path == "/v1/event":
            self.events += body["events"]
            return httpx.Response(204)
        self.questions.append(body)
        await asyncio.sleep(self.delay)
        return self.response


Visit = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@asynccontextmanager
async def browser(
    service: httpx.AsyncBaseTransport | None,
    person: Somebody | None = None,
    **settings: Any,
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the shop, as the person of the strip."""
    app = create_app(Settings(omo_key="k" * 32, **settings), service)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client,
    ):
        if person:
            client.cookies.set(somebody.COOKIE, somebody.to_cookie(person), domain="shop.test", path="/")
        yield client


def chosen(client: httpx.AsyncClient) -> Somebody:
    return somebody.from_cookie(client.cookies.get(somebody.COOKIE))


def hero_of(page: httpx.Response) -> str:
    found = HEADING.search(page.text)
    assert found
    return found[1]


@pytest.fixture
def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_stands_without_the_service(path: str, closed_port: str) -> None:
    async with browser(None, omo_url=closed_port) as client:
        page = await client.get(path)
    assert page.status_code == 200
    assert "サービスから答えがないので" in page.text
    assert "送料無料" in page.text


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_made_with_one_question(path: str) -> None:
    service = FakeService()
    async with browser(service) as client:
        page = await client.get(path)
    assert page.status_code == 200
    assert len(service.questions) == 1


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/running/nothing", "/trail/asagake", "/images/nothing.svg"])
async def test_what_is_not_there_is_a_404_that_looks_like_the_shop(path: str) -> None:
    async with browser(FakeService()) as client:
        page = await client.get(path, follow_redirects=True)
    assert page.status_code == 404
    assert "コースを外れました" in page.text


async def test_all_blocks_of_a_page_are_asked_for_with_the_key() -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.get("/")
    assert service.questions[0]["blocks"] == ["notice_bar", "hero", "greeting", "recommend", "store_info"]
    assert service.headers[0]["authorization"] == "Bearer " + "k" * 32


async def test_a_block_in_the_answer_replaces_the_own_content_and_the_strip_says_why() -> None:
    block = {
        "html": '<h2 id="hero-title">走る</h2>',
        "rule": "検索した人",
        "id": "hero/検索した人",
        "reason": "TARGETING_MATCH",
    }
    async with browser(FakeService({"hero": block})) as client:
        page = await client.get("/")
    assert hero_of(page) == "走る"
    assert '<td class="somebody__won">検索した人</td>' in page.text
    assert "<code>hero/検索した人</code>" in page.text


async def test_a_block_that_is_absent_keeps_the_own_content() -> None:
    async with browser(FakeService()) as client:
        page = await client.get("/")
    assert hero_of(page) == "よーい、<br>のその前に。"
    assert page.text.count("もとのまま <span") == 5


async def test_a_hidden_block_shows_nothing() -> None:
    async with browser(FakeService({"search_help": {"html": "<!-- omo:hidden -->"}})) as client:
        page = await client.get("/search?q=雨")
    assert "見つからないときは" not in page.text


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (httpx.Response(401, json={}), "HTTP 401"),
        (httpx.Response(200, text="<html>"), "DecodeError"),
        (httpx.Response(200, json={"blocks": {"hero": {"html": 5}}}), "ValidationError"),
    ],
)
async def test_an_answer_that_is_none_keeps_the_own_content(response: httpx.Response, words: str) -> None:
    service = FakeService()
    service.response = response
    async with browser(service) as client:
        page = await client.get("/")
    assert hero_of(page) == "よーい、<br>のその前に。"
    assert words in page.text


async def test_a_service_that_takes_too_long_is_not_waited_for() -> None:
    service = FakeService()
    service.delay = 60
    async with browser(service) as client:
        page = await client.get("/")
    assert page.status_code == 200
    assert "200 ms 待っても返事がありません" in page.text


async def test_a_page_is_never_kept_for_somebody_else() -> None:
    async with browser(FakeService()) as client:
        page = await client.get("/")
    assert page.headers["cache-control"] == "private, no-store"


async def test_a_new_visitor_id_becomes_a_cookie_that_scripts_cannot_read() -> None:
    async with browser(FakeService(visitor={"id": "v" * 22, "new": True})) as client:
        page = await client.get("/")
    [cookie] = page.headers.get_list("set-cookie")
    assert cookie.startswith(f"omo_vid={'v' * 22};")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_the_visitor_id_is_told_and_not_set_again() -> None:
    service = FakeService(visitor={"id": "v" * 22, "new": False})
    async with browser(service, Somebody(consent=True)) as client:
        client.cookies.set("omo_vid", "v" * 22)
        page = await client.get("/")
    assert service.questions[0]["visitor"] == {"consent": ["personalization", "measurement"], "id": "v" * 22}
    assert "set-cookie" not in page.headers


async def test_the_visitor_id_goes_when_the_service_knows_none() -> None:
    async with browser(FakeService(visitor={"id": None})) as client:
        client.cookies.set("omo_vid", "v" * 22, domain="shop.test", path="/")
        await client.get("/")
        assert "omo_vid" not in client.cookies


async def test_the_visitor_id_stays_when_the_service_is_away(closed_port: str) -> None:
    async with browser(None, omo_url=closed_port) as client:
        client.cookies.set("omo_vid", "v" * 22, domain="shop.test", path="/")
        await client.get("/")
        assert client.cookies["omo_vid"] == "v" * 22


async def test_a_guest_is_told_as_nobody() -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.get("/running/", headers={"referer": "https://example.com/", "accept-language": "ja"})
    [question] = service.questions
    assert question["visitor"] == {"consent": []}
    assert "member" not in question
    assert question["page"] == {
        "url": "http://shop.test/running/",
        "referrer": "https://example.com/",
        "tags": ["running"],
    }
    assert question["client"]["accept_language"] == "ja"
    assert "prefecture" not in question["client"]
    assert question["events"] == [{"event": "page_view"}]


async def test_a_product_page_tells_what_was_looked_at() -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.get("/running/asagake")
    item = {"item_id": "asagake", "item_category": "running", "price": 13200, "quantity": 1}
    assert service.questions[0]["events"] == [{"event": "page_view"}, {"event": "view_item", "items": [item]}]


@pytest.mark.parametrize(
    ("arrival", "url", "referrer"),
    [
        ("yahoo", "http://shop.test/", "https://search.yahoo.co.jp/search?p=%E6%9C%9D+%E9%9D%B4&ei=UTF-8"),
        ("bing", "http://shop.test/", "https://www.bing.com/"),
        ("campaign", "http://shop.test/?utm_source=line&utm_medium=social&utm_campaign=line-hajimete", ""),
        (
            "ad",
            "http://shop.test/?utm_source=yahoo&utm_medium=cpc&utm_campaign=shoes&utm_term=%E6%9C%9D+%E9%9D%B4",
            "https://search.yahoo.co.jp/",
        ),
    ],
)
async def test_an_arrival_is_told_as_if_it_had_happened(arrival: str, url: str, referrer: str) -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.post("/somebody", data={"do": "arrive", "arrival": arrival, "keyword": "朝 靴", "back": "/"})
        await client.get("/")
    assert service.questions[-1]["page"] == {"url": url, "referrer": referrer, "tags": []}


async def test_a_move_is_told_as_the_place_that_the_visitor_chose() -> None:
    service = FakeService()
    async with browser(service) as client:
        answer = await client.post("/somebody", data={"do": "move", "place": "osaka", "back": "/running/?a=b"})
        await client.get("/")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/running/?a=b"
    assert service.questions[-1]["client"]["prefecture"] == "大阪府"


async def test_a_member_is_told_with_rank_name_points_and_birthday() -> None:
    service = FakeService()
    form = {"do": "log_in", "member": "gold", "last_name": "鈴木", "points": "１５００", "birthday_this_month": "yes"}
    async with browser(service) as client:
        await client.post("/somebody", data=form)
        await client.get("/")
        person = chosen(client)
    member = service.questions[-1]["member"]
    assert member["id"] == person.member_id
    assert member["id"].startswith("demo-")
    assert (member["rank"], member["last_name"], member["points"]) == ("ゴールド", "鈴木", 1500)
    assert re.fullmatch(r"1990-\d\d-15", member["birthday"])


async def test_logging_out_keeps_the_member_number_for_the_next_time() -> None:
    async with browser(FakeService(), Somebody(member="gold", member_id="demo-1")) as client:
        await client.post("/somebody", data={"do": "log_in", "member": "guest"})
        assert chosen(client).member == "guest"
        assert chosen(client).member_id == "demo-1"


async def test_consent_is_given_and_taken_back() -> None:
    async with browser(FakeService()) as client:
        await client.post("/somebody", data={"do": "consent", "consent": "yes"})
        assert chosen(client).consent is True
        await client.post("/somebody", data={"do": "consent", "consent": "no"})
        assert chosen(client).consent is False


async def test_without_consent_the_strip_says_that_nothing_is_stored_and_offers_no_history() -> None:
    async with browser(FakeService()) as client:
        page = await client.get("/")
    assert "何も保存していません" in page.text
    assert "<button disabled>ランニングの靴を3足見る</button>" in page.text


async def test_looking_at_three_shoes_tells_three_product_pages() -> None:
    service = FakeService()
    async with browser(service, Somebody(consent=True)) as client:
        await client.post("/somebody", data={"do": "look_at_three_shoes", "back": "/"})
    viewed = [event["page"] for event in service.events if event["event"] == "page_view"]
    assert viewed == ["/running/asagake", "/running/fuwari", "/running/hayate"]


async def test_without_consent_no_event_leaves_the_shop() -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.post("/somebody", data={"do": "look_at_three_shoes"})
        await client.post("/cart/add", data={"slug": "fuwari"})
        assert chosen(client).cart == ("fuwari",)
    assert service.events == []


async def test_a_shoe_in_the_cart_is_told_and_lies_there() -> None:
    service = FakeService()
    async with browser(service, Somebody(consent=True)) as client:
        answer = await client.post("/cart/add", data={"slug": "hayate"})
        cart = await client.get(answer.headers["location"])
    item = {"item_id": "hayate", "item_category": "running", "price": 24200, "quantity": 1}
    assert service.events == [{"event": "add_to_cart", "items": [item]}]
    assert "24,200" in cart.text


async def test_buying_is_told_and_empties_the_cart() -> None:
    service = FakeService()
    async with browser(service, Somebody(consent=True, cart=("hayate", "tabi"))) as client:
        await client.post("/cart/buy")
        assert chosen(client).cart == ()
    [event] = service.events
    assert event["event"] == "purchase"
    assert [item["item_id"] for item in event["items"]] == ["hayate", "tabi"]


async def test_the_cart_fills_when_the_service_is_away(closed_port: str) -> None:
    async with browser(None, Somebody(consent=True), omo_url=closed_port) as client:
        await client.post("/cart/add", data={"slug": "hayate"})
        assert chosen(client).cart == ("hayate",)


async def test_starting_over_forgets_everything() -> None:
    async with browser(FakeService(), Somebody(member="gold", consent=True, cart=("tabi",))) as client:
        client.cookies.set("omo_vid", "v" * 22, domain="shop.test", path="/")
        await client.post("/somebody", data={"do": "start_over"})
        assert chosen(client) == Somebody()
        assert "omo_vid" not in client.cookies


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", ""])
async def test_the_way_back_never_leads_to_another_host(back: str) -> None:
    async with browser(FakeService()) as client:
        answer = await client.post("/somebody", data={"do": "move", "place": "tokyo", "back": back})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "form",
    [
        {"do": "arrive", "arrival": "moon"},
        {"do": "move", "place": "mars"},
        {"do": "log_in", "member": "king"},
        {"do": "dance"},
        {},
    ],
)
def test_nonsense_in_a_form_changes_nothing(form: dict[str, str]) -> None:
    person = Somebody(place="osaka", cart=("tabi",))
    assert somebody.changed(person, form) == person


@pytest.mark.parametrize("cookie", ["", "nonsense", "%7B%22member%22%3A%22king%22%7D", "[]"])
def test_a_cookie_that_cannot_be_read_describes_nobody(cookie: str) -> None:
    assert somebody.from_cookie(cookie) == Somebody()


def test_settings_come_from_the_environment() -> None:
    stated = {"OMO_URL": "http://127.0.0.1:9", "OMO_KEY": "secret", "SHOP_PORT": "9000", "HOME": "/"}
    assert settings_from(stated) == Settings("http://127.0.0.1:9", "secret", 9000)
    assert settings_from({}) == Settings("http://127.0.0.1:8700", "", 8701)


async def test_what_a_visitor_writes_is_escaped() -> None:
    async with browser(FakeService(), Somebody(member="gold", last_name="<i>", keyword='"><i>')) as client:
        page = await client.get("/search?q=<i>")
    assert "<i>" not in page.text


@pytest.mark.parametrize("slug", PRODUCTS)
async def test_every_product_has_a_picture_that_is_well_formed(slug: str) -> None:
    async with browser(FakeService()) as client:
        picture = await client.get(f"/images/{slug}.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert ET.fromstring(picture.text).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_loads_anything_from_elsewhere(path: str) -> None:
    async with browser(FakeService()) as client:
        page = await client.get(path)
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"|<script', page.text) == []
