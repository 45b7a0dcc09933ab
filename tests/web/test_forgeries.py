"""Whatever visitors forge, they see what they would have seen: whole answers are compared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import HASH_KEY, KEY, MEMBER_SECRET
from tests.forged import BODIES, HEADERS, OSAKA, OTHER, OTHER_KEY, PLACES, Headers, good_token, tokens

from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.signals.geo_headers import GeoHeaders
from omotenashi.signals.member_keys import MemberKeys
from omotenashi.signals.place_reader import PlaceReader
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio
BLOCKS = ["hero", "store_info", "greeting", "notice"]
OWN = "visitor-of-my-own-0"
PROXY, ELSEWHERE = "10.0.0.1", "192.0.2.9"
SAPPORO = "133.87.4.5"
"""The visitor's own address."""
Answer = tuple[int, tuple[tuple[str, str], ...], bytes]


class Site:
    """A service whose visitors come straight, or by a proxy that is trusted, and only by one of the two headers."""

    def __init__(self, service: Service, kind: HeaderKind) -> None:
        self._service = service
        self._kind = kind

    def client(self, peer: str) -> httpx.AsyncClient:
        proxies, geo = TrustedNetworks.parse(["10.0.0.0/8"]), GeoHeaders.parse("cloudflare")
        access = Access(KEY.encode(), proxies, self._kind, geo=geo)
        transport = httpx.ASGITransport(create_app(self._service, access), client=(peer, 40000))
        return httpx.AsyncClient(transport=transport, base_url="http://shop.example")


@pytest.fixture
async def site(
    request: pytest.FixtureRequest,
    rules: Path,
    database: Path,
    write_mmdb: Callable[..., Path],
) -> AsyncIterator[Site]:
    holder = Holder(rules)
    holder.load_first()
    places = {
        "133.1.0.0/16": {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "27"}]},
        "133.87.0.0/16": {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "01"}]},
    }
    tools = SignalTools(PlaceReader(write_mmdb(places)), MemberKeys.parse(f"k1:{MEMBER_SECRET},k2:{OTHER_KEY}"))
    service = Service(holder, SqliteStore(database), tools, HASH_KEY, deadline=5)
    service.start()
    site = Site(service, getattr(request, "param", HeaderKind.X_FORWARDED_FOR))
    async with site.client(ELSEWHERE) as client:  # somebody else has a history that shows in `hero`
        for number in range(3):
            await decided(
                client,
                {"page": {"url": f"/running/{number}"}, "visitor": {"id": OTHER, "consent": ["personalization"]}},
            )
    yield site
    await service.close()


async def decided(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await client.post("/v1/decide", json={"blocks": BLOCKS, **body}, headers={"Authorization": f"Bearer {KEY}"})


VISITORS: dict[str, Headers] = {
    "a guest": [],
    "who has a history": [(b"Cookie", f"omo_consent=personalization; omo_vid={OWN}".encode())],
    "who denied": [(b"Cookie", f"omo_consent=denied; omo_vid={OWN}".encode())],
    "who has another's token": [(b"Cookie", b"omo_consent=personalization; omo_member=x.y.z")],
    "who is logged in": [(b"Cookie", f"omo_vid={OWN}; omo_member={good_token(3600)}".encode())],
}
AHEAD: Headers = [(b"Sec-Purpose", b"prefetch")]
"""Nothing is counted, so that each request finds the same state."""


async def answers(client: httpx.AsyncClient, headers: Headers, body: dict[str, Any] | None = None) -> list[Answer]:
    """Return what the public endpoints answer, and the includes."""
    json, page = {"blocks": BLOCKS, **(body or {})}, {"page": "/"}
    mine = [*headers, *AHEAD]
    requests = [
        client.post("/v1/decide", json=json, headers=mine),
        client.post("/v1/event", json={"events": [{"event": "page_view"}], **(body or {})}, headers=mine),
        client.post("/v1/visitor/export", json=body or {}, headers=mine),
        client.post("/v1/visitor/explain", json=json, headers=mine),
        client.get("/omo/why", params=page, headers=mine),
        *(client.get(f"/v1/block/{block}", params=page, headers=mine) for block in BLOCKS),
    ]
    return [seen(await request) for request in requests]


def seen(response: httpx.Response) -> Answer:
    """Return a whole answer, apart from how long it took and a visitor's new random id."""
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "server-timing"]
    return response.status_code, tuple(headers), response.content


@pytest.mark.parametrize("visitor", VISITORS)
async def test_no_header_changes_what_a_visitor_sees(visitor: str, site: Site) -> None:
    async with site.client(SAPPORO) as client:
        honest = await answers(client, VISITORS[visitor])
        changed = [forged for forged in HEADERS if await answers(client, [*VISITORS[visitor], *forged]) != honest]
        assert changed == []


@pytest.mark.parametrize("site", list(HeaderKind), indirect=True)
@pytest.mark.parametrize("visitor", VISITORS)
async def test_no_header_gets_through_a_proxy_that_follows_the_recipe(visitor: str, site: Site) -> None:
    async with site.client(PROXY) as client:
        honest = await answers(client, by_proxy(VISITORS[visitor]))
        changed = [f for f in HEADERS if await answers(client, by_proxy([*VISITORS[visitor], *f])) != honest]
        assert changed == []


def by_proxy(sent: Headers) -> Headers:
    """Return what a proxy hands on: no X-Omo-… and no place, and its own view of the address added to what was sent."""
    cleared = {name.lower().encode() for name in PLACES}
    kept = [(name, value) for name, value in sent if name.lower() not in cleared and not is_own(name)]
    added = {b"x-forwarded-for": SAPPORO, b"forwarded": f"for={SAPPORO};proto=https"}
    for name, value in added.items():
        lines = [one for header, one in kept if header.lower() == name]
        kept = [(header, one) for header, one in kept if header.lower() != name]
        kept.append((name, b", ".join([*lines, value.encode()])))
    return kept


def is_own(name: bytes) -> bool:
    return name.lower().replace(b"_", b"-").startswith(b"x-omo-")


@pytest.mark.parametrize("visitor", VISITORS)
async def test_nothing_in_a_body_changes_what_a_visitor_without_the_key_sees(visitor: str, site: Site) -> None:
    async with site.client(SAPPORO) as client:
        honest = await answers(client, VISITORS[visitor])
        changed = [body for body in BODIES if await answers(client, VISITORS[visitor], body) != honest]
        assert changed == []


async def test_no_bad_token_makes_a_member(site: Site) -> None:
    async with site.client(SAPPORO) as client:
        honest = await answers(client, [])
        in_bodies = [
            what for what, token in tokens().items() if await answers(client, [], {"member_token": token}) != honest
        ]
        in_cookies = [what for what, token in tokens().items() if await answers(client, cookie(token)) != honest]
        assert (in_bodies, in_cookies) == ([], [])


def cookie(token: str) -> Headers:
    return [(b"Cookie", f"omo_member={token}".encode())]


async def test_no_header_adds_to_what_is_stored(site: Site) -> None:
    async with site.client(SAPPORO) as client:
        before = await exported(client)
        for forged in HEADERS:
            await client.post("/v1/decide", json={"blocks": BLOCKS}, headers=forged)
            await client.post("/v1/event", json={"event": "purchase", "value": 1}, headers=forged)
            await client.get("/v1/block/hero", headers=forged)
            assert await exported(client) == before, forged


async def exported(client: httpx.AsyncClient) -> Any:
    body = {"visitor": {"id": OTHER}, "member": {"id": "u1"}}
    response = await client.post("/v1/visitor/export", json=body, headers={"Authorization": f"Bearer {KEY}"})
    assert response.status_code == 200
    return response.json()


# Where the same is not forged it counts: else what stands above would show nothing.


@pytest.mark.parametrize("site", list(HeaderKind), indirect=True)
async def test_from_the_trusted_proxy_the_same_headers_count(site: Site) -> None:
    async with site.client(PROXY) as client:
        honest = await answers(client, by_proxy([]))
        osaka = [(b"x-forwarded-for", OSAKA.encode()), (b"forwarded", f"for={OSAKA}".encode())]
        known = [(b"X-Omo-Visitor", OTHER.encode()), (b"X-Omo-Consent", b"personalization")]
        assert "梅田店" in (await client.get("/v1/block/store_info", headers=osaka)).text
        assert "札幌店" in (await client.get("/v1/block/store_info", headers=by_proxy([]))).text
        assert await answers(client, [*by_proxy([]), *known]) != honest


async def test_a_token_that_is_good_counts(site: Site) -> None:
    async with site.client(SAPPORO) as client:
        honest = await answers(client, [])
        assert await answers(client, [], {"member_token": good_token()}) != honest
        assert await answers(client, cookie(good_token())) != honest


async def test_with_the_key_the_same_body_counts(site: Site) -> None:
    async with site.client(SAPPORO) as client:
        body = {
            "client": {"prefecture": "大阪府"},
            "member": {"id": "u1", "rank": "ゴールド"},
            "visitor": {"id": OTHER, "consent": ["personalization"]},
        }
        shown = {name: one["rule"] for name, one in (await decided(client, body)).json()["blocks"].items()}
        assert (shown["store_info"], shown["greeting"]) == ("大阪", "ゴールド会員")
