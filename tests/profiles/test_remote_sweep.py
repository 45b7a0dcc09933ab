"""What was kept long enough goes from Redis, too, where nobody comes who would make it go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import Redis
from tests import redis_servers
from tests.profiles.conftest import opened_at
from tests.redis_servers import Cluster, Server
from tests.web.sockets import until

from omotenashi.model.event import Event
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote import sweep
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.rows import Row, keys_of, place_of, row_of
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change

pytestmark = pytest.mark.anyio

DAY = 86_400
LONG, SHORT = Keep(events=400 * DAY, profiles=400 * DAY), Keep(events=100 * DAY, profiles=200 * DAY)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_FIRST", 0)
    monkeypatch.setattr(sweep, "_REST", 0.05)
    monkeypatch.setattr(sweep, "_PAUSE", 0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_servers.single(tmp_path) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[Redis]:
    with server.client() as client:
        yield client


async def test_old_events_leave_a_profile_that_stays_and_expires_no_later(server: Server, client: Redis) -> None:
    async with opened_at(server.url, LONG, prefix="shop") as store:
        await viewed(store, "v1", 150, "/old")
        await viewed(store, "v1", 50, "/new")
    before = value(client, "v1")
    async with sweeping(server.url, SHORT):
        await until_changed(client, "v1", before)
    assert [view.path for view in stored(client, "v1").profile.views] == ["/new"]
    assert 150 * DAY - 60 < client.ttl(key("v1")) <= 150 * DAY + 1


async def test_a_profile_goes_when_it_was_kept_long_enough_by_a_retention_that_was_shortened(
    server: Server, client: Redis
) -> None:
    async with opened_at(server.url, LONG, prefix="shop") as store:
        await viewed(store, "gone", 201, "/old")
        await viewed(store, "stays", 99, "/new")
    stays = value(client, "stays")
    async with sweeping(server.url, SHORT):
        await until_changed(client, "gone", value(client, "gone"))
    assert (value(client, "gone"), value(client, "stays")) == (None, stays)


async def test_what_was_shown_goes_after_a_time_of_its_own(server: Server, client: Redis) -> None:
    async with opened_at(server.url, LONG, prefix="shop") as store:
        await store.write(Change("v1", int(time.time()) - 150 * DAY, shown=("hero",)))
    before = value(client, "v1")
    async with sweeping(server.url, Keep(exposures=100 * DAY)):
        await until_changed(client, "v1", before)
    assert stored(client, "v1").profile.shown == []


async def test_all_masters_of_a_cluster_are_gone_through_and_what_cannot_be_read_is_left(
    shared_cluster: Cluster, prefix: str
) -> None:
    async with opened_at(shared_cluster.url, LONG, prefix=prefix) as store:
        for number in range(300):
            await viewed(store, f"v{number}", 201 if number % 3 else 99, "/a")
    garbage = keys_of(prefix, place_of("garbage")).profile
    with shared_cluster.master_of(garbage).client() as client:
        client.set(garbage, b"12345678garbage")
    async with sweeping(shared_cluster.url, SHORT, prefix):
        await until(lambda: len(profiles(shared_cluster, prefix)) == 101)
    assert garbage in profiles(shared_cluster, prefix)


async def test_while_one_node_holds_the_lease_the_others_leave_it_to_that(server: Server, client: Redis) -> None:
    client.set("shop:sweeper", "another node")
    async with opened_at(server.url, LONG, prefix="shop") as store:
        await viewed(store, "v1", 201, "/old")
    async with sweeping(server.url, SHORT):
        await asyncio.sleep(0.3)
        assert value(client, "v1") is not None
        client.delete("shop:sweeper")
        await until_changed(client, "v1", value(client, "v1"))


async def test_a_node_whose_clock_is_wrong_ends_nothing(
    server: Server, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_at(server.url, LONG, prefix="shop") as store:
        await viewed(store, "over", 201, "/old")
        await viewed(store, "v1", 1, "/new")
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    async with sweeping(server.url, SHORT):
        await until_changed(client, "over", value(client, "over"))
    assert [view.path for view in stored(client, "v1").profile.views] == ["/new"]


async def test_other_peoples_keys_are_left_alone(server: Server, client: Redis) -> None:
    others = ("shop:{short}:p", "shop2:{AAAAAAAAAAAAAAAAAAAAAA}:p", "session")
    client.mset(dict.fromkeys(others, "1"))
    client.lpush(key("a list"), "is no profile")
    async with opened_at(server.url, LONG, prefix="shop") as store:
        await viewed(store, "v1", 201, "/old")
    async with sweeping(server.url, SHORT):
        await until_changed(client, "v1", value(client, "v1"))
    assert client.mget(others) == [b"1", b"1", b"1"]
    assert client.llen(key("a list")) == 1


async def viewed(store: RemoteStore, visitor: str, days_ago: int, page: str) -> None:
    at = int(time.time()) - days_ago * DAY
    await store.write(Change(visitor, at, (Event("page_view", at, path=page),)))


@asynccontextmanager
async def sweeping(url: str, keep: Keep, prefix: str = "shop") -> AsyncIterator[None]:
    """Let a node serve."""
    store = RemoteStore(parse_address(f"{url}?prefix={prefix}"), keep, sweeps=True)
    store.start()
    await store.look()
    try:
        yield
    finally:
        await store.close()


def key(visitor: str, prefix: str = "shop") -> bytes:
    return keys_of(prefix, place_of(visitor)).profile


def profiles(cluster: Cluster, prefix: str) -> set[bytes]:
    found = set[bytes]()
    for master in cluster.masters():
        with master.client() as client:
            found |= set(client.keys(f"{prefix}:{{*"))
    return found


def value(client: Redis, visitor: str) -> bytes | None:
    found = client.get(key(visitor))
    assert found is None or isinstance(found, bytes)
    return found


def stored(client: Redis, visitor: str) -> Row:
    return row_of(value(client, visitor))


async def until_changed(client: Redis, visitor: str, before: bytes | None) -> None:
    await until(lambda: value(client, visitor) != before)
