"""POST /v1/visitor/export, erase and explain: what visitors may ask about themselves, and a CMS for them."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from tests.conftest import KEY, MEMBER_SECRET, Connect
from tests.places import Place

from omotenashi.reload import Holder
from omotenashi.service import Service

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
MINE, OTHER = "visitor-0123456789", "another-0123456789"
COOKIES = {"Cookie": f"omo_consent=personalization; omo_vid={MINE}", "Origin": "http://shop.example"}
CONSENT = ["personalization", "measurement"]
NIGHT = "2026-01-02T03:04:05Z"


def token(member: str) -> str:
    now = int(time.time())
    claims = {"sub": member, "aud": "omotenashi", "iat": now, "exp": now + 200}
    return jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})


async def did(client: httpx.AsyncClient, *events: dict[str, Any], visitor: str = MINE, member: str = "") -> None:
    body: dict[str, Any] = {"visitor": {"id": visitor, "consent": CONSENT}, "events": events}
    if member:
        body["member"] = {"id": member}
    response = await client.post("/v1/event", json=body, headers=BEARER)
    assert response.status_code == 204, response.text


async def ask(client: httpx.AsyncClient, what: str, body: Any = None, **headers: str) -> dict[str, Any]:
    response = await client.post(f"/v1/visitor/{what}", json=body or {}, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "private, no-store"
    answer: dict[str, Any] = response.json()
    return answer


# Export


async def test_an_export_says_all_in_words_and_times(connect: Connect) -> None:
    async with connect() as client:
        await did(
            client,
            {"event": "page_view", "page": "/running/a", "tags": ["靴"], "timestamp": NIGHT, "event_id": "e1"},
            {"event": "sign_up", "timestamp": NIGHT},
            {
                "event": "purchase",
                "timestamp": NIGHT,
                "transaction_id": "T1",
                "items": [{"item_id": "S1", "item_category": "靴", "price": 18000}],
            },
        )
        found = await ask(client, "export", {"visitor": {"id": MINE}}, **BEARER)
    assert found["member"] is None
    assert found["record"] is None
    assert found["kept_days"] == {"events": 400, "exposures": 400, "profiles": 400}
    mine, at = found["visitor"], NIGHT
    assert mine["first_seen"] == at
    assert mine["visits"] == [{"from": at, "to": at}]
    assert mine["views"] == [{"at": at, "path": "/running/a", "tags": ["靴"]}]
    assert mine["events"] == [{"at": at, "event": "sign_up"}, {"at": at, "event": "purchase"}]
    line = {"item": "S1", "category": "靴", "amount": 18000, "quantity": 1}
    assert mine["orders"] == [{"at": at, "amount": 18000, "lines": [line], "transaction_id": "T1"}]
    assert mine["hashes"]["events"] == 1


async def test_rules_that_were_shown_have_ids_for_the_key_and_blocks_for_browsers(connect: Connect) -> None:
    async with connect() as client:
        body = {"blocks": ["notice"], "visitor": {"id": MINE, "consent": CONSENT}}
        await client.post("/v1/decide", json=body, headers=BEARER)
        with_key = await ask(client, "export", {"visitor": {"id": MINE}}, **BEARER)
        browser = await ask(client, "export", **COOKIES)
    assert [one["rule"] for one in with_key["visitor"]["shown"]] == ["notice/2回だけのお知らせ"]
    assert [list(one) for one in browser["visitor"]["shown"]] == [["at", "block"]]
    assert browser["visitor"]["shown"][0]["block"] == "notice"
    assert "お知らせ" not in str(browser)


async def test_a_member_is_exported_by_id_with_the_key_or_by_an_own_token(connect: Connect) -> None:
    async with connect() as client:
        await did(client, {"event": "page_view", "page": "/a"}, member="m1")
        with_key = await ask(client, "export", {"member": {"id": "m1"}}, **BEARER)
        by_token = await ask(client, "export", {"member_token": token("m1")}, **COOKIES)
        by_cookie = await ask(client, "export", None, Cookie=f"omo_member={token('m1')}")
        others = await ask(client, "export", {"member_token": token("m2")}, **COOKIES)
    assert [view["path"] for view in with_key["member"]["views"]] == ["/a"]
    assert by_token["member"] == by_cookie["member"] == with_key["member"]
    assert with_key["visitor"] is None
    assert others["member"] is None


async def test_a_browser_asks_about_its_own_cookie_whatever_it_names(connect: Connect) -> None:
    async with connect() as client:
        await did(client, {"event": "page_view", "page": "/mine"})
        await did(client, {"event": "page_view", "page": "/other"}, visitor=OTHER, member="m1")
        await did(client, {"event": "page_view", "page": "/other"}, visitor=OTHER)
        body = {"visitor": {"id": OTHER}, "member": {"id": "m1"}}
        found = await ask(client, "export", body, **COOKIES, **{"X-Omo-Visitor": OTHER})
    assert [view["path"] for view in found["visitor"]["views"]] == ["/mine"]
    assert found["member"] is None


async def test_not_even_a_trusted_proxy_names_another_visitor(connect: Connect) -> None:
    async with connect("192.0.2.9", ("192.0.2.9/32",)) as client:
        await did(client, {"event": "page_view", "page": "/other"}, visitor=OTHER)
        found = await ask(client, "export", None, **{"X-Omo-Visitor": OTHER})
    assert found["visitor"] is None


async def test_somebody_unknown_gets_an_empty_export_and_leaves_nothing_behind(connect: Connect, place: Place) -> None:
    async with connect() as client:
        response = await client.post("/v1/visitor/export")
        assert place.rows() == []
    assert response.json() == {
        "visitor": None,
        "member": None,
        "record": None,
        "kept_days": {"events": 400, "exposures": 400, "profiles": 400},
    }
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("what", ["export", "erase", "explain"])
async def test_the_key_must_name_whom_it_is_about(connect: Connect, what: str) -> None:
    async with connect() as client:
        response = await client.post(f"/v1/visitor/{what}", json={}, headers={**COOKIES, **BEARER})
    assert response.status_code == 400
    assert response.json()["detail"] == "name whom it is about: visitor.id, member.id or both"


async def test_an_id_that_is_none_is_refused(connect: Connect) -> None:
    async with connect() as client:
        response = await client.post("/v1/visitor/export", json={"visitor": {"id": "short"}}, headers=BEARER)
    assert response.status_code == 400
    assert "16 to 64" in response.json()["detail"]


# Erase


async def test_a_cookie_erases_its_device_and_nobody_else(connect: Connect, place: Place) -> None:
    async with connect() as client:
        await did(client, {"event": "page_view", "page": "/mine"})
        await did(client, {"event": "page_view", "page": "/other"}, visitor=OTHER)
        await did(client, {"event": "page_view", "page": "/member"}, visitor="third-0123456789", member="m1")
        before = place.rows()
        response = await client.post("/v1/visitor/erase", headers={**COOKIES, "Content-Type": "application/json"})
        assert response.json() == {"erased": True}
        assert len(place.rows()) == len(before) - 1
        assert (await ask(client, "export", **COOKIES))["visitor"] is None
        assert (await ask(client, "erase", **COOKIES)) == {"erased": False}
    assert response.headers["set-cookie"].startswith("omo_vid=; Path=/; Max-Age=0")


async def test_a_member_token_erases_the_member_too(connect: Connect) -> None:
    async with connect() as client:
        await did(client, {"event": "page_view", "page": "/a"}, member="m1")
        assert await ask(client, "erase", {"member_token": token("m1")}, **COOKIES) == {"erased": True}
        assert (await ask(client, "export", {"member": {"id": "m1"}}, **BEARER))["member"] is None


async def test_the_key_erases_whom_it_names_and_not_whose_cookies_it_hands_on(connect: Connect) -> None:
    async with connect() as client:
        await did(client, {"event": "page_view", "page": "/mine"})
        await did(client, {"event": "page_view", "page": "/member"}, visitor="third-0123456789", member="m1")
        response = await client.post(
            "/v1/visitor/erase", json={"member": {"id": "m1"}}, headers={"Cookie": COOKIES["Cookie"], **BEARER}
        )
        assert response.json() == {"erased": True}
        assert "set-cookie" not in response.headers
        assert (await ask(client, "export", **COOKIES))["visitor"] is not None


async def test_a_store_that_does_not_answer_is_a_503_with_retry_after(connect: Connect, database: Path) -> None:
    async with connect() as client:
        with sqlite3.connect(database, isolation_level=None) as connection:
            connection.execute("DROP TABLE profile")
        response = await client.post("/v1/visitor/erase", json={}, headers=COOKIES)
        seen = await client.post("/v1/visitor/export", json={}, headers=COOKIES)
    assert (response.status_code, seen.status_code) == (503, 503)
    assert response.headers["retry-after"] == "1"
    assert response.headers["content-type"] == "application/problem+json"


# What other sites cannot do


@pytest.mark.parametrize("what", ["export", "erase", "explain"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({}, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
        ({"Origin": "http://shop.example", "Content-Type": "text/plain"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_only_the_sites_own_pages_ask_with_cookies(
    connect: Connect, what: str, headers: dict[str, str], status: int
) -> None:
    async with connect() as client:
        response = await client.post(
            f"/v1/visitor/{what}", content=b"{}", headers={"Cookie": COOKIES["Cookie"], **headers}
        )
    assert response.status_code == status


@pytest.mark.parametrize(
    ("method", "body", "status"), [("GET", b"", 405), ("POST", b"[]", 400), ("POST", b"{" * 70_000, 413)]
)
async def test_what_is_malformed_is_refused_in_the_one_shape(
    connect: Connect, method: str, body: bytes, status: int
) -> None:
    async with connect() as client:
        response = await client.request(method, "/v1/visitor/export", content=body, headers=BEARER)
    assert response.status_code == status
    assert response.json()["status"] == status


async def test_without_rules_nobody_can_be_told_apart_and_that_is_said(connect: Connect, service: Service) -> None:
    async with connect() as client:
        service.holder = Holder(Path("/nowhere"))
        response = await client.post("/v1/visitor/erase", json={}, headers=COOKIES)
    assert response.status_code == 503
    assert response.json()["detail"] == "no rules are loaded; /readyz says why"


# Explain

RANKED = {"id": "m1", "rank": "ゴールド"}


async def test_a_browser_learns_kinds_of_facts_and_nothing_of_the_rules(connect: Connect) -> None:
    async with connect() as client:
        await did(client, *({"event": "page_view", "page": "/running/a"},) * 3)
        found = await ask(client, "explain", {"page": {"url": "/"}}, **COOKIES, **{"Accept-Language": "ja"})
    assert found["blocks"] == {
        "hero": {"label": "hero", "personalized": True, "because_of": ["見たページや商品"]},
        "store_info": {"label": "store_info", "personalized": False, "because_of": []},
        "greeting": {"label": "greeting", "personalized": False, "because_of": []},
        "notice": {"label": "notice", "personalized": True, "because_of": ["訪問の回数", "すでに見せたもの"]},
    }


async def test_the_key_learns_the_rule_and_each_condition_with_what_was_read(connect: Connect) -> None:
    async with connect() as client:
        body = {"visitor": {"id": MINE, "consent": CONSENT}, "member": RANKED, "blocks": ["greeting"]}
        found = await ask(client, "explain", body, **BEARER)
    condition = {"field": "member.rank", "condition": "ゴールド", "value": True, "read": "ゴールド", "origin": "caller"}
    assert found["blocks"] == {
        "greeting": {
            "label": "greeting",
            "personalized": True,
            "because_of": ["会員の属性"],
            "rule": "ゴールド会員",
            "id": "greeting/ゴールド会員",
            "variant": None,
            "reason": "TARGETING_MATCH",
            "rules": [
                {"rule": "ゴールド会員", "id": "greeting/ゴールド会員", "value": True, "conditions": [condition]}
            ],
        }
    }


async def test_an_explanation_records_and_claims_nothing(connect: Connect) -> None:
    async with connect() as client:
        await did(client, {"event": "page_view", "page": "/a"})
        before = await ask(client, "export", {"visitor": {"id": MINE}}, **BEARER)
        for _ in range(3):
            await ask(client, "explain", {"page": {"url": "/"}}, **COOKIES)
            await ask(client, "explain", {"visitor": {"id": MINE, "consent": CONSENT}}, **BEARER)
        assert await ask(client, "export", {"visitor": {"id": MINE}}, **BEARER) == before


async def test_a_denial_is_explained_without_history_and_erases_nothing_by_that(connect: Connect) -> None:
    async with connect() as client:
        await did(client, *({"event": "page_view", "page": "/running/a"},) * 3)
        denying = {**COOKIES, "Cookie": f"omo_consent=denied; omo_vid={MINE}"}
        found = await ask(client, "explain", {"page": {"url": "/"}}, **denying)
        kept = await ask(client, "export", **denying)
    assert found["blocks"]["hero"]["personalized"] is False
    assert len(kept["visitor"]["views"]) == 3
