from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import httpx
import pytest
from tests.examples.browsing import PAGES, FakeService, browser

import somebody
from catalogue import PRODUCTS
from shop import Settings, settings_from
from somebody import Somebody

HEADING = re.compile(r"<h2[^>]*hero-title[^>]*>(.*?)</h2>", re.DOTALL)

pytestmark = pytest.mark.anyio


def hero_of(page: httpx.Response) -> str:
    found = HEADING.search(page.text)
    assert found
    return found[1]


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
    assert service.questions[0]["blocks"] == [
        "notice_bar",
        "top_message",
        "hero",
        "greeting",
        "recommend",
        "store_info",
    ]
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
    assert page.text.count("もとのまま <span") == 6


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
    async with browser(service, patience=0.2) as client:
        page = await client.get("/")
    assert page.status_code == 200
    assert "200 ms 待っても返事がありません" in page.text


async def test_a_page_is_never_kept_for_somebody_else() -> None:
    async with browser(FakeService()) as client:
        page = await client.get("/")
    assert page.headers["cache-control"] == "private, no-store"


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
        {"do": "dance"},
        {},
    ],
)
def test_nonsense_in_a_form_changes_nothing(form: dict[str, str]) -> None:
    person = Somebody(place="osaka")
    assert somebody.changed(person, form) == person


@pytest.mark.parametrize("cookie", ["", "nonsense", "%7B%22place%22%3A%22mars%22%7D", "[]"])
def test_a_cookie_that_cannot_be_read_describes_nobody(cookie: str) -> None:
    assert somebody.from_cookie(cookie) == Somebody()


def test_settings_come_from_the_environment() -> None:
    stated = {
        "OMO_URL": "http://127.0.0.1:9",
        "OMO_KEY": "secret",
        "SHOP_PORT": "9000",
        "OMO_MEMBER_KEY": "k:s",
        "SHOP_PATIENCE": "0.3",
    }
    assert settings_from({**stated, "HOME": "/"}) == Settings("http://127.0.0.1:9", "secret", 9000, "k:s", 0.3)
    assert settings_from({}) == Settings("http://127.0.0.1:8700", "", 8701, "")


async def test_what_a_visitor_writes_is_escaped() -> None:
    async with browser(FakeService(), Somebody(keyword='"><i>')) as client:
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
