"""A cap is exact, whoever asks at once, through whatever endpoint and worker; what is no showing claims nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import SITE
from tests.e2e.conftest import KEY, Server, Start, wait_until

from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep

pytestmark = pytest.mark.anyio
VISITOR = "visitor-0123456789"
BEARER = {"Authorization": f"Bearer {KEY}"}
COOKIES = {"Cookie": f"omo_consent=personalization; omo_vid={VISITOR}"}
CONSENTING = {"blocks": ["capped"], "visitor": {"id": VISITOR, "consent": ["personalization"]}}
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CAPPED = """
blocks:
  capped:
    rules:
      - {name: 3回まで, limit: {times: 3, per: 7 days}, show: {html: 3回まで}}
    otherwise: {html: そのあと}
"""


@pytest.fixture
def server(start: Start, tmp_path: Path) -> Server:
    """Two workers that both answer."""
    rules = Path(shutil.copytree(SITE, tmp_path / "rules"))
    (rules / "capped.yaml").write_text(CAPPED)
    started = start(rules, "--workers", "2", "--deadline", "10000")
    workers: set[str] = set()

    def both_answered() -> bool:
        response = httpx.post(f"{started.url}/v1/decide", json={"blocks": []}, headers=BEARER)
        workers.add(worker(response))
        return len(workers) == 2

    wait_until(both_answered, "an answer of both workers")
    return started


def worker(response: httpx.Response) -> str:
    """Return what tells the processes apart: how they number their decisions."""
    decision: str = response.json()["decision"]
    return decision[:12]


async def at_once(server: Server, requests: list[httpx.Request]) -> list[httpx.Response]:
    """Send each request on a connection of its own, all at the same time."""
    limits = httpx.Limits(max_connections=len(requests))
    async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=30) as client:
        return await asyncio.gather(*(client.send(request) for request in requests))


def decide(server: Server, body: dict[str, Any] | None = None, /, **headers: str) -> httpx.Request:
    return httpx.Request("POST", f"{server.url}/v1/decide", json=body or CONSENTING, headers={**BEARER, **headers})


def browser(server: Server, **headers: str) -> httpx.Request:
    """A decision that a script asks for, with the visitor's cookies and without the key."""
    return httpx.Request("POST", f"{server.url}/v1/decide", json={"blocks": ["capped"]}, headers={**COOKIES, **headers})


def include(server: Server, method: str = "GET", **headers: str) -> httpx.Request:
    return httpx.Request(method, f"{server.url}/v1/block/capped", headers={**COOKIES, **headers})


def shown(response: httpx.Response) -> str:
    assert response.status_code == 200
    if response.headers["content-type"] != "application/json":
        return response.text
    html: str = response.json()["blocks"]["capped"]["html"]
    return html


async def test_two_hundred_requests_at_once_see_three_times_what_is_capped_at_three(server: Server) -> None:
    requests = [(decide, include, browser)[number % 3](server) for number in range(200)]
    responses = await at_once(server, requests)
    assert Counter(map(shown, responses)) == {"3回まで": 3, "そのあと": 197}
    assert len({worker(response) for response in responses if "decision" in response.text}) == 2


async def test_head_prefetch_and_bots_are_answered_and_claim_nothing(server: Server, tmp_path: Path) -> None:
    no_showings = [
        include(server, **{"Sec-Purpose": "prefetch"}),
        include(server, **{"Sec-Purpose": "prefetch;prerender"}),
        include(server, Purpose="prefetch"),
        include(server, **{"User-Agent": GOOGLEBOT}),
        decide(server, **{"Sec-Purpose": "prefetch"}),
        decide(server, {**CONSENTING, "client": {"user_agent": GOOGLEBOT}}),
        browser(server, **{"Sec-Purpose": "prefetch"}),
        browser(server, **{"User-Agent": GOOGLEBOT}),
    ]
    assert Counter(map(shown, await at_once(server, no_showings * 10))) == {"そのあと": 80}
    heads = await at_once(server, [include(server, "HEAD") for _ in range(10)])
    assert {(head.status_code, head.content, head.headers["content-length"]) for head in heads} == {(200, b"", "12")}
    assert stored(tmp_path) is None
    real = await at_once(server, [include(server) for _ in range(10)])
    assert Counter(map(shown, real)) == {"3回まで": 3, "そのあと": 7}


def stored(folder: Path) -> object:
    database = Database(folder / "data" / "visitors.sqlite", Keep(), wait=5)
    try:
        return database.read(VISITOR, 0)
    finally:
        database.close()
