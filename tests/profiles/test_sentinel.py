"""Where Sentinels watch: another server takes the master's place, and the store finds it by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from tests import redis_servers
from tests.profiles.conftest import opened_at
from tests.redis_servers import Watched, wait_until

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change

pytestmark = pytest.mark.anyio
NOON = 1_764_990_000
PATIENCE = 20.0
"""Seconds in which a store has to find its server again."""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with redis_servers.sentinel(tmp_path) as watched:
        yield watched


async def test_a_failover_that_operators_order_loses_nothing_that_a_replica_has_confirmed(watched: Watched) -> None:
    async with opened_at(watched.url, replicas=1, prefix="shop", gone_after=2) as store:
        first, acknowledged = watched.master(), await written(store, 20)
        watched.fail_over()
        acknowledged += await written_until(store, lambda: watched.master() is not first)
        acknowledged += await written(store, 20)
        assert await missing(store, acknowledged) == []
        assert store.check() is None


async def test_when_the_master_is_killed_the_replica_goes_on_and_the_old_one_comes_back_as_a_replica(
    watched: Watched,
) -> None:
    first = watched.master()
    async with opened_at(watched.url, replicas=1, prefix="shop") as careful:
        acknowledged = await written(careful, 20)
    async with opened_at(watched.url, prefix="shop") as store:
        assert await missing(store, acknowledged) == []
        first.kill()
        with pytest.raises(StoreUnavailable):
            await store.fetch(["v1"])
        acknowledged += await written(store, 20)
        assert watched.master() is not first
        assert await missing(store, acknowledged) == []
        first.start()
        wait_until(lambda: redis_servers.is_synchronized(first))
        acknowledged += await written(store, 20)
        assert await missing(store, acknowledged) == []
        assert store.check() is None


async def test_where_no_sentinel_answers_that_is_said_in_a_line() -> None:
    store = RemoteStore(parse_address("redis+sentinel://127.0.0.1:1,127.0.0.1:2/shop"))
    store.start()
    with pytest.raises(
        StoreUnavailable,
        match=r"^redis\+sentinel://127.0.0.1:1,127.0.0.1:2: no Sentinel names a master: Error 111 connecting to 127.0.0.1:1",
    ):
        await store.look()
    await store.close()


async def written(store: RemoteStore, times: int) -> list[str]:
    """Write so many profiles, each tried again until it is acknowledged; return their keys."""
    keys = [f"v{next(_numbers)}" for _ in range(times)]
    async with asyncio.timeout(PATIENCE):
        for key in keys:
            while not await is_written(store, key):  # noqa: ASYNC110 it is tried again and again
                await asyncio.sleep(0.05)
    return keys


async def written_until(store: RemoteStore, holds: Callable[[], bool]) -> list[str]:
    """Write one profile after the other until something holds; return the keys of those that were acknowledged."""
    keys = []
    async with asyncio.timeout(PATIENCE):
        while not holds():
            key = f"v{next(_numbers)}"
            if await is_written(store, key):
                keys.append(key)
            await asyncio.sleep(0.005)
    return keys


_numbers = count()


async def is_written(store: RemoteStore, key: str) -> bool:
    with suppress(StoreUnavailable):
        await store.write(Change(key, NOON, (Event("page_view", NOON, path="/a"),)))
        return True
    return False


async def missing(store: RemoteStore, keys: list[str]) -> list[str]:
    """Return the keys whose profile is not there."""
    reader = await store.fetch(keys)
    return [key for key in keys if reader.read(key, NOON) is None]
