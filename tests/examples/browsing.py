"""A browser at the shop, and what stands for the service behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

import carts
import consent
import somebody
from members import MEMBERS
from shop import Settings, create_app
from somebody import Somebody

PAGES = ["/", "/running/", "/trail/", "/wear/", "/running/asagake", "/member/", "/cart/", "/search", "/search?q=雨"]
MEMBER_KEY = "demo:a-secret-of-thirty-two-bytes-or-more"
YES = {consent.COOKIE: consent.to_cookie(given=True)}
NO = {consent.COOKIE: consent.to_cookie(given=False)}
SATO, SUZUKI, _ = MEMBERS.values()


class FakeService(httpx.AsyncBaseTransport):
    """Stands for the service on the shop's side: remembers what it was told and gives the answers it was given."""

    def __init__(self, blocks: dict[str, Any] | None = None, visitor: dict[str, Any] | None = None) -> None:
        self.response = httpx.Response(200, json={"blocks": blocks or {}, "visitor": visitor or {"id": None}})
        self.delay = 0.0
        self.questions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.rights: list[tuple[str, dict[str, Any]]] = []
        self.handed_on: list[httpx.Request] = []
        self.headers: list[httpx.Headers] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.headers.append(request.headers)
        if request.url.path.startswith("/omo/"):
            self.handed_on.append(request)
            return self.response
        body = msgspec.json.decode(await request.aread())
        if request.url.path == "/v1/event":
            self.events += body["events"]
            return httpx.Response(204)
        if request.url.path.startswith("/v1/visitor/"):
            self.rights.append((request.url.path, body))
            done: dict[str, Any] = {"views": [{}, {}, {}], "visits": [{}]}
            return httpx.Response(200, json={"visitor": done, "member": None, "record": None})
        self.questions.append(body)
        await asyncio.sleep(self.delay)
        return self.response


@asynccontextmanager
async def browser(
    service: httpx.AsyncBaseTransport | None,
    person: Somebody | None = None,
    *,
    cookies: Mapping[str, str] | None = None,
    **settings: Any,
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the shop, as the person of the strip."""
    app = create_app(Settings(**{"omo_key": "k" * 32, "member_key": MEMBER_KEY, "patience": 5, **settings}), service)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client,
    ):
        if person:
            put(client, somebody.COOKIE, somebody.to_cookie(person))
        for name, value in (cookies or {}).items():
            put(client, name, value)
        yield client


def put(client: httpx.AsyncClient, name: str, value: str) -> None:
    client.cookies.set(name, value, domain="shop.test", path="/")


def chosen(client: httpx.AsyncClient) -> Somebody:
    return somebody.from_cookie(client.cookies.get(somebody.COOKIE))


def cart_of(client: httpx.AsyncClient) -> carts.Cart:
    return carts.from_cookie(client.cookies.get(carts.COOKIE))
