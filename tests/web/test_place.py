"""Where a visitor is, over HTTP: what the edge says, what the visitor chose, and what nobody may forge."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import KEY, Connect

from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.geo_headers import GeoHeaders
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
COOKIES = {"Cookie": "omo_consent=personalization; omo_vid=visitor-0123456789"}
OSAKA = {"CF-IPCountry": "JP", "CF-Region-Code": "27"}
UMEDA, SAPPORO, ALL = "<p>梅田店</p>", "<p>札幌店</p>", "<p>店舗一覧</p>"


@asynccontextmanager
async def behind_cloudflare(
    service: Service, peer: str = "10.0.0.1", kind: str = "cloudflare"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests come from `peer`; 10.0.0.0/8 is trusted."""
    access = Access(KEY.encode(), TrustedNetworks.parse(["10.0.0.0/8"]), geo=GeoHeaders.parse(kind))
    transport = httpx.ASGITransport(create_app(service, access), client=(peer, 40000))
    service.start()
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client
    await service.close()


async def stores(client: httpx.AsyncClient, headers: dict[str, str], /, **body: Any) -> str:
    answer = await client.post("/v1/decide", json={"blocks": ["store_info"], **body}, headers=headers)
    html: str = answer.json()["blocks"]["store_info"]["html"]
    return html


async def included(client: httpx.AsyncClient, headers: Any) -> str:
    return (await client.get("/v1/block/store_info", headers=headers)).text


async def chosen(client: httpx.AsyncClient, **place: str) -> None:
    answer = await client.post("/v1/event", json={"event": "choose_place", **place}, headers=COOKIES)
    assert answer.status_code == 204


async def test_a_trusted_edge_says_where_the_visitor_is(service: Service) -> None:
    async with behind_cloudflare(service) as client:
        assert await included(client, OSAKA) == UMEDA
        assert await stores(client, OSAKA) == UMEDA


async def test_the_same_headers_from_anybody_else_say_nothing(service: Service) -> None:
    async with behind_cloudflare(service, peer="203.0.113.5") as client:
        assert await included(client, OSAKA) == ALL
        assert await stores(client, OSAKA) == ALL


async def test_the_headers_of_a_cms_with_the_key_do_not_describe_the_visitor(service: Service) -> None:
    async with behind_cloudflare(service) as client:
        assert await stores(client, {**OSAKA, **BEARER}) == ALL


async def test_the_key_alone_makes_no_edge(service: Service) -> None:
    async with behind_cloudflare(service, peer="203.0.113.5") as client:
        assert await included(client, {**OSAKA, **BEARER}) == ALL


COUNTRIES = """
blocks:
  shipping:
    rules:
      - {name: 国内, when: {country: 日本}, show: nothing}
      - {name: 英国, when: {country: イギリス}, show: nothing}
    otherwise: original
"""


@pytest.mark.parametrize(
    ("stated", "rule"), [("日本", "国内"), ("Japan", "国内"), ("jp", "国内"), ("UK", "英国"), ("GB", "英国")]
)
async def test_a_cms_writes_a_country_as_editors_do(
    stated: str, rule: str, rules: Path, service: Service, connect: Connect
) -> None:
    (rules / "shipping.yaml").write_text(COUNTRIES)
    service.holder.load_first()
    async with connect() as client:
        body = {"blocks": ["shipping"], "client": {"country": stated}}
        answer = await client.post("/v1/decide", json=body, headers=BEARER)
    assert answer.json()["blocks"]["shipping"]["rule"] == rule


async def test_without_the_setting_no_header_says_where_the_visitor_is(connect: Connect) -> None:
    async with connect("10.0.0.1", ("10.0.0.0/8",)) as client:
        assert await included(client, OSAKA) == ALL


async def test_a_header_that_came_twice_says_nothing(service: Service) -> None:
    async with behind_cloudflare(service) as client:
        assert await included(client, [*OSAKA.items(), ("CF-Region-Code", "01")]) == ALL


async def test_a_choice_is_remembered_and_counts_before_the_edge(service: Service) -> None:
    async with behind_cloudflare(service) as client:
        await chosen(client, prefecture="北海道")
        assert await stores(client, {**OSAKA, **COOKIES}) == SAPPORO
        await chosen(client, place="")
        assert await stores(client, {**OSAKA, **COOKIES}) == UMEDA


async def test_what_the_caller_states_counts_before_a_choice(connect: Connect) -> None:
    async with connect() as client:
        await chosen(client, prefecture="北海道")
        visitor = {"id": "visitor-0123456789", "consent": ["personalization"]}
        assert await stores(client, BEARER, visitor=visitor) == SAPPORO
        assert await stores(client, BEARER, visitor=visitor, client={"prefecture": "大阪"}) == UMEDA


async def test_a_choice_counts_for_the_decision_that_it_comes_with(connect: Connect) -> None:
    async with connect() as client:
        events = [{"event": "choose_place", "place": "大阪府"}]
        assert await stores(client, COOKIES, events=events) == UMEDA
        assert await stores(client, COOKIES) == UMEDA


async def test_without_consent_a_choice_counts_for_its_own_decision_and_is_not_kept(
    connect: Connect, database: Path
) -> None:
    async with connect() as client:
        events = [{"event": "choose_place", "place": "大阪府"}]
        assert await stores(client, {}, events=events) == UMEDA
        assert await stores(client, {}) == ALL
        answer = await client.post("/v1/event", json={"event": "choose_place", "prefecture": "大阪"})
        assert answer.status_code == 204
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM profile").fetchone() == (0,)


async def test_a_place_that_is_none_is_refused_and_changes_nothing(connect: Connect) -> None:
    async with connect() as client:
        await chosen(client, prefecture="大阪")
        answer = await client.post("/v1/event", json={"event": "choose_place", "prefecture": "関東"}, headers=COOKIES)
        assert (answer.status_code, answer.json()["detail"]) == (
            400,
            "the prefecture is none of Japan: write it as 東京都, Tokyo or JP-13",
        )
        assert await stores(client, COOKIES) == UMEDA


async def test_another_site_cannot_choose_for_a_visitor(connect: Connect) -> None:
    async with connect() as client:
        headers = {**COOKIES, "Origin": "https://evil.example"}
        answer = await client.post("/v1/event", json={"event": "choose_place", "prefecture": "大阪"}, headers=headers)
        assert answer.status_code == 403
        assert await stores(client, COOKIES) == ALL


async def test_a_choice_goes_with_the_visitor_to_the_member_and_is_erased_with_everything(connect: Connect) -> None:
    async with connect() as client:
        await chosen(client, prefecture="大阪")
        visitor = {"id": "visitor-0123456789", "consent": ["personalization"]}
        member: dict[str, Any] = {"visitor": visitor, "member": {"id": "u1"}}
        assert await stores(client, BEARER, **member) == UMEDA
        answer = await client.post("/v1/visitor/export", json=member, headers=BEARER)
        assert answer.json()["member"]["chosen_place"]["prefecture"] == "JP-27"
        await client.post("/v1/visitor/erase", json=member, headers=BEARER)
        assert await stores(client, BEARER, **member) == ALL
