"""A node whose store answers, but takes nothing: it stays in rotation, and tells its operators."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests import redis_servers
from tests.conftest import KEY, Connect
from tests.redis_servers import Server

from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Store

pytestmark = pytest.mark.anyio
VISITOR = {"id": "visitor-0123456789", "consent": ["personalization"]}
BEARER = {"Authorization": f"Bearer {KEY}"}
FULL = "OOM command not allowed when used memory > 'maxmemory'."


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_servers.single(tmp_path) as server:
        yield server


class ServerPlace:
    """A server of the test's own."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def store(self) -> Store:
        return RemoteStore(parse_address(self._server.url), timeout=5)


@pytest.fixture
def place(server: Server) -> ServerPlace:
    return ServerPlace(server)


async def visit(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/decide", json={"blocks": ["hero"], "visitor": VISITOR}, headers=BEARER)
    assert answer.status_code == 200


async def is_recorded(client: httpx.AsyncClient) -> bool:
    body = {"visitor": VISITOR, "events": [{"event": "page_view", "page": "/a"}]}
    return (await client.post("/v1/event", json=body, headers=BEARER)).status_code == 204


async def problems(client: httpx.AsyncClient) -> list[str]:
    """Return what is wrong with the store; the node is ready all the same."""
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    return [one["message"] for one in answer.json()["problems"] if one["code"] == "store"]


async def gauges(client: httpx.AsyncClient) -> dict[str, float]:
    text = (await client.get("/metrics")).text
    found: dict[str, Any] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.startswith("omotenashi_store"):
                code = sample.labels.get("code")
                found[sample.name.removeprefix("omotenashi_store_") + (f":{code}" if code else "")] = sample.value
    return found


async def test_that_a_full_store_takes_nothing_is_told_until_it_does_again(connect: Connect, server: Server) -> None:
    async with connect() as client:
        await visit(client)
        assert (await problems(client), await gauges(client)) == ([], {"up": 1, "writable": 1})
        with server.client() as admin:
            admin.config_set("maxmemory", "1")
            await visit(client)
            assert not await is_recorded(client)
            assert await problems(client) == [f"{server.url}: writing is refused: {FULL}"]
            assert await gauges(client) == {"up": 1, "writable": 0, "refused_total:OOM": 2}
            admin.config_set("maxmemory", "0")
        assert await is_recorded(client)
        assert (await problems(client), await gauges(client)) == ([], {"up": 1, "writable": 1, "refused_total:OOM": 2})


async def test_a_store_that_is_gone_is_neither_up_nor_writable(connect: Connect, server: Server) -> None:
    async with connect() as client:
        await visit(client)
        server.kill()
        await visit(client)
        assert await gauges(client) == {"up": 0, "writable": 0}


async def test_the_log_says_once_that_nothing_is_taken_and_once_that_it_is_again(
    connect: Connect, server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "omotenashi.store")
    shorten(monkeypatch)
    async with connect() as client:
        with server.client() as admin:
            admin.config_set("maxmemory", "1")
            for _ in range(3):
                await visit(client)
            [said] = caplog.messages
            assert said.startswith("the store can be read, but nothing written; what visitors do is lost meanwhile: ")
            assert said.endswith(f" {server.url}: writing is refused: {FULL}")
            admin.config_set("maxmemory", "0")
        assert await is_recorded(client)
        await until_said(caplog, "the store does again what it should;")
        assert len(caplog.messages) == 2


async def test_the_log_says_once_that_a_store_is_gone_and_once_that_it_is_back(
    connect: Connect, server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "omotenashi.store")
    shorten(monkeypatch)
    async with connect() as client:
        server.kill()
        for _ in range(3):
            await visit(client)
        assert [message.partition(f" {server.url}")[0] for message in caplog.messages] == [
            "the store cannot be read, history is unknown:"
        ]
        server.start()
        await until_said(caplog, "the store does again what it should;")
        assert len(caplog.messages) == 2


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an outage be over soon."""
    monkeypatch.setattr("omotenashi.profiles.outage._OVER_AFTER", 0.0)
    monkeypatch.setattr("omotenashi.profiles.outage._LOOKED_AFTER", 0.05)


async def until_said(caplog: pytest.LogCaptureFixture, text: str) -> None:
    async with asyncio.timeout(20):
        while not caplog.messages[-1].startswith(text):  # noqa: ASYNC110 it looks for itself
            await asyncio.sleep(0.02)
