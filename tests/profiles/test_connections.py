"""Connections that end: while nobody uses them no request notices, and what was under way is asked again where it may be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests import redis_servers
from tests.profiles.conftest import opened_at
from tests.redis_servers import Cluster, Server

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change

pytestmark = pytest.mark.anyio
NOON = 1_764_990_000
PATIENT = 5
"""Seconds until a server of a busy machine is taken to be gone."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_servers.single(tmp_path, ("--appendonly", "yes")) as server:
        yield server


async def write(store: RemoteStore, key: str = "v1") -> None:
    await store.write(Change(key, NOON, (Event("page_view", NOON, path="/a"),)))


async def views(store: RemoteStore, key: str = "v1") -> int:
    profile = (await store.fetch([key])).read(key, NOON)
    return 0 if profile is None else len(profile.views)


async def use_many(server: Server, store: RemoteStore) -> None:
    """Let a store open many connections."""
    server.freeze()
    asked = []
    for number in range(20):
        asked.append(asyncio.create_task(views(store, f"v{number}")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    server.thaw()
    await asyncio.gather(*asked)
    with server.client() as client:
        assert len([one for one in client.client_list() if one["name"] == "omotenashi"]) > 5


async def test_after_a_restart_of_the_server_the_first_requests_succeed(server: Server) -> None:
    async with opened_at(server.url, gone_after=PATIENT) as store:
        await write(store)
        await use_many(server, store)
        server.kill()
        server.start()
        await asyncio.sleep(0.01)  # the event loop hears of the end of each connection
        await write(store)
        assert await asyncio.gather(*(views(store) for _ in range(50))) == [2] * 50
        assert store.check() is None


async def test_connections_that_the_server_closes_because_nobody_uses_them_are_opened_anew(server: Server) -> None:
    async with opened_at(server.url, gone_after=PATIENT) as store:
        for number in range(5):
            await write(store)
            with server.client() as client:
                assert client.client_kill_filter(_type="normal", skipme=True) > 0
            await asyncio.sleep(0.01)
            assert await views(store) == number + 1
        assert store.check() is None


async def test_the_same_holds_for_each_node_of_a_cluster(shared_cluster: Cluster) -> None:
    async with opened_at(shared_cluster.url, gone_after=PATIENT) as store:
        for number in range(20):
            await write(store, f"v{number}")
        for node in shared_cluster.masters():
            with node.client() as client:
                client.client_kill_filter(_type="normal", skipme=True)
        await asyncio.sleep(0.01)
        assert [await views(store, f"v{number}") for number in range(20)] == [1] * 20
        assert store.check() is None


async def test_what_is_read_when_a_connection_breaks_is_asked_again(server: Server) -> None:
    async with opened_at(server.url, gone_after=PATIENT) as store:
        await write(store)
        with breaking(server):
            asked = asyncio.create_task(views(store))
            await asyncio.sleep(0.05)
        assert await asked == 1
        assert store.check() is None


async def test_what_is_written_when_a_connection_breaks_is_not_written_twice(server: Server) -> None:
    async with opened_at(server.url, gone_after=PATIENT) as store:
        await write(store)
        with breaking(server):
            asked = asyncio.create_task(write(store))
            await asyncio.sleep(0.05)
        with pytest.raises(StoreUnavailable, match=r"Connection (closed|reset)"):
            await asked
        async with asyncio.timeout(20):
            while store.check() is not None:  # noqa: ASYNC110 it looks for itself
                await asyncio.sleep(0.01)
        assert await views(store) == 1


async def test_a_server_that_takes_no_more_connections_is_asked_over_those_that_are_open(server: Server) -> None:
    async with opened_at(server.url, gone_after=PATIENT) as store:
        await write(store)
        with server.client() as client:
            others = [server.client() for _ in range(5)]
            for other in others:
                other.ping()
            client.config_set("maxclients", str(len(client.client_list())))
            with pytest.raises(StoreUnavailable, match="max number of clients reached"):
                await asyncio.gather(*(slowly(store, number) for number in range(20)))
            async with asyncio.timeout(20):
                while store.check() is not None:  # noqa: ASYNC110 it looks for itself
                    await asyncio.sleep(0.01)
            assert await views(store) == 1
            for other in others:
                other.close()


async def slowly(store: RemoteStore, number: int) -> int:
    """Read in a turn of the event loop of its own, so that a connection more is needed."""
    for _ in range(number):
        await asyncio.sleep(0)
    return await views(store, f"v{number}")


@contextmanager
def breaking(server: Server) -> Iterator[None]:
    """Let a server close each connection as soon as what is asked meanwhile was sent."""
    with server.client() as client:
        connection = client.connection_pool.get_connection()
        server.freeze()
        try:
            connection.send_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            yield
        finally:
            server.thaw()
        assert connection.read_response() > 0
        client.connection_pool.release(connection)
