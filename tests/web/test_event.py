"""POST /v1/event: accepted means durable; a browser may not say everything."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import KEY, Connect
from tests.places import Place

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
VISITOR = {"id": "visitor-0123456789", "consent": ["personalization"]}
COOKIES = {"Cookie": "omo_consent=personalization; omo_vid=visitor-0123456789"}
VIEW = {"event": "page_view", "page": "/running/a"}


async def hero(client: httpx.AsyncClient) -> str | None:
    response = await client.post("/v1/decide", json={"blocks": ["hero"], "visitor": VISITOR}, headers=BEARER)
    rule: str | None = response.json()["blocks"].get("hero", {}).get("rule")
    return rule


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"visitor": VISITOR, "events": [VIEW, VIEW, VIEW]}, BEARER),
        ([VIEW, VIEW, VIEW], COOKIES),
    ],
)
async def test_events_change_what_is_shown_next(connect: Connect, body: Any, headers: dict[str, str]) -> None:
    async with connect() as client:
        response = await client.post("/v1/event", json=body, headers=headers)
        assert (response.status_code, response.content) == (204, b"")
        assert await hero(client) == "ランニングを検討中"


async def test_one_event_alone_is_a_body_too(connect: Connect) -> None:
    async with connect() as client:
        for _ in range(3):
            response = await client.post(
                "/v1/event", content=b'{"event": "page_view", "page": "/running"}', headers=COOKIES
            )
            assert response.status_code == 204
        assert await hero(client) == "ランニングを検討中"


async def test_an_event_with_an_id_counts_once(connect: Connect) -> None:
    async with connect() as client:
        for _ in range(3):
            await client.post("/v1/event", json={**VIEW, "event_id": "e1"}, headers=COOKIES)
        assert await hero(client) is None


async def test_an_empty_body_from_a_trusted_proxy_is_a_page_view(connect: Connect) -> None:
    async with connect("127.0.0.1", ("127.0.0.1/32",)) as client:
        for number in range(3):
            headers = {**COOKIES, "X-Omo-Page-Uri": f"/running/{number}"}
            assert (await client.post("/v1/event", headers=headers)).status_code == 204
        assert await hero(client) == "ランニングを検討中"


@pytest.mark.parametrize("name", ["purchase", "refund", "login"])
async def test_a_browser_cannot_state_a_purchase(connect: Connect, name: str, place: Place) -> None:
    async with connect() as client:
        response = await client.post("/v1/event", json=[VIEW, {"event": name}], headers=COOKIES)
    assert response.status_code == 401
    assert place.rows() == []


async def test_without_consent_nothing_is_kept(connect: Connect, place: Place) -> None:
    async with connect() as client:
        response = await client.post("/v1/event", json=VIEW, headers={"Cookie": "omo_vid=visitor-0123456789"})
    assert response.status_code == 204
    assert place.rows() == []


async def test_a_store_that_cannot_write_is_a_503_with_retry_after(connect: Connect, database: Path) -> None:
    async with connect() as client:
        with sqlite3.connect(database, isolation_level=None) as connection:
            connection.execute("DROP TABLE profile")
        response = await client.post("/v1/event", json=VIEW, headers=COOKIES)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize("body", ["", "{", "[1]", '{"event": ""}', '{"event": "page_view", "timestamp": "yesterday"}'])
async def test_a_malformed_event_is_a_400_that_says_why(connect: Connect, body: str) -> None:
    async with connect() as client:
        response = await client.post("/v1/event", content=body.encode(), headers=COOKIES)
    assert response.status_code == 400
    assert response.json()["detail"]


async def test_a_browser_behind_a_trusted_proxy_cannot_state_a_purchase_either(connect: Connect) -> None:
    async with connect("127.0.0.1", ("127.0.0.1/32",)) as client:
        response = await client.post("/v1/event", json={"event": "purchase"}, headers=COOKIES)
    assert response.status_code == 401


async def test_a_mirrored_page_view_is_the_same_view_as_its_includes(connect: Connect) -> None:
    async with connect("127.0.0.1", ("127.0.0.1/32",)) as client:
        for number in range(2):
            headers = {**COOKIES, "X-Omo-Page-Uri": "/running/a", "X-Omo-Request": f"r{number}"}
            await client.post("/v1/event", headers=headers)
            await client.get("/v1/block/store_info", headers=headers)
        assert await hero(client) is None
