"""Pages fetched ahead, previews, HEAD and robots: they are answered, and nothing is counted, claimed or given out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.conftest import KEY, Connect

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
ME = "visitor-of-these-tests"
COOKIES = f"omo_consent=personalization; omo_vid={ME}"
NEW = "omo_consent=personalization"
CAPPED, NEXT = "<p>お知らせ</p>", "<p>その次</p>"
"""At most twice in seven days; and what follows it."""
AHEAD = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Sec-Purpose": "prefetch;anonymous-client-ip"},
    {"Purpose": "prefetch"},
    {"Purpose": "preview"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
    {"SEC-PURPOSE": "Prefetch"},
]
ROBOTS = [
    {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    {"User-Agent": "facebookexternalhit/1.1"},
]
USUAL = [
    {"Sec-Purpose": ""},
    {"Sec-Fetch-Purpose": "prefetch"},
    {"User-Agent": ""},
    {"User-Agent": "WordPress/6.6.2; https://shop.example"},
]


async def block(client: httpx.AsyncClient, name: str, cookies: str = COOKIES, **headers: str) -> httpx.Response:
    return await client.get(f"/v1/block/{name}", params={"page": "/running/a"}, headers={"Cookie": cookies, **headers})


async def decide(client: httpx.AsyncClient, cookies: str = COOKIES, **headers: str) -> httpx.Response:
    page = {"url": "/running/a", "referrer": "https://www.google.com/"}
    body = {"blocks": ["store_info", "notice"], "page": page, "events": [{"event": "sign_up"}]}
    return await client.post("/v1/decide", json=body, headers={"Cookie": cookies, **headers})


async def stored(client: httpx.AsyncClient) -> dict[str, Any]:
    body = {"visitor": {"id": ME}}
    found: dict[str, Any] = (await client.post("/v1/visitor/export", json=body, headers=BEARER)).json()
    return found


async def seen(client: httpx.AsyncClient) -> list[str]:
    """Return what three real views show in the block whose first rule has a limit of two."""
    return [(await block(client, "notice")).text for _ in range(3)]


@pytest.mark.parametrize("headers", AHEAD + ROBOTS, ids=str)
async def test_an_include_is_answered_and_not_counted(headers: dict[str, str], connect: Connect) -> None:
    async with connect() as client:
        await block(client, "store_info")
        before = await stored(client)
        for _ in range(3):
            assert (await block(client, "store_info", **headers)).text == "<p>店舗一覧</p>"
            await block(client, "notice", **headers)
        assert await stored(client) == before
        assert await seen(client) == [CAPPED, CAPPED, NEXT]


@pytest.mark.parametrize("headers", AHEAD + ROBOTS, ids=str)
async def test_a_browsers_call_is_answered_and_not_counted(headers: dict[str, str], connect: Connect) -> None:
    async with connect() as client:
        await block(client, "store_info")
        before = await stored(client)
        for _ in range(3):
            answer = await decide(client, **headers)
            assert answer.json()["blocks"]["store_info"] == {"html": "<p>店舗一覧</p>"}
        assert await stored(client) == before
        assert await seen(client) == [CAPPED, CAPPED, NEXT]


@pytest.mark.parametrize("headers", AHEAD + ROBOTS, ids=str)
async def test_nobody_gets_an_id(headers: dict[str, str], connect: Connect) -> None:
    async with connect() as client:
        for answer in (await decide(client, NEW, **headers), await block(client, "store_info", NEW, **headers)):
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", AHEAD, ids=str)
async def test_a_cms_hands_on_that_a_page_is_fetched_ahead(headers: dict[str, str], connect: Connect) -> None:
    async with connect() as client:
        body = {"blocks": ["store_info"], "visitor": {"consent": ["personalization"]}}
        answer = await client.post("/v1/decide", json=body, headers=BEARER | headers)
        assert answer.json()["visitor"] == {"id": None, "new": False, "segments": []}
        assert answer.json()["blocks"]["store_info"]["html"] == "<p>店舗一覧</p>"


@pytest.mark.parametrize("agent", [headers["User-Agent"] for headers in ROBOTS])
async def test_a_cms_states_that_a_robot_asks(agent: str, connect: Connect) -> None:
    async with connect() as client:
        visitor = {"id": ME, "consent": ["personalization"]}
        body = {"blocks": ["store_info"], "visitor": visitor, "client": {"user_agent": agent}}
        answer = await client.post("/v1/decide", json=body, headers=BEARER)
        assert answer.json()["visitor"] == {"id": None, "new": False, "segments": []}
        assert (await stored(client))["visitor"] is None


@pytest.mark.parametrize("headers", AHEAD + ROBOTS, ids=str)
async def test_an_event_is_accepted_and_not_kept(headers: dict[str, str], connect: Connect) -> None:
    async with connect() as client:
        answer = await client.post("/v1/event", json={"event": "page_view"}, headers={"Cookie": COOKIES, **headers})
        assert answer.status_code == 204
        assert (await stored(client))["visitor"] is None


async def test_head_is_answered_as_get_without_a_body_and_not_counted(connect: Connect) -> None:
    async with connect() as client:
        await block(client, "store_info")
        before = await stored(client)
        for _ in range(3):
            answer = await client.head("/v1/block/notice", params={"page": "/running/a"}, headers={"Cookie": COOKIES})
            assert (answer.status_code, answer.content) == (200, b"")
        got = await client.get("/v1/block/store_info", headers={"Cookie": "a=b"})
        head = await client.head("/v1/block/store_info", headers={"Cookie": "a=b"})
        assert told(head) == told(got)
        assert await stored(client) == before
        assert await seen(client) == [CAPPED, CAPPED, NEXT]


def told(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "server-timing"}


@pytest.mark.parametrize("headers", USUAL, ids=str)
async def test_everybody_else_is_counted(headers: dict[str, str], connect: Connect) -> None:
    async with connect() as client:
        await block(client, "store_info", **headers)
        views = (await stored(client))["visitor"]["views"]
        assert [view["path"] for view in views] == ["/running/a"]
