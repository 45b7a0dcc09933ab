"""POST /v1/decide over ASGI, on a real database file."""

from __future__ import annotations

import json
import sqlite3
import time
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jwt
import pytest
from tests.conftest import KEY, MEMBER_SECRET, Connect
from tests.places import Place

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
ALL = ["hero", "store_info", "greeting", "notice"]
YAHOO = "https://search.yahoo.co.jp/search?p=" + quote("マラソン シューズ")


async def decide(client: httpx.AsyncClient, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await client.post("/v1/decide", json={"blocks": ALL, **body}, headers=headers)


async def asked(caller: httpx.AsyncClient, /, **body: Any) -> dict[str, Any]:
    response = await decide(caller, body, **BEARER)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_keyword_in_the_referrer_decides_the_hero(connect: Connect) -> None:
    async with connect() as client:
        answer = await asked(client, page={"url": "https://shop.example/", "referrer": YAHOO})
    assert answer["blocks"]["hero"] == {
        "html": '<p class="hero">マラソン特集</p>\n',
        "rule": "ランニングで検索した人",
        "id": "hero/ランニングで検索した人",
        "variant": None,
        "content": "hero/running.html",
        "reason": "TARGETING_MATCH",
    }


async def test_a_block_that_keeps_its_original_is_absent_and_a_hidden_one_is_a_comment(connect: Connect) -> None:
    async with connect() as client:
        answer = await asked(client, page={"url": "/"})
    assert {name: block["rule"] for name, block in answer["blocks"].items()} == {
        "store_info": "otherwise",
        "notice": "otherwise",
    }
    assert answer["blocks"]["notice"]["html"] == "<!-- omo:hidden -->"
    assert answer["blocks"]["store_info"]["reason"] == "DEFAULT"


async def test_an_unknown_block_is_absent(connect: Connect) -> None:
    async with connect() as client:
        answer = await asked(client, blocks=["nowhere"])
    assert answer["blocks"] == {}


async def test_the_keyword_of_a_campaign_wins_over_the_referrer(connect: Connect) -> None:
    async with connect() as client:
        page = {"url": "/?utm_term=" + quote("ランニング"), "referrer": YAHOO}
        answer = await asked(client, page=page)
    assert "ランニング特集" in answer["blocks"]["hero"]["html"]


async def test_the_caller_may_state_the_prefecture(connect: Connect) -> None:
    async with connect() as client:
        answer = await asked(client, client={"prefecture": "大阪府"})
    assert answer["blocks"]["store_info"]["rule"] == "大阪"


async def test_attributes_count_from_a_caller_with_the_key_and_are_escaped(connect: Connect) -> None:
    async with connect() as client:
        answer = await asked(client, member={"id": "u1", "rank": "ゴールド", "last_name": "<b>佐藤"})
    assert answer["blocks"]["greeting"]["html"] == "<p>&lt;b&gt;佐藤様</p>"
    assert answer["visitor"]["segments"] == ["gold"]


async def test_each_member_reads_their_own_name_as_it_is(connect: Connect) -> None:
    async with connect() as client:
        for name in ("佐藤", '"a" \\ b', "{x}😀", "鈴木"):
            answer = await asked(client, member={"id": "u1", "rank": "ゴールド", "last_name": name})
            assert answer["blocks"]["greeting"] == {
                "html": f"<p>{escape(name)}様</p>",
                "rule": "ゴールド会員",
                "id": "greeting/ゴールド会員",
                "variant": None,
                "content": None,
                "reason": "TARGETING_MATCH",
            }


async def test_attributes_without_the_key_do_not_count(connect: Connect) -> None:
    async with connect() as client:
        body = {"member": {"id": "u1", "rank": "ゴールド"}}
        response = await decide(client, body, **{"X-Omo-Member": json.dumps(body["member"])})
    assert "greeting" not in response.json()["blocks"]


async def test_attributes_count_from_a_signed_token_without_the_key(connect: Connect) -> None:
    async with connect() as client:
        response = await decide(client, {"member_token": token(rank="ゴールド", last_name="佐藤")})
    assert response.json()["blocks"]["greeting"] == {"html": "<p>佐藤様</p>"}


@pytest.mark.parametrize("wrong", ["", "x.y.z", "expired", "other key"])
async def test_a_bad_token_is_a_guest(connect: Connect, wrong: str) -> None:
    bad = {
        "expired": token(iat=time.time() - 900, rank="ゴールド"),
        "other key": token(secret="b" * 32, rank="ゴールド"),
    }
    async with connect() as client:
        response = await decide(client, {"member_token": bad.get(wrong, wrong)})
    assert response.status_code == 200
    assert "greeting" not in response.json()["blocks"]


def token(secret: str = MEMBER_SECRET, iat: float | None = None, **attributes: str) -> str:
    issued = int(time.time() if iat is None else iat)
    claims = {"sub": "u1", "aud": "omotenashi", "iat": issued, "exp": issued + 300, **attributes}
    return jwt.encode(claims, secret, "HS256", headers={"kid": "k1"})


async def test_a_browser_learns_html_alone(connect: Connect) -> None:
    async with connect() as client:
        response = await decide(client, {"page": {"referrer": YAHOO}, "visitor": {"consent": ["personalization"]}})
    assert response.json() == {
        "blocks": {
            "hero": {"html": '<p class="hero">マラソン特集</p>\n'},
            "store_info": {"html": "<p>店舗一覧</p>"},
            "notice": {"html": "<p>お知らせ</p>"},
        }
    }


async def test_a_browser_with_consent_gets_a_cookie_and_is_known_by_it(connect: Connect, place: Place) -> None:
    async with connect() as client:
        first = await decide(client, {"visitor": {"consent": ["personalization"]}})
        cookie = first.headers["set-cookie"]
        second = await decide(client, {"visitor": {"consent": ["personalization"]}})
    assert cookie.startswith("omo_vid=")
    assert "HttpOnly; SameSite=Lax" in cookie
    assert "set-cookie" not in second.headers
    assert len(place.rows()) == 1


async def test_a_browser_cannot_name_another_visitor(connect: Connect) -> None:
    body = {"visitor": {"id": "somebody-else-0001", "consent": ["personalization"]}}
    async with connect() as client:
        await asked(client, visitor=body["visitor"])
        response = await decide(client, body)
    assert "somebody-else-0001" not in response.headers["set-cookie"]


async def test_three_views_under_a_path_change_the_fourth_page(connect: Connect) -> None:
    heroes = []
    async with connect() as client:
        for path in ("/running/a", "/running/a", "/running/c", "/"):
            visitor = {"id": "visitor-0123456789", "consent": ["personalization"]}
            answer = await asked(client, visitor=visitor, page={"url": path})
            heroes.append(answer["blocks"].get("hero", {}).get("rule"))
    assert heroes == [None, None, None, "ランニングを検討中"]


async def test_a_limit_of_two_shows_twice_and_then_the_next_rule(connect: Connect) -> None:
    shown = []
    async with connect() as client:
        for number in range(4):
            visitor = {"id": "visitor-0123456789", "consent": ["personalization"]}
            answer = await asked(client, visitor=visitor, page={"url": f"/{number}"})
            shown.append(answer["blocks"]["notice"]["rule"])
    assert shown == ["2回だけのお知らせ", "2回だけのお知らせ", "その次", "その次"]


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {}])
async def test_prefetch_and_bots_claim_nothing(connect: Connect, headers: dict[str, str]) -> None:
    agent = "" if headers else "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    visitor = {"id": "visitor-0123456789", "consent": ["personalization"]}
    async with connect() as client:
        for _ in range(3):
            body = {"visitor": visitor, "client": {"user_agent": agent}}
            response = await decide(client, body, **headers, **BEARER)
            assert response.json()["blocks"]["notice"].get("rule") != "2回だけのお知らせ"
        answer = await asked(client, visitor=visitor)
    assert answer["blocks"]["notice"]["rule"] == "2回だけのお知らせ"


async def test_a_new_visitor_with_consent_gets_an_id(connect: Connect, place: Place) -> None:
    async with connect() as client:
        answer = await asked(client, visitor={"consent": ["personalization"]})
    assert answer["visitor"]["new"] is True
    assert len(answer["visitor"]["id"]) >= 16
    assert len(place.rows()) == 1


async def test_without_consent_there_is_no_id_no_cookie_and_no_row(connect: Connect, place: Place) -> None:
    async with connect() as client:
        stated = await decide(client, {"visitor": {"id": "visitor-0123456789"}, "page": {"referrer": YAHOO}}, **BEARER)
        browser = await decide(client, {"page": {"referrer": YAHOO}})
        refused = await decide(client, {"visitor": {"consent": ["personalization"]}}, **{"Sec-GPC": "1"})
    assert stated.json()["visitor"]["id"] is None
    assert stated.json()["blocks"]["hero"]["rule"] == "ランニングで検索した人"
    assert all("set-cookie" not in response.headers for response in (stated, browser, refused))
    assert len(place.rows()) == 0


async def test_every_answer_is_private(connect: Connect) -> None:
    async with connect() as client:
        response = await decide(client, {})
    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["surrogate-control"] == "no-store"


@pytest.mark.parametrize(
    ("status", "content", "headers"),
    [
        (400, b"{", {}),
        (400, b"[]", {}),
        (400, b"{}", {}),
        (400, b'{"blocks": "hero"}', {}),
        (400, '{"blocks": ["hero"], "member": "ゴールド"}'.encode("cp932"), {}),
        (401, b'{"blocks": []}', {"Authorization": "Bearer wrong"}),
        (403, b'{"blocks": []}', {"Origin": "https://evil.example"}),
        (413, b'{"blocks": ["' + b"x" * 65_536 + b'"]}', {}),
        (400, b'{"blocks": [], "events": [{"event": "page view!"}]}', BEARER),
    ],
)
async def test_what_cannot_be_answered_is_a_problem_document(
    connect: Connect, status: int, content: bytes, headers: dict[str, str]
) -> None:
    async with connect() as client:
        response = await client.post("/v1/decide", content=content, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert set(response.json()) == {"type", "title", "status", "detail"}


@pytest.mark.parametrize("other", ["Bearer wrong", BEARER["Authorization"], "Basic dXNlcjpwdw=="])
async def test_two_headers_with_a_key_are_refused_whichever_is_right(connect: Connect, other: str) -> None:
    pairs = [("Authorization", BEARER["Authorization"]), ("Authorization", other)]
    async with connect() as client:
        for headers in (pairs, pairs[::-1]):
            assert (await client.post("/v1/decide", json={"blocks": []}, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Authorization": "Basic dXNlcjpwdw=="},
        {"Origin": "https://shop.example"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_these_headers_are_no_obstacle(connect: Connect, headers: dict[str, str]) -> None:
    async with connect() as client:
        response = await client.post("/v1/decide", content=b'{"blocks": ["store_info"]}', headers=headers)
    assert response.json() == {"blocks": {"store_info": {"html": "<p>店舗一覧</p>"}}}


async def test_the_store_may_fail_and_decisions_go_on(connect: Connect, database: Path) -> None:
    visitor = {"id": "visitor-0123456789", "consent": ["personalization"]}
    async with connect() as client:
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("DROP TABLE profile")
        answer = await asked(client, visitor=visitor, page={"url": "/", "referrer": YAHOO})
    assert answer["blocks"]["hero"]["rule"] == "ランニングで検索した人"
    assert answer["blocks"]["notice"]["rule"] == "otherwise"
