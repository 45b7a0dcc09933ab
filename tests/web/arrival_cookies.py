"""Visitors who come from a search and whose visit goes on, where the store answers or not."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from tests.conftest import HASH_KEY, KEY

from omotenashi.model.visitor import Arrival
from omotenashi.profiles.profile import Profile
from omotenashi.service import Service
from omotenashi.signals.arrival_cookie import ArrivalCookies

BEARER = {"Authorization": f"Bearer {KEY}"}
MINE, OTHER = "visitor-0123456789", "another-0123456789"
YES, NO = "personalization", "denied"
WITHIN = "http://shop.example/"
YAHOO = "https://search.yahoo.co.jp/search?p=" + quote("マラソン")
BLOG = "https://blog.example.com/post"
HERO = '<p class="hero">マラソン特集</p>\n'
SEARCHED = Arrival("マラソン", "referrer", "search", "Yahoo! Japan", "search.yahoo.co.jp/search")


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """The store answers what is read and confirms nothing that is written."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@asynccontextmanager
async def away(service: Service) -> AsyncIterator[None]:
    """The store does not answer: it is closed."""
    await service.persons.store.close()
    yield
    service.persons.store.start()
    await service.meet_store()


async def hero(client: httpx.AsyncClient, referrer: str = WITHIN, /, **headers: str) -> str | None:
    """Return what the browser's own call for a page shows in the block for runners."""
    shown: str | None = (await asked(client, referrer, **headers)).json()["blocks"].get("hero", {}).get("html")
    return shown


async def asked(
    client: httpx.AsyncClient, referrer: str = WITHIN, body: dict[str, Any] | None = None, /, **headers: str
) -> httpx.Response:
    page = {"url": "/shoes", "referrer": referrer}
    response = await client.post("/v1/decide", json={"blocks": ["hero"], "page": page, **(body or {})}, headers=headers)
    assert response.status_code == 200, response.text
    return response


def put(client: httpx.AsyncClient, **cookies: str) -> None:
    for name, value in cookies.items():
        client.cookies.set(name, value, domain="shop.example", path="/")


def taken_away(response: httpx.Response) -> bool:
    return any(
        one.startswith("omo_arrival=; ") and "Max-Age=0" in one for one in response.headers.get_list("set-cookie")
    )


def made(owner: str = "", age: int = 0, arrival: Arrival = SEARCHED, secret: bytes = HASH_KEY) -> str:
    """Return the text of a cookie that was set so many seconds ago."""
    at = int(time.time()) - age
    return ArrivalCookies(secret, Counter()).written(arrival, owner, at, at)


async def profile_of(service: Service, key: str = MINE) -> Profile | None:
    return (await service.persons.store.fetch([key])).read(key, int(time.time()))
