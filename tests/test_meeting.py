"""Nodes that share a store, and what they take for granted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests import redis_servers
from tests.profiles.conftest import opened_at
from tests.redis_servers import Server
from tests.web.sockets import until

from omotenashi import meeting
from omotenashi.meeting import Meeting
from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore

pytestmark = pytest.mark.anyio

SECRET, OTHER = b"the-key-of-member-ids", b"another-key-of-member-ids"
ABOUT = "shop:about"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_servers.single(tmp_path) as server:
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once."""
    monkeypatch.setattr(meeting, "_AGAIN", 0.01)
    monkeypatch.setattr(meeting, "_SOON", 0.01)


@asynccontextmanager
async def node(
    server: Server, secret: bytes, failures: list[StoreUnavailable] | None = None
) -> AsyncIterator[RemoteStore]:
    async with opened_at(server.url, prefix="shop") as store:
        meets = Meeting(store, secret, ([] if failures is None else failures).append)
        await meets.begin()
        try:
            yield store
        finally:
            meets.end()


async def test_in_a_store_that_was_emptied_a_node_says_again_what_it_takes_for_granted(server: Server) -> None:
    with server.client() as client:
        async with node(server, SECRET):
            told = client.get(ABOUT)
            client.flushall()
            await until(lambda: client.get(ABOUT) == told)
            with pytest.raises(SettingsError, match="other nodes use another key of member ids"):
                async with node(server, OTHER):
                    pass


async def test_a_node_that_was_there_before_goes_on_and_says_that_another_one_differs(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with server.client() as client:
        async with node(server, SECRET) as store:
            right = client.get(ABOUT)
            async with opened_at(server.url, prefix="elsewhere") as wrong:
                await wrong.look(OTHER)
            client.set(ABOUT, client.get("elsewhere:about"))
            with caplog.at_level(logging.ERROR):
                await until(lambda: "another key of member ids" in (store.check() or ""))
                await asyncio.sleep(0.2)
            assert len(caplog.records) == 1
            assert (await store.fetch(["v1"])).read("v1", 0) is None
            client.set(ABOUT, right)
            await until(lambda: store.check() is None)


async def test_a_store_that_does_not_answer_at_the_start_is_met_when_it_does(server: Server) -> None:
    failures: list[StoreUnavailable] = []
    store = RemoteStore(parse_address(f"{server.url}?prefix=shop"))
    store.start()
    server.kill()  # before anybody has connected
    meets = Meeting(store, SECRET, failures.append)
    await meets.begin()
    assert len(failures) == 1
    server.start()
    with server.client() as client:
        await until(lambda: client.get(ABOUT) is not None)
    meets.end()
    await store.close()


async def test_a_node_that_was_refused_is_let_in_when_the_wrong_one_has_gone(server: Server) -> None:
    async with opened_at(server.url, prefix="shop") as wrong, opened_at(server.url, prefix="shop") as right:
        await wrong.look(OTHER)
        with pytest.raises(SettingsError):
            await right.look(SECRET)
        with pytest.raises(StoreUnavailable, match="hash_key"):
            await right.fetch(["v1"])
        with server.client() as client:
            client.delete(ABOUT)
        await right.look(SECRET)
        assert (await right.fetch(["v1"])).read("v1", 0) is None
